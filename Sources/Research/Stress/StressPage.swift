internal import Accounting
internal import Markets
internal import Units

/// A stress test as one file of HTML, in the style of the report of a backtest. Equal tests give equal bytes.
public struct StressPage {
    private let report: StressReport
    private let producer: String

    /// A page.
    ///
    /// - Parameter producer: name and version of the program: `tradewind 1.0.0`.
    public init(_ report: StressReport, producer: String) {
        (self.report, self.producer) = (report, producer)
    }

    /// The page.
    public func render() -> String {
        var page = HTMLText()
        RunHeading(result: report.result).head(
            &page, kind: "stress test", remark: "shocks begin at \(NumberText.moment(report.moment)) UTC")
        table(&page)
        for outcome in report.outcomes { section(outcome, &page) }
        unfit(&page)
        RunHeading.foot(
            &page, producer: producer,
            remark: "A stress test shows what the run would have done had this happened; worse can happen.")
        return page.text
    }

    // MARK: All shocks

    private func table(_ page: inout HTMLText) {
        let unit = report.result.plan.shareClass.symbol
        var rows = [row("none", nil, report.result, report.statistics)]
        for outcome in report.outcomes {
            switch outcome.course {
            case .ran(let run): rows.append(row(outcome.scenario.text, run, run.result, run.statistics))
            case .stopped: rows.append([name(outcome.scenario.text), "stopped the run"])
            case .unfit: continue
            }
        }
        page.raw("<section>\n")
        page.element("h2", "What each shock came to")
        page.raw("<div class=\"card\">")
        page.table(
            "What each shock came to",
            head: [
                "Shock", "#Lost, \(unit)", "#Of equity", "#Deepest fall", "#Lowest health factor",
                "#Lowest margin ratio", "#Furthest net delta", "#Forced closings", "#Residual",
            ], rows: rows)
        page.element(
            "p", "Lost is final equity without the shock less that under it: negative where the shock paid.",
            attributes: "class=\"lead\"")
        page.raw("</div></section>\n")
    }

    private func row(
        _ shock: String, _ run: StressedRun?, _ result: BacktestResult, _ statistics: BacktestStatistics
    ) -> [String] {
        let equity = report.result.finalEquity.approximateDouble
        let share = run.flatMap { equity > 0 ? $0.lost.approximateDouble / equity : nil }
        let tone = run.map { $0.lost > .zero ? "down" : "up" } ?? ""
        return [
            name(shock), run.map { "<span class=\"\(tone)\">\(NumberText.money($0.lost))</span>" } ?? "",
            NumberText.percent(share), NumberText.percent(statistics.maxDrawdown),
            NumberText.ratio(result.risk.worstHealthFactor), NumberText.ratio(result.risk.worstMarginRatio),
            NumberText.percent(result.risk.maxAbsDelta), NumberText.count(result.risk.liquidations),
            NumberText.exact(result.attributionResidual),
        ]
    }

    private func name(_ shock: String) -> String { "<code>\(HTMLText.escape(shock, limit: 200))</code>" }

    // MARK: One shock

    private func section(_ outcome: StressOutcome, _ page: inout HTMLText) {
        switch outcome.course {
        case .unfit: return
        case .stopped(let reason):
            page.raw("<section>\n")
            page.element("h2", outcome.scenario.text)
            page.element("p", "The run was stopped: \(reason)", attributes: "class=\"note\" role=\"note\"")
        case .ran(let run):
            page.raw("<section>\n")
            page.element("h2", outcome.scenario.text)
            page.raw("<div class=\"card\">\n")
            page.element("p", StressWords.course(of: run))
            causes(run, &page)
            actions(run, &page)
            page.raw("</div>")
        }
        page.raw("</section>\n")
    }

    /// By which causes it was lost; what the shock did not change is left out.
    private func causes(_ run: StressedRun, _ page: inout HTMLText) {
        let rows = zip(Cause.attributed, run.attributionChange).filter { !$1.isZero }.map { cause, change in
            ["<code>\(cause.key)</code>", NumberText.money(change, signed: true)]
        }
        if rows.isEmpty { return }
        page.table(
            "What the shock changed, by cause",
            head: ["Cause", "#Change, \(report.result.plan.shareClass.symbol)"], rows: rows, style: "tight")
    }

    private func actions(_ run: StressedRun, _ page: inout HTMLText) {
        if run.actions.isEmpty { return }
        page.table(
            "What the run did, the first of it", head: ["Time", "What"],
            rows: run.actions.map {
                [HTMLText.escape(NumberText.moment($0.time)), HTMLText.escape($0.text)]
            }, style: "tight")
        if run.omittedActions > 0 {
            page.element(
                "p", "And \(NumberText.count(run.omittedActions)) more.", attributes: "class=\"lead\"")
        }
    }

    private func unfit(_ page: inout HTMLText) {
        let rows = report.outcomes.compactMap { outcome -> [String]? in
            guard case .unfit(let reason) = outcome.course else { return nil }
            return [name(outcome.scenario.text), HTMLText.escape(reason)]
        }
        if rows.isEmpty { return }
        page.raw("<section>\n")
        page.element("h2", "Shocks that mean nothing to this run")
        page.raw("<div class=\"card\">")
        page.table("Shocks that mean nothing to this run", head: ["Shock", "Why"], rows: rows)
        page.raw("</div></section>\n")
    }
}
