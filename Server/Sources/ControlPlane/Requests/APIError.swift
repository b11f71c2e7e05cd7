public import HTTPTypes
internal import Hummingbird
internal import NIOCore
public import Operations

/// A failure as clients see it: `{"error": {"code", "message", "details", "correlation_id"}}`, whatever the
/// path.
public struct APIError: Error, Sendable {
    /// The status.
    public let status: HTTPResponse.Status
    /// A stable word, kebab-case.
    public let code: String
    /// One sentence: what is wrong, and what is allowed. Never a secret, never an internal error's text.
    public let message: String
    /// More for programs, such as which fields are wrong.
    public let details: JSONOutput
    /// Headers that belong to the failure, such as `Allow`.
    public let headers: HTTPFields

    /// A failure.
    public init(
        _ status: HTTPResponse.Status, code: String, message: String, details: JSONOutput = .null,
        headers: HTTPFields = [:]
    ) {
        (self.status, self.code, self.message, self.details, self.headers) = (
            status, code, message, details, headers
        )
    }

    /// There is nothing at this path.
    static let notFound = APIError(.notFound, code: "not-found", message: "there is nothing at this path")

    /// The failure that an error of the server's libraries means to a client.
    init(translating error: any Error, limits: HTTPLimits) {
        switch error {
        case let known as APIError: self = known
        case let known as any HTTPResponseError: self.init(status: known.status, limits: limits)
        default:
            self.init(
                .internalServerError, code: "internal-error",
                message:
                    "the request failed inside the service; its log has the reason under the correlation id")
        }
    }

    private init(status: HTTPResponse.Status, limits: HTTPLimits) {
        switch status {
        case .notFound: self = .notFound
        case .contentTooLarge: self = .bodyTooLarge(limits)
        case .badRequest:
            self.init(status, code: "bad-request", message: "the request cannot be understood")
        case .unsupportedMediaType:
            self.init(status, code: "unsupported-media-type", message: "the body must be application/json")
        default:
            let code = status.reasonPhrase.lowercased().split { !$0.isLetter }.joined(separator: "-")
            self.init(status, code: code.isEmpty ? "failed" : code, message: status.reasonPhrase)
        }
    }

    static func bodyTooLarge(_ limits: HTTPLimits) -> APIError {
        APIError(
            .contentTooLarge, code: "body-too-large",
            message: "the body may have \(limits.bodyBytes) bytes at most",
            headers: [.connection: "close"])
    }

    static func targetTooLong(_ limits: HTTPLimits) -> APIError {
        APIError(
            .uriTooLong, code: "target-too-long",
            message: "path and query may have \(limits.targetBytes) bytes at most",
            headers: [.connection: "close"])
    }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> APIError {
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        return APIError(
            .methodNotAllowed, code: "method-not-allowed", message: "this path takes \(list)",
            headers: [.allow: list])
    }

    /// The answer.
    func response(correlationID: String) -> Response {
        let body = JSONOutput.object([
            (
                "error",
                .object([
                    ("code", .string(code)), ("message", .string(message)), ("details", details),
                    ("correlation_id", .string(correlationID)),
                ])
            )
        ])
        var response = Response.json(body, status: status)
        for field in headers { response.headers.append(field) }
        return response
    }
}

extension Response {
    /// An answer with a JSON body.
    static func json(_ value: JSONOutput, status: HTTPResponse.Status = .ok) -> Response {
        var bytes = value.bytes
        bytes.append(0x0A)
        return Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
