internal import Accounting
internal import Markets
internal import Units

extension HTMLReport {
    /// Returns by month, coloured by size.
    func monthsSection(_ page: inout HTMLText) {
        let months = statistics.months
        guard let first = months.first, let last = months.last else { return }
        begin(
            &page, "Monthly returns",
            "In percent, time-weighted, UTC months. Colour goes with size; the year multiplies its months.")
        let largest = months.compactMap(\.value).map(abs).max() ?? 0
        var rows: [[String]] = []
        for year in max(first.year, last.year - 59)...last.year {
            let values = months.filter { $0.year == year }
            if values.isEmpty { continue }
            var cells = [String(year)]
            for month in 1...12 {
                cells.append(
                    values.first { $0.month == month }.map { heat($0.value, largest: largest) } ?? "")
            }
            let growth = values.reduce(Optional(1.0)) { sofar, month in
                sofar.flatMap { product in month.value.map { product * (1 + $0) } }
            }
            let total = growth.map { $0 - 1 }
            cells.append("<b class=\"\(tone(total))\">\(month(total))</b>")
            rows.append(cells)
        }
        page.raw("<div class=\"card\">")
        page.table(
            "Returns by month", head: ["Year"] + TimeAxis.names.map { "#" + $0 } + ["#Year"], rows: rows,
            style: "months")
        page.raw("</div></section>\n")
    }

    private func heat(_ value: Double?, largest: Double) -> String {
        guard let value else { return "<span>\(NumberText.absent)</span>" }
        let strength = largest > 0 ? Int((abs(value) / largest * 4).rounded(.up)) : 0
        let style = strength == 0 ? "" : (value > 0 ? "g" : "l") + "\(min(4, strength))"
        return "<span class=\"\(style)\">\(month(value))</span>"
    }

    private func month(_ value: Double?) -> String {
        display(value.map { NumberText.fixed($0 * 100, abs($0) < 10 ? 1 : 0) } ?? NumberText.absent)
    }

    /// The change of equity by cause.
    func attributionSection(_ page: inout HTMLText) {
        begin(
            &page, "Attribution",
            "Every change of equity has a cause, counted from the ledger's own postings and marks. "
                + "The causes add up to the change exactly; nothing is left as “the rest”.")
        let largest = result.attribution.map { abs($0.approximateDouble) }.max() ?? 0
        page.raw("<div class=\"card fig\">")
        let rows = zip(Cause.attributed, result.attribution).map { cause, amount in
            [
                HTMLText.escape(TerminalReport.words(cause)),
                amount.isZero ? "<span class=\"dim\">0</span>" : exact(amount),
                amount.isZero ? "" : bar(amount.approximateDouble, largest: largest),
            ]
        }
        let change = result.finalEquity.approximateDouble - result.initialEquity.approximateDouble
        page.table(
            "Change of equity by cause, in \(unit)", head: ["Cause", "#Amount, \(unit)", ""], rows: rows,
            style: "attr")
        page.raw("<p class=\"cap\" style=\"margin:14px 0 0\"><span>")
        page.raw("Equity \(exact(result.initialEquity)) → ")
        page.raw("\(exact(result.finalEquity)) \(HTMLText.escape(unit)), net deposits ")
        page.raw("\(exact(result.netFlows))</span>")
        page.raw(
            "<span>change <b class=\"\(tone(change))\">\(display(NumberText.fixed(change, 2, signed: true)))")
        page.raw("</b>, residual <b>\(exact(result.attributionResidual))</b></span></p></div></section>\n")
    }

    private func exact(_ value: ExactDecimal) -> String { HTMLText.escape(NumberText.exact(value)) }

    /// A bar to the right of the middle for gains, to the left for losses.
    private func bar(_ value: Double, largest: Double) -> String {
        guard largest > 0, value.isFinite else { return "" }
        let breadth = max(0.3, abs(value) / largest * 50)
        let start = value < 0 ? 50 - breadth : 50
        return
            "<svg width=\"100%\" height=\"16\" aria-hidden=\"true\"><rect class=\"\(value < 0 ? "m" : "p")\" "
            + "x=\"\(NumberText.fixed(start, 2))%\" y=\"2\" width=\"\(NumberText.fixed(breadth, 2))%\" "
            + "height=\"13\" rx=\"2\"/><line class=\"zero\" x1=\"50%\" x2=\"50%\" y1=\"-7\" y2=\"24\"/></svg>"
    }

