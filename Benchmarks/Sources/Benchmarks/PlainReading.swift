import CZlib

/// Reading of the benchmark's CSV by bare loops that trust its layout: no checks, no errors, no gaps.
/// What the import is measured against.
struct PlainReading {
    /// The seven columns: open time, close time, open, high, low, close, volume.
    private(set) var columns: [[Int64]]
    private(set) var rows = 0

    /// - Parameter capacity: most rows.
    init(capacity: Int) { columns = (0..<7).map { _ in Array(repeating: 0, count: capacity) } }

    /// Reads all rows behind the header of a text; gives the sum of all closes.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Int64 {
        var p = text.baseAddress!
        let end = p + text.count
        while p.pointee != 0x0A { p += 1 }
        return readRows(p + 1, end)
    }

    @inline(never)
    private mutating func readRows(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int64 {
        var (p, row, sum) = (start, rows, Int64(0))
        while p < end {
            let time = PlainReading.time(p)
            columns[0][row] = time
            columns[1][row] = time + 60_000_000_000
            p += 20
            for column in 2..<7 {
                p += 1
                var value: Int64 = 0
                while p.pointee != 0x2C && p.pointee != 0x0A {
                    if p.pointee != 0x2E { value = value * 10 + Int64(p.pointee - 0x30) }
                    p += 1
                }
                columns[column][row] = value
            }
            sum += columns[5][row]
            p += 1
            row += 1
        }
        rows = row
        return sum
    }

    /// Nanoseconds since 1970 of `2010-01-01T00:00:00Z`.
    private static func time(_ p: UnsafePointer<UInt8>) -> Int64 {
        let (year, month, day) = (pair(p) * 100 + pair(p + 2), pair(p + 5), pair(p + 8))
        // Days as in Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms", years from 0 on.
        let shifted = month <= 2 ? year - 1 : year
        let (era, monthFromMarch) = (shifted / 400, (month + 9) % 12)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = days * 86_400 + pair(p + 11) * 3600 + pair(p + 14) * 60 + pair(p + 17)
        return seconds * 1_000_000_000
    }

    private static func pair(_ p: UnsafePointer<UInt8>) -> Int64 {
        Int64(p[0]) * 10 + Int64(p[1]) - 528
    }

    /// Unpacks a gzip file whole, by zlib alone.
    static func unpack(_ path: String, into text: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
        guard let file = gzopen(path, "rb") else { throw BenchmarkError("cannot open \(path)") }
        defer { gzclose(file) }
        gzbuffer(file, 1 << 17)
        var count = 0
        while true {
            let more = gzread(file, text.baseAddress! + count, UInt32(text.count - count))
            guard more >= 0 else { throw BenchmarkError("cannot unpack \(path)") }
            if more == 0 { return count }
            count += Int(more)
        }
    }
}
