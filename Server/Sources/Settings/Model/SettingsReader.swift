/// Declares settings and reads them, in one call each: the sections of ``ServerSettings`` are made with it.
///
/// Without values it only collects the declarations, and hands out built-in values. What is wrong is
/// collected too, and a blank stands for it, so that one pass finds everything.
package struct SettingsReader {
    let state: ReadingState
    let section: String
    private let services: Set<ServiceKind>

    init(_ state: ReadingState) { self.init(state, section: "", services: Set(ServiceKind.allCases)) }

    private init(_ state: ReadingState, section: String, services: Set<ServiceKind>) {
        (self.state, self.section, self.services) = (state, section, services)
    }

    /// The settings of a section, or of one inside a section; `services` are those that read it, as the outer
    /// section's when not given.
    func section(_ name: String, _ summary: String, services: Set<ServiceKind>? = nil) -> SettingsReader {
        let path = section.isEmpty ? name : section + "." + name
        state.sections.append(SettingSection(name: path, summary: summary))
        return SettingsReader(state, section: path, services: services ?? self.services)
    }

    /// A setting that always has a value.
    func value<Value>(
        _ name: String, _ kind: SettingKind<Value>, _ fallback: String, required: SettingRequirement = .never,
        precedence: SettingPrecedence = .first, services: Set<ServiceKind>? = nil, _ summary: String
    ) -> Value {
        let declaration = declare(name, kind.shape, fallback, required, precedence, services, summary)
        return state.read(declaration, kind) ?? kind.parse(.text(fallback)) ?? kind.blank
    }

    /// A setting that may have no value.
    func optional<Value>(
        _ name: String, _ kind: SettingKind<Value>, required: SettingRequirement = .never,
        precedence: SettingPrecedence = .first, services: Set<ServiceKind>? = nil, _ summary: String
    ) -> Value? {
        state.read(declare(name, kind.shape, nil, required, precedence, services, summary), kind)
    }

    /// A list, empty unless given.
    func list<Item>(
        _ name: String, _ item: SettingKind<Item>, required: SettingRequirement = .never, _ summary: String
    ) -> [Item] {
        optional(name, SettingKind<[Item]>.list(item), required: required, summary) ?? []
    }

    /// A secret that may stand in the environment, or elsewhere as the section says.
    func secret(
        _ name: String, minimumBytes: Int, required: SettingRequirement, isElsewhere: Bool, _ summary: String
    ) -> Secret? {
        let kind = SettingKind<Secret>.secret(minimumBytes: minimumBytes)
        let declaration = declare(name, kind.shape, nil, required, .first, nil, summary)
        return state.read(declaration, kind, isElsewhere: isElsewhere)
    }

    private func declare(
        _ name: String, _ shape: SettingShape, _ fallback: String?, _ requirement: SettingRequirement,
        _ precedence: SettingPrecedence, _ services: Set<ServiceKind>?, _ summary: String
    ) -> SettingDeclaration {
        SettingDeclaration(
            key: section.isEmpty ? name : section + "." + name, shape: shape, fallback: fallback,
            requirement: requirement, precedence: precedence, services: services ?? self.services,
            summary: summary)
    }
}

/// A section of the settings.
public struct SettingSection: Hashable, Sendable {
    /// Its name: `api`, `venues.binance`.
    public let name: String
    /// What it is about, one sentence.
    public let summary: String
}

/// What a pass over all sections collects.
final class ReadingState {
    /// The values by key, nearest first; empty when only declarations are wanted.
    let values: [String: [WrittenValue]]
    /// Where the process runs; nil when only declarations are wanted.
    let environment: DeploymentEnvironment?
    /// The service that is to run; nil for all of them.
    let service: ServiceKind?
    /// The variables of the process, for settings that name one.
    let variables: [String: String]
    var declarations: [SettingDeclaration] = []
    var sections: [SettingSection] = []
    var problems: [SettingsProblem] = []
    var provenance: [String: SettingProvenance] = [:]
    /// Remarks that are no errors.
    var notes: [String] = []

    init(
        values: [String: [WrittenValue]], environment: DeploymentEnvironment?, service: ServiceKind?,
        variables: [String: String]
    ) {
        (self.values, self.environment, self.service, self.variables) = (
            values, environment, service, variables
        )
    }

    /// Reads one setting: notes its declaration, every problem with any of its values, and where the one that
    /// counts came from.
    ///
    /// - Parameter isElsewhere: whether nothing is missing when no value is given, as a secret's backend is.
    func read<Value>(
        _ declaration: SettingDeclaration, _ kind: SettingKind<Value>, isElsewhere: Bool = false
    ) -> Value? {
        declarations.append(declaration)
        guard let environment else { return nil }
        var candidates: [(value: Value, written: WrittenValue)] = []
        var isBroken = false
        for written in values[declaration.key] ?? [] {
            if let problem = refusal(of: written, declaration, environment) {
                problems.append(problem)
                isBroken = true
            } else if let value = kind.parse(written.content) {
                candidates.append((value, written))
            } else {
                problems.append(invalid(written, declaration))
                isBroken = true
            }
        }
        guard let chosen = choice(candidates.map(\.value), declaration, kind) else {
            if !isBroken { noteAbsence(declaration, environment, isElsewhere) }
            return nil
        }
        note(declaration, candidates.map(\.written), chosen)
        return candidates[chosen].value
    }

