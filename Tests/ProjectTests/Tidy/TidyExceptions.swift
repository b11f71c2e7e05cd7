/// Where a rule does not hold, and why.
extension TidyException {
    static let all: [TidyException] = [
        TidyException(
            rule: "vague-name", path: "Server/Sources/Operations/Secrets/AWS/SecretsManagerBackend.swift",
            reason: "AWS Secrets Manager is the name of the product that it speaks to"),
        TidyException(
            rule: "loose-end", path: "Server/Sources/Settings/Secrets/Redaction/DecodedView.swift",
            reason: "the form of an escape sequence is written with those letters"),
        TidyException(
            rule: "loose-end", path: "Server/Tests/SettingsTests/Problems/PlaceholderTests.swift",
            reason: "such notes are values that a template leaves behind"),
        TidyException(
            rule: "loose-end", path: "Server/Tests/VenuesTests/Signing/SignerTests.swift",
            reason: "those letters stand in a published example of a signature"),
        TidyException(
            rule: "binary-floating-point", path: "Sources/Events/JSON/JSONReader.swift",
            reason: "a JSON number may be a ratio or a statistic; money is text in JSON"),
        TidyException(
            rule: "binary-floating-point", path: "Sources/Events/JSON/JSONText.swift",
            reason: "a JSON number may be a ratio or a statistic; money is text in JSON"),
        TidyException(
            rule: "wrapping-operator", path: "Sources/MarketData/CSV/DigitRun.swift",
            reason: "bytes of a word are added to their neighbours, and what leaves the word is cut off"),
        TidyException(
            rule: "wrapping-operator", path: "Sources/MarketData/CSV/RowScanner.swift",
            reason: "digits are summed up first and counted; a number of more than 18 is read another way"),
        TidyException(
            rule: "wrapping-operator", path: "Sources/MarketData/CSV/TimeColumn.swift",
            reason: "the offset of a zone is hours, and its use afterwards reports an overflow"),
        TidyException(
            rule: "wrapping-operator", path: "Sources/MarketData/Reading/GapReport.swift",
            reason: "only asks whether two times lie the regular distance apart"),
        TidyException(
            rule: "wrapping-operator", path: "Sources/MarketData/Reading/SeriesCollector.swift",
            reason: "a hash of text"),
        TidyException(
            rule: "wrapping-operator", path: "Sources/MarketData/Reading/SeriesRows.swift",
            reason: "the number of the line before starts at the smallest integer, as there is none"),
    ]

    /// How many times the compiler's concurrency checks are switched off, by file. Each has a comment beside
    /// it; a new one is added here by hand, so that it is seen in review.
    static let uncheckedConcurrency: [String: Int] = [
        "Server/Sources/Settings/Secrets/Values/SecretStorage.swift": 1,
        "Sources/MarketData/Files/FileStore.swift": 1,
        "Sources/Markets/Columns/Column.swift": 1,
        "Sources/TradewindCommands/Files/PosixFileDraft.swift": 1,
        "Sources/TradewindCommands/Files/ReadAhead.swift": 1,
    ]
}
