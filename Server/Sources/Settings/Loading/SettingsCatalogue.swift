internal import StrategyKit

/// All settings, collected from the sections that declare them.
public struct SettingsCatalogue: Sendable {
    /// The settings in the order of their declaration.
    public let declarations: [SettingDeclaration]
    /// The sections in that order.
    public let sections: [SettingSection]

    private let byKey: [String: SettingDeclaration]
    private let byVariable: [String: SettingDeclaration]
    /// The last parts of the keys of each section.
    private let bySection: [String: [String]]

    /// The settings of this product.
    public static let current = SettingsCatalogue()

    private init() {
        let state = ReadingState(values: [:], environment: nil, service: nil, variables: [:])
        _ = ServerSettings(SettingsReader(state), environment: .local)
        declarations = state.declarations
        sections = state.sections
        byKey = Dictionary(uniqueKeysWithValues: declarations.map { ($0.key, $0) })
        byVariable = Dictionary(uniqueKeysWithValues: declarations.map { ($0.environmentVariable, $0) })
        bySection = Dictionary(grouping: declarations, by: \.section).mapValues { settings in
            settings.map { String($0.key.dropFirst($0.section.isEmpty ? 0 : $0.section.utf8.count + 1)) }
        }
    }

    /// The setting of a key.
    public subscript(_ key: String) -> SettingDeclaration? { byKey[key] }

    /// The setting of an environment variable.
    public func declaration(ofVariable name: String) -> SettingDeclaration? { byVariable[name] }

    /// The known key, or section, nearest to a misspelt one; nil when none is near.
    public func nearestKey(to key: String) -> String? {
        let key = String(key.prefix(80))
        guard let point = key.lastIndex(of: ".") else {
            let outer = sections.map(\.name).filter { !$0.contains(".") }
            return near(key, outer) ?? near(key, declarations.map(\.key))
        }
        let (section, name) = (String(key[..<point]), String(key[key.index(after: point)...]))
        let names = sections.map(\.name)
        if let known = names.contains(section) ? section : near(section, names),
            let last = near(name, bySection[known] ?? [])
        {
            return known + "." + last
        }
        if let near = near(key, declarations.map(\.key)) { return near }
        // The right name in the wrong section, when only one section has it.
        let same = bySection.filter { $0.value.contains(name) }
        return same.count == 1 ? same.first.map { $0.key + "." + name } : nil
    }

    /// The nearest of some names; those of too different a length are not even compared.
    private func near(_ name: String, _ known: [String]) -> String? {
        let length = name.utf8.count
        let comparable = known.filter {
            abs($0.utf8.count - length) <= max(1, max($0.utf8.count, length) / 3)
        }
        return NearestName.find(name, among: comparable)
    }

    /// The known variable nearest to a misspelt one; nil when none is near.
    public func nearestVariable(to name: String) -> String? {
        if let key = SettingKey.key(ofVariable: name), key.contains("."), let near = nearestKey(to: key) {
            return SettingKey.environmentVariable(for: near)
        }
        return near(String(name.prefix(80)), declarations.map(\.environmentVariable))
    }

    /// Whether settings begin with this path and a point.
    func isSection(_ path: String) -> Bool { sections.contains { $0.name == path } }
}
