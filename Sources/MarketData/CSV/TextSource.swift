/// The text of a file, plain or gzip, in a buffer that slides over it.
///
/// The bytes from ``start`` to ``end`` are the text not yet consumed; behind them are at least
/// ``padding`` zero bytes, so that a scan that looks for a digit or a comma stops without counting.
final class TextSource {
    static let padding = 64
    private static let mostExpected = 1 << 24
    /// The longest row that is accepted.
    static let longestRow = 1 << 20

    let path: String
    private(set) var start: UnsafeMutablePointer<UInt8>
    private(set) var end: UnsafeMutablePointer<UInt8>
    /// Whether no text follows ``end``.
    private(set) var isAtEnd = false
    /// Whether the file is gzip.
    let isGzip: Bool
    /// More rows than the file probably has, from its size; 0 where that is not known.
    let expectedRows: Int
    /// Bytes of text so far, unpacked.
    private(set) var textBytes = 0

    private let stream: any ByteStream
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity = 1 << 18

    /// Opens a file and reads its first piece.
    init(_ files: any FileStore, _ path: String) throws(MarketDataError) {
        self.path = path
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { room.deallocate() }
        let raw: any ByteStream
        var (count, size) = (0, 0)
        do throws(FileError) {
            size = try files.entry(path)?.size ?? 0
            raw = try files.stream(path)
            while count < 2 {
                let more = try raw.read(into: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
                if more == 0 { break }
                count += more
            }
        } catch {
            throw MarketDataError(error)
        }
        let first = UnsafeRawBufferPointer(rebasing: room[..<count])
        isGzip = count >= 2 && first[0] == 0x1F && first[1] == 0x8B
        // Text packs to about a quarter, and rows of fewer bytes are rare.
        expectedRows = min(size / (isGzip ? 4 : 32), TextSource.mostExpected)
        buffer = .allocate(capacity: capacity + TextSource.padding)
        (start, end) = (buffer, buffer)
        if isGzip {
            stream = files.readingAhead(GzipStream(path, raw, start: first))
        } else {
            stream = raw
            UnsafeMutableRawBufferPointer(start: buffer, count: capacity).copyMemory(from: first)
            end = buffer + count
            textBytes = count
            isAtEnd = count == 0
        }
        pad()
        if isGzip { try fill(line: 1) }
    }

    deinit { buffer.deallocate() }

    /// Bytes not yet consumed.
    var available: Int { end - start }

    /// Marks bytes as consumed.
    func consume(to position: UnsafeMutablePointer<UInt8>) { start = position }

    /// Reads more text behind ``end``; ``start`` and ``end`` move. Does nothing at the end.
    ///
    /// - Parameter line: the line at ``start``, for errors.
    func fill(line: Int) throws(MarketDataError) {
        if isAtEnd { return }
        let kept = end - start
        if kept > 0 && start != buffer { buffer.update(from: start, count: kept) }
        if kept == capacity {
            guard capacity < TextSource.longestRow else {
                throw MarketDataError(
                    code: "not-csv", file: path, line: line,
                    message: "a row is longer than \(TextSource.longestRow) bytes",
                    remedy: "this is not a CSV file, or a quote is not closed")
            }
            grow(keeping: kept)
        }
        start = buffer
        end = buffer + kept
        let room = UnsafeMutableRawBufferPointer(start: end, count: capacity - kept)
        let count = try read(into: room, line: line)
        if count == 0 { isAtEnd = true }
        end += count
        textBytes += count
        pad()
    }

    private func pad() { end.update(repeating: 0, count: TextSource.padding) }

    private func grow(keeping kept: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + TextSource.padding)
        larger.update(from: buffer, count: kept)
        buffer.deallocate()
        buffer = larger
        capacity *= 2
    }

    private func read(
        into room: UnsafeMutableRawBufferPointer, line: Int
    ) throws(MarketDataError) -> Int {
        do {
            return try stream.read(into: room)
        } catch {
            throw error.kind == .damaged ? gzipError(error.reason, line: line) : MarketDataError(error)
        }
    }

    private func gzipError(_ message: String, line: Int) -> MarketDataError {
        MarketDataError(
            code: "gzip", file: path, line: line, message: "\(message) (after \(textBytes) bytes of text)",
            remedy: "fetch the file again, or test it with: gzip -t \(path)")
    }
}
