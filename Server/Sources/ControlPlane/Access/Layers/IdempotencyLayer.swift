internal import Crypto
internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Storage
internal import Units

/// Gives a repeated request the first answer, when the client names it with `Idempotency-Key`.
///
/// A key belongs to who asks and to the route. The answer is kept for 24 hours, one of failure for four; what
/// may succeed when it is repeated (failures of the service, limits) is not kept.
struct IdempotencyLayer: Sendable {
    let store: any Store
    let now: @Sendable () -> Instant

    static let header = HTTPField.Name(parsing: "Idempotency-Key")
    static let replayed = HTTPField.Name(parsing: "Idempotency-Replayed")
    static let maximumKeyBytes = 128
    static let maximumAnswerBytes = 1 << 20
    private static let hour = Int64(3_600) * 1_000_000_000

    /// The handler behind this layer.
    func handler(_ route: Route, _ inner: @escaping RouteTable.Handler) -> RouteTable.Handler {
        guard route.method == .post, route.description.idempotency != .none else { return inner }
        let isRequired = route.description.idempotency == .required
        let name = "\(route.method.rawValue) \(route.path)"
        return { request, context in
            guard let key = try Self.key(request.headers) else {
                if isRequired {
                    throw APIError(.idempotencyKeyRequired, "this needs the header Idempotency-Key")
                }
                return try await inner(request, context)
            }
            let place = IdempotencyName(principal: context.principal.id, route: name, key: key)
            return try await once(place, request, context, inner)
        }
    }

    private static func key(_ headers: HTTPFields) throws(APIError) -> String? {
        let values = headers[values: header]
        guard let key = values.first else { return nil }
        guard values.count == 1, (1...maximumKeyBytes).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw APIError(
                .idempotencyKeyInvalid,
                "Idempotency-Key has 1 to \(maximumKeyBytes) visible ASCII characters, and is there once")
        }
        return key
    }

    private func once(
        _ name: IdempotencyName, _ request: Request, _ context: APIContext, _ inner: RouteTable.Handler
    ) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: context.maxUploadSize)
        let fresh = StoredAnswer(
            requestHash: Self.hash(request, body), createdAt: now(),
            expiresAt: now() + Timespan(nanoseconds: Self.hour / 4))
        if let known = try await store.write({ try $0.answers.take(name, fresh) }) {
            return try Self.replay(known, hash: fresh.requestHash)
        }
        do {
            return try await kept(try await inner(request, context), name)
        } catch {
            let failure = APIError(translating: error, limits: HTTPLimits())
            guard Self.isLasting(failure.status) else {
                await release(name)
                throw error
            }
            return try await kept(failure.response(for: context.identity, at: now()), name)
        }
    }

    /// Whether the same request fails again in the same way.
    private static func isLasting(_ status: HTTPResponse.Status) -> Bool {
        status.code < 500 && ![401, 403, 408, 413, 425, 429].contains(status.code)
    }

    private static func hash(_ request: Request, _ body: ByteBuffer) -> String {
        var hash = SHA256()
        hash.update(data: Array("\(request.uri.string)\n".utf8))
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
    }

    // MARK: Answers

    private static func replay(_ known: StoredAnswer, hash: String) throws -> Response {
        guard known.requestHash == hash else {
            throw APIError(
                .idempotencyPayloadMismatch, "this Idempotency-Key came before with another body or query")
        }
        guard let status = known.status, let body = known.body else {
            throw APIError(
                .idempotencyInProgress, "the request with this Idempotency-Key is still being worked on",
                headers: [.retryAfter: "1"])
        }
        var headers = HTTPFields()
        let fields = try JSONText(parsing: known.headers ?? "{}").members ?? []
        for field in fields {
            guard let name = HTTPField.Name(field.key), let value = field.value.text else { continue }
            headers[name] = value
        }
        headers[replayed] = "true"
        return Response(
            status: .init(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Keeps an answer, and hands out one of the same bytes.
    private func kept(_ response: Response, _ name: IdempotencyName) async throws -> Response {
        let collector = BodyCollector()
        try await response.body.write(collector)
        let body = collector.bytes
        let whole = Response(
            status: response.status, headers: response.headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        guard Self.isLasting(response.status), body.count <= Self.maximumAnswerBytes else {
            await release(name)
            return whole
        }
        let headers = JSONText.object(response.headers.map { JSONMember($0.name.rawName, .string($0.value)) })
        let hours: Int64 = response.status.code < 400 ? 24 : 4
        let (status, expiry) = (response.status.code, now() + Timespan(nanoseconds: hours * Self.hour))
        // In a task of its own: that the client's time is over must not lose the answer.
        try await Task { [store] in
            try await store.write { transaction in
                try transaction.answers.keep(
                    name, status: status, headers: headers.compact, body: body, until: expiry)
            }
        }.value
        return whole
    }

    /// Frees a key. When even that fails, it is free again after a while.
    private func release(_ name: IdempotencyName) async {
        await Task { [store] in
            do { try await store.write { try $0.answers.release(name) } } catch { return }
        }.value
    }
}

/// Gathers the body of an answer.
private final class BodyCollector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes += buffer.readableBytesView }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
