public import Markets
public import Units

/// What `data check` found in one file.
public struct FileCheck: Sendable {
    /// The file.
    public let file: String
    /// What the rows are: a series kind, or `table` for a file without times.
    public fileprivate(set) var kind = "table"
    /// The declared or found length of a bar, or the regular distance of other rows.
    public fileprivate(set) var timeframe: Timeframe?
    /// How many series the file holds, told apart by columns as `symbol`.
    public fileprivate(set) var series = 0
    /// Rows of data that could be read.
    public fileprivate(set) var rows = 0
    /// The earliest time.
    public fileprivate(set) var first: Instant?
    /// The latest time.
    public fileprivate(set) var last: Instant?
    /// Holes between rows.
    public fileprivate(set) var gaps = 0
    /// Rows absent in the holes.
    public fileprivate(set) var missing = 0
    /// All faults: how many of each kind, and the first of each.
    public fileprivate(set) var log = FindingLog()
    /// Why the file could not be read to its end; nil when it could.
    public fileprivate(set) var failure: MarketDataError?

    fileprivate init(file: String) { self.file = file }

    /// Whether there is nothing to complain of.
    public var isClean: Bool { failure == nil && log.total == 0 }

    /// How many rows could not be read as rows, comments and stray headers included.
    public var badRows: Int {
        FindingKind.allCases.reduce(0) { $1.isBadRow ? $0 + log.count($1) : $0 }
    }

    /// The faults kept in full, by line.
    public var findings: [Finding] {
        log.findings.enumerated().sorted {
            $0.element.line == $1.element.line ? $0.offset < $1.offset : $0.element.line < $1.element.line
        }.map(\.element)
    }
}

/// What is known of a file before it is checked; the rest is found from its header.
public struct CheckOptions: Sendable {
    /// How the file is written. Its kind only counts when ``isKindDeclared``.
    public var spec = SeriesSpec(kind: .bars)
    /// Whether the kind is declared.
    public var isKindDeclared = false

    /// Nothing is known.
    public init() {}
}

/// Looks for everything that is wrong with files, without changing them.
public struct DataCheck: Sendable {
    private let files: any FileStore
    private let reader: SeriesReader
    private let clocks: ReferenceClocks

    /// - Parameter files: the files to read from.
    public init(files: any FileStore) {
        self.files = files
        reader = SeriesReader(files: files)
        clocks = ReferenceClocks(files: files)
    }

    /// Checks one file. Never throws: what stops the reading is part of the result.
    public func check(_ path: String, _ options: CheckOptions = CheckOptions()) -> FileCheck {
        var result = FileCheck(file: path)
        do throws(MarketDataError) {
            try check(path, options, &result)
        } catch {
            result.failure = error
        }
        return result
    }

    private func check(
        _ path: String, _ options: CheckOptions, _ result: inout FileCheck
    ) throws(MarketDataError) {
        var spec = options.spec
        let zone = try clocks.zone(spec.zone)
        if !options.isKindDeclared {
            let scanner = try RowScanner(files, path, format: .automatic, zone: .utc, maximumDecimals: 18)
            guard let detected = try DataCheck.detect(scanner, spec) else {
                return try checkTable(path, &result)
            }
            spec = detected
        }
        result.kind = spec.kind.rawValue
        let anything = InstrumentTemplate.anything
        let collector = SeriesCollector(spec: spec, template: anything, zone: zone, splitsByName: true)
        defer { result.rows = collector.rows }
        do throws(MarketDataError) {
            _ = try collector.read(files, path)
        } catch {
            result.log = collector.log
            throw error
        }
        result.log = collector.log
        try assemble(collector, spec, zone, path, &result)
    }

    private func assemble(
        _ collector: SeriesCollector, _ spec: SeriesSpec, _ zone: ZoneRules, _ path: String,
        _ result: inout FileCheck
    ) throws(MarketDataError) {
        var spec = spec
        let calendar = try reader.calendar(spec, collector.span)
        if spec.timeframe == nil && collector.series.count > 1 {
            spec.timeframe = commonTimeframe(collector, spec.kind)
        }
        let assembly = SeriesAssembly(
            spec: spec, zone: zone, calendar: calendar, path: path, valueNames: collector.valueNames)
        result.series = collector.series.count
        if collector.span.first <= collector.span.last {
            result.first = Instant(nanoseconds: collector.span.first)
            result.last = Instant(nanoseconds: collector.span.last)
        }
        for rows in collector.series {
            let found = try assembly.run(rows, log: &result.log, makesColumns: false)
            if result.timeframe == nil { result.timeframe = found.timeframe }
            result.gaps += found.gaps.count
            let (missing, overflow) = result.missing.addingReportingOverflow(found.gaps.missing)
            result.missing = overflow ? Int.max : missing
            for gap in found.gaps.first {
                result.log.add(
                    .gap, line: gap.line, "\(gap.missing) absent between \(gap.after) and \(gap.before)")
            }
            result.log.add(.gap, count: found.gaps.count - found.gaps.first.count)
        }
        if collector.rows == 0 {
            throw MarketDataError(
                code: "empty", file: path, message: "there is no row of data",
                remedy: "give a file with rows below its header")
        }
    }

