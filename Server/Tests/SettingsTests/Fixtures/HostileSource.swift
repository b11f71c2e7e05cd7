import Settings
import Units

/// Makes settings at random, with secrets in right and in wrong places.
struct HostileSource {
    private var random: SplitMix64
    /// What must not be in any output.
    private(set) var secrets: [String] = []

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    private mutating func pick<Element>(_ items: [Element]) -> Element { items[below(items.count)] }

    /// A key as providers give them: letters and digits. It may be planted anywhere.
    private mutating func token() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        var text = pick(["sk_live_", "AKIA", "ghp_", "0x", "", "tw-"]) + "q7"
        for _ in 0..<(24 + below(24)) { text.append(pick(letters)) }
        secrets.append(text)
        return text
    }

    /// What people choose. It can be told from other texts only where a secret belongs.
    private mutating func password() -> String {
        let text =
            pick(["hunter2!", "correct horse", "Pa$$w0rd ", "s3cr3t#1", "päßwörd"]) + " \(below(100_000))z"
        secrets.append(text)
        return text
    }

    mutating func fixture() -> Fixture {
        var fixture = pick([Fixture.local, .local, .ci, .production, .live])
        for _ in 0..<below(6) { change(&fixture) }
        if chance(40) { fixture.yaml = mutated(yaml()) }
        if chance(40) { fixture.dotenv = mutated(dotenv()) }
        if chance(20) { fixture.arguments = [argument(), argument()] }
        return fixture
    }

    private mutating func change(_ fixture: inout Fixture) {
        let setting = pick(SettingsCatalogue.current.declarations)
        switch below(8) {
        case 0: fixture[setting.key] = setting.shape.isSecret ? password() : value(for: setting)
        case 1: fixture[setting.key] = token()
        case 2: fixture.environment["TRADEWIND_" + token().uppercased()] = token()
        case 3: fixture.environment[setting.environmentVariable + "X"] = password()
        case 4: fixture["database.url"] = "postgres://desk:\(encoded(token()))@db/trade?sslmode=\(token())"
        case 5:
            fixture["redis.url"] =
                "redis://:\(encoded(token()))@\(pick(["cache", "ca che", ""])):6379/\(token())"
        case 6: fixture.environment["DATABASE_URL"] = token()
        default: fixture[pick(["api.token", "auth.audit-key", "venues.okx.passphrase"])] = password()
        }
    }

    private func encoded(_ text: String) -> String { text.replacing("_", with: "%5F") }

    private mutating func value(for setting: SettingDeclaration) -> String {
        chance(60)
            ? setting.fallback ?? "x" : pick(["", "0", "true", "-1", "1e9", "null", "[1]", "\u{7}", token()])
    }

    private mutating func yaml() -> String {
        var text = ""
        for _ in 0..<(1 + below(8)) {
            let setting = pick(SettingsCatalogue.current.declarations)
            let parts = setting.key.split(separator: ".")
            for (depth, part) in parts.dropLast().enumerated() {
                text += String(repeating: "  ", count: depth) + part + ":\n"
            }
            let indent = String(repeating: "  ", count: max(0, parts.count - 1))
            let name = chance(80) ? String(parts.last ?? "") : token()
            let written = setting.shape.isSecret ? token() : value(for: setting)
            text += indent + name + ": " + (chance(30) ? "\"\(written)\"" : written) + "\n"
        }
        return text
    }

    private mutating func dotenv() -> String {
        var text = ""
        for _ in 0..<(1 + below(8)) {
            let setting = pick(SettingsCatalogue.current.declarations)
            let written = setting.shape.isSecret ? password() : value(for: setting)
            text += pick(["", "export ", "# ", " "]) + setting.environmentVariable + pick(["=", " = ", ""])
            text += pick([written, "'\(written)'", "\"\(written)\"", "\"\(token())"]) + "\n"
        }
        return text
    }

    private mutating func argument() -> String {
        let setting = pick(SettingsCatalogue.current.declarations)
        return pick([setting.key, token(), setting.key + "x"]) + pick(["=", "", "=="]) + pick(["1", token()])
    }

    /// The text with some bytes changed, taken out or doubled, outside of the planted secrets' letters.
    private mutating func mutated(_ text: String) -> String {
        var characters = Array(text)
        for _ in 0..<below(4) where !characters.isEmpty {
            let place = below(characters.count)
            // A secret of which a letter is changed is no longer the one that is looked for: that is all
            // right.
            switch below(4) {
            case 0: characters.remove(at: place)
            case 1:
                characters.insert(
                    pick([":", "\n", "\"", "'", "&", "*", "{", "[", "\t", "#", "\u{0}", "é"]), at: place)
            case 2: characters.swapAt(place, below(characters.count))
            default: characters.insert(contentsOf: Array("\n- "), at: place)
            }
        }
        return String(characters)
    }
}
