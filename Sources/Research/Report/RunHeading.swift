internal import Accounting
internal import Events
internal import Markets
internal import Units

/// What the page, the text and the object about one run begin with: audits and stress tests say it alike.
struct RunHeading {
    let result: BacktestResult

    /// `2024-05-14 00:00 to ... UTC · 100,000.00 → 112,000.00 USDT`, with what stands between two parts.
    func span(between separator: String) -> String {
        "\(NumberText.moment(result.start)) to \(NumberText.moment(result.end)) UTC\(separator)"
            + "\(NumberText.money(result.initialEquity)) → \(NumberText.money(result.finalEquity)) "
            + result.plan.shareClass.symbol
    }

    /// Names of its strategies in a row.
    var strategies: String { result.plan.strategies.map(\.strategy).joined(separator: " + ") }

    /// Name, strategies and span for a terminal, below an empty line.
    func lines(_ text: inout TerminalText) {
        let name = TerminalText.clean(result.plan.name, width: text.width / 2)
        text.line()
        text.line(
            " " + text.styled(name, .strong)
                + text.styled(
                    "  " + TerminalText.clean(strategies, width: text.width - name.count - 4), .accent))
        text.line(text.styled(" " + span(between: "  ·  "), .faint))
    }

    /// The page up to the end of its header.
    ///
    /// - Parameters:
    ///   - kind: what the page is, as `audit`.
    ///   - remark: what follows on the span of the run.
    func head(_ page: inout HTMLText, kind: String, remark: String) {
        let name = HTMLText.escape(result.plan.name, limit: 120)
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
        page.raw("<title>\(name) – \(kind)</title>\n<style>\n\(ReportStyle.sheet)</style>\n</head>\n")
        page.raw("<body>\n")
        page.raw("<main>\n<header><div><p class=\"eyebrow\">")
        page.raw("\(kind.prefix(1).uppercased())\(kind.dropFirst()) · ")
        page.raw("\(HTMLText.escape(strategies, limit: 120))</p>\n")
        page.element("h1", String(result.plan.name.prefix(120)))
        page.element("p", span(between: " · ") + " · " + remark, attributes: "class=\"sub\"")
        page.raw("</div>\n</header>\n")
    }

    /// The page after its last section.
    static func foot(_ page: inout HTMLText, producer: String, remark: String) {
        page.raw("</main>\n<footer>Made by \(HTMLText.escape(producer, limit: 80)). ")
        page.raw(HTMLText.escape(remark))
        page.raw("</footer>\n</body>\n</html>\n")
    }

    /// The first members of the object: name, strategies, share class, span and equity at the start.
    var members: [JSONMember] {
        [
            JSONMember("name", .string(result.plan.name)),
            JSONMember("strategies", .list(result.plan.strategies.map { .string($0.strategy) })),
            JSONMember("share_class", .string(result.plan.shareClass.symbol)),
            JSONMember("start", .time(result.start)), JSONMember("end", .time(result.end)),
            JSONMember("initial_equity", .money(result.initialEquity)),
        ]
    }
}
