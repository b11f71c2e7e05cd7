/// The names that a user's strategy package takes from one word: `channel-breakout` gives the type
/// `ChannelBreakoutStrategy` in the module `ChannelBreakoutStrategies`.
package struct StrategyPackageName: Hashable, Sendable {
    /// Longest name.
    package static let maximumLength = 40
    /// Names that mean something else to the build or to the user.
    package static let reserved: Set<String> = ["main", "swift", "test", "tradewind"]

    /// The name as given: of the folder, the package, the executable and the strategy.
    package let text: String

    /// Checks a name.
    ///
    /// - Throws: a failure of wrong usage that says what names look like.
    package init(_ text: String) throws(CommandFailure) {
        let bytes = Array(text.utf8)
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        let isPlain = bytes.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
        }
        let startsWithLetter = bytes.first.map { (0x61...0x7A).contains($0) } ?? false
        guard isPlain, startsWithLetter, !words.contains(""), bytes.count <= Self.maximumLength else {
            throw CommandFailure(
                .usage, code: "strategy-name", message: "\"\(text)\" is not a name for a strategy",
                remedy: "use small letters, digits and single hyphens, a letter first, at most "
                    + "\(Self.maximumLength) characters: channel-breakout")
        }
        guard !Self.reserved.contains(text) else {
            throw CommandFailure(
                .usage, code: "strategy-name", message: "the name \"\(text)\" is taken",
                remedy: "choose another, as my-\(text)")
        }
        self.text = text
    }

    private var camelCase: String {
        text.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Name of the strategy's type.
    package var type: String { camelCase + "Strategy" }
    /// Module of the strategies.
    package var library: String { camelCase + "Strategies" }
    /// Module of the executable.
    package var command: String { camelCase + "Command" }
    /// Module of the tests.
    package var tests: String { camelCase + "Tests" }
}
