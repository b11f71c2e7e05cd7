package import AsyncHTTPClient
internal import NIOCore
internal import NIOSSL

/// An HTTP client for requests that carry secrets: it follows no redirection, which would hand them to
/// another host, verifies certificates fully, and tells of a connection that cannot be made at once.
///
/// ``shutdown()`` must be called before it is released.
public final class DirectHTTPClient: Sendable {
    package let client: HTTPClient

    /// A client.
    ///
    /// - Parameters:
    ///   - authorities: a PEM file with the certificate authorities to trust in place of the system's.
    ///   - connectTimeout: how long making a connection may take.
    public init(authorities: String? = nil, connectTimeout: Duration = .seconds(3)) {
        var security = TLSConfiguration.makeClientConfiguration()
        if let authorities { security.trustRoots = .file(authorities) }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: security, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout)))
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections. Requests on their way fail.
    public func shutdown() async throws {
        try await client.shutdown()
    }
}
