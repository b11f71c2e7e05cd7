internal import Foundation

/// A program of this machine, run to its end.
package struct ToolRun {
    /// 127 when there is no such program.
    package let status: Int32
    /// Standard output and standard error.
    package let output: String

    package init(_ command: String..., input: String = "") throws {
        try self.init(arguments: command, input: input)
    }

    package init(arguments: [String], input: String = "") throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tradewind-tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (taken, given) = (folder.appendingPathComponent("in"), folder.appendingPathComponent("out"))
        try Data(input.utf8).write(to: taken)
        try Data().write(to: given)
        let handle = try FileHandle(forWritingTo: given)
        process.standardInput = try FileHandle(forReadingFrom: taken)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: try Data(contentsOf: given), as: UTF8.self)
    }
}
