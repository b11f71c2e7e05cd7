internal import Markets
internal import Units

extension HTMLReport {
    /// Parts into which drawings thin their points; each leaves at most four.
    static let parts = 450
    /// The most fills that one drawing marks.
    private static let marks = 160
    /// The most instruments that are drawn.
    private static let charts = 4

    private func points(_ value: (EquityPoint) -> Double?) -> [ChartPoint] {
        let all = result.equity.points.compactMap { point in
            value(point).map { ChartPoint(time: point.time.nanoseconds, value: $0) }
        }
        return ChartThinning.thin(all, buckets: HTMLReport.parts)
    }

    /// Equity, drawdown and exposure.
    func equitySection(_ page: inout HTMLText) {
        let unitSize = WideArithmetic.approximateDouble(result.equity.scale.unit)
        let equity = points { WideArithmetic.approximateDouble($0.equity) / unitSize }
        guard equity.count >= 2, let first = equity.first, let last = equity.last else { return }
        begin(&page, "Equity")
        page.raw("<div class=\"card\">")
        let values = equity.map(\.value)
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        let held = benchmark(of: first.value)
        let levels = values + held.map(\.value)
        let axis = ValueAxis(padded(levels.min() ?? 0, levels.max() ?? 0), count: 6)
        var drawing = ChartDrawing(from: first.time, to: last.time, axis: axis, height: 280)
        let fall = result.equity.drawdown
        if let peak = fall.peak, let trough = fall.trough {
            drawing.band(from: peak.nanoseconds, to: trough.nanoseconds, style: "band")
        }
        drawing.level(first.value, style: "base")
        drawing.area(equity, to: axis.low, style: "fill")
        drawing.line(equity, style: "curve")
        drawing.line(held, style: "bench")
        let range = "lowest \(fixed(low)), highest \(fixed(high))"
        let markup = drawing.markup(
            id: "equity", title: "Equity over time",
            description: "Equity moves from \(NumberText.money(result.initialEquity)) to "
                + "\(NumberText.money(result.finalEquity)) \(unit), \(range).",
            unit: unit, showsTime: false)
        let beside = result.benchmark.map { "; grey: buying and holding \($0.instrument)" } ?? ""
        figure(&page, "Equity", ", \(unit); dashed: at the start" + beside, note: range, markup)
        drawdown(&page, from: first.time, to: last.time)
        if result.riskCurve == nil {
            exposure(&page, from: first.time, to: last.time)
        } else {
            contractExposure(&page, from: first.time, to: last.time)
        }
        page.raw("</div></section>\n")
    }

    /// What the initial equity would have become in the benchmark.
    private func benchmark(of initial: Double) -> [ChartPoint] {
        let all = (result.benchmark?.points ?? []).map {
            ChartPoint(time: $0.time.nanoseconds, value: $0.growth * initial)
        }
        return ChartThinning.thin(all, buckets: HTMLReport.parts)
    }

    /// A drawing with its caption above it: a name, what to say of it, and a note at the right.
    func figure(
        _ page: inout HTMLText, _ name: String, _ rest: String, note: String, _ markup: String
    ) {
        page.raw("<div class=\"fig\"><p class=\"cap\"><span><b>\(HTMLText.escape(name))</b>")
        page.raw("\(HTMLText.escape(rest))</span><span>\(HTMLText.escape(note))</span></p>\(markup)</div>")
    }

    func fixed(_ value: Double) -> String {
        NumberText.typeset(NumberText.fixed(value, abs(value) >= 1 ? 2 : 6))
    }

    /// The range with a little room above and below.
    func padded(_ low: Double, _ high: Double) -> ClosedRange<Double> {
        let room = (high - low) * 0.05
        return (low - room)...(high + room)
    }

