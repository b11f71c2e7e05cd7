internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import Metrics
internal import NIOCore
internal import NIOPosix
public import Operations
public import ServiceLifecycle
public import Units

/// One HTTP listener: limits on what clients may do, one error body, the routes it is given. Runs as a
/// service and, when asked to stop, accepts nothing new and lets requests finish.
public struct ControlPlaneServer: Service {
    /// Where it listens.
    public struct Address: Hashable, Sendable {
        /// A name or an address.
        public let host: String
        /// From 1 to 65535; 0 takes any that is free.
        public let port: Int

        /// An address.
        public init(host: String, port: Int) { (self.host, self.port) = (host, port) }
    }

    private let address: Address
    private let limits: HTTPLimits
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let responder: RouterResponder<APIContext>
    private let onListening: @Sendable (Int) async -> Void

    /// A server.
    ///
    /// - Parameters:
    ///   - edge: what holds for every request; nil for a server of figures alone.
    ///   - uptime: a clock that never goes back.
    ///   - now: wall-clock time, in the body of errors.
    ///   - routes: adds what the server answers.
    ///   - onListening: called with the port as soon as connections are accepted.
    public init(
        address: Address, limits: HTTPLimits = HTTPLimits(), edge: EdgePolicy? = nil,
        metrics: MetricsRegistry, logger: Logger,
        uptime: @escaping @Sendable () -> Duration,
        now: @escaping @Sendable () -> Instant = { SystemClocks.now() },
        routes: (inout RouteTable) -> Void,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        (self.address, self.limits, self.logger, self.onListening) = (address, limits, logger, onListening)
        self.now = now
        let scope = RequestScope(
            limits: limits, edge: edge, metrics: RequestMetrics(metrics), uptime: uptime, now: now)
        var table = RouteTable(scope: scope)
        routes(&table)
        responder = table.finished().buildResponder()
    }

    /// Runs until the service group stops.
    ///
    /// - Throws: ``ControlPlaneError`` when it cannot listen.
    public func run() async throws {
        let (limits, now) = (limits, now)
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerFieldBytes, maxHeaderListSize: limits.headerListBytes,
            maxHeaderFieldCount: limits.headerFields)
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(limits: limits, now: now)],
            idleTimeout: TimeAmount(limits.idle),
            httpDecoderConfiguration: decoder)
        let application = Application(
            responder: responder, server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.connections, logger: logger)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? address.port) },
            logger: logger)
        do {
            try await application.run()
        } catch {
            throw ControlPlaneError(error, address) ?? error
        }
    }
}
