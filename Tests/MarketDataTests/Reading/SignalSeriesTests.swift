import MarketData
import Markets
import Testing
import Units

/// Files with signals of a forecaster.
@Suite struct SignalSeriesTests {
    private func read(_ text: String, strict: Bool = false) throws -> MarketSeries {
        var spec = SeriesSpec(kind: .signals)
        spec.isStrict = strict
        return try SeriesReader(files: MemoryFiles(["a.csv": text])).read(
            ["a.csv"], instrument: try #require(InstrumentID("binance:perp:BTCUSDT")), spec: spec)
    }

    private func values(_ series: MarketSeries) throws -> [String: [String]] {
        guard case .values(let columns) = series.columns else { throw CancellationError() }
        return Dictionary(
            uniqueKeysWithValues: zip(columns.names, columns.values).map { name, column in
                (
                    name,
                    (0..<column.count).map {
                        ExactDecimal(mantissa: Int128(column[$0]), scale: series.priceScale).description
                    }
                )
            })
    }

    @Test func wordsBecomeDirectionsAndEmptyPricesAreNone() throws {
        let series = try read(
            """
            timestamp,signal,confidence,stop_loss,take_profit,sd,model_version
            2024-01-01T00:05:00Z,long,0.83,41900.5,42500,0.0021,v3
            2024-01-01T00:10:00Z,Short,0.9,,,,v3
            2024-01-01T00:15:00Z,neutral,1,,,0.001,v3
            2024-01-01T00:20:00Z,HOLD,0.5,,,,v3
            2024-01-01T00:25:00Z,-1,0,,,,v3

            """)
        let values = try values(series)
        #expect(series.kind == .signals && series.count == 5 && series.warnings.isEmpty)
        #expect(values["signal"] == ["1", "-1", "0", "2", "-1"])
        #expect(values["confidence"] == ["0.83", "0.9", "1", "0.5", "0"])
        #expect(values["stop-loss"] == ["41900.5", "0", "0", "0", "0"])
        #expect(values["take-profit"] == ["42500", "0", "0", "0", "0"])
        #expect(values["deviation"] == ["0.0021", "0", "0.001", "0", "0"])
        #expect(series.columns.visibleTime[0] == 1_704_067_500_000_000_000)
    }

    @Test func rowsThatSayNothingCertainAreDroppedWithTheirLines() throws {
        let text = """
            time,signal,confidence,stop_loss,take_profit
            2024-01-01T00:05:00Z,long,0.9,100,200
            2024-01-01T00:10:00Z,upwards,0.9,,
            2024-01-01T00:15:00Z,long,,,
            2024-01-01T00:20:00Z,long,1.2,,
            2024-01-01T00:25:00Z,long,-0.1,,
            2024-01-01T00:30:00Z,long,0.9,200,100
            2024-01-01T00:35:00Z,short,0.9,100,200
            2024-01-01T00:40:00Z,long,0.9,-5,
            2024-01-01T00:45:00Z,short,0.9,200,100
            2024-01-01T00:50:00Z,long,0.9,x,
            2024-01-01T00:55:00Z,,0.9,,

            """
        let series = try read(text)
        #expect(try values(series)["signal"] == ["1", "-1"])
        let said = series.warnings.joined(separator: "\n")
        for lines in ["lines 3, 5, 11", "line 4", "lines 6, 9", "lines 7, 8"] {
            #expect(said.contains("(\(lines)"), "\(lines): \(said)")
        }
    }

    @Test func aFileWithoutSignalOrConfidenceIsRefused() throws {
        for (text, name) in [
            ("time,confidence\n2024-01-01T00:05:00Z,0.9\n", "signal"),
            ("time,signal\n2024-01-01T00:05:00Z,long\n", "confidence"),
        ] {
            let error = #expect(throws: MarketDataError.self) { try read(text) }
            #expect(error?.message.contains("'\(name)'") == true, "\(String(describing: error))")
        }
    }
}
