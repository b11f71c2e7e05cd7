import Foundation

/// The recorded data beside the package; tests that need them are skipped, with a line printed, without it.
enum SharedData {
    /// The folder, from `TRADEWIND_SHARED_DATA` or `../shared/data` seen from the package; nil when absent.
    static var folder: String? {
        let named = ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"]
        // Tests/MarketDataTests/Datasets/SharedData.swift is four levels below the package.
        let beside = URL(fileURLWithPath: #filePath + "/../../../../../shared").standardized.path
        for root in [named, beside].compactMap({ $0 }) {
            for candidate in [root, root + "/data"]
            where FileManager.default.fileExists(atPath: candidate + "/MANIFEST.md") { return candidate }
        }
        print("skipped: no folder ../shared/data beside the package")
        return nil
    }

    /// The lines of a file, plain or `.gz`, without empty ones; nil when the data are absent.
    static func lines(_ name: String) throws -> [Substring]? {
        guard let folder else { return nil }
        let plain = folder + "/" + name
        if FileManager.default.fileExists(atPath: plain) {
            return try String(contentsOfFile: plain, encoding: .utf8).split(whereSeparator: \.isNewline)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", plain + ".gz"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
    }
}
