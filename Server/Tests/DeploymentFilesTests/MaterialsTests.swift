import Foundation
import TestServers
import Testing

/// The list of materials of an image.
@Suite struct MaterialsTests {
    private func list(_ folder: URL, _ more: [String]) throws -> ToolRun? {
        guard let compiler = Tools.find("swiftc", package: "the Swift toolchain") else { return nil }
        let program = folder.appending(path: "list-materials").path
        let compiled = try Tools.run([
            compiler, "-o", program, DeployFiles.path("Deploy/Container/ListMaterials.swift"),
        ])
        #expect(compiled.status == 0, "\(compiled.output)")
        return try Tools.run(
            [
                program, "--version", "1.2.3", "--commit", "0123456789abcdef0123456789abcdef01234567",
                "--date",
                "2026-01-02T03:04:05Z",
            ] + more)
    }

    @Test func packagesOfSwiftAndDebianAreListed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let resolved = folder.appending(path: "Package.resolved")
        let pins = """
            {"pins": [
              {"identity": "swift-log", "kind": "remoteSourceControl",
               "location": "https://github.com/apple/swift-log.git",
               "state": {"revision": "ab", "version": "1.6.2"}},
              {"identity": "some.package", "kind": "registry", "location": "", "state": {"version": "2.0.0"}}
            ], "version": 3}
            """
        try Data(pins.utf8).write(to: resolved)
        let debian = folder.appending(path: "debian")
        try Data("libssl3 3.0.17-1~deb12u2 amd64\nlibstdc++6 12.2.0-14+deb12u1 amd64\n".utf8).write(
            to: debian)
        guard let made = try list(folder, ["--packages", resolved.path, "--debian", debian.path]) else {
            return
        }
        #expect(made.status == 0, "\(made.output)")
        let json = try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
        let found = try #require(json?["components"] as? [[String: Any]])
        #expect(
            found.map { $0["purl"] as? String } == [
                "pkg:deb/debian/libssl3@3.0.17-1~deb12u2?arch=amd64",
                "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64",
                "pkg:swift/github.com/apple/swift-log@1.6.2", "pkg:swift/some.package@2.0.0",
            ])
        let metadata = json?["metadata"] as? [String: Any]
        #expect(metadata?["timestamp"] as? String == "2026-01-02T03:04:05Z")
        try judge(made.output)

        let broken = try Tools.run([
            folder.appending(path: "list-materials").path, "--packages", debian.path,
        ])
        #expect(broken.status == 1 && broken.output.contains("list-materials:"))
    }

    private func judge(_ text: String) throws {
        guard let python = Tools.cyclonedx.path(of: "python") else {
            print("skipped: cyclonedx-python-lib of PyPI is not there")
            return
        }
        let script = """
            import sys
            from cyclonedx.validation.json import JsonStrictValidator
            from cyclonedx.schema import SchemaVersion
            problem = JsonStrictValidator(SchemaVersion.V1_5).validate_str(sys.stdin.read())
            sys.exit(str(problem) if problem else 0)
            """
        let found = try Tools.run([python, "-c", script], input: text)
        #expect(found.status == 0, "\(found.output)")
    }
}
