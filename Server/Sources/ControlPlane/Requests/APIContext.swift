public import Hummingbird
public import NIOCore

/// What a request carries through middleware and handlers.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// What joins everything done for this request.
    public internal(set) var identity: RequestIdentity
    /// Where the client connects from; nil for what is not a network connection.
    public let client: SocketAddress?
    /// Largest body that is decoded.
    public var maxUploadSize: Int

    /// The id of the work that the request belongs to; events and jobs carry it on.
    public var correlationID: String { identity.correlationID }
    /// The place in a trace; events and jobs carry it on.
    public var trace: TraceContext { identity.trace }

    /// A context of a new request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        identity = .unknown
        client = source.channel.remoteAddress
        maxUploadSize = HTTPLimits().bodyBytes
    }
}
