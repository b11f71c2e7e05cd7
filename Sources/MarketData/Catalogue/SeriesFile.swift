internal import Markets
internal import Units

/// One series as a file: a header, then each column as little-endian 64-bit integers, so that
/// a mapped file is used as it lies. Columns of a page and more begin on a page, shorter ones on a multiple
/// of 64 bytes: options come as tens of thousands of short series.
///
/// Header: `TWSERIES`, version, length of the header, rows, columns; price and quantity scale, kind,
/// timeframe and value names as length and text; the content's SHA-256; for each column its offset; at the
/// end of the header the SHA-256 of all before it.
enum SeriesFile {
    static let page = 4096
    private static let magic = Array("TWSERIES".utf8)
    private static let version: UInt32 = 1

    /// The columns of a series in the order of its file.
    static func columns(_ columns: SeriesColumns) -> [Column] {
        switch columns {
        case .bars(let bars, _):
            [bars.openTime, bars.closeTime, bars.open, bars.high, bars.low, bars.close, bars.volume]
        case .quotes(let quotes): [quotes.time, quotes.bid, quotes.ask, quotes.bidSize, quotes.askSize]
        case .trades(let trades): [trades.time, trades.price, trades.quantity, trades.aggressor]
        case .values(let values): [values.time] + values.values
        }
    }

    // MARK: Writing

    /// The header of a series' file, whole pages long where columns are.
    static func header(_ series: MarketSeries) -> [UInt8] {
        let columns = columns(series.columns)
        var names: [String] = []
        var timeframe = ""
        switch series.columns {
        case .bars(_, let found): timeframe = found.description
        case .values(let values): names = values.names
        default: break
        }
        var body: [UInt8] = []
        append(UInt64(series.count), &body)
        append(UInt32(columns.count), &body)
        append(UInt32(series.priceScale.decimals), &body)
        append(UInt32(series.quantityScale.decimals), &body)
        append(series.kind.rawValue, &body)
        append(timeframe, &body)
        append(UInt32(names.count), &body)
        for name in names { append(name, &body) }
        body += series.digest.bytes
        // Magic, version and length before the body; offsets and checksum behind it.
        let needed = 16 + body.count + 8 * columns.count + 32
        let length =
            (needed + 63) / 64 * 64 > page || series.count * 8 >= page
            ? (needed + page - 1) / page * page : (needed + 63) / 64 * 64
        var header = magic
        append(version, &header)
        append(UInt32(length), &header)
        header += body
        for index in columns.indices { append(UInt64(offset(index, series.count, header: length)), &header) }
        header += [UInt8](repeating: 0, count: length - 32 - header.count)
        let digest = header.withUnsafeBytes { SHA256Stream.digest(of: $0) }
        return header + digest.bytes
    }

    /// Where a column begins.
    private static func offset(_ index: Int, _ rows: Int, header: Int) -> Int {
        header + index * (rows * 8 + padding(rows))
    }

    /// Bytes behind a column up to the place where the next one begins.
    private static func padding(_ rows: Int) -> Int {
        let step = rows * 8 >= page ? page : 64
        return (step - rows * 8 % step) % step
    }

    /// Begins the file of a series, whose header waits for the digest; the columns go out as they lie in
    /// memory.
    ///
    /// - Parameter path: names the draft, in the folder of the file.
    static func draft(
        _ series: UnhashedSeries, _ path: String, _ files: any FileStore
    ) throws(FileError) -> Draft {
        let zeros = FileBytes(copying: [UInt8](repeating: 0, count: page))
        let columns = columns(series.columns)
        var pieces: [UnsafeRawBufferPointer] = []
        for column in columns {
            pieces.append(column.bytes)
            let rest = SeriesFile.padding(series.count)
            pieces.append(UnsafeRawBufferPointer(rebasing: zeros.bytes[..<rest]))
        }
        let free = header(series.with(Digest(bytes: [UInt8](repeating: 0, count: 32)))).count
        let owner = ColumnOwner(columns, zeros)
        let file = try files.draft(path, free: free, pieces: pieces, owner: owner)
        return Draft(file: file, bytes: pieces.reduce(free) { $0 + $1.count })
    }

    /// The file of a series while it is being written.
    struct Draft {
        fileprivate let file: any FileDraft
        /// The size of the file.
        let bytes: Int

        /// Ends the file and gives it its name.
        func finish(_ series: MarketSeries, as path: String) throws(FileError) {
            let header = FileBytes(copying: SeriesFile.header(series))
            defer { withExtendedLifetime(header) {} }
            try file.finish(start: header.bytes, as: path)
        }
    }

