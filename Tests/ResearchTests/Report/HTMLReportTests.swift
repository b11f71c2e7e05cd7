import Markets
import Research
import Simulation
import Testing
import Units

@Suite("The report page")
struct HTMLReportTests {
    private func page(_ run: SyntheticRun, change: (inout BacktestResult) -> Void = { _ in }) throws -> String
    {
        var (result, series) = try run.run()
        change(&result)
        let track = try #require(PriceTrack(series, instrument: InstrumentIndex(0)))
        return HTMLReport(
            ReportInput(
                result: result, statistics: BacktestStatistics(result), prices: [track],
                producer: "tradewind test")
        ).render()
    }

    /// Tags that are opened and not closed, or closed and not opened; nil when all match.
    private func unbalanced(_ page: String) -> String? {
        let void: Set<Substring> = ["meta", "br", "!DOCTYPE"]
        var open: [Substring] = []
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            let tail = rest[rest.index(after: start)...]
            guard let end = tail.firstIndex(of: ">") else { return "unclosed <" }
            let tag = tail[..<end]
            rest = tail[tail.index(after: end)...]
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "!" }
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return "</\(name)>" }
            } else if !tag.hasSuffix("/"), !void.contains(name) {
                open.append(name)
            }
            if name == "script" || name == "style", !tag.hasPrefix("/") {
                var body = rest
                while !body.hasPrefix("</") { body = body.dropFirst() }
                rest = body
            }
        }
        return open.isEmpty ? nil : "<\(open)"
    }

    @Test("equal inputs give equal bytes, tags match, nothing is loaded from elsewhere")
    func selfContained() throws {
        let run = SyntheticRun(warnings: ["a gap"])
        let page = try page(run)
        #expect(try page == self.page(run))
        #expect(unbalanced(page) == nil)
        for foreign in ["http://", "https://", "src=", "@import", "url(h", "<link"] {
            #expect(!page.contains(foreign), "\(foreign)")
        }
        for part in [
            "Equity", "Drawdown", "Exposure", "Price and fills", "Monthly returns", "Attribution", "Trades",
            "Statistics", "Model and parameters", "How to verify", "prefers-color-scheme:dark",
            "@media print",
            String(repeating: "0123456789abcdef", count: 4),
        ] { #expect(page.contains(part), "\(part)") }
        let drawings = page.components(of: "<svg role=\"img\"")
        #expect(drawings == 4)
        #expect(page.components(of: "<title id=") == 4 && page.components(of: "<desc id=") == 4)
    }

    @Test("hostile texts are text")
    func hostile() throws {
        let hostile = "</style></title><script>alert(1)</script>\"' onload=x \u{1B}[31m\u{0}\u{202E}&amp;"
        let page = try page(SyntheticRun(name: hostile, bars: 300, warnings: [hostile, hostile])) { result in
            result.finalPositions = [
                FinalPosition(instrument: hostile, quantity: .zero, mark: .zero, value: .zero)
            ]
        }
        #expect(!page.contains("<script>alert") && !page.contains("\u{1B}") && !page.contains("\u{202E}"))
        #expect(unbalanced(page) == nil)
        #expect(page.contains("&lt;/style&gt;&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;"))
    }

    @Test("the page stays small whatever the run")
    func size() throws {
        let long = String(repeating: "warning \u{1F300} ", count: 2_000)
        let page = try page(
            SyntheticRun(
                name: long, bars: 60_000, spacing: .minute, flipEvery: 2,
                warnings: [String](repeating: long, count: 5_000))
        ) { result in
            let many = FinalPosition(instrument: long, quantity: .zero, mark: .zero, value: .zero)
            result.finalPositions = [FinalPosition](repeating: many, count: 10_000)
        }
        #expect(page.utf8.count < 1_500_000)
        #expect(unbalanced(page) == nil)
    }

    @Test("a run without steps, and one without anything but loss, have their page")
    func edges() throws {
        let run = try SyntheticRun(bars: 1).run().result
        let empty = BacktestResult.empty(run.plan)
        let page = HTMLReport(
            ReportInput(result: empty, statistics: BacktestStatistics(empty), prices: [], producer: "t")
        ).render()
        #expect(unbalanced(page) == nil)
        for bars in 1...5 {
            #expect(unbalanced(try self.page(SyntheticRun(bars: bars, flipEvery: 1))) == nil)
        }
        let ruin = try self.page(SyntheticRun(bars: 30_000, spacing: .minute, flipEvery: 3))
        #expect(unbalanced(ruin) == nil && !ruin.contains(">nan") && !ruin.contains("Lnan"))
    }

    @Test("many fills are thinned, and the page says so; few are all there")
    func fills() throws {
        let many = try page(SyntheticRun(bars: 9_000))
        #expect(many.contains(" fills: the first of a kind in each 1/80 of the time"))
        #expect(many.components(of: "<use ") <= 160)
        let few = try page(SyntheticRun(bars: 300, flipEvery: 30))
        let count = try SyntheticRun(bars: 300, flipEvery: 30).run().result.fills.count
        #expect(few.components(of: "<use ") == count && few.contains("\(count) fills<"))
    }

    @Test("attribution is drawn over time, its causes without an amount are only named")
    func attribution() throws {
        let amounts: [Double] = [0, 120, 80]
        let page = try page(SyntheticRun(bars: 200)) { result in
            let start = result.equity.points[0].time
            result.attributionCurve = AttributionCurve(
                causes: ["price", "supply_interest"],
                points: amounts.enumerated().map { step, amount in
                    AttributionPoint(time: start + step * .day, amounts: [amount, -amount / 2])
                })
        }
        #expect(page.contains("<title id=\"attribution-t\">Attribution over time"))
        #expect(page.contains("class=\"key k1\">supply interest</span>"))
        #expect(page.contains("The causes together come to +40.00 USDT."))
        #expect(page.contains("margin:12px 0 0\">Nothing by basis, funding, supply"))
        #expect(!page.contains("<th scope=\"row\">basis</th>"))
        #expect(page.contains("<th scope=\"row\">fees</th>"))
        #expect(unbalanced(page) == nil)
        #expect(try !self.page(SyntheticRun(bars: 200)).contains("Attribution over time"))
    }

    @Test("the margin ratio is not drawn where there is none")
    func gaps() throws {
        let page = try page(SyntheticRun(bars: 200)) { result in
            result.riskCurve = RiskCurve(
                points: result.equity.points.enumerated().map { step, point in
                    RiskPoint(
                        time: point.time, gross: 1, net: 0, marginRatio: (50..<90).contains(step) ? nil : 0.5,
                        funding: Double(step))
                })
        }
        let drawing = try #require(page.firstRange(of: "<title id=\"margin-t\">"))
        let rest = page[drawing.upperBound...]
        let path = try #require(rest.firstRange(of: " d=\"M"))
        let data = rest[path.lowerBound...].dropFirst(4).prefix { $0 != "\"" }
        #expect(data.count { $0 == "M" } == 2, "two stretches: \(data.prefix(80))")
        for title in ["Worst margin ratio", "Largest net exposure"] {
            #expect(page.contains("<th scope=\"row\">\(title)</th>") == false, "\(title): not in the summary")
        }
    }

    @Test("numbers of a page have real minus signs, days their year once")
    func texts() throws {
        let page = try page(SyntheticRun(bars: 24 * 5))
        #expect(page.firstMatch(of: /[ >]-[0-9][0-9,.]*[ <]/) == nil)
        #expect(page.contains(">30 Dec 2023<") || page.contains(">29 Dec 2023<"))
        #expect(!page.contains(">31 Dec 2023<") && page.contains(">1 Jan 2024<"))
        #expect(!page.contains(">2 Jan 2024<") && page.contains(">2 Jan<"))
        let noon = Instant(day: 19_720) + 12 * .hour
        let minutes = try self.page(SyntheticRun(bars: 20, spacing: .minute, start: noon))
        #expect(minutes.contains(">29 Dec 12:00<") && !minutes.contains(">29 Dec 12:10<"))
        #expect(minutes.contains(">12:05<") && minutes.contains("From 1 return, one a"))
    }

    @Test("the close rule is marked as an idealisation")
    func idealisation() throws {
        #expect(try page(SyntheticRun(bars: 50, fill: .close)).contains("Fills are idealised"))
        #expect(try !page(SyntheticRun(bars: 50)).contains("Fills are idealised"))
        let result = try SyntheticRun(bars: 50, fill: .close).run().result
        let text = TerminalReport(
            result, statistics: BacktestStatistics(result), style: TerminalStyle(color: false)
        ).render()
        #expect(text.contains("Fills are idealised"))
    }

    @Test("thinned prices keep their extremes and their ends")
    func prices() throws {
        let series = try SyntheticRun(bars: 50_000).run().series
        let track = try #require(PriceTrack(series, instrument: InstrumentIndex(0)))
        let closes = (0..<series.count).map { Double(series.bar($0).close.mantissa) / 100 }
        let prices = track.points.map(\.price)
        #expect(prices.count <= 4_000 && prices.count > 2_000)
        #expect(prices.min() == closes.min() && prices.max() == closes.max())
        #expect(prices.first == closes.first && prices.last == closes.last)
        #expect(track.points.map(\.time) == track.points.map(\.time).sorted())
        let start = Instant(nanoseconds: series.columns.visibleTime[100])
        let part = PriceTrack(series, instrument: InstrumentIndex(0), start: start, end: start + .hour)
        #expect(part?.points.map(\.price) == [closes[100], closes[101]])
        #expect(PriceTrack(series, instrument: InstrumentIndex(0), start: .distantFuture) == nil)
    }
}

extension String {
    /// How often a text occurs.
    func components(of part: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
