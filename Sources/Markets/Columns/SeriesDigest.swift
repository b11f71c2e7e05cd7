public import Units

extension SeriesColumns {
    /// SHA-256 of the content of a series; see ``MarketSeries/digest``.
    ///
    /// Hashed bytes: kind, timeframe and scales as text, then each column, little-endian.
    public func digest(kind: SeriesKind, priceScale: Scale, quantityScale: Scale) -> Digest {
        var stream = SHA256Stream()
        var header = "tradewind series 1\n\(kind.rawValue)\n\(priceScale)\n\(quantityScale)\n"
        switch self {
        case .bars(let bars, let timeframe):
            header += "\(timeframe)\n"
            stream.update(header)
            for column in [
                bars.openTime, bars.closeTime, bars.open, bars.high, bars.low, bars.close, bars.volume,
            ] { stream.update(column.bytes) }
        case .quotes(let quotes):
            stream.update(header)
            for column in [quotes.time, quotes.bid, quotes.ask, quotes.bidSize, quotes.askSize] {
                stream.update(column.bytes)
            }
        case .trades(let trades):
            stream.update(header)
            for column in [trades.time, trades.price, trades.quantity, trades.aggressor] {
                stream.update(column.bytes)
            }
        case .values(let values):
            header += values.names.joined(separator: ",") + "\n"
            stream.update(header)
            stream.update(values.time.bytes)
            for column in values.values { stream.update(column.bytes) }
        }
        return stream.snapshot()
    }
}
