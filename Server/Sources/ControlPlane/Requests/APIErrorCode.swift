public import HTTPTypes

/// Every failure that the API names. Programs may rely on the words: none changes its meaning, and a new one
/// is a new case here, which also puts it on the page of error codes.
public enum APIErrorCode: String, Hashable, Sendable, CaseIterable {
    /// The bytes are no HTTP request that this server understands.
    case requestMalformed = "request.malformed"
    /// Path and query are too long.
    case targetTooLong = "request.target_too_long"
    /// Header fields are too long or too many.
    case headersTooLarge = "request.headers_too_large"
    /// The body is too large.
    case bodyTooLarge = "request.body_too_large"
    /// The request did not arrive in time.
    case requestTimeout = "request.timeout"
    /// The path does not take the method.
    case methodNotAllowed = "request.method_not_allowed"
    /// The body is of another kind than the path takes.
    case unsupportedMediaType = "request.unsupported_media_type"
    /// A refusal for which there is no other word.
    case requestRefused = "request.refused"
    /// Values in path, query or body are not allowed.
    case validationFailed = "validation.failed"
    /// There is nothing of that name.
    case notFound = "resource.not_found"
    /// It exists, in a state that does not allow the request.
    case conflict = "resource.conflict"
    /// Who asks is not known.
    case authenticationRequired = "authentication.required"
    /// What should say who asks is wrong, expired or withdrawn.
    case authenticationFailed = "authentication.failed"
    /// Who asks may not do this.
    case accessDenied = "authorization.denied"
    /// Too many requests.
    case rateLimitExceeded = "throttling.rate_limit_exceeded"
    /// As much work waits as may.
    case backpressure = "throttling.backpressure"
    /// `Idempotency-Key` is missing where it is needed.
    case idempotencyKeyRequired = "idempotency.key_required"
    /// `Idempotency-Key` has a form that is not allowed.
    case idempotencyKeyInvalid = "idempotency.key_invalid"
    /// The key came before, with another body.
    case idempotencyPayloadMismatch = "idempotency.payload_mismatch"
    /// The request with this key is still being worked on.
    case idempotencyInProgress = "idempotency.in_progress"
    /// Something that the service depends on is not asked for a while, as it failed too often.
    case circuitOpen = "dependency.circuit_open"
    /// Something that the service depends on does not answer.
    case dependencyUnavailable = "dependency.unavailable"
    /// The service does not take the work now.
    case serviceUnavailable = "service.unavailable"
    /// The answer took the service too long.
    case serviceTimeout = "service.timeout"
    /// The service failed.
    case internalError = "service.internal_error"

    /// The status that it is answered with.
    public var status: HTTPResponse.Status {
        switch self {
        case .requestMalformed, .requestRefused, .idempotencyKeyRequired, .idempotencyKeyInvalid: .badRequest
        case .targetTooLong: .uriTooLong
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .requestTimeout: .requestTimeout
        case .methodNotAllowed: .methodNotAllowed
        case .unsupportedMediaType: .unsupportedMediaType
        case .validationFailed: .unprocessableContent
        case .notFound: .notFound
        case .conflict, .idempotencyPayloadMismatch, .idempotencyInProgress: .conflict
        case .authenticationRequired, .authenticationFailed: .unauthorized
        case .accessDenied: .forbidden
        case .rateLimitExceeded: .tooManyRequests
        case .backpressure: .serviceUnavailable
        case .circuitOpen, .dependencyUnavailable, .serviceUnavailable: .serviceUnavailable
        case .serviceTimeout: .gatewayTimeout
        case .internalError: .internalServerError
        }
    }

    /// What a client does about it, in a sentence; the page of error codes shows it.
    public var remedy: String {
        switch self {
        case .requestMalformed: "correct the client: send HTTP/1.1 with a Host and legal header fields"
        case .targetTooLong: "move parameters into the body, or ask for less at a time"
        case .headersTooLarge: "send fewer or shorter header fields; cookies are the usual cause"
        case .bodyTooLarge: "send less at a time, or raise api.max-body-size"
        case .requestTimeout: "send the request in one go; repeat it on a new connection"
        case .methodNotAllowed: "use a method that the header Allow names"
        case .unsupportedMediaType: "send the kind of body that the API's description names"
        case .requestRefused: "read the message; the status says more"
        case .validationFailed: "correct the fields that details name"
        case .notFound: "correct the path or the identifier; lists show what there is"
        case .conflict: "read the resource again, and ask for what its state allows"
        case .authenticationRequired: "send Authorization: Bearer TOKEN"
        case .authenticationFailed: "refresh the token, or log in again"
        case .accessDenied: "ask an administrator for the role that details name"
        case .rateLimitExceeded: "wait as long as Retry-After says, then repeat"
        case .backpressure: "wait as long as Retry-After says; let work that waits finish"
        case .idempotencyKeyRequired: "send Idempotency-Key with a value of your own, new for each request"
        case .idempotencyKeyInvalid: "take 1 to 128 visible ASCII characters, as of a UUID"
        case .idempotencyPayloadMismatch: "take a new key for another body"
        case .idempotencyInProgress: "wait a moment and repeat with the same key"
        case .circuitOpen: "wait as long as Retry-After says; health shows what is down"
        case .dependencyUnavailable: "repeat after a moment; health shows what is down"
        case .serviceUnavailable: "repeat after a moment; the page of readiness says why"
        case .serviceTimeout: "ask whether the work was done before repeating it; ask for less at a time"
        case .internalError: "look in the log for the correlation id"
        }
    }

    /// Whether the same request may simply be sent again.
    public enum Retry: String, Hashable, Sendable {
        /// It may: nothing was done.
        case safe = "yes"
        /// It fails again until something is changed.
        case futile = "no"
        /// It may have been done: ask first, or repeat with the same `Idempotency-Key`.
        case unknown = "ask first"
    }

    /// Whether the same request may simply be sent again.
    public var retry: Retry {
        switch self {
        case .requestTimeout, .rateLimitExceeded, .backpressure, .idempotencyInProgress, .circuitOpen,
            .serviceUnavailable:
            .safe
        case .serviceTimeout, .internalError, .dependencyUnavailable: .unknown
        default: .futile
        }
    }

    /// The nearest word for a status that a library answers with.
    init(status: HTTPResponse.Status) {
        switch status {
        case .badRequest: self = .requestMalformed
        case .requestHeaderFieldsTooLarge: self = .headersTooLarge
        case .contentTooLarge: self = .bodyTooLarge
        case .unauthorized: self = .authenticationRequired
        case .serviceUnavailable: self = .serviceUnavailable
        default:
            self =
                APIErrorCode.allCases.first { $0.status == status }
                ?? (status.kind == .serverError ? .internalError : .requestRefused)
        }
    }

    /// The table of the page of error codes: code, status, whether to repeat, what to do.
    package static var reference: String {
        let rows = allCases.map {
            "| `\($0.rawValue)` | \($0.status.code) | \($0.retry.rawValue) | \($0.remedy) |\n"
        }
        return "| Code | Status | Repeat? | What to do |\n|---|---|---|---|\n" + rows.joined()
    }
}
