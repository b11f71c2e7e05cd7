import Foundation
import Testing
import TradewindCommands

/// `tradewind signals fetch` against a model on this host, over real sockets.
@Suite struct SignalsFetchTests {
    /// Twenty-four bars of five minutes, and a run whose file of signals is not there yet.
    private static func write(_ folder: CommandFolder) throws -> String {
        var rows = "time,open,high,low,close,volume\n"
        for bar in 0..<24 {
            let minute = bar * 5 % 60
            let stamp = "2024-01-01T0\(bar / 12):\(minute < 10 ? "0" : "")\(minute):00Z"
            rows += "\(stamp),\(100 + bar).5,\(102 + bar),\(99 + bar),\(101 + bar),10\n"
        }
        try folder.write(rows, to: "bars.csv")
        return try folder.write(
            """
            name: model
            strategy: ml-directional-usdt
            capital: {amount: 10000, asset: USDT}
            window: {start: 2024-01-01T00:10:00Z, end: 2024-01-01T01:50:00Z}
            data:
              - {instrument: "binance:perp:BTCUSDT", bars: bars.csv, timeframe: 5m}
              - {instrument: "binance:perp:BTCUSDT", signals: signals.csv}

            """, to: "run.yaml")
    }

    private static let long = "{\"signal\": \"long\", \"confidence\": 0.9, \"model_version\": \"7\"}"

