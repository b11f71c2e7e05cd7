package import Foundation
import Glibc

/// A folder in which the real executable is used as a person would, with a port of its own.
package final class ServiceDesk: Sendable {
    /// The folder.
    package let path: String
    /// The port of its service.
    package let port: Int
    /// What is run.
    package let executable: String

    /// The executable that was built with the tests.
    package static let built =
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path + "/tradewind-server"

    /// What a command answered.
    package struct Answer {
        /// Its exit status.
        package let status: Int32
        /// Its standard output.
        package let output: String
        /// Its standard error.
        package let errors: String
        /// How long it took.
        package let duration: Duration

        /// The object that `--json` printed.
        package var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]) ?? [:]
        }

        /// The services of a status.
        package var services: [[String: Any]] { object["services"] as? [[String: Any]] ?? [] }
    }

    /// - Parameter executable: what is run; a relative path is one in the folder.
    package init(executable: String = ServiceDesk.built) throws {
        path =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
            + "/tradewind desk \(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        port = Self.freePort()
        self.executable = executable.hasPrefix("/") ? executable : path + "/" + executable
    }

    /// A command that has yet to be run.
    package func command(_ arguments: [String], _ more: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: path)
        let environment = ["HOME": path, "PATH": "/usr/bin:/bin", "TRADEWIND_API__PORT": "\(port)"]
        process.environment = environment.merging(more) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs a command to its end.
    package func run(_ arguments: [String], _ more: [String: String] = [:]) throws -> Answer {
        let process = command(arguments, more)
        // Through files, as a supervisor that stays must not keep a pipe open.
        let names = ["out", "err"].map { path + "/.\($0)-\(UUID().uuidString)" }
        for name in names { _ = FileManager.default.createFile(atPath: name, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: names[0])
        process.standardError = FileHandle(forWritingAtPath: names[1])
        let began = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let duration = ContinuousClock.now - began
        let texts = names.map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" }
        for name in names { try? FileManager.default.removeItem(atPath: name) }
        return Answer(
            status: process.terminationStatus, output: texts[0], errors: texts[1], duration: duration)
    }

    /// Stops what runs, and removes the folder.
    package func end() {
        _ = try? run(["stop"])
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A port that nobody uses now.
    package static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, size)
                _ = getsockname(descriptor, $0, &size)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
