/// The unpacked text of a gzip file, as a stream of its own.
final class GzipStream: ByteStream {
    private static let packedCapacity = 1 << 17

    private let path: String
    private let packedStream: any ByteStream
    private let packed: UnsafeMutableRawBufferPointer
    private var range: Range<Int>
    private var inflater = GzipInflater()

    /// - Parameters:
    ///   - packedStream: the rest of the file.
    ///   - start: the bytes of the file that were read already.
    init(_ path: String, _ packedStream: any ByteStream, start: UnsafeRawBufferPointer) {
        (self.path, self.packedStream) = (path, packedStream)
        packed = .allocate(byteCount: max(GzipStream.packedCapacity, start.count), alignment: 16)
        packed.copyMemory(from: start)
        range = 0..<start.count
    }

    deinit { packed.deallocate() }

    /// Unpacks until the buffer is full or the packed bytes at hand are used up, at least one byte before
    /// the end.
    ///
    /// - Throws: ``FileError`` of kind ``FileFailureKind/damaged`` where the bytes are not what gzip allows.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            if range.isEmpty {
                let count = try packedStream.read(into: packed)
                range = 0..<count
                if count == 0 {
                    if inflater.isInsideMember {
                        throw damaged("the gzip data end too early: the file is cut off")
                    }
                    return 0
                }
            }
            do throws(GzipInflater.Failure) {
                let (used, written) = try inflater.inflate(
                    UnsafeRawBufferPointer(rebasing: packed[range]), into: buffer)
                range = range.lowerBound + used..<range.upperBound
                if written > 0 { return written }
            } catch {
                switch error {
                case .corrupt(let reason): throw damaged("the gzip data are damaged: \(reason)")
                case .trailingBytes: throw damaged("other bytes follow the gzip data")
                }
            }
        }
    }

    private func damaged(_ reason: String) -> FileError {
        FileError(path: path, operation: .read, kind: .damaged, reason: reason)
    }
}
