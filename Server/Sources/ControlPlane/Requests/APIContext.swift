public import Hummingbird
public import NIOCore

/// What a request carries through middleware and handlers.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// What joins everything done for this request.
    public internal(set) var identity: RequestIdentity
    /// Who asks; anonymous until the layer of access has looked.
    public package(set) var principal = Principal.anonymous
    /// Where the client connects from; nil for what is not a network connection.
    public let client: SocketAddress?
    /// Where the client is, as limits and audits know it: behind a proxy that is trusted, what that says.
    public internal(set) var clientAddress: ClientAddress
    /// What the client calls itself; at most 256 printable characters.
    public internal(set) var userAgent: String?
    /// Header fields that layers want on the answer.
    let notes = ResponseNotes()
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
        clientAddress = ClientAddress(source.channel.remoteAddress)
        maxUploadSize = HTTPLimits().bodyBytes
    }

    /// The first 256 characters that can be printed.
    static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.lazy.filter {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
        return String(String.UnicodeScalarView(scalars.prefix(256)))
    }
}
