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
    private(set) var rows = 0
    /// The earliest and the latest time of any row, also of those that could not be used.
    private(set) var span: (first: Int64, last: Int64) = (Int64.max, Int64.min)
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
    private var sideSlot = -1
    private var makerSlot = -1
    private var volumeSlot = -1
    private var slotCount = 0
    private var path = ""
    private let placed = UnsafeMutablePointer<Int64>.allocate(capacity: 64)

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
    }

    deinit { placed.deallocate() }

    // MARK: Files

    /// Reads all rows of a file.
    func read(_ files: any FileStore, _ path: String) throws(MarketDataError) -> RowScanner {
        self.path = path
        let scanner = try RowScanner(
            files, path, format: spec.timeFormat, zone: zone, maximumDecimals: spec.maximumDecimals)
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
                rows += 1
                log.add(.badTime, line: scanner.line, "the time cannot be read")
            case .cellCount(let count):
                rows += 1
                let columns = scanner.header.names.count
                log.add(
                    count < columns ? .shortRow : .longRow, line: scanner.line,
                    "\(count) cells, while the header has \(columns)")
            }
        }
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
        valueNames = layout.numberRoles
        slotCount = layout.numberRoles.count
        volumeSlot = layout.numberSlot("volume") ?? -1
        (current, currentKey) = (-1, [])
        try scanner.use(layout)
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
        for filter in filters {
            let text = scanner.texts[filter.slot]
            guard filter.values.contains(where: { $0.elementsEqual(text) }) else { return }
        }
        rows += 1
        if let mixture = scanner.time.mixture {
            if splitsByName {
                log.add(.mixedTimes, line: scanner.line, mixture)
                return
            }
            throw MarketDataError(
                code: "mixed-times", file: path, line: scanner.line,
                message: "the time column is mixed: this row has \(mixture)",
                remedy: "write all times alike, or declare time-format and zone and split the file")
        }
        guard let target = try target(scanner) else { return }
        let time = time(scanner)
        if time < span.first { span.first = time }
        if time > span.last { span.last = time }
        if spec.kind == .quotes && spec.oneSided == .merge { mergeSides(scanner, target) }
        guard place(scanner, target) else { return }
        switch spec.kind {
        case .bars: if !takeBar(scanner, target) { return }
        case .quotes: if !takeQuote(scanner, target) { return }
        case .trades: if !takeTrade(scanner, target) { return }
        case .funding, .index, .ratio, .gas: if !takeValues(scanner, target) { return }
        }
        if let hashes = target.hashes { hashes.append(SeriesCollector.hash(scanner.rowBytes)) }
        if !target.append(time: time, line: scanner.line) {
            log.add(
                .outOfOrder, line: scanner.line,
                "\(Instant(nanoseconds: time)) comes after a later row")
        }
    }

    /// The instant of a row.
    private func time(_ scanner: RowScanner) -> Int64 {
        var time = scanner.time.value
        let (sum, overflow) = time.addingReportingOverflow(scanner.milliseconds)
        if !overflow { time = sum }
        if scanner.time.form == .local { time = scanner.time.instant(ofLocal: time) }
        return spec.shift == .zero ? time : (Instant(nanoseconds: time) + spec.shift).nanoseconds
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
        return made
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
                    guard number.decimals >= 0, Int(number.decimals) + decimals <= Scale.maximum else { continue }
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
            case .funding, .index, .ratio, .gas: (slotCount, 0)
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
            isDoubled: layout.bars == .mid, hashesRows: splitsByName)
    }

    /// The number slots that hold prices, and those that hold quantities.
    private var priceSlots: Range<Int> {
        switch spec.kind {
        case .bars: 0..<(volumeSlot >= 0 ? volumeSlot : slotCount)
        case .quotes: 0..<2
        case .trades: 0..<1
        case .funding, .index, .ratio, .gas: 0..<slotCount
        }
    }

    /// Brings the numbers of a row to the scales of its series; false when the row is dropped.
    private func place(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        let prices = priceSlots
        var isPlain = true
        for slot in 0..<slotCount {
            let cell = cells[slot]
            if cell.decimals < 0 || cell.isRounded {
                isPlain = false
                continue
            }
            let value = slot < prices.upperBound
                ? SeriesRows.place(cell, target.prices) : SeriesRows.place(cell, target.quantities)
            guard let value else {
                isPlain = false
                continue
            }
            placed[slot] = value
        }
        if isPlain { return true }
        return placeOdd(scanner, target, prices)
    }

    private func placeOdd(_ scanner: RowScanner, _ target: SeriesRows, _ prices: Range<Int>) -> Bool {
        let cells = scanner.numbers
        for slot in 0..<slotCount where cells[slot].decimals < -2 {
            let name = scanner.layout.numberRoles[slot]
            let isLarge = cells[slot] == .tooLarge
            log.add(
                .badNumber, line: scanner.line,
                isLarge ? "'\(name)' is too large" : "'\(name)' is not a number")
            return false
        }
        let before = target.prices.rounded + target.quantities.rounded
        let fits =
            SeriesRows.placeAll(cells, prices, &target.prices, target.columns, into: placed)
            && SeriesRows.placeAll(
                cells, prices.upperBound..<slotCount, &target.quantities, target.columns, into: placed)
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

    private func refuse(_ kind: FindingKind, _ scanner: RowScanner, _ message: @autoclosure () -> String) -> Bool {
        log.add(kind, line: scanner.line, message())
        return false
    }
}

