public import Markets
public import Units

/// What tells one series of a catalogue from another.
public struct CatalogueKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whose series.
    public let instrument: InstrumentID
    /// What it is.
    public let kind: SeriesKind
    /// Length of a bar; nil for other kinds.
    public let timeframe: Timeframe?
    /// A word that tells apart series that agree in the rest.
    public let variant: String?

    /// A key.
    public init(instrument: InstrumentID, kind: SeriesKind, timeframe: Timeframe?, variant: String?) {
        (self.instrument, self.kind, self.timeframe, self.variant) = (instrument, kind, timeframe, variant)
    }

    /// `binance:spot:BTCUSDT bars 1m`, with the variant behind it.
    public var description: String {
        ([instrument.description, kind.rawValue] + [timeframe?.description, variant].compactMap { $0 })
            .joined(separator: " ")
    }

    public static func < (a: CatalogueKey, b: CatalogueKey) -> Bool {
        a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
    }

    /// The name of the series' folder and the start of its file's name, safe in any file system.
    var path: String {
        let words = [kind.rawValue, timeframe?.description, variant].compactMap { $0 }
        let venue = instrument.venue.name
        return "series/\(venue)/\(instrument.type.rawValue)/\(CatalogueKey.safe(instrument.symbol))/"
            + words.joined(separator: "-")
    }

    /// Letters, digits, `-`, `_` and inner dots stay; other bytes become `%41`.
    static func safe(_ symbol: String) -> String {
        let hexadecimal = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in symbol.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: bytes.append(byte)
            case 0x2E where !bytes.isEmpty: bytes.append(byte)
            default: bytes += [0x25, hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One series that a catalogue holds, as its index tells it.
public struct CatalogueEntry: Hashable, Sendable {
    /// What tells it from others.
    public let key: CatalogueKey
    /// Its file, relative to the catalogue.
    public let path: String
    /// Size of the file in bytes.
    public let bytes: Int
    /// Rows.
    public let rows: Int
    /// The time of the first row; of bars its open time.
    public let first: Instant
    /// The time of the last row; of bars its close time.
    public let last: Instant
    /// Decimals of prices or values.
    public let priceScale: Scale
    /// Decimals of volumes and sizes.
    public let quantityScale: Scale
    /// SHA-256 of the content; equal to ``MarketSeries/digest``.
    public let digest: Digest
    /// The file of price and split factors, relative to the catalogue.
    public let factors: String?
    /// Name of the calendar of its market; nil where the description names none.
    public let calendar: String?
    /// The name of the description it came from.
    public let dataset: String
    /// The files it was read from, relative to the source folder.
    public let sources: [String]
    /// What the reader had to say of the data.
    public let warnings: [String]
}
