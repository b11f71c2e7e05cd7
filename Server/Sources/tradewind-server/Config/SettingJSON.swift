internal import Settings
internal import TradewindCommands

/// Pieces of JSON from pieces of JSON.
enum JSONLine {
    /// An object of names and values that are JSON already.
    static func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(JSONEscape.quoted($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
    }

    /// An array of values that are JSON already.
    static func array(_ values: [String]) -> String { "[" + values.joined(separator: ", ") + "]" }

    /// A text, or null.
    static func text(_ text: String?) -> String { text.map(JSONEscape.quoted) ?? "null" }
}

/// One setting as JSON.
enum SettingJSON {
    /// Everything about a setting, its value included unless it is a secret.
    static func object(_ setting: SettingDeclaration, _ provenance: SettingProvenance?) -> String {
        let origin = provenance?.shown == nil ? nil : provenance?.origin
        return JSONLine.object([
            ("key", JSONEscape.quoted(setting.key)), ("value", JSONLine.text(provenance?.shown)),
            ("origin", JSONLine.text(origin?.description)), ("file", JSONLine.text(origin?.file)),
            ("line", origin?.line.map(String.init) ?? "null"),
            (
                "overridden",
                JSONLine.array(
                    (provenance?.overridden ?? []).map { other in
                        JSONLine.object([
                            ("value", JSONEscape.quoted(other.shown)),
                            ("origin", JSONEscape.quoted(other.origin.description)),
                        ])
                    })
            ),
            ("variable", JSONEscape.quoted(setting.environmentVariable)),
            ("type", JSONEscape.quoted(setting.shape.word)),
            ("allowed", JSONEscape.quoted(setting.shape.allowed)),
            ("default", JSONLine.text(setting.fallback)),
            ("required", JSONEscape.quoted(setting.requirement.rawValue)),
            ("secret", setting.shape.isSecret ? "true" : "false"),
            ("services", JSONLine.array(setting.services.sorted().map { JSONEscape.quoted($0.rawValue) })),
            ("summary", JSONEscape.quoted(setting.summary)),
        ])
    }
}
