import Operations
import Settings
import Testing

/// What the settings say reaches the parts that go by it.
@Suite struct SecretSettingsTests {
    private struct NoFiles: SettingsFiles {
        func read(_ path: String) -> SettingsFileContent { .absent }
        func facts(_ path: String) -> SettingsFileFacts? { nil }
    }

    private func settings(_ values: String..., environment: [String: String] = [:]) -> SecretsSettings {
        SettingsLoader.survey(
            service: nil,
            sources: SettingsSources(arguments: values, environment: environment, files: NoFiles())
        ).settings.settings.secrets
    }

    @Test func theScheduleFollowsTheSettings() {
        let standard = RotationSchedule(settings())
        #expect(standard == RotationSchedule())
        let schedule = RotationSchedule(
            settings("secrets.refresh-interval=2s", "secrets.lease-margin=7s"))
        #expect(schedule.pollInterval == .seconds(2))
        #expect(schedule.leaseMargin == .seconds(7))
        #expect(schedule.longestRetry == .seconds(4))
        #expect(RotationSchedule(settings("secrets.refresh-interval=1h")).longestRetry == .seconds(30))
    }

    @Test func theServerOfVaultFollowsTheSettings() throws {
        let address = "secrets.vault.address=https://vault.internal:8200/"
        #expect(VaultConfiguration(settings()) == nil)
        #expect(VaultConfiguration(settings(address)) == nil, "no way to log in")
        let role = try #require(
            VaultConfiguration(
                settings(
                    address, "secrets.vault.role-id=desk", "secrets.vault.secret-id-file=/run/id",
                    "secrets.vault.approle-mount=desks/approle", "secrets.vault.mount=kv",
                    "secrets.vault.namespace=desk", "secrets.lease-margin=9s")))
        #expect(role.address == "https://vault.internal:8200")
        #expect(role.mount == "kv" && role.namespace == "desk" && role.tokenMargin == .seconds(9))
        guard case .appRoleFile("desks/approle", _, "/run/id") = role.login else {
            Issue.record("\(role.login)")
            return
        }
        let given = try #require(
            VaultConfiguration(
                settings(
                    address, "secrets.vault.role-id=desk",
                    environment: ["TRADEWIND_SECRETS__VAULT__SECRET_ID": "the secret id"])))
        guard case .appRole("approle", _, _) = given.login else {
            Issue.record("\(given.login)")
            return
        }
        let file = try #require(VaultConfiguration(settings(address, "secrets.vault.token-file=/run/token")))
        guard case .tokenFile("/run/token") = file.login else {
            Issue.record("\(file.login)")
            return
        }
    }
}
