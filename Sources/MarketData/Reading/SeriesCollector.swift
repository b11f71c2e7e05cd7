internal import Markets
internal import Units

/// Takes the rows of files into series: one, or one for each text of the columns that tell the instrument.
final class SeriesCollector {
    let spec: SeriesSpec
    let zone: ZoneRules
    /// Columns whose texts tell the instrument, and how.
    private let template: InstrumentTemplate
    /// Whether to tell series apart by all columns that may name an instrument; for checks.
    private let splitsByName: Bool
    private(set) var log = FindingLog()
    /// Rows of data, also those that could not be used; comments and stray headers are none.
    var rows: Int { hot.pointee.rows }
    /// The earliest and the latest time of any row, also of those that could not be used.
    var span: (first: Int64, last: Int64) { (hot.pointee.first, hot.pointee.last) }
    /// The series, in the order of their first rows.
    private(set) var series: [SeriesRows] = []
    /// The texts that told each series.
    private(set) var keys: [[UInt8]] = []
    /// The names of values, for value kinds.
    private(set) var valueNames: [String] = []

    private var indexByKey: [[UInt8]: Int] = [:]
    private var current = -1
    private var currentKey: [UInt8] = []
    private var keySlots: [Int] = []
    private var sharedSlots: [Int] = []
    private var filters: [(slot: Int, values: [[UInt8]])] = []
    var sideSlot = -1
    var makerSlot = -1
    private var path = ""
    private var expectedRows = 0
    let placed = UnsafeMutablePointer<Int64>.allocate(capacity: 64)
    let hot = UnsafeMutablePointer<Hot>.allocate(capacity: 1)

    /// What changes with each row or is looked at in each; behind a pointer for the reason given at
    /// ``RowScanner/Hot``.
    struct Hot {
        var rows = 0
        var first = Int64.max
        var last = Int64.min
        /// The series of all rows, where there is only one.
        var only: Unmanaged<SeriesRows>?
        var slotCount = 0
        var priceEnd = 0
        var volumeSlot = -1
        var bidSizeSlot = -1
        var askSizeSlot = -1
        var hasFilters = false
        var isMerging = false
        var shift: Int64 = 0
        var kind = SeriesKind.bars
    }

    /// Columns that may name an instrument, for files with many.
    static let naming = [
        "instrument", "symbol", "pair", "asset_pair", "ticker", "right", "expiry", "strike",
        "strike_x10000", "expiration", "strike_price", "size_bucket", "market", "reserve",
    ]

    init(spec: SeriesSpec, template: InstrumentTemplate, zone: ZoneRules, splitsByName: Bool = false) {
        self.spec = spec
        self.template = template
        self.zone = zone
        self.splitsByName = splitsByName
        hot.initialize(to: Hot())
    }

    deinit {
        placed.deallocate()
        hot.deallocate()
    }

    // MARK: Files

    /// Reads all rows of a file.
    func read(_ files: any FileStore, _ path: String) throws(MarketDataError) -> RowScanner {
        self.path = path
        let scanner = try RowScanner(
            files, path, format: spec.timeFormat, zone: zone, maximumDecimals: spec.maximumDecimals)
        expectedRows = scanner.source.expectedRows
        try prepare(scanner)
        loop: while true {
            switch try scanner.next() {
            case .row: try take(scanner)
            case .end: break loop
            case .comment:
                log.add(.comment, line: scanner.line, "a comment among the rows")
            case .strayHeader:
                log.add(.strayHeader, line: scanner.line, "the header once more")
            case .badTime:
                hot.pointee.rows += 1
                log.add(.badTime, line: scanner.line, "the time cannot be read")
            case .cellCount(let count):
                hot.pointee.rows += 1
                let columns = scanner.header.names.count
                log.add(
                    count < columns ? .shortRow : .longRow, line: scanner.line,
                    "\(count) cells, while the header has \(columns)")
            }
        }
        for rows in series { rows.flush() }
        return scanner
    }

