/// How much a client may send and how long it may take. What is beyond is refused, and the connection closed.
public struct HTTPLimits: Hashable, Sendable {
    /// Bytes of the path and query.
    public var targetBytes = 8 * 1_024
    /// Bytes of one header field, and of the line before the headers.
    public var headerFieldBytes = 16 * 1_024
    /// Bytes of all header fields together.
    public var headerListBytes = 64 * 1_024
    /// Number of header fields.
    public var headerFields = 100
    /// Bytes of a body.
    public var bodyBytes = 1_024 * 1_024
    /// Connections at a time; further ones wait to be accepted.
    public var connections = 512
    /// How long a connection may do nothing, and how long the head of a request may take to arrive.
    public var idle = Duration.seconds(30)
    /// How long the body of a request may take to arrive after its head.
    public var request = Duration.seconds(30)
    /// How long a handler may take to answer a request, unless its route has a limit of its own.
    public var handling = Duration.seconds(30)
    /// How long a client may leave a full buffer of answers unread.
    public var unread = Duration.seconds(30)

    /// The limits above.
    public init() {}
}
