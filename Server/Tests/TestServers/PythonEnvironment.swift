package import Foundation
internal import Synchronization

/// A Python environment of its own below `.build/tools`, made on first use when pip can reach an index.
package final class PythonEnvironment: Sendable {
    /// The folder of the package that holds this file.
    package static let packageFolder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private let folder: URL
    private let packages: [String]
    private let installation = Mutex<Bool?>(nil)

    /// An environment.
    ///
    /// - Parameter packages: with the versions that tests were written against, as `name==1.2.3`.
    package init(_ name: String, packages: [String]) {
        folder = Self.packageFolder.appending(path: ".build/tools/\(name)")
        self.packages = packages
    }

    /// The path of a tool; `nil` when it is not there and cannot be installed. Installs once per process.
    package func path(of tool: String) -> String? {
        guard isInstalled else { return nil }
        let path = folder.appending(path: "bin/\(tool)").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    private var isInstalled: Bool {
        installation.withLock { known in
            if let known { return known }
            let found = install()
            known = found
            return found
        }
    }

    private func install() -> Bool {
        let stamp = folder.appending(path: "installed")
        let wanted = packages.joined(separator: "\n")
        if let found = try? String(contentsOf: stamp, encoding: .utf8), found == wanted { return true }
        let pip = folder.appending(path: "bin/pip").path
        guard Self.run("/usr/bin/env", ["python3", "-m", "venv", folder.path]),
            Self.run(pip, ["install", "--quiet", "--disable-pip-version-check", "--retries", "1"] + packages)
        else { return false }
        return (try? wanted.write(to: stamp, atomically: true, encoding: .utf8)) != nil
    }

    private static func run(_ path: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
