public import HTTPTypes

/// What a route does and takes, for the document that describes the API and for the layers that guard it.
/// Declares only; what it says of access and idempotency is enforced by the layers of the route table.
public struct RouteDescription: Sendable, ExpressibleByStringLiteral {
    /// One sentence without a full stop, as in "List runs".
    public var summary: String
    /// More for a reader, in Markdown; empty when there is no more to say.
    public var details: String
    /// The headings that the route stands under; the first is the main one.
    public var tags: [String]
    /// Values in the path, the query and headers. Those of the path are strings unless they are declared.
    public var parameters: [RouteParameter]
    /// The body that it takes; nil when it takes none.
    public var body: RouteBody?
    /// The answers of success; what any route may answer when it fails is not repeated.
    public var responses: [RouteResponse]
    /// Codes of failures that are this route's own, such as ``APIErrorCode/conflict``.
    public var failures: [APIErrorCode]
    /// Who may use it.
    public var access: RouteAccess
    /// What `Idempotency-Key` means to it.
    public var idempotency: RouteIdempotency

    /// A description.
    public init(
        _ summary: String, details: String = "", tags: [String] = [], parameters: [RouteParameter] = [],
        body: RouteBody? = nil, responses: [RouteResponse] = [], failures: [APIErrorCode] = [],
        access: RouteAccess = .role(.viewer), idempotency: RouteIdempotency = .none
    ) {
        (self.summary, self.details, self.tags, self.parameters) = (summary, details, tags, parameters)
        (self.body, self.responses, self.failures) = (body, responses, failures)
        (self.access, self.idempotency) = (access, idempotency)
    }

    /// A summary and nothing else: for viewers, without a body.
    public init(stringLiteral summary: String) { self.init(summary) }
}

/// Who may use a route.
public enum RouteAccess: Hashable, Sendable {
    /// Everybody, without a token.
    case open
    /// Who has at least this role.
    case role(RouteRole)
}

/// What a person or a program may do; each role may do what the ones before it may.
public enum RouteRole: String, Hashable, Comparable, Sendable, CaseIterable {
    /// Sees everything that is no secret.
    case viewer
    /// Starts and stops runs, and trades.
    case trader
    /// Changes users, settings and keys.
    case admin

    public static func < (a: RouteRole, b: RouteRole) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .trader: 1
        case .admin: 2
        }
    }
}

/// What `Idempotency-Key` means to a route.
public enum RouteIdempotency: Hashable, Sendable {
    /// Nothing: repeating the request does no harm.
    case none
    /// With a key, a repetition gets the first answer; without one, the work is done again.
    case optional
    /// A request without a key is refused.
    case required
}

/// A value that a route takes beside its body.
public struct RouteParameter: Sendable {
    /// Where the value stands.
    public enum Place: String, Hashable, Sendable {
        /// A part of the path, as `id` of `/runs/:id`; always required.
        case path
        /// Behind the question mark.
        case query
        /// A header field.
        case header
    }

    /// Its name.
    public var name: String
    /// Where it stands.
    public var place: Place
    /// One sentence.
    public var summary: String
    /// What is allowed.
    public var schema: RouteSchema
    /// Whether the request is refused without it.
    public var isRequired: Bool

    /// A parameter.
    public init(
        _ name: String, in place: Place, _ summary: String, _ schema: RouteSchema = .string(),
        isRequired: Bool = false
    ) {
        (self.name, self.place, self.summary, self.schema) = (name, place, summary, schema)
        self.isRequired = isRequired || place == .path
    }
}

/// The body that a route takes.
public struct RouteBody: Sendable {
    /// What is allowed.
    public var schema: RouteSchema
    /// Whether the request is refused without a body.
    public var isRequired: Bool
    /// The kind of body.
    public var mediaType: String

    /// A body.
    public init(_ schema: RouteSchema, isRequired: Bool = true, mediaType: String = "application/json") {
        (self.schema, self.isRequired, self.mediaType) = (schema, isRequired, mediaType)
    }
}

/// An answer of success, or another that is a route's own.
public struct RouteResponse: Sendable {
    /// The status.
    public var status: HTTPResponse.Status
    /// When it is given, one sentence.
    public var summary: String
    /// The kind of body.
    public var mediaType: String
    /// What the body holds; nil when there is no body, or none to describe.
    public var schema: RouteSchema?

    /// An answer.
    public init(
        _ status: HTTPResponse.Status = .ok, _ summary: String, _ schema: RouteSchema? = nil,
        mediaType: String = "application/json"
    ) {
        (self.status, self.summary, self.schema, self.mediaType) = (status, summary, schema, mediaType)
    }
}
