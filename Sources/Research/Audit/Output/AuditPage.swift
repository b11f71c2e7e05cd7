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
        RunHeading(result: report.result).head(
            &page, kind: "audit",
            remark: "\(NumberText.count(report.runs)) backtests, seed \(report.seed)")
        page.element("p", report.verdict.sentence, attributes: "class=\"note\" role=\"note\"")
        tiles(&page)
        for weight in AuditWeight.allCases where weight != .fine { section(weight, &page) }
        passed(&page)
        RunHeading.foot(
            &page, producer: producer,
            remark: "An audit finds what it looks for; what it does not look for may be there all the same.")
        return page.text
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
