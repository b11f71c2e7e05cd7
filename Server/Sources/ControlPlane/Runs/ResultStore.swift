internal import Events
internal import Glibc
internal import MarketData
internal import Storage
internal import TradewindCommands
internal import Units

/// The folder of results: for each run a result folder of its id, as `tradewind backtest --output` writes it,
/// and beside them, hidden, the run files that were asked for.
struct ResultStore {
    /// The folder, absolute.
    let root: String
    private let files = PosixFileStore()

    init(root: String) { self.root = root }

    /// What a client may ask for by name, with the kind of each.
    static let names: [(name: String, mediaType: String)] = [
        ("summary.json", "application/json"), ("equity.csv", "text/csv; charset=utf-8"),
        ("fills.csv", "text/csv; charset=utf-8"), ("trades.csv", "text/csv; charset=utf-8"),
        ("ledger.csv", "text/csv; charset=utf-8"), ("returns.csv", "text/csv; charset=utf-8"),
        ("risk.csv", "text/csv; charset=utf-8"), ("rebalances.csv", "text/csv; charset=utf-8"),
        ("report.json", "application/json"), ("report.html", "text/html; charset=utf-8"),
        ("events.log", "application/octet-stream"),
    ]

    private static let requests = ".runs"
    private static let aside = ".deleted-"

    /// Makes the folders, and removes what a deletion left that was cut short.
    static func prepare(_ root: String) throws {
        let files = PosixFileStore()
        try files.makeDirectory(FilePath.join(root, requests))
        for entry in try files.list(root) where entry.name.hasPrefix(aside) {
            try files.deleteFolder(FilePath.join(root, entry.name))
        }
    }

    func folder(_ id: String) -> String { FilePath.join(root, id) }

    private func request(_ id: String, _ ending: String) -> String {
        FilePath.join(FilePath.join(root, Self.requests), id + ending)
    }

    /// Writes the run file of a run and says how its process is started.
    ///
    /// - Parameters:
    ///   - traceID: the trace that the run belongs to, if any.
    ///   - said: hears of each line that the process writes to standard error.
    func order(
        _ run: StoredRun, _ options: RunServiceOptions, traceID: String? = nil,
        said: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) throws -> RunChildOrder {
        let path = request(run.id, ".json")
        try files.replace(path, with: run.config.pretty)
        let (seconds, attoseconds) = options.interval.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        return RunChildOrder(
            command: [
                options.executable, "run-backtest", path, "--output", folder(run.id), "--data",
                options.catalogue, "--run-id", run.id, "--interval", String(max(1, milliseconds)),
                // In one word, as an id may begin with a hyphen.
                "--correlation-id=\(run.correlationID)",
            ] + (traceID.map { ["--trace-id=\($0)"] } ?? []),
            environment: options.environment, errors: request(run.id, ".err"), said: said)
    }

