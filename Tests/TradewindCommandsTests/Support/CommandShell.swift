import Foundation

/// The binary that was built with the tests, in a shell.
enum CommandShell {
    /// Runs a script in which the binary is `$T`.
    ///
    /// - Returns: how the shell ended and what it printed.
    static func run(_ script: String) throws -> (status: Int32, text: String) {
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "T='\(products.path)/tradewind'\n" + script]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
