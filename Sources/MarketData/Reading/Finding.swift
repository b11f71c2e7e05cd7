/// A kind of fault in data.
public enum FindingKind: String, Sendable, Hashable, CaseIterable {
    /// Rows are missing between two.
    case gap
    /// A row repeats an earlier one with the same content.
    case duplicateSame = "duplicate-same"
    /// A row has the time of an earlier one and other content.
    case duplicateConflicting = "duplicate-conflicting"
    /// A row is earlier than the row before it.
    case outOfOrder = "out-of-order"
    /// A number is `NaN`, or a cell that is needed is empty.
    case nan
    /// A price is zero or negative, or a size is negative.
    case negative
    /// The high is below the low, the open or the close, or the low above them.
    case highBelowLow = "high-below-low"
    /// A row has fewer cells than the header.
    case shortRow = "short-row"
    /// A row has more cells than the header.
    case longRow = "long-row"
    /// The header stands once more among the rows.
    case strayHeader = "stray-header"
    /// A comment stands among the rows.
    case comment
    /// A cell is no number, or one too large.
    case badNumber = "bad-number"
    /// A time cannot be read.
    case badTime = "bad-time"
    /// A time is written in another way than the first.
    case mixedTimes = "mixed-times"
    /// A quote or bar lacks a side and was dropped.
    case oneSided = "one-sided"
    /// Decimals beyond the limit were rounded.
    case rounded

    /// Whether the row could not be read as a row at all.
    public var isBadRow: Bool {
        switch self {
        case .shortRow, .longRow, .strayHeader, .comment, .badNumber, .badTime, .mixedTimes: true
        default: false
        }
    }

    /// What was found and done, for a warning, before a count.
    package var statement: String {
        switch self {
        case .gap: "holes"
        case .duplicateSame: "rows that repeat another, left out"
        case .duplicateConflicting: "rows with the time of another and other content, the last one kept"
        case .outOfOrder: "rows out of order, sorted by time"
        case .nan: "rows that lack a number, dropped"
        case .negative: "rows with a price that is not positive or a negative size, dropped"
        case .highBelowLow: "rows with a high below or a low above their other prices, dropped"
        case .shortRow: "rows with too few cells, dropped"
        case .longRow: "rows with too many cells, dropped"
        case .strayHeader: "headers among the rows, dropped"
        case .comment: "comments among the rows, passed over"
        case .badNumber: "rows with a cell that is no number, dropped"
        case .badTime: "rows with a time that cannot be read, dropped"
        case .mixedTimes: "rows with a time written otherwise than the first"
        case .oneSided: "rows that lack a side, dropped"
        case .rounded: "rows with more decimals than are kept, rounded half even"
        }
    }
}

/// One fault at one place.
public struct Finding: Sendable, Hashable {
    /// What it is.
    public let kind: FindingKind
    /// The line, from 1; of a gap, the line behind it.
    public let line: Int
    /// One sentence with the values.
    public let message: String

    /// A fault.
    public init(kind: FindingKind, line: Int, message: String) {
        (self.kind, self.line, self.message) = (kind, line, message)
    }
}

/// All faults of a file: how many of each kind, and the first ones in full.
public struct FindingLog: Sendable, Hashable {
    /// How many faults of each kind are kept in full.
    public static let limitPerKind = 20

    private var counts = [Int](repeating: 0, count: FindingKind.allCases.count)
    /// The first of each kind, in the order found.
    public private(set) var findings: [Finding] = []

    /// No faults.
    public init() {}

    /// How many faults of a kind there are.
    public func count(_ kind: FindingKind) -> Int { counts[FindingLog.index(kind)] }

    /// How many faults there are, ``FindingKind/rounded`` left out, which is a remark.
    public var total: Int {
        FindingKind.allCases.reduce(0) { $1 == .rounded ? $0 : $0 + count($1) }
    }

    /// Adds a fault. The message is only made when it is kept.
    mutating func add(_ kind: FindingKind, line: Int, _ message: @autoclosure () -> String) {
        let index = FindingLog.index(kind)
        counts[index] += 1
        if counts[index] <= FindingLog.limitPerKind {
            findings.append(Finding(kind: kind, line: line, message: message()))
        }
    }

    /// Adds faults that are only counted.
    mutating func add(_ kind: FindingKind, count: Int) { counts[FindingLog.index(kind)] += count }

    /// The first fault of a kind.
    func first(_ kind: FindingKind) -> Finding? { findings.first { $0.kind == kind } }

    /// The first lines of a kind: `lines 3, 9, 12 and 5 more`.
    func lines(_ kind: FindingKind) -> String {
        let shown = findings.lazy.filter { $0.kind == kind }.map(\.line).prefix(3)
        if shown.isEmpty { return "" }
        let text = shown.map { String($0) }.joined(separator: ", ")
        let rest = count(kind) - shown.count
        return (count(kind) == 1 ? "line " : "lines ") + text + (rest > 0 ? " and \(rest) more" : "")
    }

    private static func index(_ kind: FindingKind) -> Int { FindingKind.allCases.firstIndex(of: kind) ?? 0 }
}