    /// The end of what the process of a run wrote to standard error, on one line, without the lines of its
    /// log.
    func lastErrors(_ id: String) -> String {
        let text: String
        do { text = try files.read(request(id, ".err")).text ?? "" } catch { return "" }
        let lines = text.suffix(4_000).split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("{") }
        let clean = lines.joined(separator: " ")
        return String(clean.suffix(400)).trimmingBlanks
    }

    // MARK: Deletion

    /// Takes the name from the folder of a run, so that nobody finds it.
    ///
    /// - Returns: whether there was one.
    func setAside(_ id: String) throws -> Bool {
        guard try files.entry(folder(id)) != nil else { return false }
        try files.move(folder(id), to: folder(Self.aside + id))
        return true
    }

    /// Undoes ``setAside(_:)``.
    func bringBack(_ id: String, _ wasThere: Bool) throws {
        if wasThere { try files.move(folder(Self.aside + id), to: folder(id)) }
    }

    /// Removes what was set aside, and the run file.
    func discard(_ id: String) throws {
        try files.deleteFolder(folder(Self.aside + id))
        for ending in [".json", ".err"] { unlink(request(id, ending)) }
    }

    // MARK: Reading

    /// A file of a result by a name of ``names``; nil when it is not there.
    func file(_ name: String, of id: String) throws -> FileBytes? {
        guard Self.names.contains(where: { $0.name == name }) else { return nil }
        let path = FilePath.join(folder(id), name)
        guard let entry = try files.entry(path), !entry.isDirectory else { return nil }
        return try files.read(path)
    }

    /// Rows of a CSV file of a result, as texts by column.
    ///
    /// - Returns: the rows asked for, and how many there are; nil when there is no such file.
    func rows(
        _ name: String, of id: String, offset: Int, limit: Int
    ) throws -> (rows: [[String: String]], total: Int)? {
        guard let file = try file(name, of: id) else { return nil }
        return file.withBytes { bytes in
            var lines = LineWalk(bytes: bytes)
            guard let header = lines.next() else { return ([], 0) }
            let columns = CSVLine.cells(header)
            var (rows, total): ([[String: String]], Int) = ([], 0)
            while let line = lines.next() {
                if total >= offset && rows.count < limit {
                    rows.append(Dictionary(zip(columns, CSVLine.cells(line))) { first, _ in first })
                }
                total += 1
            }
            return (rows, total)
        }
    }

    /// The equity curve of a result: time, equity, cash and drawdown as texts, thinned to a number of points
    /// that keeps first, last and the extremes of each stretch.
    func equity(of id: String, points: Int) throws -> (rows: [EquityRow], total: Int)? {
        guard let file = try file("equity.csv", of: id) else { return nil }
        let all: [EquityRow] = file.withBytes { bytes in
            var lines = LineWalk(bytes: bytes)
            _ = lines.next()
            var rows: [EquityRow] = []
            while let line = lines.next() { if let row = EquityRow(CSVLine.cells(line)) { rows.append(row) } }
            return rows
        }
        return (EquityRow.thinned(all, to: points), all.count)
    }
}

/// One row of `equity.csv`.
struct EquityRow {
    let time: String
    let equity: String
    let cash: String?
    let drawdown: Double?
    private let height: Double

    init?(_ cells: [String]) {
        guard cells.count >= 2, let height = Double(cells[1]) else { return nil }
        (time, equity, self.height) = (cells[0], cells[1], height)
        cash = cells.count > 2 && !cells[2].isEmpty ? cells[2] : nil
        drawdown = cells.count > 3 ? Double(cells[3]) : nil
    }

    init(_ point: StoredPoint) {
        (time, equity, cash, drawdown) = (point.time.description, point.equity.description, nil, nil)
        height = point.equity.approximateDouble
    }

    /// At most so many rows (at least 4): of each stretch the lowest and the highest, and the first and last
    /// of all.
    static func thinned(_ rows: [EquityRow], to limit: Int) -> [EquityRow] {
        let limit = max(4, limit)
        if rows.count <= limit { return rows }
        let stretches = max(1, (limit - 2) / 2)
        var kept = [rows[0]]
        for stretch in 0..<stretches {
            let from = 1 + stretch * (rows.count - 2) / stretches
            let end = 1 + (stretch + 1) * (rows.count - 2) / stretches
            guard from < end else { continue }
            let range = from..<end
            let low = range.min { rows[$0].height < rows[$1].height } ?? from
            let high = range.max { rows[$0].height < rows[$1].height } ?? from
            kept.append(rows[min(low, high)])
            if low != high { kept.append(rows[max(low, high)]) }
        }
        kept.append(rows[rows.count - 1])
        return kept
    }
}

/// The lines of a text, one after the other.
private struct LineWalk {
    let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> UnsafeRawBufferPointer? {
        guard place < bytes.count, let base = bytes.baseAddress else { return nil }
        let rest = bytes.count - place
        let found = memchr(base + place, 0x0A, rest)
        let end = found.map { UnsafeRawPointer($0) - base } ?? bytes.count
        defer { place = end + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<end])
    }
}

/// One line of CSV as the results are written: quotes around cells with commas or quotes.
private enum CSVLine {
    static func cells(_ line: UnsafeRawBufferPointer) -> [String] {
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        for byte in line {
            switch byte {
            case 0x22: isQuoted.toggle()
            case 0x2C where !isQuoted:
                cells.append(String(decoding: cell, as: UTF8.self))
                cell.removeAll(keepingCapacity: true)
            case 0x0D: continue
            default: cell.append(byte)
            }
        }
        return cells + [String(decoding: cell, as: UTF8.self)]
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