    private func choice<Value>(
        _ values: [Value], _ declaration: SettingDeclaration, _ kind: SettingKind<Value>
    ) -> Int? {
        guard !values.isEmpty else { return nil }
        var chosen = 0
        if declaration.precedence == .lowest, let isLower = kind.isLower {
            for index in values.indices where isLower(values[index], values[chosen]) { chosen = index }
        }
        return chosen
    }

    private func note(_ declaration: SettingDeclaration, _ written: [WrittenValue], _ chosen: Int) {
        let others = written.indices.filter { $0 != chosen }
        if chosen > 0 {
            notes.append(
                "\(declaration.key): the limit of \(written[chosen].origin) counts, as it is tighter than "
                    + "that of "
                    + "\(written[0].origin)")
        }
        provenance[declaration.key] = SettingProvenance(
            origin: written[chosen].origin, shown: Disclosure.shown(written[chosen], as: declaration.shape),
            overridden: others.map { index in
                SettingProvenance.Overridden(
                    origin: written[index].origin,
                    shown: Disclosure.shown(written[index], as: declaration.shape))
            })
    }

    private func noteAbsence(
        _ declaration: SettingDeclaration, _ environment: DeploymentEnvironment, _ isElsewhere: Bool
    ) {
        provenance[declaration.key] = SettingProvenance(
            origin: .builtIn, shown: declaration.fallback.map { "\"\($0)\"" }, overridden: [])
        guard !isElsewhere, declaration.requirement.applies(in: environment),
            service.map(declaration.services.contains) ?? true
        else { return }
        problems.append(.missing(declaration, because: "must be given in \(environment.rawValue)"))
    }

    private func invalid(_ written: WrittenValue, _ declaration: SettingDeclaration) -> SettingsProblem {
        var reason = ""
        if case .databaseURL = declaration.shape, case .text(let text) = written.content {
            do {
                _ = try DatabaseURL(text)
            } catch { reason = " (\(error.reason))" }
        }
        let shown = Disclosure.shown(written, as: declaration.shape)
        let found = shown == Disclosure.hidden ? "the value (hidden)" : shown
        return SettingsProblem(
            .invalidValue, key: declaration.key, "\(found) is not \(declaration.shape.allowed)\(reason)",
            at: written.origin, remedy: "correct it; see config explain \(declaration.key)")
    }

    /// What forbids a value whatever its type: a template's text outside local, a secret in a settings file.
    private func refusal(
        of written: WrittenValue, _ declaration: SettingDeclaration, _ environment: DeploymentEnvironment
    ) -> SettingsProblem? {
        if let problem = exposure(written, declaration) { return problem }
        guard environment != .local, Placeholder.isOne(written.content, declaration.shape) else { return nil }
        return SettingsProblem(
            .placeholder, key: declaration.key,
            "the value is a placeholder from a template, which is not allowed in \(environment.rawValue)",
            at: written.origin, remedy: "replace it by the real value")
    }

    private func exposure(_ written: WrittenValue, _ declaration: SettingDeclaration) -> SettingsProblem? {
        let holdsPassword: Bool
        switch (declaration.shape, written.content) {
        case (.secret, _): holdsPassword = false
        case (.databaseURL, .text(let text)), (.url, .text(let text)):
            holdsPassword = Placeholder.password(in: text) != nil
        default: return nil
        }
        guard declaration.shape.isSecret || holdsPassword else { return nil }
        let what = holdsPassword ? "a URL with a password" : "a secret"
        switch written.origin {
        case .commandLine:
            return SettingsProblem(
                .exposedSecret, key: declaration.key,
                "\(what) cannot be an argument: every user of the host sees it",
                at: written.origin,
                remedy: "set \(declaration.environmentVariable) instead, and replace the secret")
        case .file(let path, _) where !DotenvFile.isOne(path):
            return SettingsProblem(
                .exposedSecret, key: declaration.key, "\(what) cannot stand in a settings file",
                at: written.origin,
                remedy:
                    "take it out and replace the secret; give it by \(declaration.environmentVariable) or "
                    + "name a "
                    + "backend (secret-backend, secret-path)")
        default: return nil
        }
    }
}

extension SettingsProblem {
    /// A setting that is not given.
    static func missing(_ declaration: SettingDeclaration, because reason: String) -> SettingsProblem {
        SettingsProblem(
            .missing, key: declaration.key, "\(reason); allowed is \(declaration.shape.allowed)",
            remedy: declaration.shape.isSecret
                ? "set \(declaration.environmentVariable), or name where it is kept "
                    + "(secret-backend, secret-path)"
                : "set \(declaration.environmentVariable), or \(declaration.key) in the settings file")
    }
}
