/// What there is to say about one setting, for people.
public struct SettingsExplanation: Sendable {
    /// The setting.
    public let declaration: SettingDeclaration
    /// Where its value came from; nil when it has none, not even a built-in one.
    public let provenance: SettingProvenance?

    /// The setting of a key, or of an environment variable; nil when there is none.
    public init?(of name: String, in loaded: LoadedSettings) {
        let catalogue = SettingsCatalogue.current
        guard let declaration = catalogue[name] ?? catalogue.declaration(ofVariable: name) else { return nil }
        self.declaration = declaration
        provenance = loaded.provenance[declaration.key]
    }

    /// The rules that name the setting.
    public var rules: [SettingsRule] {
        SettingsRule.all.filter { rule in
            rule.sentence.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
                .contains { $0 == declaration.key || $0 == declaration.key + "." }
        }
    }

    /// Several lines.
    public var text: String {
        var lines = [declaration.key, "  " + SettingsReference.meaning(of: declaration)]
        lines.append("  variable  " + declaration.environmentVariable)
        lines.append("  allowed   " + declaration.shape.allowed)
        lines.append("  default   " + (declaration.fallback ?? "none"))
        lines.append("  value     " + (provenance?.shown ?? "not given"))
        if let origin = provenance?.origin, provenance?.shown != nil { lines.append("  origin    \(origin)") }
        for other in provenance?.overridden ?? [] {
            lines.append("  passed by \(other.shown) of \(other.origin)")
        }
        for rule in rules { lines.append("  rule      " + rule.sentence) }
        return lines.joined(separator: "\n") + "\n"
    }
}
