public import Events
public import HTTPTypes
public import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import Operations
internal import Units

/// A failure as clients see it, with one body whatever the path: ``body(for:at:)``.
public struct APIError: Error, Sendable {
    /// Which failure.
    public let code: APIErrorCode
    /// The status; that of the code unless a library chose one of its own.
    public let status: HTTPResponse.Status
    /// One sentence: what is wrong, and what is allowed. Never a secret, never an internal error's text.
    public let message: String
    /// More for programs, such as which fields are wrong.
    public let details: JSONText
    /// Headers that belong to the failure, such as `Allow`.
    public let headers: HTTPFields

    /// A failure.
    public init(
        _ code: APIErrorCode, _ message: String, details: JSONText = .null, headers: HTTPFields = [:]
    ) {
        self.init(code, status: code.status, message, details: details, headers: headers)
    }

    private init(
        _ code: APIErrorCode, status: HTTPResponse.Status, _ message: String, details: JSONText = .null,
        headers: HTTPFields = [:]
    ) {
        (self.code, self.status, self.message, self.details, self.headers) = (
            code, status, message, details, headers
        )
    }

    /// There is nothing at this path.
    static let notFound = APIError(.notFound, "there is nothing at this path")
    /// See ``HostGuard``.
    static let hostMissing = APIError(
        .requestMalformed, "a request of HTTP/1.1 names one host in the header Host, and this one does not")

    /// The failure that an error of the server's libraries means to a client.
    init(translating error: any Error, limits: HTTPLimits) {
        switch error {
        case let known as APIError: self = known
        case let parsing as HTTPParserError: self.init(rejecting: parsing, limits: limits)
        case is RequestArrivalTimeout:
            self.init(
                .requestTimeout, "the body did not arrive within \(limits.request.shortText)",
                headers: [.connection: "close"])
        case is CancellationError:
            self.init(.serviceUnavailable, "the service is stopping", headers: [.connection: "close"])
        case let known as any HTTPResponseError: self.init(status: known.status, limits: limits)
        default:
            self.init(
                .internalError,
                "the request failed inside the service; its log has the reason under the correlation id")
        }
    }

    private init(status: HTTPResponse.Status, limits: HTTPLimits) {
        switch status {
        case .notFound: self = .notFound
        case .contentTooLarge: self = .bodyTooLarge(limits)
        case .badRequest: self.init(.requestMalformed, "the request cannot be understood")
        case .unsupportedMediaType: self.init(.unsupportedMediaType, "the body must be application/json")
        default: self.init(APIErrorCode(status: status), status: status, status.reasonPhrase)
        }
    }

    /// What the parser of HTTP refuses before anything else sees it.
    init(rejecting error: HTTPParserError, limits: HTTPLimits) {
        switch error {
        case .headerOverflow:
            self.init(
                .headersTooLarge,
                """
                a header field may have \(limits.headerFieldBytes) bytes at most, all together \
                \(limits.headerListBytes), and there may be \(limits.headerFields) of them
                """, headers: [.connection: "close"])
        default:
            self.init(
                .requestMalformed, "what was sent is no HTTP/1.1 request: \(error.inWords)",
                headers: [.connection: "close"])
        }
    }

    static func bodyTooLarge(_ limits: HTTPLimits) -> APIError {
        APIError(
            .bodyTooLarge, "the body may have \(limits.bodyBytes) bytes at most",
            headers: [.connection: "close"])
    }

    static func targetTooLong(_ limits: HTTPLimits) -> APIError {
        APIError(
            .targetTooLong, "path and query may have \(limits.targetBytes) bytes at most",
            headers: [.connection: "close"])
    }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> APIError {
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        return APIError(.methodNotAllowed, "this path takes \(list)", headers: [.allow: list])
    }

    static func tooSlow(_ limit: Duration) -> APIError {
        APIError(
            .serviceTimeout, "the answer took longer than \(limit.shortText), and the work was given up",
            headers: [.connection: "close"])
    }

    /// The body: everything under `error`, and for clients of other habits the four main keys beside it.
    ///
    ///     {"error": {"code", "message", "details", "request_id", "correlation_id", "timestamp"},
    ///      "code", "message", "details", "correlation_id"}
    func body(for request: RequestIdentity, at time: Instant) -> JSONText {
        let main: [JSONMember] = [
            JSONMember("code", .string(code.rawValue)), JSONMember("message", .string(message)),
            JSONMember("details", details),
        ]
        let correlation: JSONMember = JSONMember("correlation_id", .string(request.correlationID))
        let inner =
            main + [
                JSONMember("request_id", .string(request.requestID)), correlation,
                JSONMember("timestamp", .string(time.description)),
            ]
        return .object([JSONMember("error", .object(inner))] + main + [correlation])
    }

    /// The answer.
    func response(for request: RequestIdentity, at time: Instant) -> Response {
        var response = Response.json(body(for: request, at: time), status: status)
        for field in headers { response.headers.append(field) }
        return response
    }
}

extension HTTPParserError {
    /// What is wrong with the bytes, for a person who wrote the client.
    fileprivate var inWords: String {
        switch self {
        case .invalidVersion: "its version is not one of HTTP/1"
        case .invalidMethod: "its method is not known"
        case .invalidURL, .invalidHost, .invalidPort, .invalidPath, .invalidQueryString, .invalidFragment:
            "its path is not legal"
        case .invalidHeaderToken: "a header field is not legal"
        case .invalidContentLength, .unexpectedContentLength: "its Content-Length is not legal"
        case .invalidChunkSize: "the size of a chunk is not legal"
        case .invalidEOFState, .closedConnection: "it ends too early"
        default: "it breaks the rules of the protocol"
        }
    }
}

extension Response {
    /// An answer with a JSON body.
    public static func json(_ value: JSONText, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.compact + "\n")))
    }
}