    /// Closed round trips: all when they are few, else the first, the last, the best and the worst.
    func tradesSection(_ page: inout HTMLText) {
        let trips = result.roundTrips
        guard !trips.isEmpty else { return }
        let figures = statistics.trades
        var words = ["\(NumberText.count(trips.count)) closed round trips"]
        if let rate = figures.hitRate { words.append("\(NumberText.percent(rate, 1)) of them with a profit") }
        if let win = figures.averageWin { words.append("mean win \(NumberText.fixed(win, 2)) \(unit)") }
        if let loss = figures.averageLoss { words.append("mean loss \(NumberText.fixed(loss, 2)) \(unit)") }
        begin(&page, "Trades", words.joined(separator: ", ") + ". Profit is after fees.")
        page.raw("<div class=\"card\">")
        if trips.count <= 60 {
            trades(&page, "All round trips", Array(trips.enumerated()))
        } else {
            let all = Array(trips.enumerated())
            let ranked = all.sorted {
                $0.element.profit == $1.element.profit
                    ? $0.offset < $1.offset : $0.element.profit > $1.element.profit
            }
            let lists = [
                ("Best", Array(ranked.prefix(10))), ("Worst", Array(ranked.suffix(10).reversed())),
                ("First", Array(all.prefix(10))), ("Last", Array(all.suffix(10))),
            ]
            for (title, list) in lists { trades(&page, title, list) }
            let listed = Set(lists.flatMap { $0.1.map(\.offset) }).count
            page.element(
                "p",
                "The other \(NumberText.count(trips.count - listed)) are not listed here; "
                    + "fills.csv in the result folder holds every fill.", attributes: "class=\"lead\"")
        }
        page.raw("</div></section>\n")
    }

    private func trades(_ page: inout HTMLText, _ title: String, _ trips: [(offset: Int, element: RoundTrip)])
    {
        page.element("h3", title)
        let rows = trips.map { place, trip in
            let instrument = result.instruments[trip.instrument.position]
            let entry = trip.entryPrice.approximateDouble
            let change = entry > 0 ? trip.exitPrice.approximateDouble / entry - 1 : nil
            let gain = change.map { trip.isLong ? $0 : -$0 }
            let profit = trip.profit.approximateDouble
            return [
                NumberText.count(place + 1), trip.isLong ? "long" : "short",
                HTMLText.escape(instrument.id.symbol), HTMLText.escape(NumberText.moment(trip.entryTime)),
                HTMLText.escape(NumberText.duration(trip.exitTime.since(trip.entryTime))),
                exact(trip.quantity.decimal(instrument.quantityScale)), price(trip.entryPrice),
                price(trip.exitPrice), display(NumberText.percent(gain, 2, signed: true)),
                "<span class=\"\(tone(profit))\">"
                    + "\(display(NumberText.money(trip.profit, signed: true)))</span>",
            ]
        }
        page.table(
            title + " round trips",
            head: [
                "#", "Side", "Symbol", "Entry, UTC", "Held", "#Quantity", "#Entry", "#Exit", "#Move",
                "#Profit",
            ], rows: rows, style: "tight")
    }

    private func price(_ value: ExactDecimal) -> String {
        let size = abs(value.approximateDouble)
        return display(NumberText.fixed(value.approximateDouble, size >= 1_000 ? 2 : size >= 1 ? 4 : 8))
    }

    /// Parts of a run with several strategies, and what was held at the end.
    func accountsSection(_ page: inout HTMLText) {
        let accounts = result.subAccounts.count > 1 ? result.subAccounts : []
        guard !accounts.isEmpty || !result.finalPositions.isEmpty else { return }
        begin(&page, accounts.isEmpty ? "Held at the end" : "Accounts")
        page.raw("<div class=\"card\">")
        if !accounts.isEmpty {
            page.element("h3", "Sub-accounts, which add up to the whole exactly")
            let rows = accounts.prefix(100).map { account in
                [
                    HTMLText.escape(account.account, limit: 80), exact(account.initialEquity),
                    exact(account.finalEquity), NumberText.count(account.tradeCount),
                    NumberText.count(account.fillCount),
                ]
            }
            page.table(
                "Sub-accounts", head: ["Account", "#Start", "#End", "#Round trips", "#Fills"], rows: rows)
        }
        if !result.finalPositions.isEmpty {
            if !accounts.isEmpty { page.element("h3", "Held at the end") }
            let rows = result.finalPositions.prefix(200).map { position in
                [
                    HTMLText.escape(position.instrument, limit: 120), exact(position.quantity),
                    exact(position.mark), exact(position.value),
                ]
            }
            page.table(
                "Positions at the end", head: ["Instrument", "#Quantity", "#Mark", "#Value, \(unit)"],
                rows: rows)
        }
        page.raw("</div></section>\n")
    }
}