    private func drawdown(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        let fractions = result.equity.pointDrawdowns
        let all = zip(result.equity.points, fractions).compactMap { point, fraction in
            fraction.map { ChartPoint(time: point.time.nanoseconds, value: -$0) }
        }
        let falls = ChartThinning.thin(all, buckets: HTMLReport.parts)
        guard let deepest = falls.map(\.value).min() else { return }
        let axis = ValueAxis((deepest < 0 ? deepest * 1.04 : -0.01)...0, count: 3, isPercent: true)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 96)
        let summary = result.equity.drawdown
        if let peak = summary.peak, let trough = summary.trough {
            drawing.band(from: peak.nanoseconds, to: trough.nanoseconds, style: "band")
        }
        drawing.area(falls, to: 0, style: "hole")
        drawing.line(falls, style: "fall")
        let depth = NumberText.percent(statistics.maxDrawdown)
        let longest = NumberText.duration(statistics.longestDrawdown)
        let markup = drawing.markup(
            id: "drawdown", title: "Drawdown over time",
            description: "The deepest fall below a preceding peak is \(depth); the longest lasts \(longest).",
            unit: "%", showsTime: false)
        figure(
            &page, "Drawdown", " from the preceding peak; shaded: peak to trough of the deepest",
            note: "deepest \(depth), longest \(longest)", markup)
    }

    private func exposure(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        let held = points { point in
            let equity = WideArithmetic.approximateDouble(point.equity)
            guard equity > 0 else { return nil }
            let held = (equity - WideArithmetic.approximateDouble(point.cash)) / equity
            return min(20, max(-20, held))
        }
        let values = held.map(\.value)
        let low = min(0, values.min() ?? 0)
        let high = max(0, values.max() ?? 0)
        let axis = ValueAxis(
            low == high ? 0...1 : (low * 1.04)...(high * 1.04), count: 4, isPercent: true)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 96)
        drawing.area(held, to: 0, style: "held", steps: true)
        drawing.level(0, style: "zero")
        drawing.line(held, style: "thin", steps: true)
        let share = NumberText.percent(statistics.exposure, 1)
        func typeset(_ value: Double) -> String { NumberText.typeset(NumberText.percent(value, 1)) }
        let markup = drawing.markup(
            id: "exposure", title: "Exposure over time",
            description: "Net holdings between \(typeset(low)) and \(typeset(high)) of equity; "
                + "in the market \(share) of the steps.",
            unit: "%", showsTime: true)
        figure(
            &page, "Exposure", ": holdings other than \(unit), as a share of equity",
            note: "in the market \(share) of the steps", markup)
    }

    /// Prices with the fills on them.
    func priceSections(_ page: inout HTMLText) {
        let tracks = input.prices.filter { result.instruments.indices.contains($0.instrument.position) }
        guard !tracks.isEmpty else { return }
        begin(&page, "Price and fills")
        for (index, track) in tracks.prefix(HTMLReport.charts).enumerated() {
            page.raw("<div class=\"card fig\"\(index > 0 ? " style=\"margin-top:16px\"" : "")>")
            priceChart(&page, track, id: "price\(index)")
            page.raw("</div>\n")
        }
        let rest = result.instruments.count - min(tracks.count, HTMLReport.charts)
        if rest > 0 {
            page.element(
                "p", "\(NumberText.count(rest)) more instruments are not drawn.", attributes: "class=\"lead\""
            )
        }
        page.raw("</section>\n")
    }

    private func priceChart(_ page: inout HTMLText, _ track: PriceTrack, id: String) {
        let instrument = result.instruments[track.instrument.position]
        let all = track.points.map { ChartPoint(time: $0.time.nanoseconds, value: $0.price) }
        let prices = ChartThinning.thin(all, buckets: HTMLReport.parts)
        let fills = result.fills.filter { $0.instrument == track.instrument }
        guard let first = prices.first, let last = prices.last else { return }
        let unitSize = WideArithmetic.approximateDouble(instrument.fillPriceScale.unit)
        let marked = marked(fills, from: first.time, to: last.time)
        let levels = marked.map { Double($0.price.mantissa) / unitSize } + prices.map(\.value)
        let axis = ValueAxis(padded(levels.min() ?? 0, levels.max() ?? 0), count: 6)
        let end = max(last.time, fills.last?.time.nanoseconds ?? last.time)
        let start = min(first.time, fills.first?.time.nanoseconds ?? first.time)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 280)
        drawing.line(prices, style: "quiet")
        for fill in marked {
            drawing.mark(
                fill.side == .buy ? "buy" : "sell", time: fill.time.nanoseconds,
                value: Double(fill.price.mantissa) / unitSize)
        }
        let count = fills.count
        let quote = instrument.quote.symbol
        let thinned =
            marked.count < count
            ? "\(NumberText.count(marked.count)) of \(NumberText.count(count, "fill")): the first of a kind "
                + "in each 1/\(HTMLReport.marks / 2) of the time" : NumberText.count(count, "fill")
        page.raw("<p class=\"cap\"><span><b>\(HTMLText.escape(instrument.id.description))</b>, ")
        page.raw("\(HTMLText.escape(track.kind)) in \(HTMLText.escape(quote))</span><span>")
        page.raw("<span class=\"key b\">buy</span> &nbsp; <span class=\"key s\">sell</span> &nbsp; ")
        page.raw("\(HTMLText.escape(thinned))</span></p>")
        page.raw(
            drawing.markup(
                id: id, title: "Price of \(instrument.id) with fills",
                description: "Prices from \(fixed(first.value)) to \(fixed(last.value)) \(quote), "
                    + "between \(fixed(axis.low)) and \(fixed(axis.high)), with \(thinned).",
                unit: quote, showsTime: true))
    }

    /// All fills where they are few; of many, the first buy and the first sell of each part of the time.
    private func marked(_ fills: [FillRecord], from start: Int64, to end: Int64) -> [FillRecord] {
        guard fills.count > HTMLReport.marks else { return fills }
        let parts = HTMLReport.marks / 2
        let span = max(1, Double(end) - Double(start))
        var last: [Side: Int] = [:]
        return fills.filter { fill in
            let place = (Double(fill.time.nanoseconds) - Double(start)) / span
            let part = min(parts - 1, max(0, Int(place * Double(parts))))
            if last[fill.side] == part { return false }
            last[fill.side] = part
            return true
        }
    }
}
