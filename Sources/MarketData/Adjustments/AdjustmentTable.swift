public import Markets
public import Units

/// How recorded prices of a share are changed for its splits and dividends. Stated in every report.
public enum PriceAdjustment: String, Hashable, Sendable, CaseIterable {
    /// As traded. A split is a jump.
    case raw
    /// Earlier prices times the split factor, earlier volumes divided by it.
    case splitAdjusted = "split-adjusted"
    /// As ``splitAdjusted``, and earlier prices times the dividend factor: dividends are reinvested.
    case totalReturn = "total-return"

    /// One sentence for a report.
    public var statement: String {
        switch self {
        case .raw: "prices as traded, not adjusted for splits or dividends"
        case .splitAdjusted: "prices and volumes adjusted for splits, not for dividends"
        case .totalReturn: "prices adjusted for splits and dividends, volumes for splits"
        }
    }
}

/// The splits and dividends of one share as factors by date.
///
/// A row's factors hold for its own date and all dates back to the row before: the factor of a bar is that of
/// the first row dated on or after it. After the last row all factors are 1. The layout
/// `date,price_factor,split_factor,reference_price` is that of LEAN's factor files (QuantConnect,
/// "LEAN data formats", factor files).
public struct AdjustmentTable: Hashable, Sendable {
    /// The factors that hold up to one date.
    public struct Row: Hashable, Sendable {
        /// The last day they hold, in days since 1970-01-01, on the exchange's clock.
        public let day: Int
        /// Factor of dividends, above 0.
        public let priceFactor: ExactDecimal
        /// Factor of splits, above 0.
        public let splitFactor: ExactDecimal
        /// Price as traded at the close of that day; 0 or 1 where the file knows none.
        public let referencePrice: ExactDecimal
    }

    /// The file, for messages.
    public let source: String
    /// Rows, ascending by date.
    public let rows: [Row]

    /// Reads a factor file.
    ///
    /// - Parameters:
    ///   - source: the file's name, for messages.
    ///   - bytes: its content, with or without a header line.
    public init(source: String, bytes: [UInt8]) throws(AdjustmentError) {
        let table = try DatedTable(
            source: source, bytes: bytes,
            columns: ["date", "price_factor", "split_factor", "reference_price"], allowsMissingTail: 1)
        self.source = source
        var rows: [Row] = []
        for row in table.rows {
            let price = try AdjustmentTable.factor(source, row, 0, "price_factor")
            let split = try AdjustmentTable.factor(source, row, 1, "split_factor")
            var reference = ExactDecimal.zero
            if row.cells.count > 2 {
                guard let given = ExactDecimal(row.cells[2]), !given.isNegative else {
                    throw AdjustmentError(
                        source: source, line: row.line, problem: "reference_price is no price")
                }
                reference = given
            }
            rows.append(
                Row(day: row.day, priceFactor: price, splitFactor: split, referencePrice: reference))
        }
        self.rows = rows
    }

    private static func factor(
        _ source: String, _ row: DatedTable.Row, _ cell: Int, _ name: String
    ) throws(AdjustmentError) -> ExactDecimal {
        guard let factor = ExactDecimal(row.cells[cell]), !factor.isZero, !factor.isNegative,
            factor.scale <= Scale(18), factor < ExactDecimal(1_000_000)
        else {
            throw AdjustmentError(
                source: source, line: row.line,
                problem: "\(name) \(row.cells[cell].prefix(20)) is no factor above 0")
        }
        return factor
    }

    /// The row whose factors hold on a day; nil after the last row, where all factors are 1.
    public func row(onDay day: Int) -> Row? {
        let index = index(ofDay: day)
        return index < rows.count ? rows[index] : nil
    }