    /// The timeframe that the series of a file have in common.
    private func commonTimeframe(_ collector: SeriesCollector, _ kind: SeriesKind) -> Timeframe? {
        guard kind != .quotes && kind != .trades else { return nil }
        let times = ColumnBuffer()
        var distances = 0
        for rows in collector.series {
            for time in rows.time.values.sorted() { times.append(time) }
            distances += max(0, rows.count - 1)
            // No distance is taken across the end of a series.
            times.append(Int64.min)
        }
        let found = Timeframe.detect(times.finish())
        guard let found, kind == .bars || found.agreeing * 2 >= distances else { return nil }
        return found.timeframe
    }

    /// A file without times: only the form of its rows is judged.
    private func checkTable(_ path: String, _ result: inout FileCheck) throws(MarketDataError) {
        let scanner = try RowScanner(files, path, format: .automatic, zone: .utc, maximumDecimals: 18)
        var seen: Set<[UInt8]> = []
        loop: while true {
            switch try scanner.next() {
            case .end: break loop
            case .row where scanner.rowBytes.elementsEqual(scanner.headerBytes), .strayHeader:
                result.log.add(.strayHeader, line: scanner.line, "the header once more")
            case .row:
                result.rows += 1
                if !seen.insert(Array(scanner.rowBytes)).inserted {
                    result.log.add(.duplicateSame, line: scanner.line, "repeats an earlier row")
                }
            case .comment: result.log.add(.comment, line: scanner.line, "a comment among the rows")
            case .badTime: break
            case .cellCount(let count):
                result.rows += 1
                let columns = scanner.header.names.count
                result.log.add(
                    count < columns ? .shortRow : .longRow, line: scanner.line,
                    "\(count) cells, while the header has \(columns)")
            }
        }
        if result.rows == 0 {
            throw MarketDataError(
                code: "empty", file: path, message: "there is no row of data",
                remedy: "give a file with rows below its header")
        }
    }

    /// The kind that a header suggests; nil for a file without a time or without a number that is known.
    private static func detect(
        _ scanner: RowScanner, _ given: SeriesSpec
    ) throws(MarketDataError) -> SeriesSpec? {
        let header = scanner.header
        var spec = given
        if !spec.columns.contains(where: { $0.role == "time" }),
            header.index(ofFirst: ColumnRoles.time) == nil
        {
            let dated = ["time", "date", "_end"].lazy.compactMap { word in
                header.names.first { CSVHeader.normalized($0).contains(word) }
            }.first
            if let dated {
                spec.columns.append(ColumnChoice(role: "time", column: dated))
            } else if header.names.first != "" || header.names.count > 12 {
                return nil
            }
        }
        for kind in [SeriesKind.bars, .quotes, .trades, .signals, .funding, .index, .gas, .ratio] {
            spec.kind = kind
            do throws(MarketDataError) {
                _ = try RowLayout(header: header, spec: spec, file: "")
                return spec
            } catch {
                if kind == .bars && isAlmostBars(header) { return spec }
                continue
            }
        }
        return try firstNumber(scanner, spec)
    }

    /// Whether a header is that of bars but for one name, so that it is not taken for something else.
    private static func isAlmostBars(_ header: CSVHeader) -> Bool {
        let needed = ColumnRoles.required(.bars)
        return ColumnRoles.known(.bars).count {
            needed.contains($0.role) && header.index(ofFirst: $0.names) != nil
        } == needed.count - 1
    }

    /// The first column that holds a number in the first row.
    private static func firstNumber(
        _ scanner: RowScanner, _ spec: SeriesSpec
    ) throws(MarketDataError) -> SeriesSpec? {
        let header = scanner.header
        let layout = RowLayout(header: header)
        try scanner.use(layout)
        guard case .row = try scanner.next() else { return nil }
        for (column, cell) in CSVHeader.cells(scanner.rowBytes).enumerated() where column < header.names.count
        {
            let name = CSVHeader.normalized(header.names[column])
            let isTime = ["time", "date", "_end", "_start", "hour"].contains { name.contains($0) }
            let isOther = SeriesCollector.naming.contains(name) || ColumnRoles.milliseconds.contains(name)
            if isTime || isOther || name.isEmpty { continue }
            if DecimalCell.parse(cell, maximumDecimals: 18).decimals < 0 { continue }
            var result = spec
            result.kind = .ratio
            result.columns.append(ColumnChoice(role: "value", column: header.names[column]))
            return result
        }
        return nil
    }
}

extension InstrumentTemplate {
    /// A template for files whose series are not told apart by it.
    static let anything = InstrumentTemplate(literal: "any:base:any")
}
