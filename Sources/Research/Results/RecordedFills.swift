internal import MarketData
internal import Markets
internal import Trading
internal import Units

/// Reads `fills.csv` and `trades.csv`.
struct RecordedFills {
    let instruments: [Instrument]
    /// Sub-accounts by strategy.
    let accounts: [String]
    private let keys: [String]

    init(instruments: [Instrument], accounts: [String]) {
        (self.instruments, self.accounts) = (instruments, accounts)
        keys = instruments.map(\.id.description)
    }

    private func place(_ key: Substring, _ row: RecordedRow) throws(ResultReadError) -> Int {
        guard let place = keys.firstIndex(where: { $0 == key }) else {
            throw row.wrong("\(key) is no instrument of the run")
        }
        return place
    }

    func fills(_ path: String, _ files: some FileStore) throws(ResultReadError) -> [FillRecord] {
        var fills: [FillRecord] = []
        try RecordedTable.read(path, header: ResultTables.fillsHeader, files) {
            (row) throws(ResultReadError) in
            let place = try place(row.cells[1], row)
            let instrument = instruments[place]
            guard row.cells[2] == "BUY" || row.cells[2] == "SELL" else {
                throw row.wrong("\"\(row.cells[2])\" is no side")
            }
            guard let asset = Asset(row.cells[6]) else { throw row.wrong("\"\(row.cells[6])\" is no asset") }
            let number = row.cells[7].split(separator: "-").last.flatMap { UInt64($0) }
            fills.append(
                FillRecord(
                    time: try row.time(0), instrument: InstrumentIndex(place), strategy: 0,
                    side: row.cells[2] == "BUY" ? .buy : .sell,
                    quantity: Quantity(mantissa: try row.word(3, instrument.quantityScale)),
                    price: Price(mantissa: try row.word(4, instrument.fillPriceScale)),
                    fee: Amount(units: try row.units(5, asset.ledgerScale)), feeAsset: asset,
                    order: number ?? 0, cause: String(row.cells[8])))
        }
        return fills
    }

    func trips(_ path: String, _ files: some FileStore) throws(ResultReadError) -> [RoundTrip] {
        var trips: [RoundTrip] = []
        try RecordedTable.read(path, header: ResultTables.tradesHeader, files) {
            (row) throws(ResultReadError) in
            let place = try place(row.cells[3], row)
            guard let strategy = accounts.firstIndex(where: { $0 == row.cells[2] }) else {
                throw row.wrong("\(row.cells[2]) is no account of the run")
            }
            guard row.cells[4] == "LONG" || row.cells[4] == "SHORT" else {
                throw row.wrong("\"\(row.cells[4])\" is no side")
            }
            trips.append(
                RoundTrip(
                    instrument: InstrumentIndex(place), strategy: strategy, isLong: row.cells[4] == "LONG",
                    entryTime: try row.time(0), exitTime: try row.time(1),
                    quantity: Quantity(mantissa: try row.word(5, instruments[place].quantityScale)),
                    entryPrice: try row.decimal(6), exitPrice: try row.decimal(7),
                    profit: try row.decimal(8), fees: try row.decimal(9)))
        }
        return trips
    }
}
