internal import StrategyKit

/// All settings, collected from the sections that declare them.
public struct SettingsCatalogue: Sendable {
    /// The settings in the order of their declaration.
    public let declarations: [SettingDeclaration]
    /// The sections in that order.
    public let sections: [SettingSection]

    private let byKey: [String: SettingDeclaration]
    private let byVariable: [String: SettingDeclaration]

    /// The settings of this product.
    public static let current = SettingsCatalogue()

    private init() {
        let state = ReadingState(values: [:], environment: nil, service: nil, variables: [:])
        _ = ServerSettings(SettingsReader(state), environment: .local)
        declarations = state.declarations
        sections = state.sections
        byKey = Dictionary(uniqueKeysWithValues: declarations.map { ($0.key, $0) })
        byVariable = Dictionary(uniqueKeysWithValues: declarations.map { ($0.environmentVariable, $0) })
    }

    /// The setting of a key.
    public subscript(_ key: String) -> SettingDeclaration? { byKey[key] }

    /// The setting of an environment variable.
    public func declaration(ofVariable name: String) -> SettingDeclaration? { byVariable[name] }

    /// The known key nearest to a misspelt one; nil when none is near.
    public func nearestKey(to key: String) -> String? {
        let key = String(key.prefix(80))
        if let near = NearestName.find(key, among: declarations.map(\.key)) { return near }
        // The right name in the wrong section, when only one section has it.
        let last = key.split(separator: ".").last.map { "." + $0 } ?? key
        let same = declarations.filter { $0.key.hasSuffix(last) }
        return same.count == 1 ? same[0].key : nil
    }

    /// The known variable nearest to a misspelt one; nil when none is near.
    public func nearestVariable(to name: String) -> String? {
        let names = declarations.map(\.environmentVariable)
        if let near = NearestName.find(String(name.prefix(80)), among: names) { return near }
        return SettingKey.key(ofVariable: name).flatMap(nearestKey).map(SettingKey.environmentVariable)
    }

    /// Whether settings begin with this path and a point.
    func isSection(_ path: String) -> Bool { sections.contains { $0.name == path } }
}
