internal import Units

/// A factor or ticker file that cannot be used, or a series that its factors do not fit.
public struct AdjustmentError: Error, Hashable, CustomStringConvertible {
    /// The file, as the user named it.
    public let source: String
    /// The line, from 1; 0 when the trouble is not in one line.
    public let line: Int
    /// What is wrong, as a phrase for people.
    public let problem: String

    /// - Parameters:
    ///   - source: the file, as the user named it.
    ///   - line: the line, from 1; 0 when the trouble is not in one line.
    ///   - problem: what is wrong, as a phrase for people.
    public init(source: String, line: Int, problem: String) {
        (self.source, self.line, self.problem) = (source, line, problem)
    }

    public var description: String {
        line > 0 ? "\(source):\(line): \(problem)" : "\(source): \(problem)"
    }
}

/// The rows of a small CSV file whose first column is a date `YYYYMMDD`, each date later than the one above
/// unless repeats are allowed.
struct DatedTable {
    /// One row.
    struct Row {
        /// Its line in the file, from 1.
        let line: Int
        /// Days since 1970-01-01.
        let day: Int
        /// The cells after the date, trimmed.
        let cells: [String]
    }

    /// Rows in the file's order, which is that of their dates.
    let rows: [Row]

    /// Reads a file's bytes. A first line that does not begin with a digit is a header and must name the
    /// given columns in their order.
    ///
    /// - Parameters:
    ///   - columns: names of all columns, the date's first.
    ///   - allowsMissingTail: how many cells at the end of a row may be absent.
    init(
        source: String, bytes: [UInt8], columns: [String], allowsMissingTail: Int = 0
    ) throws(AdjustmentError) {
        var rows: [Row] = []
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let text = String(decoding: line, as: UTF8.self)
            let cells = DatedTable.cells(text)
            if cells == [""] || text.utf8.first == 0x23 { continue }
            func fail(_ problem: String) -> AdjustmentError {
                AdjustmentError(source: source, line: number, problem: problem)
            }
            if rows.isEmpty, let first = text.utf8.first, !(0x30...0x39).contains(first) {
                if cells == columns { continue }
                throw fail("the header is \(text.prefix(80)), expected \(columns.joined(separator: ","))")
            }
            guard (columns.count - allowsMissingTail...columns.count).contains(cells.count) else {
                throw fail("\(cells.count) cells, expected \(columns.count)")
            }
            guard let day = DatedTable.day(cells[0]) else {
                throw fail("\(cells[0].prefix(20)) is no date YYYYMMDD")
            }
            if let last = rows.last, day <= last.day {
                throw fail("the date is not later than that of line \(last.line)")
            }
            rows.append(Row(line: number, day: day, cells: Array(cells.dropFirst())))
        }
        guard !rows.isEmpty else {
            throw AdjustmentError(source: source, line: 0, problem: "it has no rows")
        }
        self.rows = rows
    }

    private static func cells(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { cell in
            var trimmed = cell
            while let byte = trimmed.utf8.last, byte == 0x20 || byte == 0x09 || byte == 0x0D {
                trimmed = trimmed.dropLast()
            }
            return String(trimmed.drop { $0 == " " || $0 == "\t" })
        }
    }

    private static func day(_ text: String) -> Int? {
        let digits = Array(text.utf8)
        guard digits.count == 8, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)?.day
    }
}
