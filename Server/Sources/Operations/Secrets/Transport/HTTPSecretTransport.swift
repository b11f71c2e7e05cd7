internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
public import Settings

/// Asks backends of secrets with AsyncHTTPClient: time limits, a limit on the size of answers, and a few
/// attempts with growing, jittered waits for what may pass (no connection, 412, 429, 500, 502, 503, 504).
///
/// The client verifies certificates and follows no redirection.
public struct HTTPSecretTransport: SecretTransport {
    private let client: DirectHTTPClient
    private let policy: RetryPolicy
    private let time: SecretTime
    private let jitter: Jitter

    /// Statuses after which the same question is asked again. 412 is Vault's "not yet replicated".
    static let transientStatuses: Set<Int> = [412, 429, 500, 502, 503, 504]

    /// A transport over a client that the caller shuts down. Waits are drawn from `jitter` and slept with
    /// `time`.
    public init(
        client: DirectHTTPClient, policy: RetryPolicy = RetryPolicy(), time: SecretTime, jitter: Jitter
    ) {
        self.client = client
        self.policy = policy
        self.time = time
        self.jitter = jitter
    }

    public func send(
        _ request: SecretHTTPRequest, source: String
    ) async throws(SecretError) -> SecretHTTPResponse {
        var attempt = 1
        while true {
            let isLast = attempt >= policy.attempts
            do throws(SecretError) {
                let response = try await sendOnce(request, source: source)
                if isLast || !Self.transientStatuses.contains(response.status) { return response }
            } catch {
                if isLast || !error.isTransient { throw error }
            }
            do {
                try await time.sleep(jitter.wait(policy.wait(after: attempt)))
            } catch {
                throw unavailable(source, "the question was cancelled")
            }
            attempt += 1
        }
    }

    private func sendOnce(
        _ request: SecretHTTPRequest, source: String
    ) async throws(SecretError) -> SecretHTTPResponse {
        var question = HTTPClientRequest(url: request.url)
        question.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { question.headers.add(name: name, value: value) }
        for (name, value) in request.secretHeaders {
            value.withText { question.headers.add(name: name, value: $0) }
        }
        if let body = request.body {
            question.body = body.withBytes { .bytes(ByteBuffer(bytes: $0)) }
        }
        do {
            let answer = try await client.client.execute(question, timeout: TimeAmount(policy.timeout))
            let body = try await answer.body.collect(upTo: policy.maximumResponseBytes)
            return SecretHTTPResponse(
                status: Int(answer.status.code), body: Secret(bytes: body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw SecretError(
                .malformed, source: source,
                message: "answered with more than \(policy.maximumResponseBytes) bytes",
                remedy: "see what listens at \(Self.host(of: request.url))")
        } catch {
            throw unavailable(
                source, "does not answer at \(Self.host(of: request.url)) (\(HTTPFailure.words(error)))"
            )
        }
    }

    private func unavailable(_ source: String, _ message: String) -> SecretError {
        SecretError(
            .unavailable, source: source, message: message,
            remedy: "see that it runs, that its address is right and that this host may reach it")
    }

    /// Scheme, host and port of an address: the part that tells which server was meant.
    static func host(of url: String) -> String {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return "an address that is none" }
        let authority = parts[2].split(separator: "@").last ?? parts[2]
        return "\(parts[0])//\(authority)"
    }
}
