/// The reference page of all settings, made from their declarations.
public enum SettingsReference {
    /// The page, as Markdown.
    public static func page() -> String {
        let catalogue = SettingsCatalogue.current
        var text = introduction
        text += section("", "Where the process runs.", catalogue)
        for section in catalogue.sections { text += self.section(section.name, section.summary, catalogue) }
        text += "## Rules between settings\n\n"
        text +=
            "What no single value shows is checked as well. A broken rule is reported like a wrong value.\n\n"
        text += "| Rule | What it demands |\n|---|---|\n"
        for rule in SettingsRule.all { text += "| `\(rule.name)` | \(cell(rule.sentence)) |\n" }
        return text
    }

    private static func section(_ name: String, _ summary: String, _ catalogue: SettingsCatalogue) -> String {
        let settings = catalogue.declarations.filter { $0.section == name }
        guard !settings.isEmpty else { return "" }
        var text = "## \(name.isEmpty ? "environment" : "`\(name)`")\n\n\(summary)\n\n"
        text += "| Setting | Variable | Allowed | Default | Meaning |\n|---|---|---|---|---|\n"
        for setting in settings {
            text +=
                "| `\(setting.key)` | `\(setting.environmentVariable)` | \(cell(setting.shape.allowed)) | "
            text += "\(setting.fallback.map { "`\($0)`" } ?? "-") | \(cell(meaning(of: setting))) |\n"
        }
        return text + "\n"
    }

    /// The summary with where the setting must be given and which of several values counts.
    public static func meaning(of setting: SettingDeclaration) -> String {
        var text = setting.summary
        switch setting.requirement {
        case .never: break
        case .outsideLocal: text += " Must be given in ci, staging and production."
        case .stagingAndProduction: text += " Must be given in staging and production."
        }
        if setting.precedence == .lowest { text += " Of several places the lowest value counts." }
        if setting.services != Set(ServiceKind.allCases) {
            text += " Read by: " + setting.services.sorted().map(\.rawValue).joined(separator: ", ") + "."
        }
        return text
    }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }

    private static let introduction = """
        # Settings

        Every setting of the services: its name, its environment variable, what is allowed, and what holds
        when nothing is given. This page is made from the declarations in `Server/Sources/Settings/Sections`;
        a test keeps it true, and writes it anew with `TRADEWIND_TEST_WRITE_REFERENCE=1`. An editor that knows
        YAML checks and completes the settings file with what `./tradewind config schema settings` prints.

        **One name.** A setting is `section.name`. Its environment variable has the prefix `TRADEWIND_`, two
        underscores for each point, one for each hyphen: `api.port` is `TRADEWIND_API__PORT`. In the settings
        file it is `port` below `api`. On the command line it is `--set api.port=8001`. The one other name is
        `DATABASE_URL`, for `database.url`; when both are given they must be equal.

        **Nearest first.** Command line; environment of the process; `.env`, in local only; the settings file
        `tradewind.yaml`; the file of the environment in `Deploy/Environments`; the built-in value. Limits are
        the exception: the lowest value of all places counts, so that a looser one cannot undo a tighter one.
        The environment itself must be the same wherever it is named. An empty value counts as not given.

        **Wrong settings stop the start.** All problems come in one message, each with key, value, place (file
        and line, variable, or number of the `--set`), what is allowed, the nearest known name for a misspelt
        one, and a remedy; the exit code is 78. `./tradewind config check` does only that, `./tradewind config
        show` prints what is in effect and where it came from, `./tradewind config explain KEY` prints one
        entry of this page with the value in effect. Outside local, values that a template leaves behind, as
        `changeme` or `<password>`, are refused.

        **Secrets** never stand in a settings file nor on the command line. They are given by the environment,
        by `.env` in local, or kept in a backend that the section names (`secret-backend`, `secret-path`); see
        [secrets](secrets.md). No command prints one.

        Lists are YAML lists, or texts with commas between them; maps are YAML maps, or `name=text` with
        commas between. `./tradewind init` writes a `.env` with all settings, commented out unless the
        environment of the process holds a value.


        """
}
