internal import Settings
internal import TradewindCommands

/// The JSON Schema of the settings file, made from the declarations.
enum SettingsSchema {
    /// The schema, indented.
    static func text() -> String {
        let catalogue = SettingsCatalogue.current
        let settings = catalogue.declarations.filter { !$0.shape.isSecret && $0.section != "files" }
        var fields = [
            ("$schema", JSONEscape.quoted("https://json-schema.org/draft/2020-12/schema")),
            ("title", JSONEscape.quoted("Settings of Tradewind")),
        ]
        fields += object(settings, under: "", indent: "")
        return block(fields, indent: "")
    }

    private static func object(
        _ settings: [SettingDeclaration], under section: String, indent: String
    ) -> [(String, String)] {
        let inner = indent + "    "
        var properties: [(String, String)] = []
        for setting in settings where setting.section == section {
            let name = String(setting.key.dropFirst(section.isEmpty ? 0 : section.count + 1))
            properties.append((name, block(field(setting), indent: inner)))
        }
        for part in SettingsCatalogue.current.sections {
            let isDirect =
                section.isEmpty
                ? !part.name.contains(".")
                : part.name.hasPrefix(section + ".") && !part.name.dropFirst(section.count + 1).contains(".")
            guard isDirect, settings.contains(where: { $0.key.hasPrefix(part.name + ".") }) else { continue }
            let name = String(part.name.dropFirst(section.isEmpty ? 0 : section.count + 1))
            let fields =
                [("description", JSONEscape.quoted(part.summary))]
                + object(settings, under: part.name, indent: inner)
            properties.append((name, block(fields, indent: inner)))
        }
        return [
            ("type", "[\"object\", \"null\"]"), ("additionalProperties", "false"),
            ("properties", block(properties, indent: indent + "  ")),
        ]
    }

    private static func block(_ fields: [(String, String)], indent: String) -> String {
        if fields.isEmpty { return "{}" }
        let lines = fields.map { "\(indent)  \(JSONEscape.quoted($0.0)): \($0.1)" }
        return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }

    private static func field(_ setting: SettingDeclaration) -> [(String, String)] {
        var fields = [("description", JSONEscape.quoted(SettingsReference.meaning(of: setting)))]
        fields += constraints(setting.shape)
        if let fallback = setting.fallback { fields.append(("default", literal(fallback, setting.shape))) }
        return fields
    }

    /// Values as the file writes them: numbers may stand in quotes, so both are allowed.
    private static func constraints(_ shape: SettingShape) -> [(String, String)] {
        switch shape {
        case .boolean: [("type", "\"boolean\"")]
        case .integer(let range):
            [("type", "\"integer\""), ("minimum", "\(range.lowerBound)"), ("maximum", "\(range.upperBound)")]
        case .decimal(let minimum, let maximum):
            [("type", "[\"number\", \"string\"]"), ("minimum", minimum), ("maximum", maximum)]
        case .duration: [("type", "\"string\""), ("pattern", JSONEscape.quoted("^[0-9]+(ms|s|m|h|d)$"))]
        case .size:
            [("type", "[\"integer\", \"string\"]"), ("pattern", JSONEscape.quoted("^[0-9]+(KiB|MiB|GiB)?$"))]
        case .choice(let words): [("enum", JSONLine.array(words.map(JSONEscape.quoted)))]
        case .chainAddress: [("type", "\"string\""), ("pattern", JSONEscape.quoted("^0x[0-9a-fA-F]{40}$"))]
        case .list(let item):
            [
                ("type", "[\"array\", \"string\"]"),
                ("items", JSONLine.object(constraints(item))),
            ]
        case .map:
            [
                ("type", "[\"object\", \"string\"]"),
                ("additionalProperties", JSONLine.object([("type", "\"string\"")])),
            ]
        default: [("type", "\"string\"")]
        }
    }

    private static func literal(_ text: String, _ shape: SettingShape) -> String {
        switch shape {
        case .boolean, .integer: text
        default: JSONEscape.quoted(text)
        }
    }
}