    @Test func theAnswersBecomeTheSeriesThatTheBacktestReads() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let model = try LoopbackModel { request in
            switch request.number {
            case 0: LoopbackModel.ok(Self.long)
            case 1:
                // In chunks, and in pieces that come one by one.
                [
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-", "Encoding: chunked\r\n\r\n",
                    "1e\r\n{\"signal\":\"short\",\"confidence\"\r\n",
                    "31;x=1\r\n:\"0.85\",\"stop_loss\":120.5,\"take_profit\":null,\"sd\"\r\n",
                    "7\r\n:1e-05}\r\n", "0\r\n\r\n",
                ]
            case 2:
                LoopbackModel.ok("{\"signal\":\"neutral\",\"confidence\":1}", more: "Connection: close\r\n")
            default: LoopbackModel.ok("{\"signal\":\"hold\",\"confidence\":0.5}")
            }
        }
        let outcome = folder.run([
            "signals", "fetch", run, "--endpoint", model.url, "--history", "3", "--json",
        ])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.object["rows"] as? Int == 20)
        #expect(
            outcome.object["signals"] as? [String: Int] == ["long": 1, "short": 1, "neutral": 1, "hold": 17])
        let lines = try folder.text("signals.csv").split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(4) == [
                "timestamp,signal,confidence,stop_loss,take_profit,sd", "2024-01-01T00:15:00Z,long,0.9,,,",
                "2024-01-01T00:20:00Z,short,0.85,120.5,,0.00001", "2024-01-01T00:25:00Z,neutral,1,,,",
            ])
        // The question: the moment of the close, and three bars up to it, prices as decimal text.
        let first = try #require(model.seen.first)
        #expect(first.head.hasPrefix("POST /predict HTTP/1.1\r\nHost: 127.0.0.1:\(model.port)"))
        #expect(!first.head.contains("Authorization"))
        let asked = try JSONSerialization.jsonObject(with: Data(first.body.utf8)) as? [String: Any]
        #expect(
            asked?["timestamp"] as? String == "2024-01-01T00:15:00Z" && asked?["timeframe"] as? String == "5m"
        )
        #expect(asked?["symbol"] as? String == "BTCUSDT")
        let bars = asked?["bars"] as? [[String: String]] ?? []
        #expect(bars.map { $0["open"] } == ["100.5", "101.5", "102.5"] && bars.last?["close"] == "103")

        // The run reads the file and asks nobody.
        let before = model.seen.count
        let backtest = folder.run(["backtest", run, "--json"])
        #expect(backtest.status == 0 && (backtest.object["fills"] as? Int ?? 0) > 0, "\(backtest)")
        #expect(model.seen.count == before)
        let again = folder.run(["signals", "fetch", run, "--endpoint", model.url])
        #expect(again.status == 0 && again.result.contains("20 signals of binance:perp:BTCUSDT written"))
    }

    @Test func whatIsTransientIsAskedAgainAndThenToldWithNothingWritten() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let flaky = try LoopbackModel { request in
            switch request.number {
            case 0: []
            case 1: LoopbackModel.ok("busy", status: "503 Service Unavailable")
            default: LoopbackModel.ok(Self.long)
            }
        }
        let mended = folder.run(["signals", "fetch", run, "--endpoint", flaky.url])
        #expect(mended.status == 0 && flaky.seen.count == 22, "\(mended)")
        let (bodies, times) = (flaky.seen.map(\.body), Set(flaky.seen.map(\.body)))
        #expect(bodies[0] == bodies[2] && times.count == 20, "the same question")

        let dead = try LoopbackModel { _ in LoopbackModel.ok("no", status: "500 Internal Server Error") }
        try folder.write("kept", to: "other.csv")
        let failed = folder.run([
            "signals", "fetch", run, "--endpoint", dead.url, "--retries", "1", "--json", "--output",
            folder.path + "/other.csv",
        ])
        #expect(failed.status == 69 && dead.seen.count == 2, "\(failed)")
        #expect(failed.result.contains("it answered with the status 500"))
        #expect(failed.result.contains("2024-01-01T00:15:00Z after 0 answers"))
        #expect(try folder.text("other.csv") == "kept")
        // Nobody listens at the port of a model that is gone.
        let url = try LoopbackModel { _ in [] }.url
        let gone = folder.run(["signals", "fetch", run, "--endpoint", url, "--retries", "0"])
        #expect(gone.status == 69 && gone.remark.contains("it cannot be reached"), "\(gone)")
    }

    @Test func anAnswerThatDoesNotComeIsATimeout() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let slow = try LoopbackModel { _ in ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"] }
        let outcome = folder.run([
            "signals", "fetch", run, "--endpoint", slow.url, "--timeout", "0.2", "--retries", "0",
        ])
        #expect(outcome.status == 69 && outcome.remark.contains("no answer came within 0.2 s"), "\(outcome)")
        #expect(!folder.exists("signals.csv"))
    }

    @Test func whatIsNoSignalIsToldForWhatItIs() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let cases: [(answer: [String], words: String)] = [
            (LoopbackModel.ok("long"), "it is no JSON"), (LoopbackModel.ok("[1]"), "it is no object"),
            (LoopbackModel.ok("{\"signal\":\"up\",\"confidence\":1}"), "none of long, short, neutral, hold"),
            (LoopbackModel.ok("{\"signal\":\"long\"}"), "\"confidence\" is missing"),
            (LoopbackModel.ok("{\"signal\":\"long\",\"confidence\":1.2}"), "not a number from 0 to 1"),
            (
                LoopbackModel.ok("{\"signal\":\"long\",\"confidence\":\"x\"}"),
                "\"confidence\" is not a number"
            ),
            (LoopbackModel.ok("{\"signal\":\"long\",\"confidence\":1,\"sd\":-1}"), "\"sd\" is not a number"),
            (
                LoopbackModel.ok("{\"signal\":\"long\",\"confidence\":1,\"stop_loss\":9,\"take_profit\":8}"),
                "on the wrong sides"
            ), (LoopbackModel.ok("{}", status: "404 Not Found"), "the status 404"),
            (["SSH-2.0-OpenSSH\r\n\r\n"], "is not HTTP"),
            (["HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"], "a Content-Length of"),
            (["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], "a chunk of size"),
        ]
        for (answer, words) in cases {
            let model = try LoopbackModel { _ in answer }
            let outcome = folder.run(["signals", "fetch", run, "--endpoint", model.url])
            #expect(outcome.status == 65 && outcome.remark.contains(words), "\(words): \(outcome)")
            #expect(model.seen.count == 1, "it is not asked again")
            #expect(!folder.exists("signals.csv"))
        }
    }

    @Test func aTokenComesFromTheEnvironmentAndAddressesAreChecked() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let model = try LoopbackModel { _ in LoopbackModel.ok(Self.long) }
        let (status, text) = try CommandShell.run(
            "export TRADEWIND_SIGNALS_TOKEN=s3cret; $T signals fetch '\(run)' --endpoint \(model.url)")
        #expect(status == 0 && !text.contains("s3cret"), "\(text)")
        #expect(model.seen.allSatisfy { $0.head.contains("\r\nAuthorization: Bearer s3cret") })
        let bad = try CommandShell.run(
            "export TRADEWIND_SIGNALS_TOKEN=$'a\\r\\nX: b'; $T signals fetch '\(run)' --endpoint \(model.url)"
        )
        #expect(bad.status == 78 && bad.text.contains("holds what no token does"))
        for (url, words) in [
            ("https://127.0.0.1/", "speaks TLS"), ("127.0.0.1:80", "is not an address"),
            ("http://:80/", "names no host"), ("http://a:99999/", "a port that is not"),
            ("http://a b/", "is not an address"),
        ] {
            let outcome = folder.run(["signals", "fetch", run, "--endpoint", url])
            #expect(outcome.status == 64 && outcome.remark.contains(words), "\(url): \(outcome)")
        }
        let six = try EndpointAddress("http://[::1]:8080?x=1")
        #expect(
            six.host == "::1" && six.port == 8_080 && six.path == "/?x=1" && six.authority == "[::1]:8080")
        #expect(try EndpointAddress("http://model").port == 80)
    }

    @Test func aRunWithoutSignalsIsRefused() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let outcome = folder.run(["signals", "fetch", run, "--endpoint", "http://127.0.0.1:9/"])
        #expect(outcome.status == 78 && outcome.remark.contains("reads no series of signals"), "\(outcome)")
    }
}
