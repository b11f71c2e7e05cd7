internal import Foundation

/// What a program prints about itself.
enum ToolOutput {
    /// What a program prints on standard output, at most 4 KiB; nil when it is not in the path, fails, or
    /// takes longer.
    static func firstLines(of command: [String], within seconds: Double) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return nil
        }
        let limit = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: limit)
        let data = pipe.fileHandleForReading.readData(ofLength: 4_096)
        process.waitUntilExit()
        limit.cancel()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