    private func index(ofDay day: Int) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].day < day { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adjusts bars.
    ///
    /// Exact products, each rounded once, half to even, to the result's scale; volumes half to even to
    /// their own scale. Rounding is monotonic, so low <= open, close <= high still holds.
    ///
    /// - Parameters:
    ///   - bars: bars as traded.
    ///   - mode: what to adjust for; `raw` changes the scale at most.
    ///   - scale: decimals of the prices in `bars`.
    ///   - newScale: decimals of the prices of the result; finer ones keep long histories exact enough.
    ///   - zone: the exchange's clock, on which a bar's opening has its date.
    /// - Throws: ``AdjustmentError`` when a price or volume does not fit 64 bits.
    public func adjust(
        _ bars: BarColumns, mode: PriceAdjustment, scale: Scale, to newScale: Scale, zone: ZoneRules
    ) throws(AdjustmentError) -> BarColumns {
        let parts = try adjust(
            times: bars.openTime, prices: [bars.open, bars.high, bars.low, bars.close],
            quantities: [bars.volume], mode: mode, scale: scale, to: newScale, zone: zone)
        return BarColumns(
            openTime: bars.openTime, closeTime: bars.closeTime, open: parts.prices[0],
            high: parts.prices[1], low: parts.prices[2], close: parts.prices[3],
            volume: parts.quantities[0])
    }

    /// Adjusts a series of bars, quotes or trades; the rules are those of
    /// ``adjust(_:mode:scale:to:zone:)``. Prices get four more decimals, up to ten.
    ///
    /// - Returns: the series itself for `raw` and for series without prices.
    /// - Throws: ``AdjustmentError`` when a price or quantity does not fit 64 bits.
    public func adjust(
        _ series: MarketSeries, mode: PriceAdjustment, zone: ZoneRules
    ) throws(AdjustmentError) -> MarketSeries {
        if mode == .raw { return series }
        let scale = series.priceScale
        let newScale = max(scale, Scale(min(Int(scale.decimals) + 4, 10)))
        let columns: SeriesColumns
        switch series.columns {
        case .bars(let bars, let timeframe):
            let adjusted = try adjust(bars, mode: mode, scale: scale, to: newScale, zone: zone)
            columns = .bars(adjusted, timeframe)
        case .quotes(let quotes):
            let parts = try adjust(
                times: quotes.time, prices: [quotes.bid, quotes.ask],
                quantities: [quotes.bidSize, quotes.askSize], mode: mode, scale: scale, to: newScale,
                zone: zone)
            columns = .quotes(
                QuoteColumns(
                    time: quotes.time, bid: parts.prices[0], ask: parts.prices[1],
                    bidSize: parts.quantities[0], askSize: parts.quantities[1]))
        case .trades(let trades):
            let parts = try adjust(
                times: trades.time, prices: [trades.price], quantities: [trades.quantity], mode: mode,
                scale: scale, to: newScale, zone: zone)
            columns = .trades(
                TradeColumns(
                    time: trades.time, price: parts.prices[0], quantity: parts.quantities[0],
                    aggressor: trades.aggressor))
        case .values: return series
        }
        return MarketSeries(
            instrument: series.instrument, kind: series.kind, columns: columns, priceScale: newScale,
            quantityScale: series.quantityScale,
            digest: columns.digest(
                kind: series.kind, priceScale: newScale, quantityScale: series.quantityScale),
            warnings: series.warnings)
    }

    private func adjust(
        times: Column, prices: [Column], quantities: [Column], mode: PriceAdjustment, scale: Scale,
        to newScale: Scale, zone: ZoneRules
    ) throws(AdjustmentError) -> (prices: [Column], quantities: [Column]) {
        let newPrices = prices.map { ColumnBuffer(zeros: $0.count) }
        let newQuantities = quantities.map { ColumnBuffer(zeros: $0.count) }
        do throws(ArithmeticOverflow) {
            var held = Int.min
            var factors = try Factors(nil, mode: mode, from: scale, to: newScale)
            for index in 0..<times.count {
                let instant = Instant(nanoseconds: times[index])
                let row = self.index(ofDay: Instant(nanoseconds: zone.local(of: instant)).day)
                if row != held {
                    held = row
                    factors = try Factors(
                        row < rows.count ? rows[row] : nil, mode: mode, from: scale, to: newScale)
                }
                for (source, result) in zip(prices, newPrices) {
                    result.values[index] = try factors.price(source[index])
                }
                for (source, result) in zip(quantities, newQuantities) {
                    result.values[index] = try factors.volume(source[index])
                }
            }
        } catch {
            throw AdjustmentError(
                source: source, line: 0, problem: "an adjusted \(error.operation) is too large")
        }
        return (newPrices.map { $0.finish() }, newQuantities.map { $0.finish() })
    }
}

/// The factors of one row, ready to apply to integers of two scales.
private struct Factors {
    private var numerator: Int128 = 1
    private var denominator: Int128 = 1
    private var splitNumerator: Int128 = 1
    private var splitDenominator: Int128 = 1

    init(
        _ row: AdjustmentTable.Row?, mode: PriceAdjustment, from scale: Scale, to newScale: Scale
    ) throws(ArithmeticOverflow) {
        if let row, mode != .raw {
            (numerator, denominator) = (row.splitFactor.mantissa, row.splitFactor.scale.unit)
            (splitNumerator, splitDenominator) = (numerator, denominator)
            if mode == .totalReturn {
                numerator = try WideArithmetic.multiply(numerator, row.priceFactor.mantissa, "factor")
                denominator = try WideArithmetic.multiply(denominator, row.priceFactor.scale.unit, "factor")
            }
        }
        let shift = Int(newScale.decimals) - Int(scale.decimals)
        if shift > 0 { numerator = try WideArithmetic.multiply(numerator, Scale.power(shift), "factor") }
        if shift < 0 {
            denominator = try WideArithmetic.multiply(denominator, Scale.power(-shift), "factor")
        }
    }

    func price(_ value: Int64) throws(ArithmeticOverflow) -> Int64 {
        try Factors.apply(value, numerator, denominator, "price")
    }

    func volume(_ value: Int64) throws(ArithmeticOverflow) -> Int64 {
        if splitNumerator == splitDenominator { return value }
        return try Factors.apply(value, splitDenominator, splitNumerator, "volume")
    }

    private static func apply(
        _ value: Int64, _ numerator: Int128, _ denominator: Int128, _ name: String
    ) throws(ArithmeticOverflow) -> Int64 {
        let wide = try WideArithmetic.multiply(
            Int128(value), by: numerator, dividedBy: denominator, rounding: .halfEven)
        guard let result = Int64(exactly: wide) else { throw ArithmeticOverflow(name) }
        return result
    }
}
