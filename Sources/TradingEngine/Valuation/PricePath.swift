internal import Markets

/// One step of a price path: through an instrument, from base to quote or back.
struct PriceHop: Hashable {
    let instrument: InstrumentIndex
    /// From quote to base: the rate is 1 / price.
    let isInverse: Bool
}

/// How an asset is priced in the share class: the shortest chain of instruments, those of the asset's own
/// venue first, then by key.
enum PricePath {
    /// The hops from `asset` at `venue` to `target`; empty for the target itself, nil when there are none.
    ///
    /// - Parameter includesContracts: whether the mark prices of contracts count too.
    static func find(
        from asset: Asset, at venue: Venue, to target: Asset, instruments: [Instrument],
        includesContracts: Bool = false
    ) -> [PriceHop]? {
        if asset == target { return [] }
        let order = instruments.indices.sorted {
            let (a, b) = (instruments[$0], instruments[$1])
            let (homeA, homeB) = (a.id.venue == venue, b.id.venue == venue)
            return homeA != homeB ? homeA : $0 < $1
        }
        var reached: [(asset: Asset, path: [PriceHop])] = [(asset, [])]
        var next = 0
        while next < reached.count {
            let (current, path) = reached[next]
            next += 1
            for index in order {
                let instrument = instruments[index]
                let isContract = includesContracts && instrument.contract != nil
                if instrument.id.type != .spot && !isContract { continue }
                let hop: (Asset, Bool)
                if instrument.base == current {
                    hop = (instrument.quote, false)
                } else if instrument.quote == current {
                    hop = (instrument.base, true)
                } else {
                    continue
                }
                if reached.contains(where: { $0.asset == hop.0 }) { continue }
                let longer = path + [PriceHop(instrument: InstrumentIndex(index), isInverse: hop.1)]
                if hop.0 == target { return longer }
                reached.append((hop.0, longer))
            }
        }
        return nil
    }
}
