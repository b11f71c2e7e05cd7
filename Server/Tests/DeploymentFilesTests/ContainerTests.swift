import Foundation
import Testing

@Suite struct ContainerTests {
    private let dockerfile = "Deploy/Container/Dockerfile"

    /// Instructions with their continuations, without remarks.
    private func instructions() throws -> [String] {
        try DeployFiles.text(dockerfile).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .joined(separator: "\n").replacingOccurrences(of: "\\\n", with: " ")
            .split(separator: "\n").map(String.init)
    }

    /// The instructions of one target.
    private func target(_ name: String) throws -> [String] {
        let all = try instructions()
        let start = try #require(all.firstIndex { $0.hasPrefix("FROM ") && $0.hasSuffix(" AS \(name)") })
        let rest = all[(start + 1)...]
        return Array(rest[..<(rest.firstIndex { $0.hasPrefix("FROM ") } ?? rest.endIndex)])
    }

    @Test func theTargetsAreThere() throws {
        let names = try instructions().compactMap { line in
            line.hasPrefix("FROM ") ? line.components(separatedBy: " AS ").last : nil
        }
        #expect(Set(["build", "dev", "production", "log-shipping"]).isSubset(of: Set(names)))
        // What `docker build` makes when nobody names a target.
        #expect(names.last == "production")
    }

    @Test func bothBaseImagesCanBeSet() throws {
        let all = try instructions()
        #expect(all[0] == "ARG SWIFT_IMAGE=docker.io/library/swift:6.3-bookworm")
        #expect(all[1] == "ARG RUNTIME_IMAGE=docker.io/library/debian:bookworm-slim")
    }

    @Test func nothingRunsAsRoot() throws {
        for name in ["production", "dev", "log-shipping"] {
            let users = try target(name).filter { $0.hasPrefix("USER ") }
            #expect(users == ["USER 10001:10001"], "\(name)")
        }
    }

    @Test func productionStartsTheServiceAndIsAskedHowItIs() throws {
        let lines = try target("production")
        #expect(lines.contains(#"ENTRYPOINT ["tradewind-server"]"#))
        #expect(lines.contains(#"CMD ["serve"]"#))
        let check = "HEALTHCHECK --interval=30s --timeout=5s --retries=3 --start-period=15s"
        #expect(lines.contains(check + #" CMD ["/opt/tradewind/probe"]"#))
        // No compiler, no source and no package manager's list comes along.
        let copied = lines.filter { $0.hasPrefix("COPY ") }
        #expect(
            copied.allSatisfy { !$0.contains(" Sources") && !$0.contains(" Server") && !$0.contains(" . ") })
    }

    /// Secrets of the build are mounted for one command: they are in no argument and no layer.
    @Test func secretsOfTheBuildAreMountedOnly() throws {
        let all = try instructions()
        for line in all where line.hasPrefix("ARG ") || line.hasPrefix("ENV ") || line.hasPrefix("COPY ") {
            for word in ["token", "password", "netrc", "registries", "secret"] {
                #expect(!line.lowercased().contains(word), "\(line)")
            }
        }
        let mounted = all.filter { $0.contains("--mount=type=secret") }
        #expect(mounted.count == 2)
        for line in mounted {
            #expect(line.contains("id=swiftpm-registries") && line.contains("id=netrc"))
        }
        // What buildah 1.28 cannot build.
        #expect(all.allSatisfy { !$0.contains("<<") && !$0.contains("--link") })
    }

    @Test func onlyWhatTheBuildNeedsIsSent() throws {
        let lines = try DeployFiles.text(".dockerignore").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.first == "*")
        for kept in ["**/.env", "**/.env.*", "**/.git", "**/.build", "**/*.key", "**/*.pem", "**/deploy.env"]
        {
            #expect(lines.contains { $0 == kept }, "\(kept)")
        }
        // Each copied name is let in.
        for line in try instructions() where line.hasPrefix("COPY ") && !line.contains("--from=") {
            for word in line.split(separator: " ").dropFirst().dropLast() {
                let top = word.split(separator: "/")[0].replacingOccurrences(of: "[d]", with: "d")
                #expect(lines.contains { $0 == "!\(top)" }, "\(line)")
            }
        }
    }

    /// Nothing that looks like a secret stands in a file that is deployed.
    @Test func noFileHoldsASecret() throws {
        let patterns = try [
            "-----BEGIN [A-Z ]*PRIVATE KEY", "AKIA[0-9A-Z]{16}", "xox[baprs]-[0-9A-Za-z-]{10,}",
            "gh[pousr]_[0-9A-Za-z]{20,}", "eyJ[0-9A-Za-z_-]{10,}\\.eyJ", "://[^/ ]+:[^/@ ]+@",
            "(?i)(token|password|secret|api.?key): *['\"]?[0-9A-Za-z+/=_-]{12,}",
        ].map { try Regex($0) }
        for file in try DeployFiles.all() {
            let text = try DeployFiles.text(file)
            for pattern in patterns {
                let found = text.firstMatch(of: pattern).map { String(text[$0.range]) }
                #expect(found == nil, "\(file)")
            }
        }
    }

    @Test func everyFileOfTheFolderIsNamedInAGuideOrByAnother() throws {
        let guides = try DeployFiles.names(under: "Documentation", suffix: ".md").map(DeployFiles.text)
        let files = try DeployFiles.names(under: "Deploy").filter { !$0.contains("/Environments/") }
        let texts = try files.map { ($0, try DeployFiles.text($0)) }
        for file in files {
            let name = URL(filePath: file).lastPathComponent
            let folder = file.dropLast(name.count + 1)
            let isNamed =
                guides.contains { $0.contains(name) || $0.contains("`\(folder)`") }
                || texts.contains { $0.0 != file && $0.1.contains(name) }
            #expect(isNamed, "\(file) is named nowhere")
        }
    }
}
