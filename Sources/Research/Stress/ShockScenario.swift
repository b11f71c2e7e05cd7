internal import Units

/// Shocks that hit a run at one time: one of them, or several together as they come in a crisis.
public struct ShockScenario: Hashable, Sendable {
    /// The shocks, in order, at least one; each changes what those before it left.
    public let shocks: [Shock]

    /// The most shocks that one scenario joins.
    public static let limit = 16

    /// A scenario of one shock.
    public init(_ shock: Shock) { shocks = [shock] }

    /// Reads shocks with commas between them: `price=-30%,gas=20,outage=binance`.
    ///
    /// - Throws: what is wrong with the text, as a sentence.
    public init(_ text: String) throws(ShockProblem) {
        var shocks: [Shock] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let shock = try Shock(String(part))
            if shocks.contains(shock) { throw ShockProblem("\"\(text)\" names \(shock.text) twice") }
            shocks.append(shock)
        }
        if shocks.count > ShockScenario.limit {
            throw ShockProblem(
                "\"\(text)\" joins \(shocks.count) shocks; at most \(ShockScenario.limit) go together")
        }
        self.shocks = shocks
    }

    /// As ``init(_:)`` reads it.
    public var text: String { shocks.map(\.text).joined(separator: ",") }

    /// The name of its shock; `combined` where there are several.
    public var name: String { shocks.count == 1 ? shocks[0].name : "combined" }

    /// When its last shock ends: each lasts `span`, or as usual for its kind. Nil where all stay.
    func end(from moment: Instant, for span: Timespan?) -> Instant? {
        shocks.compactMap { shock in shock.usualSpan.map { moment + (span ?? $0) } }.max()
    }
}
