internal import Markets
internal import Units

/// Which observations of an instrument fix its mark: quotes (their middle) where there are any, else bar
/// closes, else trades. A contract with a series of mark prices takes those alone, and an oracle
/// that only prices takes its ratios.
@usableFromInline enum MarkSource: Hashable, BitwiseCopyable {
    case quotes
    case bars
    case trades
    case marks

    static func of(_ instrument: Instrument, _ kinds: [SeriesKind]) -> (source: MarkSource, scale: Scale) {
        if kinds.contains(.mark) && instrument.contract != nil { return (.marks, instrument.priceScale) }
        if instrument.isReference { return (.marks, instrument.priceScale) }
        if kinds.contains(.quotes) {
            // The middle of two prices needs one decimal more: (bid + ask) x 5.
            return (.quotes, Scale(Int(instrument.priceScale.decimals) + 1))
        }
        return (kinds.contains(.bars) ? .bars : .trades, instrument.priceScale)
    }
}
