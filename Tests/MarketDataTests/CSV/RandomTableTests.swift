import MarketData
import Markets
import Testing
import Units

/// Random tables, written in random spellings and read back; every number is compared with the slow exact
/// reading of its text.
@Suite struct RandomTableTests {
    private struct Row {
        var time: Int64
        var cells: [String]
    }

    private static func number(_ random: inout SplitMix64, below limit: Int64) -> String {
        let decimals = Int(random.integer(in: 0...8))
        let unit = (0..<decimals).reduce(Int64(1)) { value, _ in value * 10 }
        let mantissa = random.integer(in: 1...(limit * unit))
        let text = ExactDecimal.text(mantissa: Int128(mantissa), scale: Scale(decimals))
        switch random.integer(in: 0...9) {
        case 0: return "\"\(text)\""
        case 1: return " \(text) "
        case 2: return "\(mantissa)e-\(decimals)"
        case 3: return text.contains(".") ? text + "000" : text + ".0"
        case 4: return "+" + text
        default: return text
        }
    }

    private static func table(_ random: inout SplitMix64, rows: Int) -> [Row] {
        var time = Int64(1_700_000_000)
        let limits: [Int64] = [10, 100_000, 20_000_000, 5_000_000_000]
        let limit = limits[Int(random.integer(in: 0...3))]
        return (0..<rows).map { _ in
            time += random.integer(in: 1...5) * 60
            return Row(time: time, cells: [number(&random, below: limit), number(&random, below: 1000)])
        }
    }

    private static func clean(_ cell: String) -> String { String(cell.filter { $0 != " " && $0 != "\"" }) }

    @Test func randomTablesComeBackExactly() throws {
        var random = SplitMix64(seed: 42)
        for round in 0..<120 {
            let rows = Self.table(&random, rows: Int(random.integer(in: 1...200)))
            let end = random.next() % 2 == 0 ? "\n" : "\r\n"
            var text = "junk,price,timestamp,size\(end)"
            for (index, row) in rows.enumerated() {
                let junk = ["", "x", "\"a\(end)b\"", "\"q\"\"q\"", "7"][Int(random.integer(in: 0...4))]
                text += [junk, row.cells[0], String(row.time), row.cells[1]].joined(separator: ",")
                if index < rows.count - 1 || random.next() % 2 == 0 { text += end }
                if random.integer(in: 0...20) == 0 { text += end }
            }
            let bytes = Array(text.utf8)
            let files = MemoryFiles(pieceSize: Int(random.integer(in: 1...300)))
            files.put("a.csv", round % 3 == 0 ? StoredGzip.member(bytes) : bytes)
            let series = try SeriesReader(files: files).read(
                ["a.csv"], instrument: try #require(InstrumentID("a:spot:B")), spec: SeriesSpec(kind: .trades)
            )
            guard case .trades(let trades) = series.columns else { return }
            #expect(series.count == rows.count, "round \(round)")
            for (index, row) in rows.enumerated() where index < series.count {
                let price = ExactDecimal(mantissa: Int128(trades.price[index]), scale: series.priceScale)
                let size = ExactDecimal(mantissa: Int128(trades.quantity[index]), scale: series.quantityScale)
                #expect(trades.time[index] == row.time * 1_000_000_000)
                #expect(price == ExactDecimal(Self.clean(row.cells[0])), "round \(round) row \(index)")
                #expect(size == ExactDecimal(Self.clean(row.cells[1])), "round \(round) row \(index)")
            }
        }
    }

    @Test func randomDamageNeverCrashesAndErrorsNameTheFile() throws {
        var random = SplitMix64(seed: 7)
        let clean = Array(
            ("ts,open,high,low,close,volume\n"
                + (0..<40).map { "2024-01-01T00:\(10 + $0):00Z,1.5,2.25,1,2,\($0).125\n" }.joined()).utf8)
        let instrument = try #require(InstrumentID("a:spot:B"))
        for round in 0..<800 {
            var bytes = round % 2 == 0 ? clean : StoredGzip.member(clean)
            for _ in 0..<random.integer(in: 1...6) {
                let place = Int(random.integer(in: 0...Int64(bytes.count - 1)))
                switch random.integer(in: 0...3) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array(",\n\"\r-.e9\0#".utf8)[Int(random.integer(in: 0...9))], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let files = MemoryFiles(pieceSize: 1 + round % 90)
            files.put("dir/a.csv", bytes)
            do {
                _ = try SeriesReader(files: files).read(
                    ["dir/a.csv"], instrument: instrument, spec: SeriesSpec(kind: .bars))
            } catch {
                #expect(error.file == "dir/a.csv" && error.exitCode == 65 && !error.remedy.isEmpty)
            }
            _ = DataCheck(files: files).check("dir/a.csv")
        }
    }
}
