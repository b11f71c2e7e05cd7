internal import Markets
internal import Units

/// The findings of an audit as one file of HTML, in the style of the report of a backtest. Equal audits give
/// equal bytes.
public struct AuditPage {
    private let report: AuditReport
    private let producer: String

    /// A page.
    ///
    /// - Parameter producer: name and version of the program: `tradewind 1.0.0`.
    public init(_ report: AuditReport, producer: String) { (self.report, self.producer) = (report, producer) }

    /// The page.
    public func render() -> String {
        var page = HTMLText()
        head(&page)
        tiles(&page)
        for weight in AuditWeight.allCases where weight != .fine { section(weight, &page) }
        passed(&page)
        page.raw("</main>\n<footer>Made by \(HTMLText.escape(producer, limit: 80)). ")
        page.raw("An audit finds what it looks for; what it does not look for may be there all the same.")
        page.raw("</footer>\n</body>\n</html>\n")
        return page.text
    }

    private func head(_ page: inout HTMLText) {
        let result = report.result
        let name = HTMLText.escape(result.plan.name, limit: 120)
        let strategies = result.plan.strategies.map(\.strategy).joined(separator: " + ")
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
        page.raw("<title>\(name) – audit</title>\n<style>\n\(ReportStyle.sheet)</style>\n</head>\n<body>\n")
        page.raw("<main>\n<header><div><p class=\"eyebrow\">Audit · ")
        page.raw("\(HTMLText.escape(strategies, limit: 120))</p>\n")
        page.element("h1", String(result.plan.name.prefix(120)))
        page.element(
            "p",
            "\(NumberText.moment(result.start)) to \(NumberText.moment(result.end)) UTC · "
                + "\(NumberText.money(result.initialEquity)) → \(NumberText.money(result.finalEquity)) "
                + "\(result.plan.shareClass.symbol) · \(NumberText.count(report.runs)) backtests, seed "
                + "\(report.seed)", attributes: "class=\"sub\"")
        page.raw("</div>\n</header>\n")
        page.element("p", report.verdict.sentence, attributes: "class=\"note\" role=\"note\"")
    }

    private func tiles(_ page: inout HTMLText) {
        page.raw("<dl class=\"tiles\" style=\"margin-top:20px\">")
        for weight in AuditWeight.allCases {
            page.raw("<div><dt>\(AuditPage.words(weight))</dt><dd>\(report.count(weight))</dd></div>")
        }
        page.raw("</dl>\n")
    }

    private func section(_ weight: AuditWeight, _ page: inout HTMLText) {
        let findings = report.findings.filter { $0.weight == weight }
        if findings.isEmpty { return }
        page.raw("<section>\n")
        page.element("h2", AuditPage.words(weight))
        for finding in findings {
            page.raw("<div class=\"card\" style=\"margin-top:14px\">\n")
            page.element("h3", finding.title)
            let tone = weight <= .serious ? "down" : ""
            page.raw("<p><b class=\"\(tone)\">\(HTMLText.escape(finding.figure))</b> ")
            page.raw("<code class=\"dim\">\(HTMLText.escape(finding.check))</code></p>\n")
            page.element("p", finding.detail)
            page.element("p", "→ " + finding.remedy, attributes: "class=\"lead\"")
            page.raw("</div>\n")
        }
        page.raw("</section>\n")
    }

    private func passed(_ page: inout HTMLText) {
        let findings = report.findings.filter { $0.weight == .fine }
        if findings.isEmpty { return }
        page.raw("<section>\n")
        page.element("h2", "Looked for and not found")
        page.raw("<div class=\"card\">")
        page.table(
            "Checks without a finding", head: ["Check", "Result", "Figure"],
            rows: findings.map { finding in
                [
                    "<code>\(HTMLText.escape(finding.check))</code>", HTMLText.escape(finding.title),
                    HTMLText.escape(finding.figure),
                ]
            })
        page.raw("</div></section>\n")
    }

    private static func words(_ weight: AuditWeight) -> String {
        switch weight {
        case .fatal: "Fatal"
        case .serious: "Serious"
        case .notable: "Notable"
        case .fine: "Fine"
        }
    }
}
