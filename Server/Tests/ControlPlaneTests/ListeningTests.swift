import ControlPlane
import Logging
import Operations
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(1))) struct ListeningTests {
    func failure(_ host: String, _ port: Int) async -> ControlPlaneError? {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = ControlPlaneServer(
            address: .init(host: host, port: port), metrics: MetricsRegistry(), logger: logger,
            uptime: SystemClocks.uptime, routes: { _ in })
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        return await #expect(throws: ControlPlaneError.self) { try await group.run() }
    }

    @Test func aTakenPortIsSaidSo() async throws {
        try await RunningServer.run { server in
            let error = await failure("127.0.0.1", server.port)
            #expect(error?.code == .portTaken)
            #expect(
                error?.description == "127.0.0.1:\(server.port) is taken: another process listens there")
        }
    }

    @Test func anAddressOfAnotherMachineIsSaidSo() async {
        #expect(await failure("192.0.2.1", 0)?.code == .noSuchAddress)
        #expect(await failure("no-such-host.invalid", 0)?.code == .noSuchAddress)
    }
}
