public import MarketData
internal import StrategyKit
internal import Units

extension SweepResult {
    /// `results.csv`: a row for each point, ascending by its parameters, with every figure at full precision.
    ///
    /// Equal sweeps give equal bytes, however often they were interrupted.
    ///
    /// - Parameter write: takes the table piece by piece, so that a large one is never in memory as a whole.
    public func writeTable(_ write: ResultFile.Writer) throws(FileError) {
        var buffer = header()
        for point in points {
            append(point, to: buffer)
            if buffer.bytes.count < SweepResult.piece { continue }
            try SweepResult.flush(buffer, write)
            buffer = TextBuffer(capacity: SweepResult.piece + 4096)
        }
        try SweepResult.flush(buffer, write)
    }

    /// The whole table.
    public var table: String {
        let buffer = header()
        for point in points { append(point, to: buffer) }
        return buffer.text
    }

    private static let piece = 1 << 16

    private static func flush(_ buffer: TextBuffer, _ write: ResultFile.Writer) throws(FileError) {
        defer { withExtendedLifetime(buffer) {} }
        try write(buffer.bytes)
    }

    private func header() -> TextBuffer {
        let buffer = TextBuffer(capacity: 1 << 16)
        let figures = ["final_equity"] + SweepRatio.allCases.map(\.key)
        let header = sweep.axes.map(\.name) + figures + ["trades", "fills", "fees", "steps", "status"]
        for (index, name) in header.enumerated() {
            if index > 0 { buffer.append(byte: 0x2C) }
            buffer.append(TextBuffer.field(name))
        }
        buffer.append(byte: 0x0A)
        return buffer
    }

    private func append(_ point: SweepPoint, to buffer: TextBuffer) {
        for (axis, level) in zip(sweep.axes, space.levels(of: point.combination)) {
            buffer.append(TextBuffer.field(axis.text(level)))
            buffer.append(byte: 0x2C)
        }
        guard let figures = point.figures else {
            buffer.append(String(repeating: ",", count: SweepRatio.allCases.count + 5) + "failed\n")
            return
        }
        buffer.append(figures.finalEquity.description + ",")
        for ratio in SweepRatio.allCases {
            if let value = figures[ratio] { buffer.append(value == 0 ? "0.0" : value.description) }
            buffer.append(byte: 0x2C)
        }
        buffer.append("\(figures.trades),\(figures.fills),\(figures.fees),\(figures.steps),done\n")
    }
}
