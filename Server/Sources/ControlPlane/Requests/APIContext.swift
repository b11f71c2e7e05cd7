public import Hummingbird
public import NIOCore

/// What a request carries through middleware and handlers.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The id that joins everything done for this request: taken from the client, or made.
    public internal(set) var correlationID: String
    /// Where the client connects from; nil for what is not a network connection.
    public let client: SocketAddress?
    /// Largest body that is decoded.
    public var maxUploadSize: Int

    /// A context of a new request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        correlationID = ""
        client = source.channel.remoteAddress
        maxUploadSize = HTTPLimits().bodyBytes
    }
}
