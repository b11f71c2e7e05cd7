internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Operations
internal import Units

/// The outermost layer of every request: gives it its identity, refuses what is too large, turns
/// errors into the one error body, counts, and logs.
struct RequestScope: RouterMiddleware {
    typealias Context = APIContext

    let limits: HTTPLimits
    let edge: EdgePolicy?
    let metrics: RequestMetrics
    let uptime: @Sendable () -> Duration
    let now: @Sendable () -> Instant

    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let began = uptime()
        metrics.begin()
        defer { metrics.end() }
        var context = context
        context.identity = RequestIdentity(request.headers)
        context.maxUploadSize = limits.bodyBytes
        context.userAgent = request.headers[.userAgent].map { APIContext.printable($0) }
        return await inLogContext(of: context.identity) {
            var response = await answer(request, context, next)
            // Whatever the handler made of it, an answer to HEAD is its headers.
            if request.method == .head { response = response.createHeadResponse() }
            context.identity.write(to: &response.headers)
            context.notes.write(to: &response.headers)
            edge?.finish(&response, request, context)
            response.headers[.cacheControl] = response.headers[.cacheControl] ?? "no-store"
            response.headers[.xContentTypeOptions] = "nosniff"
            record(request, context, status: response.status, duration: uptime() - began)
            return response
        }
    }

    /// Does the work; what is logged meanwhile has the ids of the request.
    private func inLogContext(of identity: RequestIdentity, _ work: () async -> Response) async -> Response {
        await LogContext.$correlationID.withValue(identity.correlationID) {
            await LogContext.$requestID.withValue(identity.requestID) {
                await LogContext.$traceID.withValue(identity.trace.traceID) {
                    await LogContext.$spanID.withValue(identity.trace.spanID) { await work() }
                }
            }
        }
    }

    private func answer(
        _ request: Request, _ context: APIContext, _ next: (Request, APIContext) async throws -> Response
    ) async -> Response {
        do {
            if request.head.authority == nil { throw APIError.hostMissing }
            if request.uri.string.utf8.count > limits.targetBytes { throw APIError.targetTooLong(limits) }
            if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes {
                throw APIError.bodyTooLarge(limits)
            }
            var context = context
            if let response = try edge?.begin(request, &context) { return response }
            return try await next(request, context)
        } catch {
            let failure = APIError(translating: error, limits: limits)
            if failure.code == .internalError {
                context.logger.error("a request failed: \(error)", metadata: ["event": "request_failed"])
            }
            return failure.response(for: context.identity, at: now())
        }
    }

    private func record(
        _ request: Request, _ context: APIContext, status: HTTPResponse.Status, duration: Duration
    ) {
        // The route as it was declared: as many as there are declarations, whatever clients ask for.
        let route = context.endpointPath ?? "none"
        metrics.record(method: request.method, route: route, status: status.code, duration: duration)
        context.logger.debug(
            "\(request.method.rawValue) \(route) \(status.code)",
            metadata: [
                "event": "request", "status": .stringConvertible(status.code),
                "duration_ms": .stringConvertible(duration.inSeconds * 1_000),
            ])
    }
}
