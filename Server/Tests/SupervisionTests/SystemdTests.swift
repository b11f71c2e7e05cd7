import Foundation
import Glibc
import Operations
import TestServers
import Testing

@Suite struct SystemNotifierTests {
    /// A socket as systemd has one, in a file or with an abstract name.
    private func receive(on name: String, _ send: (SystemNotifier) -> Void) throws -> [String] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes[0] == 0x40 { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(2 + bytes.count + (bytes[0] == 0 ? 0 : 1))
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        try #require(bound == 0)
        send(try #require(SystemNotifier(environment: ["NOTIFY_SOCKET": name], pid: 1)))
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 { return messages }
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    @Test func messagesReachASocketInAFileAndOneWithAnAbstractName() throws {
        let scratch = try ScratchFolder()
        for name in [scratch.path + "/n", "@tradewind-\(UUID().uuidString)"] {
            let messages = try receive(on: name) { notifier in
                notifier.ready()
                notifier.status("two\nlines")
                notifier.watchdog()
                notifier.stopping()
            }
            #expect(messages == ["READY=1", "STATUS=two lines", "WATCHDOG=1", "STOPPING=1"])
        }
    }

    @Test func theWatchdogIsFedTwiceAsOftenAsItAsksAndOnlyByTheProcessItWatches() {
        func interval(_ variables: [String: String]) -> Duration? {
            let all = variables.merging(["NOTIFY_SOCKET": "/run/n"]) { $1 }
            return SystemNotifier(environment: all, pid: 7)?.watchdogInterval
        }
        #expect(interval(["WATCHDOG_USEC": "30000000"]) == .seconds(15))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"]) == .seconds(15))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"]) == nil)
        for text in ["", "0", "-5", "x", "99999999999999999999"] {
            #expect(interval(["WATCHDOG_USEC": text]) == nil)
        }
    }

    @Test func withoutAUsableSocketThereIsNoNotifierAndADeadOneDoesNoHarm() {
        for name in ["", "/", "relative", "vsock:2:1", String(repeating: "/a", count: 80)] {
            #expect(SystemNotifier(environment: ["NOTIFY_SOCKET": name], pid: 1) == nil)
        }
        #expect(SystemNotifier(environment: [:], pid: 1) == nil)
        let dead = SystemNotifier(environment: ["NOTIFY_SOCKET": "/nonexistent/socket"], pid: 1)
        #expect(dead?.ready() == false)
    }
}

@Suite struct SystemdUnitTests {
    @Test func theUnitIsAcceptedBySystemd() throws {
        let tool = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let tool else {
            print("skipped: systemd-analyze is not there (Debian package systemd)")
            return
        }
        let scratch = try ScratchFolder()
        let unit = SystemdUnit(
            executable: "/bin/true", arguments: ["--mode", "backtest", "--set", "a=\"50%\" $HOME"],
            workingDirectory: scratch.path, writableFolders: [scratch.path, scratch.path + "/a b"],
            user: "root",
            environmentFile: "/etc/tradewind/environment", startSeconds: 60, stopSeconds: 60)
        try scratch.write(unit.text, to: "tradewind.service")
        let good = try verify(tool, scratch.path + "/tradewind.service")
        #expect(good.status == 0, "\(good.errors)")
        #expect(!good.errors.contains("tradewind.service"), "\(good.errors)")
        try scratch.write(
            unit.text.replacing("NoNewPrivileges=yes", with: "NoNewPrivileges=perhaps"), to: "bad.service")
        #expect(
            try verify(tool, scratch.path + "/bad.service").errors.contains("bad.service"), "the tool looks")
    }

    private func verify(_ tool: String, _ path: String) throws -> (status: Int32, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = ["verify", "--man=no", path]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let data = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
