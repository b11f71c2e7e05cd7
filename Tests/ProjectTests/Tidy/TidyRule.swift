/// A rule about how sources are written, which a machine can judge.
struct TidyRule: Sendable, CustomStringConvertible {
    /// Where a rule holds.
    enum Scope: Sendable {
        /// Every target of both packages.
        case sources
        /// Every target of the research package.
        case researchSources
        /// Every target of the research package but the commands, which alone touch the outside world.
        case libraries
        /// Every target of both packages but the commands.
        case allLibraries
        /// The targets named, of the research package.
        case targets(Set<String>)
        /// Sources and tests.
        case everything
    }

    let name: String
    /// What to do instead; shown with each finding.
    let advice: String
    let scope: Scope
    /// The lines, from 1, that break the rule.
    let find: @Sendable (SourceText) -> [Int]

    var description: String { name }

    static let commandTargets: Set<String> = ["TradewindCommands", "tradewind", "tradewind-server"]

    func applies(to source: SourceText) -> Bool {
        if case .everything = scope { return true }
        if source.isTest { return false }
        let isLibrary = !Self.commandTargets.contains(source.target)
        return switch scope {
        case .everything, .sources: true
        case .researchSources: !source.isOfServer
        case .libraries: isLibrary && !source.isOfServer
        case .allLibraries: isLibrary
        case .targets(let names): names.contains(source.target) && !source.isOfServer
        }
    }

    /// The findings in one file, less those that the list of exceptions allows.
    func problems(in source: SourceText) -> [String] {
        guard applies(to: source) else { return [] }
        if TidyException.all.contains(where: { $0.rule == name && $0.path == source.path }) { return [] }
        return find(source).map { "\(source.path):\($0): \(name): \(advice)" }
    }

    /// A rule against words and the beginnings of calls.
    static func banning(
        _ needles: [String], name: String, advice: String, scope: Scope
    ) -> TidyRule {
        TidyRule(name: name, advice: advice, scope: scope) { source in
            let offsets = needles.flatMap { source.occurrences(of: $0) }
            return Set(offsets.map { source.line(at: $0) }).sorted()
        }
    }

    /// A rule against calls of functions of the system: a method of the same name, or its declaration, is
    /// something else.
    static func banningFunctions(
        _ names: [String], name: String, advice: String, scope: Scope
    ) -> TidyRule {
        TidyRule(name: name, advice: advice, scope: scope) { source in
            let lines = names.flatMap { function in
                source.occurrences(of: function + "(").filter { isFreeCall(at: $0, in: source) }
                    .map { source.line(at: $0) }
            }
            return Set(lines).sorted()
        }
    }

    private static func isFreeCall(at offset: Int, in source: SourceText) -> Bool {
        let before = String(decoding: source.codeBytes[..<offset].suffix(24), as: UTF8.self)
        if before.hasSuffix("Glibc.") { return true }
        let word = before.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        return !before.hasSuffix(".") && !(word == "func" && before.hasSuffix(" "))
    }
}

/// A file in which a rule does not hold, and why. A test fails when an exception is no longer needed.
struct TidyException: Sendable {
    let rule: String
    let path: String
    let reason: String
}
