/// Where a rule does not hold, and why.
extension TidyException {
    static let all: [TidyException] = []

    /// How many times the compiler's concurrency checks are switched off, by file. Each has a comment beside
    /// it; a new one is added here by hand, so that it is seen in review.
    static let uncheckedConcurrency: [String: Int] = [
        "Sources/MarketData/Files/FileStore.swift": 1,
        "Sources/Markets/Columns/Column.swift": 1,
    ]
}
