/// A request to a venue before it is signed.
public struct VenueRequest: Sendable {
    /// A name and a value of a query or a form, not encoded.
    public struct Parameter: Hashable, Sendable {
        /// The name, as in `symbol`.
        public let name: String
        /// The value, as in `BTCUSDT`.
        public let value: String

        /// A parameter.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `GET`, `POST`, `PUT` or `DELETE`.
    public let method: String
    /// The path from the root of the venue's address, as in `/api/v3/order`.
    public let path: String
    /// The query, in the order in which it is sent.
    public let query: [Parameter]
    /// The body as it is sent; empty for none.
    public let body: [UInt8]
    /// The media type of the body.
    public let contentType: String?

    /// A request. A body without a type is taken for JSON.
    public init(
        method: String, path: String, query: [Parameter] = [], body: [UInt8] = [], contentType: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.contentType = contentType ?? (body.isEmpty ? nil : "application/json")
    }
}

/// A request with all that a venue asks for beside it. What is shown of it holds neither keys nor signatures.
public struct SignedVenueRequest: Sendable, CustomStringConvertible, CustomReflectable {
    /// As in ``VenueRequest/method``.
    public let method: String
    /// Path and query as they go over the wire.
    public let target: String
    /// Header fields, the key and the signature among them.
    public let headers: [(name: String, value: String)]
    /// The body as it goes over the wire.
    public let body: [UInt8]
    private let path: String

    /// A request with header fields that may be secret.
    public init(
        method: String, path: String, query: String, headers: [(name: String, value: String)], body: [UInt8]
    ) {
        self.method = method
        self.path = path
        target = query.isEmpty ? path : "\(path)?\(query)"
        self.headers = headers
        self.body = body
    }

    public var description: String { "\(method) \(path) (signed)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
