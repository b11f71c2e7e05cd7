import Markets
import Testing
import Units

@Suite("Columns")
struct ColumnTests {
    @Test("the lower bound is the first value not below, for sorted values with repeats")
    func lowerBounds() {
        var random = SplitMix64(seed: 81)
        for length in 0...40 {
            let values = (0..<length).map { _ in random.integer(in: -20...20) }.sorted()
            let column = Column(values)
            for value in Int64(-22)...22 {
                #expect(column.lowerBound(of: value) == values.firstIndex { $0 >= value } ?? length)
            }
            #expect(column.lowerBound(of: .min) == 0 && column.lowerBound(of: .max) == length)
        }
    }

    @Test("a buffer grows, is cut, multiplied and finished without losing a value")
    func buffers() {
        var random = SplitMix64(seed: 82)
        let buffer = ColumnBuffer(capacity: 1)
        var model: [Int64] = []
        for _ in 0..<300 {
            if random.next() % 2 == 0 {
                buffer.append(Int64(model.count))
                model.append(Int64(model.count))
            } else {
                let more = (0..<Int(random.integer(in: 0...50))).map { Int64($0) * 1_000 }
                more.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
                model += more
            }
            if random.next() % 50 == 0 {
                model.removeLast(model.count / 3)
                buffer.truncate(to: model.count)
            }
        }
        #expect(Array(buffer.values) == model)
        #expect(buffer.multiply(by: 3) && Array(buffer.values) == model.map { $0 * 3 })
        buffer.append(Int64.max / 2)
        #expect(!buffer.multiply(by: 3))
        #expect(Array(buffer.values) == model.map { $0 * 3 } + [Int64.max / 2], "nothing changed")
        let column = buffer.finish()
        #expect(column.count == model.count + 1)
        let slice = column.slice(5..<9)
        #expect((0..<4).map { slice[$0] } == model[5..<9].map { $0 * 3 })
        let zeros = ColumnBuffer(zeros: 20).finish()
        #expect(zeros.count == 20 && (0..<20).allSatisfy { zeros[$0] == 0 })
    }
}

@Suite("Digests of series")
struct SeriesDigestTests {
    private struct Rows {
        var time: [Int64]
        var columns: [[Int64]]

        func quotes(_ make: ([Int64]) -> Column) -> SeriesColumns {
            .quotes(
                QuoteColumns(
                    time: make(time), bid: make(columns[0]), ask: make(columns[1]), bidSize: make(columns[2]),
                    askSize: make(columns[3])))
        }

        func values(_ names: [String]) -> SeriesColumns {
            .values(
                ValueColumns(
                    time: Column(time), names: names, values: [Column(columns[0]), Column(columns[1])]))
        }
    }

    private static func rows() -> Rows {
        var random = SplitMix64(seed: 83)
        return Rows(
            time: (0..<500).map { Int64($0) },
            columns: (0..<4).map { _ in (0..<500).map { _ in random.integer(in: 0...9_999) } })
    }

    private static func digest(_ columns: SeriesColumns, _ scale: Int = 2) -> Digest {
        columns.digest(kind: .quotes, priceScale: Scale(scale), quantityScale: Scale(0))
    }

    @Test("equal rows have one digest, however they were gathered")
    func chunking() {
        let rows = Self.rows()
        let whole = Self.digest(rows.quotes(Column.init))
        for chunk in [1, 7, 100, 499] {
            let pieces = rows.quotes { values in
                let buffer = ColumnBuffer(capacity: 16)
                for start in stride(from: 0, to: values.count, by: chunk) {
                    Array(values[start..<min(start + chunk, values.count)]).withUnsafeBufferPointer {
                        buffer.append(contentsOf: $0)
                    }
                }
                return buffer.finish()
            }
            #expect(Self.digest(pieces) == whole)
        }
        let sliced = rows.quotes { Column([-1, -2] + $0 + [-3]).slice(2..<502) }
        #expect(Self.digest(sliced) == whole)
    }

    @Test("every change of content changes the digest")
    func changes() {
        let rows = Self.rows()
        var digests: Set<Digest> = [Self.digest(rows.quotes(Column.init))]
        digests.insert(Self.digest(rows.quotes(Column.init), 3))
        for column in 0..<4 {
            var other = rows
            other.columns[column][250] += 1
            digests.insert(Self.digest(other.quotes(Column.init)))
        }
        var moved = rows
        moved.time[499] += 1
        digests.insert(Self.digest(moved.quotes(Column.init)))
        var swapped = rows
        swapped.columns.swapAt(0, 1)
        digests.insert(Self.digest(swapped.quotes(Column.init)))
        digests.insert(Self.digest(rows.values(["a", "b"])))
        digests.insert(Self.digest(rows.values(["b", "a"])))
        #expect(digests.count == 10)
        let bars = (1...2).map { minutes in
            let column = Column(rows.time)
            return SeriesColumns.bars(
                BarColumns(
                    openTime: column, closeTime: column, open: column, high: column, low: column,
                    close: column,
                    volume: column), .fixed(minutes * .minute)
            ).digest(kind: .bars, priceScale: Scale(2), quantityScale: Scale(0))
        }
        #expect(bars[0] != bars[1])
    }
}
