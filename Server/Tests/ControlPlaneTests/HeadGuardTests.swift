import ControlPlane
import Foundation
import Hummingbird
import Testing

/// What a client may send before a request comes out of it. The other limits are far away here, so that none
/// of them ends the connection instead.
@Suite(.timeLimit(.minutes(2))) struct HeadGuardTests {
    static var patient: HTTPLimits {
        var limits = HTTPLimits()
        (limits.idle, limits.request, limits.unread) = (.seconds(300), .seconds(300), .seconds(300))
        return limits
    }

    /// Far more than the limit and what the buffers of both kernels take.
    static let flood = 64_000_000

    @Test func aHeadThatNeverEndsIsCutOffWithinBoundedBytes() async throws {
        try await RunningServer.run(limits: Self.patient) { server in
            let endless = [UInt8](repeating: 0x61, count: Self.flood)
            let starts = [
                "GET /",  // a first line without an end
                "",  // not even a method
                "GET / HTTP/1.1\r\nHost: x\r\nX-", "GET / HTTP/1.1\r\nHost: x\r\nX-Long: ",
                "GET /\(String(repeating: "?", count: 1_000))",
            ]
            for start in starts {
                let before = residentBytes()
                let answer = await RawClient.send(
                    [Array(start.utf8), endless], port: server.port, patience: 20)
                #expect(answer.isClosed && !answer.isSent, "\(start)")
                #expect(answer.sentBytes < Self.flood / 2, "\(start): \(answer.sentBytes)")
                #expect(answer.seconds < 20, "\(start)")
                #expect(residentBytes() - before < 16_000_000, "\(start)")
            }
            #expect(await RawClient.get("/health", port: server.port).statuses == [200])
        }
    }

    /// Empty lines before a request are legal and come out as nothing; without end they are no request.
    @Test func emptyLinesWithoutEndAreCutOff() async throws {
        try await RunningServer.run(limits: Self.patient) { server in
            let lines = [UInt8](repeating: 0x0A, count: Self.flood)
            let answer = await RawClient.send([lines], port: server.port, patience: 20)
            #expect(answer.isClosed && answer.sentBytes < Self.flood / 2)
        }
    }

    @Test func longRequestsThatAreAllowedPass() async throws {
        var limits = Self.patient
        limits.bodyBytes = 8_000_000
        try await RunningServer.run(limits: limits, routes: HostileRequestTests.echo) { server in
            let path = "/" + String(repeating: "p", count: limits.targetBytes - 1)
            #expect(await RawClient.get(path, port: server.port).statuses == [404])
            let field = String(repeating: "v", count: limits.headerFieldBytes - 100)
            let headers = (0..<3).map { "X-\($0): \(field)\r\n" }.joined()
            #expect(await RawClient.get("/version", port: server.port, headers: headers).statuses == [200])
            // A body is no head, however long.
            let body = String(repeating: "b", count: limits.bodyBytes)
            let long = await RawClient.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n"
                    + body, port: server.port)
            #expect(long.statuses == [200] && long.text.hasSuffix(String(repeating: "b", count: 1_000)))
        }
    }

    @Test func manyRequestsInOneGoAreNoLongHead() async throws {
        try await RunningServer.run(limits: Self.patient) { server in
            let filler = "X-Filler: " + String(repeating: "f", count: 1_000) + "\r\n"
            let one = "GET /api/v1/healthz HTTP/1.1\r\nHost: x\r\n\(filler)\r\n"
            let last = "GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            // Five times as many bytes as a head may have.
            let count = 1_000
            let answer = await RawClient.send(
                String(repeating: one, count: count) + last, port: server.port, patience: 60)
            #expect(answer.statuses.count == count + 1 && answer.statuses.allSatisfy { $0 == 200 })
        }
    }

    private func residentBytes() -> Int {
        let fields =
            (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4_096
    }
}
