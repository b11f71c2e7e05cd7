internal import Foundation
internal import Glibc
internal import Synchronization

/// A catalogue of sample data that all desks of a test process read: made once, removed with the process.
package final class SampleCatalogue: Sendable {
    /// Why there is none.
    package struct Failure: Error, CustomStringConvertible {
        /// What the command said.
        package let description: String
    }

    private static let folders = Mutex<[String]>([])
    private let days: Int
    private let made = Mutex<String?>(nil)

    /// - Parameter days: of minutes and hours of each instrument.
    package init(days: Int) { self.days = days }

    /// The path of its folder; the first call makes it, with the command built beside the tests.
    package func path() throws -> String {
        try made.withLock { known in
            if let known { return known }
            let path = try make()
            known = path
            return path
        }
    }

    private func make() throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tradewind-sample-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        Self.folders.withLock { folders in
            if folders.isEmpty { atexit { SampleCatalogue.removeAll() } }
            folders.append(folder)
        }
        let command = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "ResearchCommand").path
        let (sample, catalogue) = (folder + "/sample", folder + "/catalogue")
        for arguments in [
            ["sample", "--output", sample, "--days", "\(days)"],
            ["import", sample + "/dataset.yaml", "--source", sample, "--catalogue", catalogue],
        ] {
            let run = try ToolRun(arguments: [command, "data"] + arguments)
            guard run.status == 0 else { throw Failure(description: "data \(arguments): \(run.output)") }
        }
        try FileManager.default.removeItem(atPath: sample)
        return catalogue
    }

    private static func removeAll() {
        for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
    }
}
