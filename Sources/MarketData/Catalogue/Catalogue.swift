public import Markets
internal import Units

/// A folder of imported series, opened without parsing: files are mapped and used as they lie.
///
/// ```swift
/// let catalogue = try Catalogue.open(".tradewind/catalogue", files: files)
/// let bars = try catalogue.series(instrument: id, kind: .bars, timeframe: Timeframe("1m"))
/// ```
public struct Catalogue: Sendable {
    /// The name of the file that lists the series.
    public static let indexFile = CatalogueIndex.fileName

    /// The folder.
    public let directory: String
    private let index: FileBytes
    private let files: any FileStore

    /// Opens a catalogue by its index, whose checksum is verified.
    ///
    /// - Throws: ``MarketDataError`` when the folder holds no catalogue, or its index is damaged.
    public static func open(
        _ directory: String, files: any FileStore
    ) throws(MarketDataError) -> Catalogue {
        let path = FilePath.join(directory, CatalogueIndex.fileName)
        guard let index = try readIndex(path, files) else {
            throw MarketDataError(
                code: "no-catalogue", file: directory, message: "there is no catalogue in this folder",
                remedy: "make one: tradewind data import DESCRIPTION --source DIR --catalogue \(directory)")
        }
        return Catalogue(directory: directory, index: index, files: files)
    }

    /// The bytes of an intact index; nil when there is none.
    static func readIndex(_ path: String, _ files: any FileStore) throws(MarketDataError) -> FileBytes? {
        do throws(FileError) {
            guard try files.entry(path) != nil else { return nil }
            let file = try files.read(path)
            if file.withBytes(CatalogueIndex.isIntact) { return file }
        } catch {
            throw MarketDataError(error)
        }
        throw damaged(path)
    }

    static func damaged(_ path: String) -> MarketDataError {
        MarketDataError(
            code: "damaged-catalogue", file: path, message: "the index of the catalogue is damaged",
            remedy: "delete the folder and import the data again")
    }

    /// The series it holds, ascending by key.
    public var entries: [CatalogueEntry] {
        get throws(MarketDataError) { try entries(start: []) }
    }

    private func entries(start: [UInt8]) throws(MarketDataError) -> [CatalogueEntry] {
        guard let found = index.withBytes({ CatalogueIndex.entries($0, start: start) }) else {
            throw Catalogue.damaged(FilePath.join(directory, CatalogueIndex.fileName))
        }
        return found
    }

    /// The entries of an instrument, of one kind or of all.
    public func entries(
        instrument: InstrumentID, kind: SeriesKind? = nil, timeframe: Timeframe? = nil
    ) throws(MarketDataError) -> [CatalogueEntry] {
        try entries(start: CatalogueIndex.start(instrument, kind)).filter {
            $0.key.instrument == instrument && (timeframe == nil || $0.key.timeframe == timeframe)
        }
    }

    /// One series, its content verified against its checksum.
    ///
    /// - Parameters:
    ///   - timeframe: of bars; nil takes the only one there is.
    ///   - variant: nil takes the series without one.
    /// - Throws: ``MarketDataError`` when there is no such series, more than one, or its file is damaged.
    public func series(
        instrument: InstrumentID, kind: SeriesKind, timeframe: Timeframe? = nil, variant: String? = nil
    ) throws(MarketDataError) -> MarketSeries {
        let ofKind = try entries(instrument: instrument, kind: kind, timeframe: timeframe)
        let found = ofKind.filter { $0.key.variant == variant }
        if found.count == 1 { return try series(found[0]) }
        let wanted = [instrument.description, kind.rawValue, timeframe?.description, variant]
            .compactMap { $0 }.joined(separator: " ")
        if found.count > 1 {
            throw MarketDataError(
                code: "ambiguous-series", file: directory, message: "'\(wanted)' names \(found.count) series",
                remedy: "name the timeframe: " + found.map(\.key.description).joined(separator: ", "))
        }
        let near = ofKind.isEmpty ? try entries(instrument: instrument) : ofKind
        let shown = near.isEmpty ? Array(try entries.prefix(8)) : near
        let names = shown.map(\.key.description).joined(separator: ", ")
        let held = shown.isEmpty ? "it is empty" : "it holds \(names)"
        throw MarketDataError(
            code: "missing-series", file: directory, message: "the catalogue has no series '\(wanted)'",
            remedy: "\(held); see all with: tradewind data list --catalogue \(directory)")
    }

    /// The series of an entry, its content verified against its checksum.
    ///
    /// - Throws: ``MarketDataError`` when its file is absent or damaged.
    public func series(_ entry: CatalogueEntry) throws(MarketDataError) -> MarketSeries {
        let path = FilePath.join(directory, entry.path)
        let file: FileBytes
        do {
            file = try files.read(path)
        } catch {
            throw MarketDataError(error)
        }
        guard file.bytes.count == entry.bytes,
            let series = SeriesFile.read(
                file, instrument: entry.key.instrument, warnings: entry.warnings),
            series.kind == entry.key.kind, series.count == entry.rows, series.digest == entry.digest,
            series.columns.digest(
                kind: series.kind, priceScale: series.priceScale, quantityScale: series.quantityScale)
                == entry.digest
        else {
            throw MarketDataError(
                code: "damaged-series", file: path,
                message: "the file of series '\(entry.key)' is damaged: its checksum is not the one written",
                remedy: "delete this file and import the data again")
        }
        return series
    }

    /// The price and split factors that were imported with a series; nil when it has none.
    ///
    /// - Throws: ``MarketDataError`` when the file is absent or cannot be read.
    public func adjustments(_ entry: CatalogueEntry) throws(MarketDataError) -> AdjustmentTable? {
        guard let factors = entry.factors else { return nil }
        let path = FilePath.join(directory, factors)
        do {
            return try AdjustmentTable(source: path, bytes: files.read(path).array)
        } catch let error as FileError {
            throw MarketDataError(error)
        } catch {
            throw MarketDataError(
                code: "factors", file: path, message: "\(error)", remedy: "import the data again")
        }
    }
}