    /// Keeps what a draft is written from.
    private final class ColumnOwner {
        private let columns: [Column]
        private let zeros: FileBytes

        init(_ columns: [Column], _ zeros: FileBytes) { (self.columns, self.zeros) = (columns, zeros) }
    }

    private static func append<Number: FixedWidthInteger>(_ value: Number, _ bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private static func append(_ text: String, _ bytes: inout [UInt8]) {
        append(UInt32(text.utf8.count), &bytes)
        bytes += text.utf8
    }

    // MARK: Reading

    /// Reads a mapped file; the columns lie in it and keep it alive.
    ///
    /// - Returns: nil when the header is damaged or does not fit the file. The columns are not checked.
    static func read(_ file: FileBytes, instrument: InstrumentID, warnings: [String]) -> MarketSeries? {
        defer { withExtendedLifetime(file) {} }
        var cursor = Cursor(bytes: file.bytes)
        guard cursor.bytes(8).map(Array.init) == magic, cursor.number(UInt32.self) == version,
            let length = cursor.number(UInt32.self).map(Int.init), length >= 64, length % 64 == 0,
            length <= file.bytes.count
        else { return nil }
        let checked = UnsafeRawBufferPointer(rebasing: file.bytes[..<(length - 32)])
        guard SHA256Stream.digest(of: checked).bytes.elementsEqual(file.bytes[(length - 32)..<length]),
            let rows = cursor.number(UInt64.self).flatMap(Int.init(exactly:)), rows < 1 << 40,
            let count = cursor.number(UInt32.self).map(Int.init), count <= 64,
            let prices = cursor.number(UInt32.self), prices <= Scale.maximum,
            let quantities = cursor.number(UInt32.self), quantities <= Scale.maximum,
            let kind = cursor.text().flatMap(SeriesKind.init(rawValue:)), let timeframe = cursor.text(),
            let nameCount = cursor.number(UInt32.self), nameCount <= 64
        else { return nil }
        let names = (0..<nameCount).compactMap { _ in cursor.text() }
        guard names.count == nameCount, let digest = cursor.bytes(32) else { return nil }
        var columns: [Column] = []
        for _ in 0..<count {
            guard let offset = cursor.number(UInt64.self).flatMap(Int.init(exactly:)), offset % 64 == 0,
                offset >= length, offset + rows * 8 <= file.bytes.count,
                let base = file.bytes.baseAddress
            else { return nil }
            let start = (base + offset).assumingMemoryBound(to: Int64.self)
            columns.append(Column(base: start, count: rows, owner: file))
        }
        guard let made = seriesColumns(kind, columns, names, Timeframe(timeframe)) else { return nil }
        return MarketSeries(
            instrument: instrument, kind: kind, columns: made, priceScale: Scale(Int(prices)),
            quantityScale: Scale(Int(quantities)), digest: Digest(bytes: Array(digest)), warnings: warnings)
    }

    private static func seriesColumns(
        _ kind: SeriesKind, _ columns: [Column], _ names: [String], _ timeframe: Timeframe?
    ) -> SeriesColumns? {
        switch kind {
        case .bars:
            guard columns.count == 7, let timeframe else { return nil }
            return .bars(
                BarColumns(
                    openTime: columns[0], closeTime: columns[1], open: columns[2], high: columns[3],
                    low: columns[4], close: columns[5], volume: columns[6]), timeframe)
        case .quotes:
            guard columns.count == 5 else { return nil }
            return .quotes(
                QuoteColumns(
                    time: columns[0], bid: columns[1], ask: columns[2], bidSize: columns[3],
                    askSize: columns[4]))
        case .trades:
            guard columns.count == 4 else { return nil }
            return .trades(
                TradeColumns(
                    time: columns[0], price: columns[1], quantity: columns[2], aggressor: columns[3]))
        case .funding, .index, .ratio, .gas, .mark, .signals:
            guard columns.count == names.count + 1 else { return nil }
            return .values(ValueColumns(time: columns[0], names: names, values: Array(columns.dropFirst())))
        }
    }

    /// A place in bytes that are read in order; nothing is read beyond their end.
    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
            guard count >= 0, position + count <= bytes.count else { return nil }
            defer { position += count }
            return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
        }

        mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
            guard let part = bytes(MemoryLayout<Number>.size) else { return nil }
            return Number(littleEndian: part.loadUnaligned(as: Number.self))
        }

        mutating func text() -> String? {
            guard let count = number(UInt32.self), count <= 4096, let part = bytes(Int(count)) else {
                return nil
            }
            return String(validating: part, as: UTF8.self)
        }
    }
}