    private func prepare(_ scanner: RowScanner) throws(MarketDataError) {
        var layout = try RowLayout(header: scanner.header, spec: spec, file: path)
        let header = scanner.header
        (keySlots, sharedSlots, filters, sideSlot, makerSlot) = ([], [], [], -1, -1)
        var named: Set<Int> = []
        for filter in spec.filters {
            guard let column = header.index(of: filter.column), let slot = layout.textSlot(column: column)
            else { throw absent(filter.column, "named in 'where'", header) }
            filters.append((slot, filter.values.map { Array($0.utf8) }))
            if filter.values.count == 1 { named.insert(column) }
        }
        for name in template.names {
            guard let column = header.index(of: name), let slot = layout.textSlot(column: column) else {
                throw absent(name, "named in the instrument", header)
            }
            if !keySlots.contains(slot) { keySlots.append(slot) }
            named.insert(column)
        }
        for name in SeriesCollector.naming {
            guard let column = header.index(ofFirst: [name]), !named.contains(column),
                let slot = layout.textSlot(column: column)
            else { continue }
            if splitsByName { keySlots.append(slot) } else { sharedSlots.append(slot) }
        }
        if spec.kind == .trades { takeSides(header, &layout) }
        if spec.kind == .signals { sideSlot = layout.directionSlot }
        valueNames = layout.numberRoles
        prepareHot(layout)
        (current, currentKey) = (-1, [])
        try scanner.use(layout)
    }

    private func prepareHot(_ layout: RowLayout) {
        hot.pointee.slotCount = layout.numberRoles.count
        hot.pointee.volumeSlot = layout.numberSlot("volume") ?? -1
        hot.pointee.bidSizeSlot = layout.numberSlot("bid-size") ?? -1
        hot.pointee.askSizeSlot = layout.numberSlot("ask-size") ?? -1
        hot.pointee.hasFilters = !filters.isEmpty
        hot.pointee.isMerging = spec.kind == .quotes && spec.oneSided == .merge
        hot.pointee.shift = spec.shift.nanoseconds
        hot.pointee.kind = spec.kind
        hot.pointee.only = nil
        hot.pointee.priceEnd =
            switch spec.kind {
            case .bars: hot.pointee.volumeSlot >= 0 ? hot.pointee.volumeSlot : layout.numberRoles.count
            case .quotes: 2
            case .trades: 1
            case .funding, .index, .ratio, .gas, .mark, .signals: layout.numberRoles.count
            }
    }

    private func takeSides(_ header: CSVHeader, _ layout: inout RowLayout) {
        for (role, names) in ColumnRoles.known(.trades) where role == "side" || role == "buyer-is-maker" {
            let declared = spec.columns.first { $0.role == role }.flatMap { header.index(of: $0.column) }
            guard let column = declared ?? header.index(ofFirst: names),
                let slot = layout.textSlot(column: column)
            else { continue }
            if role == "side" { sideSlot = slot } else { makerSlot = slot }
        }
    }

    private func absent(_ name: String, _ what: String, _ header: CSVHeader) -> MarketDataError {
        MarketDataError(
            code: "columns", file: path, line: header.line, message: "there is no column '\(name)', \(what)",
            remedy: "columns here: \(header.list)")
    }

    // MARK: Rows

    private func take(_ scanner: RowScanner) throws(MarketDataError) {
        let hot = hot
        if hot.pointee.hasFilters && !passesFilters(scanner) { return }
        hot.pointee.rows += 1
        if scanner.hot.pointee.time.isMixed { return try takeMixed(scanner) }
        let target: SeriesRows
        if let only = hot.pointee.only {
            target = only.takeUnretainedValue()
        } else {
            guard let found = try self.target(scanner) else { return }
            target = found
        }
        let time = time(scanner)
        if time < hot.pointee.first { hot.pointee.first = time }
        if time > hot.pointee.last { hot.pointee.last = time }
        if hot.pointee.isMerging { mergeSides(scanner, target) }
        if hot.pointee.kind == .signals && !readDirection(scanner) { return }
        guard place(scanner, target) else { return }
        switch hot.pointee.kind {
        case .bars: if !takeBar(scanner, target) { return }
        case .quotes: if !takeQuote(scanner, target) { return }
        case .trades: if !takeTrade(scanner, target) { return }
        case .funding, .index, .ratio, .gas, .mark: if !takeValues(scanner, target) { return }
        case .signals: if !takeSignal(scanner, target) { return }
        }
        let hash = splitsByName ? SeriesCollector.hash(scanner.rowBytes) : 0
        if !target.commit(time: time, hash: hash, line: scanner.line) {
            log.add(.outOfOrder, line: scanner.line, "\(Instant(nanoseconds: time)) comes after a later row")
        }
    }

