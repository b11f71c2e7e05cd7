internal import MarketData
internal import Markets

/// Changes the prices of a share for its splits and dividends before a run.
struct SeriesAdjustment {
    let mode: PriceAdjustment
    let clocks: ReferenceClocks

    /// Reads a file of factors.
    static func factors(_ path: String, _ files: any FileStore) throws(MarketDataError) -> AdjustmentTable {
        do {
            return try AdjustmentTable(source: path, bytes: files.read(path).array)
        } catch let error as FileError {
            throw MarketDataError(error)
        } catch {
            throw MarketDataError(
                code: "factors", file: path, message: "\(error)",
                remedy: "give a file with the columns date, price_factor, split_factor, reference_price")
        }
    }

    /// A series after adjustment, with a statement of it among its warnings; unchanged for `raw`, for series
    /// without prices and without factors.
    ///
    /// - Parameter calendar: name of the market's calendar, on whose clock a row has its date; nil takes that
    ///   of shares in the United States, whose factor files these are.
    func apply(
        to series: MarketSeries, factors: AdjustmentTable?, calendar: String?
    ) throws(MarketDataError) -> MarketSeries {
        guard mode != .raw, let factors else { return series }
        let exchange = calendar.flatMap { ExchangeCalendar(rawValue: $0) } ?? .usEquity
        let zone = try clocks.zone(exchange.zoneName)
        do {
            let adjusted = try factors.adjust(series, mode: mode, zone: zone)
            return MarketSeries(
                instrument: series.instrument, kind: series.kind, columns: adjusted.columns,
                priceScale: adjusted.priceScale, quantityScale: adjusted.quantityScale,
                digest: adjusted.digest,
                warnings: adjusted.warnings + ["\(series.instrument): \(mode.statement)"])
        } catch {
            throw MarketDataError(
                code: "factors", file: error.source, line: error.line > 0 ? error.line : nil,
                message: error.problem, remedy: "check the factors, or run with adjust: raw")
        }
    }
}
