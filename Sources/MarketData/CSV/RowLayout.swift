internal import Markets

/// What to do with each column of a file.
struct RowLayout {
    /// What a column is read as.
    enum Action: UInt8 {
        case skip
        case number
        case time
        case milliseconds
        case text
    }

    /// How the price columns of bars are named.
    enum BarColumns: Equatable {
        case plain
        case mid
    }

    let header: CSVHeader
    /// What to do with each column.
    private(set) var actions: [Action]
    /// The slot of a number or text column.
    private(set) var slots: [Int]
    /// The roles of the number slots, in order.
    private(set) var numberRoles: [String] = []
    /// The columns of the text slots, in order.
    private(set) var textColumns: [Int] = []
    private(set) var hasTime = false
    private(set) var hasMilliseconds = false
    private(set) var bars = BarColumns.plain
    /// The text slot of a signal's direction; -1 for other kinds. Its number has the first number slot.
    private(set) var directionSlot = -1

    /// A layout that reads nothing but counts columns.
    init(header: CSVHeader) {
        self.header = header
        actions = Array(repeating: .skip, count: header.names.count)
        slots = Array(repeating: 0, count: header.names.count)
    }

    /// The layout of a series.
    ///
    /// - Throws: when a column that is needed is not there.
    init(header: CSVHeader, spec: SeriesSpec, file: String) throws(MarketDataError) {
        self.init(header: header)
        try takeTime(spec, file)
        if spec.kind == .signals { try takeDirection(spec, file) }
        for (role, column) in try numberColumns(spec, file) { takeNumber(role: role, column: column) }
    }

    /// The slot of a text column, made when needed; nil when the column is read as a number already.
    mutating func textSlot(column: Int) -> Int? {
        switch actions[column] {
        case .text: return slots[column]
        case .skip: break
        default: return nil
        }
        actions[column] = .text
        slots[column] = textColumns.count
        textColumns.append(column)
        return slots[column]
    }

    /// The slot of a number role.
    func numberSlot(_ role: String) -> Int? { numberRoles.firstIndex(of: role) }

    private mutating func takeNumber(role: String, column: Int) {
        actions[column] = .number
        slots[column] = numberRoles.count
        numberRoles.append(role)
    }

    /// A direction is written as a word and stored as a number.
    private mutating func takeDirection(_ spec: SeriesSpec, _ file: String) throws(MarketDataError) {
        let names = ColumnRoles.known(.signals).first { $0.role == "signal" }?.names ?? []
        guard let column = try declared("signal", spec, file) ?? header.index(ofFirst: names),
            let slot = textSlot(column: column)
        else { throw missing("signal", .signals, file) }
        directionSlot = slot
        numberRoles.append("signal")
    }

    private func declared(_ role: String, _ spec: SeriesSpec, _ file: String) throws(MarketDataError) -> Int?
    {
        guard let choice = spec.columns.first(where: { $0.role == role }) else { return nil }
        guard let index = header.index(of: choice.column) else {
            throw MarketDataError(
                code: "columns", file: file, line: header.line,
                message: "there is no column '\(choice.column)', declared for '\(role)'",
                remedy: "columns here: \(header.list)")
        }
        return index
    }

    private mutating func takeTime(_ spec: SeriesSpec, _ file: String) throws(MarketDataError) {
        var found = try declared("time", spec, file) ?? header.index(ofFirst: ColumnRoles.time)
        if found == nil, header.names.first == "" { found = 0 }
        guard let column = found else {
            throw MarketDataError(
                code: "columns", file: file, line: header.line, message: "there is no column with the time",
                remedy: "name it: columns: {time: NAME}; columns here: \(header.list)")
        }
        actions[column] = .time
        hasTime = true
        var milliseconds = try declared("milliseconds", spec, file)
        if milliseconds == nil, CSVHeader.normalized(header.names[column]) == "date" {
            milliseconds = header.index(ofFirst: ColumnRoles.milliseconds)
        }
        if let milliseconds, milliseconds != column {
            actions[milliseconds] = .milliseconds
            hasMilliseconds = true
        }
    }

    /// Roles and columns of the numbers to read, in the order in which a series stores them.
    private mutating func numberColumns(
        _ spec: SeriesSpec, _ file: String
    ) throws(MarketDataError) -> [(String, Int)] {
        if ColumnRoles.takesNamedValues(spec.kind) { return try valueColumns(spec, file) }
        var columns: [(String, Int)] = []
        for (role, names) in ColumnRoles.known(spec.kind) where !RowLayout.isText(role) {
            if spec.kind == .signals && role == "signal" { continue }
            guard let column = try declared(role, spec, file) ?? header.index(ofFirst: names) else {
                continue
            }
            // A column serves one role: `volume` is not also the quantity of trades named by `size`.
            if columns.contains(where: { $0.1 == column }) { continue }
            columns.append((role, column))
        }
        let roles = columns.map(\.0)
        if spec.kind == .bars { return try barColumns(columns, spec, file) }
        for role in ColumnRoles.required(spec.kind) where !roles.contains(role) && role != "signal" {
            throw missing(role, spec.kind, file)
        }
        return columns
    }

    private static func isText(_ role: String) -> Bool { role == "side" || role == "buyer-is-maker" }

    private mutating func barColumns(
        _ columns: [(String, Int)], _ spec: SeriesSpec, _ file: String
    ) throws(MarketDataError) -> [(String, Int)] {
        func column(_ role: String) -> (String, Int)? { columns.first { $0.0 == role } }
        let names = ["open", "high", "low", "close"]
        let plain = names.compactMap { column($0) }
        if plain.count == 4 { return plain + [column("volume")].compactMap { $0 } }
        let sides = ColumnRoles.sides.map { side in names.compactMap { column("\(side)-\($0)") } }
        switch spec.price {
        case .bid where sides[0].count == 4: return zip(names, sides[0]).map { ($0, $1.1) }
        case .ask where sides[1].count == 4: return zip(names, sides[1]).map { ($0, $1.1) }
        case .mid where sides[0].count == 4 && sides[1].count == 4:
            bars = .mid
            return sides[0] + sides[1]
        default: break
        }
        throw missing(names.first { column($0) == nil } ?? "open", .bars, file)
    }

    private func valueColumns(
        _ spec: SeriesSpec, _ file: String
    ) throws(MarketDataError) -> [(String, Int)] {
        var columns: [(String, Int)] = []
        for choice in spec.columns where choice.role != "time" && choice.role != "milliseconds" {
            if let column = try declared(choice.role, spec, file) { columns.append((choice.role, column)) }
        }
        if !columns.isEmpty { return columns }
        for (role, names) in ColumnRoles.known(spec.kind) {
            if let column = header.index(ofFirst: names), actions[column] == .skip {
                columns.append((role, column))
            }
        }
        if columns.isEmpty { throw missing(ColumnRoles.known(spec.kind)[0].role, spec.kind, file) }
        return columns
    }

    private func missing(_ role: String, _ kind: SeriesKind, _ file: String) -> MarketDataError {
        MarketDataError(
            code: "columns", file: file, line: header.line,
            message: "there is no column for '\(role)', which \(kind.rawValue) need",
            remedy: "name it: columns: {\(role): NAME}; columns here: \(header.list)")
    }
}
