internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// One question to a server over HTTP.
public enum HTTPInquiry {
    /// What a server answered.
    public struct Answer: Sendable {
        /// The status code.
        public let status: Int
        /// The body.
        public let body: [UInt8]
    }

    /// Never shut down: it lasts as long as the process. Where nobody listens, it says so at once; waiting is
    /// for those who ask.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Asks with GET; redirects are followed.
    ///
    /// - Parameters:
    ///   - timeout: for all of it, at most an hour.
    ///   - maximumBytes: a larger body is an error.
    /// - Throws: ``HostError`` when there is no whole answer in time.
    public static func get(
        _ url: String, timeout: Duration, maximumBytes: Int = 1 << 20
    ) async throws(HostError) -> Answer {
        do {
            let response = try await client.execute(
                HTTPClientRequest(url: url), deadline: .now() + TimeAmount(min(timeout, .seconds(3_600))))
            let body = try await response.body.collect(upTo: maximumBytes)
            return Answer(status: Int(response.status.code), body: Array(body.readableBytesView))
        } catch {
            throw HostError("\(url) cannot be asked: \(HTTPFailure.words(error))")
        }
    }
}