// MARK: Kinds

extension SeriesCollector {
    private func takeBar(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        let prices = priceSlots
        if target.isDoubled {
            let bid = (0..<4).contains { cells[$0].decimals < 0 }
            let ask = (4..<8).contains { cells[$0].decimals < 0 }
            if bid || ask {
                return refuse(.oneSided, scanner, bid ? "the bid is absent" : "the ask is absent")
            }
            for index in 0..<4 { placed[index] += placed[index + 4] }
        } else {
            for slot in prices where cells[slot].decimals < 0 {
                return refuse(.nan, scanner, "'\(scanner.layout.numberRoles[slot])' is empty or NaN")
            }
        }
        var volume: Int64 = 0
        if volumeSlot >= 0 {
            if cells[volumeSlot].decimals >= 0 { volume = placed[volumeSlot] }
            if cells[volumeSlot] == .notANumber {
                log.add(.nan, line: scanner.line, "'volume' is NaN; taken as 0")
            }
        }
        let (open, high, low, close) = (placed[0], placed[1], placed[2], placed[3])
        if min(open, high, low, close) <= 0 || volume < 0 {
            return refuse(.negative, scanner, "a price is not positive, or the volume is negative")
        }
        if high < max(open, low, close) || low > min(open, close) {
            return refuse(.highBelowLow, scanner, "the high or low contradicts the other prices")
        }
        for index in 0..<4 { target.columns[index].append(placed[index]) }
        target.columns[4].append(volume)
        return true
    }

    private func takeQuote(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        func value(_ slot: Int) -> Int64 { slot >= 0 && cells[slot].decimals >= 0 ? placed[slot] : 0 }
        for slot in 0..<slotCount where cells[slot] == .notANumber {
            return refuse(.nan, scanner, "'\(scanner.layout.numberRoles[slot])' is NaN")
        }
        let (bid, ask) = (value(0), value(1))
        var bidSize = value(scanner.layout.numberSlot("bid-size") ?? -1)
        var askSize = value(scanner.layout.numberSlot("ask-size") ?? -1)
        if min(bid, ask, bidSize, askSize) < 0 {
            return refuse(.negative, scanner, "a price or size is negative")
        }
        if bid == 0 && ask == 0 { return refuse(.nan, scanner, "both sides are absent") }
        if bid == 0 { bidSize = 0 }
        if ask == 0 { askSize = 0 }
        if (bid == 0 || ask == 0) && spec.oneSided != .keep {
            return refuse(.oneSided, scanner, bid == 0 ? "the bid is absent" : "the ask is absent")
        }
        target.columns[0].append(bid)
        target.columns[1].append(ask)
        target.columns[2].append(bidSize)
        target.columns[3].append(askSize)
        return true
    }

    /// Fills an absent side with the last known one.
    private func mergeSides(_ scanner: RowScanner, _ target: SeriesRows) {
        let cells = scanner.numbers
        let last = target.lastQuote
        let layout = scanner.layout
        for (price, size) in [(0, layout.numberSlot("bid-size")), (1, layout.numberSlot("ask-size"))] {
            let isAbsent = cells[price].decimals == -1 || cells[price].decimals >= 0 && cells[price].mantissa == 0
            guard isAbsent, !last.isEmpty else { continue }
            cells[price] = last[price]
            if let size { cells[size] = last[size] }
        }
        target.lastQuote = (0..<slotCount).map { cells[$0] }
    }

    private func takeTrade(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        for slot in 0..<slotCount where cells[slot].decimals < 0 {
            return refuse(.nan, scanner, "'\(scanner.layout.numberRoles[slot])' is empty or NaN")
        }
        if placed[0] <= 0 || placed[1] < 0 {
            return refuse(.negative, scanner, "the price is not positive, or the quantity is negative")
        }
        target.columns[0].append(placed[0])
        target.columns[1].append(placed[1])
        target.columns[2].append(aggressor(scanner))
        return true
    }

    /// 0 the buyer took, 1 the seller took, -1 not known.
    private func aggressor(_ scanner: RowScanner) -> Int64 {
        if makerSlot >= 0, let first = scanner.texts[makerSlot].first {
            switch first | 0x20 {
            case 0x74, 0x31: return 1
            case 0x66, 0x30 | 0x20: return 0
            default: return -1
            }
        }
        if sideSlot >= 0, let first = scanner.texts[sideSlot].first {
            // buy, bid; sell, ask.
            switch first | 0x20 {
            case 0x62: return 0
            case 0x73, 0x61: return 1
            default: return -1
            }
        }
        return -1
    }

    private func takeValues(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        for slot in 0..<slotCount {
            if cells[slot].decimals < 0 {
                return refuse(.nan, scanner, "'\(valueNames[slot])' is empty or NaN")
            }
            if placed[slot] < 0 && (spec.kind == .gas || spec.kind == .index) {
                return refuse(.negative, scanner, "'\(valueNames[slot])' is negative")
            }
        }
        for slot in 0..<slotCount { target.columns[slot].append(placed[slot]) }
        return true
    }
}
