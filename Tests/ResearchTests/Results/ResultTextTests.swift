import Accounting
import Events
import Markets
import Research
import Testing
import Units

@Suite("Results as text")
struct ResultTextTests {
    @Test("numbers in a buffer read as exact decimals do")
    func decimals() {
        var random = SplitMix64(seed: 11)
        var values: [(Int128, Int)] = [
            (0, 0), (0, 38), (5, 1), (-5, 2), (10, 1), (1, 38), (Int128.max, 38), (Int128.min, 0),
            (Int128.max, 0), (Int128.min, 38), (1_000_000_000_000_000_000, 18), (100, 0), (-1_200, 3),
            (18_446_744_073_709_551_616, 18), (10_000_000_000_000_000_000_000, 3),
        ]
        for _ in 0..<5_000 {
            let high = Int128(Int64(bitPattern: random.next()))
            let shift = Int(random.integer(in: 0...120))
            let value = ((high << 64) | Int128(random.next())) >> Int128(shift)
            values.append((value, Int(random.integer(in: 0...38))))
        }
        for (value, decimals) in values {
            let buffer = TextBuffer(capacity: 8)
            buffer.append(decimal: value, decimals: decimals)
            #expect(buffer.text == ExactDecimal.text(mantissa: value, scale: Scale(decimals)))
        }
    }

    @Test("times in a buffer read as instants do, also before 1970")
    func times() {
        var random = SplitMix64(seed: 12)
        let buffer = TextBuffer(capacity: 8)
        var expected = ""
        for index in 0..<5_000 {
            var value = random.integer(in: -9_000_000_000_000_000_000...9_000_000_000_000_000_000)
            if index % 2 == 0 { value = value / 1_000_000_000 * 1_000_000_000 }
            let time = Instant(nanoseconds: value)
            buffer.append(time)
            buffer.append(byte: 0x0A)
            expected += time.description + "\n"
        }
        #expect(buffer.text == expected)
    }

    @Test("JSON keeps order, escapes what must be, prints numbers shortest")
    func json() {
        let value = JSONText.object([
            JSONMember("b", .number(0.1)), JSONMember("a", .number(.nan)), JSONMember("c", .number(-0.0)),
            JSONMember("d", .list([.integer(-3), .flag(true), .null, .number(1e300), .number(1e-7)])),
            JSONMember("e\"\\\n\u{1}<é", .string("\u{7F}\t</script>")),
            JSONMember("f", .decimal(ExactDecimal("0.010")!)), JSONMember("g", .object([])),
            JSONMember("h", .list([])),
        ])
        #expect(
            value.compact
                == #"{"b":0.1,"a":null,"c":0.0,"d":[-3,true,null,1e+300,1e-07],"#
                + #""e\"\\\n\u0001\u003cé":"\u007f\t\u003c/script>","f":0.01,"g":{},"h":[]}"#)
        #expect(value.pretty.hasPrefix("{\n  \"b\": 0.1,\n  \"a\": null,\n"))
        #expect(value.pretty.hasSuffix("  \"g\": {},\n  \"h\": []\n}\n"))
    }

    @Test("the summary has every key, in order, for a full run and an empty one")
    func summary() throws {
        let keys = [
            "run_id", "name", "strategy", "parameters", "share_class", "start", "end", "steps",
            "initial_equity", "final_equity", "net_flows", "total_return", "annualized_return", "volatility",
            "sharpe", "sortino", "max_drawdown", "trades", "fills", "fees", "attribution",
            "attribution_residual", "final_positions", "risk", "data", "log_hash", "elapsed_seconds",
            "events_per_second", "statistics",
        ]
        let full = try SyntheticRun().run().result
        for result in [full, BacktestResult.empty(full.plan)] {
            let summary = result.summary(
                RunIdentity(runID: "r", elapsedSeconds: 0.5), statistics: BacktestStatistics(result))
            guard case .object(let members) = summary else { return #expect(Bool(false)) }
            #expect(members.map(\.key) == keys)
            guard case .object(let causes)? = summary["attribution"] else { return #expect(Bool(false)) }
            #expect(causes.map(\.key) == Cause.attributed.map(\.key) && causes.count == 12)
            #expect(summary["attribution_residual"] == .string("0"))
        }
        let empty = BacktestResult.empty(full.plan)
        let summary = empty.summary(
            RunIdentity(runID: "r", elapsedSeconds: 0.5), statistics: BacktestStatistics(empty))
        for key in ["total_return", "sharpe", "max_drawdown", "start", "events_per_second"] {
            #expect(summary[key] == JSONText.null)
        }
    }

    @Test("several strategies add their accounts at the end")
    func subAccounts() throws {
        var result = try SyntheticRun().run().result
        let second = PlannedStrategy(
            account: "b", strategy: "quoter", parameters: [], capital: ExactDecimal(1))
        result.plan.strategies.append(second)
        result.subAccounts = ["sma-cross", "b"].map {
            SubAccountResult(
                account: $0, initialEquity: ExactDecimal(1), finalEquity: ExactDecimal(2),
                attribution: [ExactDecimal](repeating: .zero, count: 12), tradeCount: 3, fillCount: 4)
        }
        let summary = result.summary(
            RunIdentity(runID: "r", elapsedSeconds: 0), statistics: BacktestStatistics(result))
        guard case .object(let members) = summary, case .list(let accounts)? = summary["sub_accounts"] else {
            return #expect(Bool(false))
        }
        #expect(members.last?.key == "sub_accounts" && accounts.count == 2)
        #expect(accounts[1]["strategy"] == .string("quoter"))
    }

    @Test("tables have their columns and one row for each record")
    func tables() throws {
        let result = try SyntheticRun().run().result
        let fills = ResultTables.fills(result, orderPrefix: "0123abcd").text.split(separator: "\n")
        #expect(fills[0] == "time,instrument,side,quantity,price,fee,fee_asset,order_id,cause")
        #expect(fills.count == result.fills.count + 1)
        let first = result.fills[0]
        let price = first.price.decimal(SyntheticRun.instrument.fillPriceScale)
        #expect(
            fills[1]
                == "\(first.time),binance:spot:BTCUSDT,BUY,1,\(price),\(first.fee.decimal(Scale(8))),"
                + "USDT,0123abcd-1,market")
        var text: [UInt8] = []
        try ResultTables.ledger(result, orderPrefix: "0123abcd") { text += $0 }
        let ledger = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(ledger[0] == "time,sequence,account,asset,amount,cause,order_id")
        #expect(ledger.count == result.ledger.count + 1)
        #expect(ledger[1].hasSuffix(",fees,0123abcd-1"))
        let equity = ResultTables.equity(result.equity).text.split(separator: "\n")
        #expect(equity[0] == "time,equity,cash,drawdown")
        #expect(equity.count == result.steps + 2)
        #expect(equity[1] == "\(result.start!),100000,100000,0")
        let drawdowns = result.equity.pointDrawdowns.compactMap { $0 }
        #expect(drawdowns.max() == result.equity.drawdown.deepest)
        #expect(TextBuffer.field("a,\"b\"\n") == Array("\"a,\"\"b\"\"\n\"".utf8))
    }
}
