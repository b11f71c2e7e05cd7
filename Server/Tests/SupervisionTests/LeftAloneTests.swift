import Foundation
import Glibc
import Operations
import Settings
import TestServers
import Testing
import Units

/// A service that answers over HTTP what a file says: `503 {"holds_positions": true}`, for example.
private final class AnsweringService {
    static let perl = "/usr/bin/perl"
    let scratch: ScratchFolder
    let folder: StateFolder
    let port: Int

    static let script = """
        use IO::Socket::INET; $SIG{PIPE} = "IGNORE";
        my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 9,
            ReuseAddr => 1) or die "no port";
        while (1) {
            my $c = $s->accept or next;
            while (<$c>) { last if /^\\r?$/ }
            open(my $f, "<", $ARGV[1]); my $t = <$f>; close $f; chomp $t;
            my ($status, $body) = split(/ /, $t, 2);
            print $c "HTTP/1.1 $status X\\r\\nContent-Length: " . length($body) . "\\r\\n\\r\\n$body"
                unless $status eq "silence";
            close $c;
        }
        """

    init() throws {
        scratch = try ScratchFolder()
        folder = StateFolder(scratch.path + "/supervision")
        port = ServiceDesk.freePort()
        try answer("200 {}")
    }

    func answer(_ text: String) throws {
        try scratch.write(text + "\n", to: "answer.new")
        #expect(rename(scratch.path + "/answer.new", scratch.path + "/answer") == 0)
    }

    func start(_ mode: ExecutionMode) throws {
        var policy = SupervisionPolicy.standard
        (policy.checkInterval, policy.checkTimeout) = (.milliseconds(30), .seconds(2))
        policy.waits = [.milliseconds(20), .milliseconds(20), .milliseconds(20)]
        let service = ServiceDefinition(
            name: "desk",
            command: [
                Self.perl, "-e", Self.script, "\(port)", scratch.path + "/answer",
                "execution.mode=\(mode.rawValue)",
            ],
            health: HealthEndpoint(address: "127.0.0.1", port: port, path: "/health"),
            readyWithin: .seconds(20), grace: .seconds(2))
        let plan = SupervisionPlan(mode: mode, services: [service], policy: policy)
        let result = try SupervisorLaunch.detached(
            plan, in: folder, executable: ServiceDesk.built,
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"])
        #expect(result == .ready)
    }

    var status: HostStatus.Service {
        get throws { try #require(try HostServices(folder: folder).status().services.first) }
    }

    /// How often the supervisor said something.
    func count(_ event: String) throws -> Int {
        try String(contentsOfFile: folder.log(of: "supervisor"), encoding: .utf8)
            .split(separator: "\n").count { $0.contains("\"event\":\"\(event)\"") }
    }

    func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<1500 {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }

    func end() { _ = try? HostServices(folder: folder).stop() }
}

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: AnsweringService.perl)), .serialized)
struct LeftAloneTests {
    @Test func aLiveProcessThatHoldsPositionsIsNotRestartedForUnreadinessAndStatusSaysWhy() throws {
        let service = try AnsweringService()
        defer { service.end() }
        try service.start(.live)
        let first = try #require(try service.status.process)
        try service.answer("503 {\"status\": \"stale\", \"holds_positions\": true}")
        #expect(try service.eventually { try service.status.state == "left-alone" })
        // Many checks later it still is that process.
        let checks = 20
        usleep(UInt32(checks) * 30_000)
        var now = try service.status
        #expect(now.process == first && now.restarts == 0 && now.isReady == false)
        #expect(now.holdsPositions == true)
        #expect(now.problem?.contains("answered 503") == true && now.problem?.contains("stale") == true)
        #expect(now.lastFailure?.contains("3 checks in a row failed") == true)
        #expect(try service.count("service-left-alone") == 1, "said once")
        // An answer without a word about positions, or no answer, does not say that there are none.
        for answer in ["503 {}", "503 no json", "silence"] {
            try service.answer(answer)
            usleep(300_000)
            now = try service.status
            #expect(now.process == first && now.state == "left-alone" && now.holdsPositions == nil)
        }
        try service.answer("200 {\"holds_positions\": true}")
        #expect(try service.eventually { try service.status.state == "ready" })
        #expect(try service.status.process == first)
        // Dead it is started again, whatever it held.
        kill(first.pid, SIGKILL)
        let isBack = try service.eventually {
            let now = try service.status
            return now.state == "ready" && now.process != first
        }
        #expect(isBack)
        #expect(try service.status.restarts == 1)
    }

    @Test(arguments: [
        (ExecutionMode.live, "503 {\"holds_positions\": false}"),
        (.paper, "503 {\"holds_positions\": true}"), (.backtest, "503 {}"),
    ])
    func aProcessWithoutRealPositionsIsRestartedForUnreadiness(_ mode: ExecutionMode, _ answer: String)
        throws
    {
        let service = try AnsweringService()
        defer { service.end() }
        try service.start(mode)
        let first = try #require(try service.status.process)
        try service.answer(answer)
        #expect(try service.eventually { try service.count("service-failed") >= 1 })
        try service.answer("200 {}")
        let isBack = try service.eventually {
            let now = try service.status
            return now.state == "ready" && now.process != first
        }
        #expect(isBack)
        #expect(try service.status.lastFailure?.contains("answered 503") == true)
        #expect(try service.count("service-left-alone") == 0)
    }
}
