internal import MarketData
internal import Markets
internal import Units

/// Changes the prices of a share for its splits and dividends before a run.
struct SeriesAdjustment {
    let mode: PriceAdjustment
    let clocks: ReferenceClocks

    /// Reads a file of factors.
    static func factors(_ path: String, _ files: any FileStore) throws(MarketDataError) -> AdjustmentTable {
        do {
            return try AdjustmentTable(source: path, bytes: Array(files.read(path).bytes))
        } catch let error as FileError {
            throw MarketDataError(error)
        } catch {
            throw MarketDataError(
                code: "factors", file: path, message: "\(error)",
                remedy: "give a file with the columns date, price_factor, split_factor, reference_price")
        }
    }

    /// A series after adjustment, with a statement of it; unchanged for `raw`, for other kinds than bars and
    /// without factors.
    ///
    /// - Parameter calendar: name of the market's calendar, on whose clock a bar has its date; nil takes that
    ///   of shares in the United States, whose factor files these are.
    func apply(
        to series: MarketSeries, factors: AdjustmentTable?, calendar: String?
    ) throws(MarketDataError) -> MarketSeries {
        guard mode != .raw, case .bars(let bars, let timeframe) = series.columns, let factors else {
            return series
        }
        let exchange = calendar.flatMap { ExchangeCalendar(rawValue: $0) } ?? .usEquity
        let zone = try clocks.zone(exchange.zoneName)
        let scale = Scale(max(8, Int(series.priceScale.decimals)))
        let adjusted: BarColumns
        do {
            adjusted = try factors.adjust(
                bars, mode: mode, scale: series.priceScale, to: scale, zone: zone)
        } catch {
            throw MarketDataError(
                code: "factors", file: factors.source, line: error.line > 0 ? error.line : nil,
                message: error.problem, remedy: "check the factors, or run with adjust: raw")
        }
        let columns = SeriesColumns.bars(adjusted, timeframe)
        return MarketSeries(
            instrument: series.instrument, kind: series.kind, columns: columns, priceScale: scale,
            quantityScale: series.quantityScale,
            digest: columns.digest(
                kind: series.kind, priceScale: scale, quantityScale: series.quantityScale),
            warnings: series.warnings + ["\(series.instrument): \(mode.statement)"])
    }
}
