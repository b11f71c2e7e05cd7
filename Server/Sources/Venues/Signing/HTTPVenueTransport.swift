internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public import Operations

/// Sends requests to a venue over HTTP, each once, following no redirection.
public struct HTTPVenueTransport: VenueTransport {
    private let client: DirectHTTPClient
    private let address: String
    private let timeout: Duration
    private let maximumResponseBytes: Int

    /// A way to the venue at `address` (scheme, host and port) over a client that the caller shuts down.
    public init(
        client: DirectHTTPClient, address: String, timeout: Duration = .seconds(10),
        maximumResponseBytes: Int = 16 << 20
    ) {
        self.client = client
        self.address = String(address.reversed().drop { $0 == "/" }.reversed())
        self.timeout = max(.milliseconds(1), timeout)
        self.maximumResponseBytes = max(1, maximumResponseBytes)
    }

    public func send(_ request: SignedVenueRequest) async throws(VenueTransportError) -> VenueResponse {
        var question = HTTPClientRequest(url: address + request.target)
        question.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { question.headers.add(name: name, value: value) }
        if !request.body.isEmpty { question.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            let answer = try await client.client.execute(question, timeout: TimeAmount(timeout))
            let body = try await answer.body.collect(upTo: maximumResponseBytes)
            var headers: [String: String] = [:]
            for (name, value) in answer.headers { headers[name.lowercased()] = value }
            return VenueResponse(
                status: Int(answer.status.code), body: Array(body.readableBytesView), headers: headers)
        } catch is NIOTooManyBytesError {
            throw VenueTransportError(
                .unusableAnswer, "\(request): the answer has more than \(maximumResponseBytes) bytes")
        } catch {
            throw VenueTransportError(Self.effect(of: error), "\(request): \(Self.reason(error))")
        }
    }

    /// Only what fails before a connection is there is known not to have been sent.
    private static func effect(of error: any Error) -> VenueTransportError.Effect {
        if error is NIOConnectionError { return .notSent }
        if let error = error as? IOError, [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode)
        {
            return .notSent
        }
        if let error = error as? HTTPClientError {
            let before: [HTTPClientError] = [
                .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .invalidURL,
                .alreadyShutdown,
            ]
            if before.contains(error) { return .notSent }
        }
        return .outcomeUnknown
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case is NIOConnectionError: "no connection"
        case is CancellationError: "cancelled"
        default: String(String(describing: error).prefix(160))
        }
    }
}
