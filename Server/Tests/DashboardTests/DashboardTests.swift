import Foundation
import Testing

/// The real service and a real browser. Pictures of every page stay under `.build/dashboard-pictures`.
@Suite(
    .timeLimit(.minutes(10)), .serialized,
    .enabled(if: BrowserTools.python != nil, Comment(rawValue: BrowserTools.absence)))
struct DashboardTests {
    #if DEBUG
    private static let isFast = false
    #else
    private static let isFast = true
    #endif

    private static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    /// Runs a script over a service with two finished runs, and expects every finding to be good.
    private func look(
        _ script: String, atLeast least: Int, access: Bool = false,
        more: (DashboardDesk, [String]) throws -> [String: Any] = { _, _ in [:] }
    ) async throws {
        let desk = try await DashboardDesk.open(access: access)
        defer { desk.close() }
        let runs = [try await desk.run("sma-cross-day"), try await desk.run("sma-cross-half-day", fast: 6)]
        let seen = try BrowserTools.run(script, address: desk.address, more: try more(desk, runs))
        for line in seen.lines { print(line) }
        print("pictures: \(BrowserTools.pictures.path)/\(script)")
        #expect(seen.status == 0, "\(seen.errors.suffix(3_000))")
        #expect(seen.findings.count >= least, "\(seen.findings.map(\.check))")
        for finding in seen.findings {
            #expect(finding.good, "\(finding.check): \(finding.detail)")
        }
    }

    @Test func everyPageIsWellAtEveryWidthInLightAndDark() async throws {
        try await look("pages", atLeast: 15 * (4 * 6 - 1)) { _, runs in
            [
                "isLong": Self.isLong,
                "pages": [
                    "overview": "/", "runs": "/runs", "new": "/runs/new", "run": "/runs/\(runs[0])",
                    "compare": "/compare?run=\(runs[0])&run=\(runs[1])", "choose": "/compare",
                    "strategies": "/strategies", "strategy": "/strategies/btc-basis", "orders": "/orders",
                    "logs": "/logs", "log-of-run": "/logs?run_id=\(runs[0])", "system": "/system",
                    "login": "/login", "missing": "/runs/nothing-of-this-name",
                    "again": "/runs/new?from=\(runs[0])",
                ],
            ]
        }
    }

    @Test func aPersonStartsABacktestSeesItGoOnAndFindsItsLines() async throws {
        try await look("journey", atLeast: 12) { _, _ in
            ["instrument": DashboardDesk.instrument, "series": "1m", "isFast": Self.isFast]
        }
    }

    @Test func whoeverAsksLogsInStaysInAndSeesWhatTheRoleAllows() async throws {
        let password = "correct horse battery staple"
        try await look("session", atLeast: 39, access: true) { desk, runs in
            try desk.add("tessa", role: "trader", password: password)
            try desk.add("vera", role: "viewer", password: password)
            return [
                "password": password, "run": runs[0], "lifetime": DashboardDesk.Access.lifetime,
                "token": DashboardDesk.Access.token,
            ]
        }
    }

    @Test func streamsThatEndRepeatOrSkipShowEveryEventOnce() async throws {
        try await look("streams", atLeast: 5) { _, runs in ["run": runs[0]] }
    }

    @Test func everythingCanBeDoneByKeyboard() async throws { try await look("keyboard", atLeast: 10) }

    @Test func aChartOfAHundredThousandPointsIsSmooth() async throws { try await look("chart", atLeast: 4) }

    @Test func hostileTextIsShownAndNeverExecuted() async throws {
        try await look("hostile", atLeast: 21) { desk, _ in
            [
                "run": DashboardDesk.file("x", fast: 12),
                "database": desk.folder.appending(path: ".tradewind/tradewind.db").path,
            ]
        }
    }
}
