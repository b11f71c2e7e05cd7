import Foundation
import TestServers

/// Chromium, driven by Playwright's Python package, and axe-core: what the tests of the dashboard look with.
enum BrowserTools {
    private static let environment = PythonEnvironment(
        "browser", packages: ["playwright==1.65.2", "axe-playwright-python==0.1.8"])

    /// The interpreter; nil when Chromium or the packages are absent and cannot be installed.
    static let python: String? = hasChromium ? environment.path(of: "python") : nil

    static let absence = """
        no browser: chromium (apt-get install chromium) and python3 with venv and a package index are needed
        """

    private static let hasChromium = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(
        separator: ":"
    ).contains { FileManager.default.isExecutableFile(atPath: $0 + "/chromium") }

    /// Where pictures are kept, for people to look at; beside the build, never in the project.
    static let pictures = PythonEnvironment.packageFolder.appending(path: ".build/dashboard-pictures")

    /// One finding of a script.
    struct Finding: Decodable {
        let check: String
        let good: Bool
        let detail: String
    }

    /// Runs a script of the folder `Browser` to its end.
    ///
    /// - Returns: its findings, its other lines, and how it ended with what it said of errors.
    static func run(
        _ script: String, address: String, more: [String: Any] = [:]
    ) throws -> (findings: [Finding], lines: [String], status: Int32, errors: String) {
        let folder = pictures.appending(path: script)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Browser/\(script).py")
        let process = Process()
        process.executableURL = URL(filePath: python ?? "/bin/false")
        let given = String(decoding: try JSONSerialization.data(withJSONObject: more), as: UTF8.self)
        process.arguments = [file.path, address, folder.path, given]
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = [
            "PATH": inherited, "HOME": NSTemporaryDirectory(), "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
        ]
        let texts = ["out", "err"].map { folder.appending(path: ".\($0)") }
        for text in texts { try Data().write(to: text) }
        process.standardOutput = try FileHandle(forWritingTo: texts[0])
        process.standardError = try FileHandle(forWritingTo: texts[1])
        try process.run()
        process.waitUntilExit()
        let lines = try String(contentsOf: texts[0], encoding: .utf8).split(separator: "\n").map(String.init)
        let decoder = JSONDecoder()
        let findings = lines.compactMap { try? decoder.decode(Finding.self, from: Data($0.utf8)) }
        return (
            findings, lines.filter { !$0.hasPrefix("{") }, process.terminationStatus,
            try String(contentsOf: texts[1], encoding: .utf8)
        )
    }
}
