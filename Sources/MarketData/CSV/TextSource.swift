/// The text of a file, plain or gzip, in a buffer that slides over it.
///
/// The bytes from ``start`` to ``end`` are the text not yet consumed; behind them are at least
/// ``padding`` zero bytes, so that a scan that looks for a digit or a comma stops without counting.
final class TextSource {
    static let padding = 64
    /// The longest row that is accepted.
    static let longestRow = 1 << 20
    private static let packedCapacity = 1 << 17

    let path: String
    private(set) var start: UnsafeMutablePointer<UInt8>
    private(set) var end: UnsafeMutablePointer<UInt8>
    /// Whether no text follows ``end``.
    private(set) var isAtEnd = false
    /// Whether the file is gzip.
    let isGzip: Bool
    /// Bytes of text so far, unpacked.
    private(set) var textBytes = 0

    private let stream: any ByteStream
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity = 1 << 18
    private var inflater: GzipInflater?
    private let packed: UnsafeMutablePointer<UInt8>
    private var packedRange = 0..<0

    /// Opens a file and reads its first piece.
    init(_ files: any FileStore, _ path: String) throws(MarketDataError) {
        self.path = path
        do {
            stream = try files.stream(path)
        } catch {
            throw MarketDataError(error)
        }
        buffer = .allocate(capacity: capacity + TextSource.padding)
        packed = .allocate(capacity: TextSource.packedCapacity)
        (start, end) = (buffer, buffer)
        var count = 0
        do throws(FileError) {
            while count < 2 {
                let more = try stream.read(
                    into: UnsafeMutableRawBufferPointer(
                        start: packed + count, count: TextSource.packedCapacity - count))
                if more == 0 { break }
                count += more
            }
        } catch {
            isGzip = false
            throw MarketDataError(error)
        }
        isGzip = count >= 2 && packed[0] == 0x1F && packed[1] == 0x8B
        packedRange = 0..<count
        if isGzip {
            inflater = GzipInflater()
        } else {
            buffer.update(from: packed, count: count)
            end = buffer + count
            textBytes = count
            isAtEnd = count == 0
        }
        pad()
        if isGzip { try fill(line: 1) }
    }

    deinit {
        buffer.deallocate()
        packed.deallocate()
    }

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
        let count = isGzip ? try inflate(into: room, line: line) : try read(into: room)
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

    private func read(into room: UnsafeMutableRawBufferPointer) throws(MarketDataError) -> Int {
        do {
            return try stream.read(into: room)
        } catch {
            throw MarketDataError(error)
        }
    }

    /// Unpacks until there is some text or the file ends.
    private func inflate(into room: UnsafeMutableRawBufferPointer, line: Int) throws(MarketDataError) -> Int {
        while true {
            if packedRange.isEmpty {
                let count = try read(
                    into: UnsafeMutableRawBufferPointer(start: packed, count: TextSource.packedCapacity))
                packedRange = 0..<count
                if count == 0 {
                    if inflater?.isInsideMember == true {
                        throw gzipError("the gzip data end too early: the file is cut off", line: line)
                    }
                    return 0
                }
            }
            let piece = UnsafeRawBufferPointer(
                start: packed + packedRange.lowerBound, count: packedRange.count)
            do throws(GzipInflater.Failure) {
                guard let (used, written) = try inflater?.inflate(piece, into: room) else { return 0 }
                packedRange = packedRange.lowerBound + used..<packedRange.upperBound
                if written > 0 { return written }
            } catch {
                switch error {
                case .corrupt(let reason): throw gzipError("the gzip data are damaged: \(reason)", line: line)
                case .trailingBytes: throw gzipError("other bytes follow the gzip data", line: line)
                }
            }
        }
    }

    private func gzipError(_ message: String, line: Int) -> MarketDataError {
        MarketDataError(
            code: "gzip", file: path, line: line, message: "\(message) (after \(textBytes) bytes of text)",
            remedy: "fetch the file again, or test it with: gzip -t \(path)")
    }
}