    private func passesFilters(_ scanner: RowScanner) -> Bool {
        filters.allSatisfy { filter in
            let text = scanner.texts[filter.slot]
            return filter.values.contains { $0.elementsEqual(text) }
        }
    }

    /// A row whose time is written otherwise than the first: a fault in a check, an error elsewhere.
    private func takeMixed(_ scanner: RowScanner) throws(MarketDataError) {
        let mixture = scanner.hot.pointee.time.mixture ?? ""
        if splitsByName {
            log.add(.mixedTimes, line: scanner.line, mixture)
            return
        }
        throw MarketDataError(
            code: "mixed-times", file: path, line: scanner.line,
            message: "the time column is mixed: this row has \(mixture)",
            remedy: "write all times alike, or declare time-format and zone and split the file")
    }

    /// The instant of a row.
    @inline(__always)
    private func time(_ scanner: RowScanner) -> Int64 {
        let row = scanner.hot
        var time = row.pointee.time.value
        // Milliseconds since midnight beyond a few days are no time; the bound keeps sums in range.
        let (sum, overflow) = time.addingReportingOverflow(row.pointee.milliseconds)
        if !overflow { time = min(max(sum, TimeColumn.first), TimeColumn.end) }
        if row.pointee.time.form == .local { time = row.pointee.time.instant(ofLocal: time) }
        let shift = hot.pointee.shift
        if shift == 0 { return time }
        let shifted = Instant(nanoseconds: time) + Timespan(nanoseconds: shift)
        return min(max(shifted.nanoseconds, TimeColumn.first), TimeColumn.end)
    }

    /// The series a row belongs to; nil when its key is no instrument.
    private func target(_ scanner: RowScanner) throws(MarketDataError) -> SeriesRows? {
        if current >= 0 && keySlots.isEmpty {
            if !sharedSlots.isEmpty { try checkShared(scanner, series[current]) }
            return series[current]
        }
        if current >= 0 && isCurrentKey(scanner) { return series[current] }
        var key: [UInt8] = []
        for slot in keySlots {
            key += scanner.texts[slot]
            key.append(0)
        }
        if let known = indexByKey[key] {
            (current, currentKey) = (known, key)
            noteOnly(series[known])
            return series[known]
        }
        var instrument: InstrumentID?
        if !splitsByName {
            let text = instrumentText(scanner)
            instrument = InstrumentID(text)
            guard instrument != nil else {
                log.add(.badNumber, line: scanner.line, "'\(text)' is not an instrument key")
                return nil
            }
        }
        let made = newSeries(instrument, scanner.layout)
        made.shared = sharedSlots.map { Array(scanner.texts[$0]) }
        (current, currentKey) = (series.count, key)
        indexByKey[key] = current
        series.append(made)
        keys.append(key)
        noteOnly(made)
        return made
    }

    private func noteOnly(_ series: SeriesRows) {
        if keySlots.isEmpty && sharedSlots.isEmpty { hot.pointee.only = Unmanaged.passUnretained(series) }
    }

    private func isCurrentKey(_ scanner: RowScanner) -> Bool {
        var index = 0
        for slot in keySlots {
            let text = scanner.texts[slot]
            guard index + text.count < currentKey.count else { return false }
            for byte in text {
                if byte != currentKey[index] { return false }
                index += 1
            }
            if currentKey[index] != 0 { return false }
            index += 1
        }
        return index == currentKey.count
    }

    private func checkShared(_ scanner: RowScanner, _ target: SeriesRows) throws(MarketDataError) {
        for (slot, first) in zip(sharedSlots, target.shared) where !first.elementsEqual(scanner.texts[slot]) {
            let column = scanner.header.names[scanner.layout.textColumns[slot]]
            let text = String(decoding: scanner.texts[slot], as: UTF8.self)
            let before = String(decoding: first, as: UTF8.self)
            throw MarketDataError(
                code: "many-instruments", file: path, line: scanner.line,
                message: "column '\(column)' changes from '\(before)' to '\(text)': more than one series",
                remedy: "choose one with where: {\(column): \(before)}, or name the column in the instrument")
        }
    }

