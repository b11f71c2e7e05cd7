public import Markets
internal import Units

/// Reads series from CSV and CSV.gz files.
///
/// ```swift
/// let reader = SeriesReader(files: files)
/// let series = try reader.read(["btc.csv"], instrument: id, spec: SeriesSpec(kind: .bars))
/// ```
public struct SeriesReader: Sendable {
    private let files: any FileStore
    private let clocks: ReferenceClocks

    /// - Parameter files: the files to read from; zones come from the system's database through it too.
    public init(files: any FileStore) {
        self.files = files
        clocks = ReferenceClocks(files: files)
    }

    /// Reads one series from one file, or from several that follow each other.
    ///
    /// - Throws: ``MarketDataError`` with file, line and remedy when a file is absent, empty, damaged, not
    ///   CSV, lacks a column, mixes times or instruments, or holds no usable row; with
    ///   ``SeriesSpec/isStrict`` also for any fault that is otherwise a warning.
    public func read(
        _ paths: [String], instrument: InstrumentID, spec: SeriesSpec
    ) throws(MarketDataError) -> MarketSeries {
        let template = InstrumentTemplate(literal: instrument.description)
        return try readAll(paths, template: template, spec: spec)[0]
    }

    /// Reads all series of a file whose columns tell the instrument.
    ///
    /// - Returns: at least one series, in the order of their first rows.
    public func readAll(
        _ paths: [String], template: InstrumentTemplate, spec: SeriesSpec
    ) throws(MarketDataError) -> [MarketSeries] {
        try readUnhashed(paths, template: template, spec: spec).map { $0.hashed() }
    }

    /// As ``readAll(_:template:spec:)``, without the digests.
    func readUnhashed(
        _ paths: [String], template: InstrumentTemplate, spec: SeriesSpec
    ) throws(MarketDataError) -> [UnhashedSeries] {
        let zone = try clocks.zone(spec.zone)
        let collector = SeriesCollector(spec: spec, template: template, zone: zone)
        for path in paths { _ = try collector.read(files, path) }
        let path = paths.first ?? ""
        var log = collector.log
        try requireRows(collector, log, path)
        let calendar = try calendar(spec, collector.span)
        let assembly = SeriesAssembly(
            spec: spec, zone: zone, calendar: calendar, path: path, valueNames: collector.valueNames)
        var results: [(rows: SeriesRows, result: SeriesAssembly.Result)] = []
        for rows in collector.series where rows.count > 0 {
            results.append((rows, try assembly.run(rows, log: &log, makesColumns: true)))
        }
        if spec.isStrict { try refuseFindings(log, path) }
        let common = SeriesReader.warnings(log, path)
        return results.compactMap { rows, result in
            guard let instrument = rows.instrument, let columns = result.columns else { return nil }
            return UnhashedSeries(
                instrument: instrument, kind: spec.kind, columns: columns,
                priceScale: Scale(rows.prices.decimals), quantityScale: Scale(rows.quantities.decimals),
                warnings: common + SeriesReader.warnings(result.gaps, path))
        }
    }

    /// The calendar of a spec over the years of some rows.
    func calendar(
        _ spec: SeriesSpec, _ span: (first: Int64, last: Int64)
    ) throws(MarketDataError) -> SessionCalendar? {
        guard let name = spec.calendar else { return nil }
        let (first, last) = span.first > span.last ? (0, 0) : span
        let years = (
            CivilDate(day: Instant(nanoseconds: first).day).year,
            CivilDate(day: Instant(nanoseconds: last).day).year
        )
        return try clocks.calendar(name, years: years.0 - 1...years.1 + 1)
    }

    private func requireRows(
        _ collector: SeriesCollector, _ log: FindingLog, _ path: String
    ) throws(MarketDataError) {
        let bad = FindingKind.allCases.reduce(0) { $1.isBadRow ? $0 + log.count($1) : $0 }
        let hasRows = collector.series.contains { $0.count > 0 }
        let lines = collector.rows + log.count(.comment) + log.count(.strayHeader)
        if hasRows && bad * 2 <= lines { return }
        guard let first = log.findings.first else {
            throw MarketDataError(
                code: "empty", file: path, message: "there is no row of data",
                remedy: collector.spec.filters.isEmpty
                    ? "give a file with rows below its header"
                    : "no row meets 'where'; check the column and its texts")
        }
        throw MarketDataError(
            code: "bad-rows", file: path, line: first.line,
            message: hasRows
                ? "\(bad) of \(lines) rows cannot be read; the first: \(first.message)"
                : "no row can be used; the first: \(first.message)",
            remedy: "look at the file with: tradewind data check \(path)")
    }

    private func refuseFindings(_ log: FindingLog, _ path: String) throws(MarketDataError) {
        for finding in log.findings where finding.kind != .rounded {
            throw MarketDataError(
                code: finding.kind.rawValue, file: path, line: finding.line,
                message: "\(finding.message) (\(log.total) faults in all; the series is read strictly)",
                remedy: "mend the file, or drop 'strict' to accept what import does with such rows")
        }
    }

    /// What a log has to say, one sentence a kind.
    static func warnings(_ log: FindingLog, _ path: String) -> [String] {
        let name = FilePath.name(path)
        return FindingKind.allCases.compactMap { kind in
            let count = log.count(kind)
            guard count > 0 else { return nil }
            let lines = log.lines(kind)
            return "\(name): \(kind.statement): \(count)"
                + (lines.isEmpty ? "" : " (\(lines))")
        }
    }

    private static func warnings(_ gaps: GapReport, _ path: String) -> [String] {
        guard gaps.count > 0, let longest = gaps.longest else { return [] }
        return [
            "\(FilePath.name(path)): holes: \(gaps.count), with \(gaps.missing) rows "
                + "absent; the longest from \(longest.after) to \(longest.before)"
        ]
    }
}

/// A series whose digest is not computed yet.
struct UnhashedSeries {
    let instrument: InstrumentID
    let kind: SeriesKind
    let columns: SeriesColumns
    let priceScale: Scale
    let quantityScale: Scale
    let warnings: [String]

    /// Rows.
    var count: Int { columns.visibleTime.count }

    /// The series with a digest of its content.
    func hashed() -> MarketSeries {
        with(columns.digest(kind: kind, priceScale: priceScale, quantityScale: quantityScale))
    }

    /// The series with a given digest.
    func with(_ digest: Digest) -> MarketSeries {
        MarketSeries(
            instrument: instrument, kind: kind, columns: columns, priceScale: priceScale,
            quantityScale: quantityScale, digest: digest, warnings: warnings)
    }
}
