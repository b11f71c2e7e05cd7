import Foundation
import Testing
import TradewindCommands

/// The basis runs over the real data: what funding they book is computed again from the CSV files alone.
///
/// From the run only its fills are taken. The position at a stamp is the sum of the fills before it; the
/// mark is the close of the venue's last bar closed at or before it; the payment is -position x mark x
/// rate, rounded half even at eight decimals; a stamp that the file has twice pays once.
@Suite struct BasisFundingTests {
    /// One run: its perpetuals with the files of bars and funding.
    private struct Run {
        let name: String
        let perps: [(instrument: String, bars: String, funding: String)]
        var settings: [String] = []

        var window: (start: String, end: String) {
            name == "eth-basis-okx"
                ? ("2024-10-01T00:00:00", "2025-03-31T00:00:00")
                : ("2024-05-12T00:00:00", "2025-06-30T00:00:00")
        }
    }

    private static func perp(
        _ venue: String, _ coin: String, funding: String? = nil
    ) -> (String, String, String) {
        let name = "\(venue)_\(coin)usdt"
        return (
            "\(venue):perp:\(coin.uppercased())USDT", "\(name)_perp_1h.csv.gz",
            funding ?? "\(name)_funding.csv"
        )
    }

    private static let runs = [
        Run(name: "btc-basis", perps: [perp("binance", "btc"), perp("bybit", "btc")]),
        Run(name: "eth-basis", perps: [perp("binance", "eth"), perp("bybit", "eth")]),
        Run(
            name: "eth-basis-okx",
            perps: [
                perp("binance", "eth"), perp("bybit", "eth"),
                perp("okx", "eth", funding: "okx_btc_eth_swap_funding_raw.csv.gz"),
            ]),
        Run(name: "eth-basis-in-eth", perps: [perp("binance", "eth"), perp("bybit", "eth")]),
        // The exchange's own stamps, some milliseconds after the hour.
        Run(
            name: "btc-basis",
            perps: [
                perp("binance", "btc", funding: "binance_btcusdt_funding_raw_times.csv"),
                perp("bybit", "btc"),
            ], settings: ["data.series.2.variant=raw-times"]),
    ]

    @Test(.leftToRelease) func fundingIsTheSumOverTheStampsOfTheFiles() throws {
        guard let source = ExampleRunTests.sharedData else { return }
        let folder = try CommandFolder()
        let catalogue = folder.path + "/catalogue"
        let made = folder.run([
            "data", "import", ExampleRunTests.root + "/Examples/datasets/cex.yaml", "--source", source,
            "--catalogue", catalogue,
        ])
        #expect(made.status == 0, "\(made.remark)")
        for (number, run) in Self.runs.enumerated() {
            let output = "result\(number)"
            let outcome = folder.run(
                [
                    "backtest", "\(ExampleRunTests.root)/Examples/runs/\(run.name).yaml", "--json",
                    "--data", catalogue, "--output", folder.path + "/" + output,
                ] + run.settings.flatMap { ["--set", $0] })
            #expect(outcome.status == 0, "\(run.name): \(outcome)")
            if run.name != "eth-basis-in-eth" {
                let risk = outcome.object["risk"] as? [String: Any]
                let delta = risk?["max_abs_delta"] as? Double ?? 1
                // What the prices of spot and perpetuals differ by.
                #expect(delta < 0.02, "\(run.name): \(delta)")
                checkNeutrality(run, try folder.text(output + "/fills.csv"))
            }
            let (fills, ledger) = (output + "/fills.csv", output + "/ledger.csv")
            try check(run, try folder.text(fills), try folder.text(ledger), source)
        }
    }

    /// After all fills of a moment what is held and what is sold short differ by less than a lot.
    private func checkNeutrality(_ run: Run, _ fills: String) {
        let fills = Table(fills)
        let lot = run.name == "btc-basis" ? Self.number("0.001") : Self.number("0.01")
        var (net, times) = (Decimal(0), 0)
        for (place, row) in fills.rows.enumerated() {
            let size = Self.number(fills[row, "quantity"]!)
            net += fills[row, "side"]! == "BUY" ? size : -size
            let next = place + 1 < fills.rows.count ? fills[fills.rows[place + 1], "time"] : nil
            if next == fills[row, "time"]! { continue }
            times += 1
            #expect(net < lot && net > -lot, "\(run.name) at \(fills[row, "time"]!): \(net)")
        }
        #expect(times > 3, "\(run.name)")
    }

