internal import Units

/// Under which tickers one share traded, by date.
///
/// The layout `last_date,ticker,exchange` is that of LEAN's map files: each row gives the last day on which a
/// ticker was in use.
public struct TickerHistory: Hashable, Sendable {
    /// A ticker and the last day it was in use.
    public struct Row: Hashable, Sendable {
        /// Days since 1970-01-01.
        public let lastDay: Int
        /// The ticker, as the file spells it.
        public let ticker: String
        /// The exchange's letter code; empty where the file has none.
        public let exchange: String
    }

    /// Rows, ascending by date.
    public let rows: [Row]

    /// Reads a ticker file.
    ///
    /// - Parameters:
    ///   - source: the file's name, for messages.
    ///   - bytes: its content, with or without a header line.
    public init(source: String, bytes: [UInt8]) throws(AdjustmentError) {
        let table = try DatedTable(
            source: source, bytes: bytes, columns: ["last_date", "ticker", "exchange"], allowsMissingTail: 1)
        rows = try table.rows.map { row throws(AdjustmentError) in
            guard !row.cells[0].isEmpty else {
                throw AdjustmentError(source: source, line: row.line, problem: "the ticker is empty")
            }
            return Row(
                lastDay: row.day, ticker: row.cells[0], exchange: row.cells.count > 1 ? row.cells[1] : "")
        }
    }

    /// The ticker in use on a day counted from 1970-01-01; nil after the last row.
    public func ticker(onDay day: Int) -> String? {
        rows.first { $0.lastDay >= day }?.ticker
    }
}
