/// Figures as an aligned table and as JSON.
enum FigureText {
    /// A table of all figures, one a line below a header.
    static func table(_ figures: [Figure]) -> String {
        var rows = [["figure", "tradewind", "beside it", "unit", "ratio", "limit", "beside it stands"]]
        for figure in figures {
            rows.append([
                figure.title, number(figure.value), number(figure.plain), figure.unit, ratio(figure.ratio),
                limit(figure), figure.beside,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let numeric = [1, 2, 4]
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                let isLast = column == row.count - 1
                line += numeric.contains(column) ? gap + cell : isLast ? cell : cell + gap
                if !isLast { line += "  " }
            }
            return line + "\n"
        }.joined()
    }

    /// One JSON object with all figures. The texts are ours and need no escapes.
    static func json(_ figures: [Figure]) -> String {
        let objects = figures.map { figure in
            var text = "  {\"key\": \"\(figure.key)\", \"title\": \"\(figure.title)\", "
            text += "\"unit\": \"\(figure.unit)\", \"value\": \(figure.value), "
            text += "\"beside\": \"\(figure.beside)\", \"plain\": \(figure.plain), \"ratio\": \(figure.ratio)"
            switch figure.limit {
            case .atLeast(let least): text += ", \"ratio_at_least\": \(least)"
            case .atMost(let most): text += ", \"ratio_at_most\": \(most)"
            case nil: break
            }
            if figure.limit != nil { text += ", \"within_limit\": \(figure.isWithinLimit)" }
            return text + "}"
        }
        return "{\"figures\": [\n" + objects.joined(separator: ",\n") + "\n]}\n"
    }

    /// Three significant digits, as 0.214, 12.3 or 381.
    static func number(_ value: Double) -> String {
        var (decimals, bound) = (0, 100.0)
        while decimals < 3 && value.magnitude < bound {
            decimals += 1
            bound /= 10
        }
        return fixed(value, decimals)
    }

    /// A share below a half as `1/8.7`, any other as a number.
    static func ratio(_ value: Double) -> String {
        value > 0 && value < 0.5 ? "1/" + fixed(1 / value, 1) : fixed(value, 2)
    }

    private static func limit(_ figure: Figure) -> String {
        switch figure.limit {
        case .atLeast(let least): ">= \(ratio(least))" + (figure.isWithinLimit ? "" : " MISSED")
        case .atMost(let most): "<= \(ratio(most))" + (figure.isWithinLimit ? "" : " MISSED")
        case nil: ""
        }
    }

    /// A number with this many decimals. Figures are far below 2^53 thousandths.
    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        let unit = [1, 10, 100, 1000][decimals]
        let whole = Int((value * Double(unit)).rounded())
        if decimals == 0 { return "\(whole)" }
        let rest = String(whole.magnitude % UInt(unit))
        let zeros = String(repeating: "0", count: decimals - rest.count)
        return "\(whole < 0 ? "-" : "")\(whole.magnitude / UInt(unit)).\(zeros)\(rest)"
    }
}