    private func instrumentText(_ scanner: RowScanner) -> String {
        var text = ""
        for part in template.parts {
            switch part {
            case .literal(let literal): text += literal
            case .gap(let name, let decimals):
                guard let column = scanner.header.index(of: name) else { continue }
                let cell = scanner.texts[scanner.layout.slots[column]]
                if decimals == 0 {
                    text += String(decoding: cell, as: UTF8.self)
                } else {
                    let number = DecimalCell.parse(cell, maximumDecimals: 18)
                    guard number.decimals >= 0, Int(number.decimals) + decimals <= Scale.maximum else {
                        continue
                    }
                    text += ExactDecimal.text(
                        mantissa: Int128(number.mantissa), scale: Scale(Int(number.decimals) + decimals))
                }
            }
        }
        return text
    }

    private func newSeries(_ instrument: InstrumentID?, _ layout: RowLayout) -> SeriesRows {
        let count: (prices: Int, quantities: Int) =
            switch spec.kind {
            case .bars: (4, 1)
            case .quotes: (2, 2)
            case .trades: (1, 1)
            case .funding, .index, .ratio, .gas, .mark, .signals: (hot.pointee.slotCount, 0)
            }
        let divisor = ColumnRoles.takesNamedValues(spec.kind) ? spec.unit.decimals : spec.priceDivisorDecimals
        return SeriesRows(
            instrument: instrument,
            prices: ScaleGroup(
                ceiling: spec.maximumDecimals, divisor: divisor, columns: 0..<count.prices),
            quantities: ScaleGroup(
                ceiling: spec.maximumDecimals, divisor: spec.quantityDivisorDecimals,
                columns: count.prices..<count.prices + count.quantities),
            columns: count.prices + count.quantities + (spec.kind == .trades ? 1 : 0),
            isDoubled: layout.bars == .mid, hashesRows: splitsByName,
            expectedRows: keySlots.isEmpty ? expectedRows : 0)
    }

    /// Brings the numbers of a row to the scales of its series; false when the row is dropped.
    private func place(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let (cells, placed, hot) = (scanner.numbers, placed, hot)
        let (prices, quantities) = (target.prices, target.quantities)
        var isPlain = true
        for slot in 0..<hot.pointee.slotCount {
            let cell = cells[slot]
            let group = slot < hot.pointee.priceEnd ? prices : quantities
            guard cell.decimals >= 0, !cell.isRounded, let value = SeriesRows.place(cell, group) else {
                isPlain = false
                continue
            }
            placed[slot] = value
        }
        return isPlain || placeOdd(scanner, target)
    }

    private func placeOdd(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        let (slotCount, priceEnd) = (hot.pointee.slotCount, hot.pointee.priceEnd)
        for slot in 0..<slotCount where cells[slot].decimals < -2 {
            let name = scanner.layout.numberRoles[slot]
            let isLarge = cells[slot] == .tooLarge
            log.add(
                .badNumber, line: scanner.line,
                isLarge ? "'\(name)' is too large" : "'\(name)' is not a number")
            return false
        }
        target.flush()
        let before = target.prices.rounded + target.quantities.rounded
        let fits =
            SeriesRows.placeAll(cells, 0..<priceEnd, &target.prices, target.columns, into: placed)
            && SeriesRows.placeAll(
                cells, priceEnd..<slotCount, &target.quantities, target.columns, into: placed)
        guard fits else {
            log.add(.badNumber, line: scanner.line, "a number is too large")
            return false
        }
        if target.prices.rounded + target.quantities.rounded > before {
            log.add(.rounded, line: scanner.line, "more decimals than are kept")
        }
        return true
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int64(bitPattern: hash)
    }

    func refuse(_ kind: FindingKind, _ scanner: RowScanner, _ message: @autoclosure () -> String) -> Bool {
        log.add(kind, line: scanner.line, message())
        return false
    }
}
