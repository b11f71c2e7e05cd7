/// Where a rule does not hold, and why.
extension TidyException {
    static let all: [TidyException] = [
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
        "Sources/MarketData/Files/FileStore.swift": 1,
        "Sources/Markets/Columns/Column.swift": 1,
        "Sources/TradewindCommands/Files/PosixFileDraft.swift": 1,
        "Sources/TradewindCommands/Files/ReadAhead.swift": 1,
    ]
}