    private func check(_ run: Run, _ fills: String, _ ledger: String, _ source: String) throws {
        let fills = Table(fills)
        var (expected, stamps) = (Decimal(0), 0)
        for perp in run.perps {
            var changes: [(time: Double, size: Decimal)] = []
            for row in fills.rows where fills[row, "instrument"]! == perp.instrument {
                let size = Self.number(fills[row, "quantity"]!)
                changes.append(
                    (Self.moment(fills[row, "time"]!), fills[row, "side"]! == "BUY" ? size : -size))
            }
            let bars = Table(try Self.text(source + "/cex/" + perp.bars))
            let closes = bars.rows.map { (Self.moment(bars[$0, "timestamp"]!) + 3600, bars[$0, "close"]!) }
            for (stamp, rate) in Self.rates(try Self.text(source + "/cex/" + perp.funding), run) {
                let position = changes.filter { $0.time < stamp }.reduce(Decimal(0)) { $0 + $1.size }
                guard position != 0, let bar = closes.last(where: { $0.0 <= stamp }) else { continue }
                let mark = Self.number(bar.1)
                expected += Self.rounded(-position * mark * rate)
                stamps += 1
            }
        }
        // What the ledger posted to the accounts of the strategy with this cause.
        let own = run.name.hasPrefix("btc") ? "btc-basis/" : "eth-basis/"
        let postings = Table(ledger)
        let booked = postings.rows
            .filter { postings[$0, "cause"] == "funding" && postings[$0, "account"]!.hasPrefix(own) }
            .reduce(Decimal(0)) { $0 + Self.number(postings[$1, "amount"]!) }
        #expect(booked == expected, "\(run.name): \(booked) booked, \(expected) expected at \(stamps) stamps")
        #expect(stamps > 100, "\(run.name): \(stamps) stamps")
    }

    /// Distinct stamps within the window and their rates, in order.
    private static func rates(_ file: String, _ run: Run) -> [(Double, Decimal)] {
        let (start, end) = (moment(run.window.start[...]), moment(run.window.end[...]))
        let table = Table(file)
        var seen: [Double: Decimal] = [:]
        for row in table.rows {
            if let name = table[row, "instrument"], name != "ETH-USDT-SWAP" { continue }
            let time = moment(table[row, "funding_timestamp"] ?? table[row, "funding_time"]!)
            if time < start || time >= end { continue }
            seen[time] = number(table[row, "real_funding_rate"] ?? table[row, "funding_rate"]!)
        }
        return seen.sorted { $0.key < $1.key }
    }

    private static func rounded(_ value: Decimal) -> Decimal {
        var (exact, result) = (value, Decimal())
        NSDecimalRound(&result, &exact, 8, .bankers)
        return result
    }

    private static func number(_ text: Substring) -> Decimal { Decimal(string: String(text))! }

    /// Seconds since 1970 of `2024-05-12T00:00:00`, with a blank for the T, a fraction and a zone of UTC.
    private static func moment(_ text: Substring) -> Double {
        let part = text.prefix(19).split { !$0.isNumber }.compactMap { Int($0) }
        // Days since 1970 in the proleptic Gregorian calendar: years begin in March, so leap days come last.
        let (year, month) = part[1] > 2 ? (part[0], part[1] - 3) : (part[0] - 1, part[1] + 9)
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + part[2] - 719_469
        let rest = text.dropFirst(19).prefix { $0 == "." || $0.isNumber }
        let whole = ((days * 24 + part[3]) * 60 + part[4]) * 60 + part[5]
        return Double(whole) + (rest.isEmpty ? 0 : Double("0" + rest)!)
    }

    private static func text(_ path: String) throws -> String {
        let file = URL(fileURLWithPath: path)
        if !path.hasSuffix(".gz") { return try String(contentsOf: file, encoding: .utf8) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// A CSV file without quotes.
    private struct Table {
        let rows: [[Substring]]
        private let columns: [String: Int]

        init(_ text: String) {
            let lines = text.split(whereSeparator: \.isNewline).map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            rows = Array(lines.dropFirst())
            columns = Dictionary(
                uniqueKeysWithValues: lines[0].enumerated().map { (String($0.element), $0.offset) })
        }

        /// A field of a row; nil without such a column.
        subscript(row: [Substring], name: String) -> Substring? { columns[name].map { row[$0] } }
    }
}
