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
        // Months of a quiet strategy differ in hundredths.
        let decimals = largest < 0.02 ? 2 : 1
        var rows: [[String]] = []
        for year in max(first.year, last.year - 59)...last.year {
            let values = months.filter { $0.year == year }
            if values.isEmpty { continue }
            var cells = [String(year)]
            for month in 1...12 {
                let known = values.first { $0.month == month }
                cells.append(known.map { heat($0.value, largest: largest, decimals) } ?? "")
            }
            let growth = values.reduce(Optional(1.0)) { sofar, month in
                sofar.flatMap { product in month.value.map { product * (1 + $0) } }
            }
            let total = growth.map { $0 - 1 }
            cells.append("<b class=\"\(tone(total))\">\(month(total, decimals))</b>")
            rows.append(cells)
        }
        page.raw("<div class=\"card\">")
        page.table(
            "Returns by month", head: ["Year"] + TimeAxis.names.map { "#" + $0 } + ["#Year"], rows: rows,
            style: "months")
        page.raw("</div></section>\n")
    }

    private func heat(_ value: Double?, largest: Double, _ decimals: Int) -> String {
        guard let value else { return "<span>\(NumberText.absent)</span>" }
        let strength = largest > 0 ? Int((abs(value) / largest * 4).rounded(.up)) : 0
        let style = strength == 0 ? "" : (value > 0 ? "g" : "l") + "\(min(4, strength))"
        return "<span class=\"\(style)\">\(month(value, decimals))</span>"
    }

    private func month(_ value: Double?, _ decimals: Int) -> String {
        display(value.map { NumberText.fixed($0 * 100, abs($0) < 10 ? decimals : 0) } ?? NumberText.absent)
    }

    /// Closed round trips: all when they are few, else the first, the last, the best and the worst.
    func tradesSection(_ page: inout HTMLText) {
        let trips = result.roundTrips
        guard !trips.isEmpty else { return }
        let figures = statistics.trades
        var words = [NumberText.count(trips.count, "closed round trip")]
        if let rate = figures.hitRate { words.append("\(NumberText.percent(rate, 1)) of them with a profit") }
        for (name, value) in [("win", figures.averageWin), ("loss", figures.averageLoss)] {
            guard let value else { continue }
            words.append("mean \(name) \(NumberText.typeset(NumberText.fixed(value, 2))) \(unit)")
        }
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
                    + "trades.csv in the result folder holds all.", attributes: "class=\"lead\"")
        }
        page.raw("</div></section>\n")
    }

    private func trades(_ page: inout HTMLText, _ title: String, _ trips: [(offset: Int, element: RoundTrip)])
    {
        page.element("h3", title)
        // All of a list with the decimals that its largest needs, so that they compare.
        let largest = trips.map { abs($0.element.profit.approximateDouble) }.max() ?? 0
        let decimals = largest >= 100 ? 2 : largest >= 1 ? 4 : 8
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
                    + "\(display(NumberText.fixed(profit, decimals, signed: true)))</span>",
            ]
        }
        page.table(
            title.hasSuffix("round trips") ? title : title + " round trips",
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
