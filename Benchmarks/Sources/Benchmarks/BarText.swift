import Glibc
import MarketData
import Markets
import Units

/// A CSV file of generated minute bars, as the exchanges write them: ISO 8601 times, two decimals.
enum BarText {
    /// Bars are made in pieces, so that writing a large file takes little memory.
    private static let pieceCount = 100_000
    /// Days from 1970-01-01 to 2010-01-01, where the text starts.
    private static let firstDay = 14_610

    /// Hands the text of so many bars to `write`, in pieces.
    static func write(bars count: Int, _ write: ([UInt8]) throws -> Void) rethrows {
        try write(Array("time,open,high,low,close,volume\n".utf8))
        var written = 0
        while written < count {
            let bars = RandomWalk.bars(count: min(pieceCount, count - written), seed: UInt64(written))
            var text: [UInt8] = []
            text.reserveCapacity(bars.close.count * 64)
            for row in 0..<bars.close.count {
                time(minute: written + row, &text)
                for column in [bars.open, bars.high, bars.low, bars.close] { price(column[row], &text) }
                text.append(0x2C)
                text.append(contentsOf: String(bars.volume[row]).utf8)
                text.append(0x0A)
            }
            try write(text)
            written += bars.close.count
        }
    }

    private static func time(minute: Int, _ text: inout [UInt8]) {
        let date = CivilDate(day: firstDay + minute / 1440)
        pair(date.year / 100, &text)
        pair(date.year % 100, &text)
        text.append(0x2D)
        pair(date.month, &text)
        text.append(0x2D)
        pair(date.dayOfMonth, &text)
        text.append(0x54)
        pair(minute % 1440 / 60, &text)
        text.append(0x3A)
        pair(minute % 60, &text)
        text.append(contentsOf: [0x3A, 0x30, 0x30, 0x5A])
    }

    private static func price(_ ticks: Int64, _ text: inout [UInt8]) {
        text.append(0x2C)
        text.append(contentsOf: String(ticks / 100).utf8)
        text.append(0x2E)
        pair(Int(ticks % 100), &text)
    }

    private static func pair(_ value: Int, _ text: inout [UInt8]) {
        text.append(0x30 + UInt8(value / 10))
        text.append(0x30 + UInt8(value % 10))
    }
}
