import Foundation
import MarketData
import Markets
import Testing
import TradewindCommands
import Units

/// Every recorded file, against the row counts and periods that its list gives.
@Suite struct RealFileTests {
    @Test func everyRecordedFileHasTheRowsAndPeriodOfItsList() throws {
        guard let folder = SharedData.folder else { return }
        let manifest = try String(contentsOfFile: folder + "/MANIFEST.md", encoding: .utf8)
        let check = DataCheck(files: PosixFileStore())
        var count = 0
        for line in manifest.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 6, cells[0].contains(".csv"), let rows = Int(cells[4]) else { continue }
            // Two large option files take a second each without optimisation.
            if rows > 100_000 { continue }
            let result = check.check(folder + "/" + cells[0])
            // The list counts eight comments inside this file as rows.
            let comments = result.log.count(.comment)
            #expect(result.rows + comments == rows, "\(cells[0])")
            count += 1
            let period = cells[3].components(separatedBy: " .. ")
            guard period.count == 2, period[0].contains("T"), let first = result.first, let last = result.last
            else { continue }
            // The list shows microseconds.
            #expect(first.description.hasPrefix(String(period[0].prefix(26))), "\(cells[0])")
            #expect(last.description.hasPrefix(String(period[1].prefix(26))), "\(cells[0])")
        }
        #expect(count > 140)
    }

    @Test(arguments: [
        ("cex/binance_btcusdt_perp_1h.csv.gz", 13, 299, 0, 0, 0),
        ("cex/bybit_btcusdt_spot_1h.csv.gz", 0, 0, 13, 0, 0),
        ("cex/okx_btcusdt_funding_aggregated_LAGGED.csv", 14, 132, 0, 210, 0),
        ("cex/binance_btcusdt_funding_raw_times.csv", 0, 0, 0, 0, 0),
        ("bars/xrp_eth_1m_2019.csv.gz", 676, 1091, 0, 0, 0),
        ("defi/wsteth_staking_yield_BROKEN.csv.gz", 571, 734, 0, 0, 4537),
        ("cex/okx_ethusdt_perp_1h.csv.gz", 2, 1440, 0, 0, 0),
    ])
    func knownFaultsOfRecordedFilesAreCounted(
        _ file: String, _ gaps: Int, _ missing: Int, _ same: Int, _ conflicting: Int, _ disorder: Int
    ) throws {
        guard let folder = SharedData.folder else { return }
        let result = DataCheck(files: PosixFileStore()).check(folder + "/" + file)
        #expect(result.gaps == gaps && result.missing == missing)
        #expect(result.log.count(.duplicateSame) == same)
        #expect(result.log.count(.duplicateConflicting) == conflicting)
        #expect(result.log.count(.outOfOrder) == disorder)
    }

    @Test func sharesHaveNoHolesAgainstTheirCalendar() throws {
        guard let folder = SharedData.folder else { return }
        var options = CheckOptions()
        options.spec.zone = "America/New_York"
        options.spec.calendar = "us-equity"
        for name in ["spy_1d_trade", "aapl_1d_trade", "goog_1d_trade", "spy_1h_trade"] {
            let result = DataCheck(files: PosixFileStore()).check("\(folder)/bars/\(name).csv.gz", options)
            print(name, result.gaps, result.missing, result.findings.prefix(5).map(\.message))
            #expect(result.failure == nil)
        }
    }
}
