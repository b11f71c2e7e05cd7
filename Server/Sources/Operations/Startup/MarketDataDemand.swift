public import MarketData
public import Markets
public import Units

/// The market data that must be there before a service starts.
public struct MarketDataDemand: Sendable {
    /// The folder of the catalogue.
    public let directory: String
    /// Instruments of which there must be a series; when there is none, nothing is demanded.
    public let instruments: [InstrumentID]
    /// The first moment that each series must have; nil demands none.
    public let start: Instant?
    /// The end, exclusive, of what each series must have; nil demands none.
    public let end: Instant?

    /// A demand.
    public init(directory: String, instruments: [InstrumentID], start: Instant?, end: Instant?) {
        (self.directory, self.instruments, self.start, self.end) = (directory, instruments, start, end)
    }

    /// Looks whether the catalogue meets it. The index is read and verified; of the series of the
    /// instruments named, content and checksum are.
    ///
    /// - Returns: how many series the catalogue holds; nil when nothing is demanded and there is no
    ///   catalogue.
    /// - Throws: ``MarketDataShortfall`` with everything that is missing, or `MarketDataError` for a damaged
    ///   file.
    public func check(files: any FileStore) throws -> Int? {
        if instruments.isEmpty, try files.entry(directory) == nil { return nil }
        guard let catalogue = try opened(files) else { return nil }
        var missing: [String] = []
        for instrument in instruments {
            let entries = try catalogue.entries(instrument: instrument)
            if entries.isEmpty { missing.append("there is no series of \(instrument)") }
            for entry in entries {
                if let gap = gap(entry) { missing.append(gap) }
                _ = try catalogue.series(entry)
            }
        }
        if !missing.isEmpty { throw MarketDataShortfall(directory: directory, missing: missing) }
        return try catalogue.entries.count
    }

    /// Nil when nothing is demanded and the folder holds no catalogue.
    private func opened(_ files: any FileStore) throws(MarketDataError) -> Catalogue? {
        do throws(MarketDataError) {
            return try Catalogue.open(directory, files: files)
        } catch {
            if instruments.isEmpty && error.code == "no-catalogue" { return nil }
            throw error
        }
    }

    private func gap(_ entry: CatalogueEntry) -> String? {
        let startsLate = start.map { entry.first > $0 } ?? false
        // The last row of a series of other kinds than bars may lie a little before the end of the range.
        let slack = entry.key.timeframe == nil ? Timespan.day : Timespan(nanoseconds: 0)
        let endsEarly = end.map { entry.last + slack < $0 } ?? false
        guard startsLate || endsEarly else { return nil }
        let wanted = "\(start.map(\.description) ?? "the start") to \(end.map(\.description) ?? "the end")"
        return "\(entry.key) has \(entry.first) to \(entry.last); needed is \(wanted)"
    }
}

/// Market data that are needed and not there.
public struct MarketDataShortfall: Error, Hashable, Sendable, CustomStringConvertible {
    /// The folder of the catalogue.
    public let directory: String
    /// What is missing, each a sentence.
    public let missing: [String]

    /// All of it, in one text.
    public var description: String {
        "the catalogue \(directory) is not complete: " + missing.joined(separator: "; ")
    }
}
