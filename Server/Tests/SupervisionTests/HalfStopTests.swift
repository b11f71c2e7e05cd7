import Foundation
import Glibc
import Operations
import TestServers
import Testing

/// `tradewind stop`, killed before it was done, by the real executable: the next start brings everything into
/// service, whatever the stop had come to.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HalfStopTests {
    @Test func aStartAfterAStopThatWasKilledStartsAnew() throws {
        let desk = try ServiceDesk()
        defer { desk.end() }
        let folder = StateFolder(desk.path + "/.tradewind/supervision")
        #expect(try desk.run(["start"]).status == 0)
        // From the moment at which the stop says that nothing shall run: at once, and ever later.
        var untold = 0
        for delay in [0, 0, 0, 500, 2_000, 5_000, 10_000, 20_000, 50_000, 200_000] {
            let said = try told(folder)
            let stop = desk.command(["stop"])
            stop.standardOutput = FileHandle.nullDevice
            stop.standardError = FileHandle.nullDevice
            try stop.run()
            while stop.isRunning, SupervisionMemory(folder).read().plan?.isWanted != false { usleep(20) }
            usleep(UInt32(delay))
            kill(stop.processIdentifier, SIGKILL)
            stop.waitUntilExit()
            usleep(30_000)
            // It was killed before it told the supervisor, which goes on as if nothing had happened.
            if try told(folder) == said { untold += 1 }
            let start = try desk.run(["start"])
            #expect(start.status == 0, "after \(delay) us: \(start.output) \(start.errors)")
            #expect(start.duration < .seconds(30), "after \(delay) us: \(start.duration)")
            let status = try desk.run(["status", "--json"])
            #expect(status.status == 0, "after \(delay) us: \(status.output)")
            #expect(status.services.map { $0["state"] as? String } == ["ready"])
            #expect(SupervisionMemory(folder).read().plan?.isWanted == true)
        }
        #expect(untold > 0, "no stop was killed before it told the supervisor")
        #expect(try desk.run(["stop"]).output == "stopped api\n")
    }

    /// How often a supervisor was told to stop.
    private func told(_ folder: StateFolder) throws -> Int {
        try String(contentsOfFile: folder.log(of: "supervisor"), encoding: .utf8).split(separator: "\n")
            .count { $0.contains("supervisor-stopping") }
    }
}
