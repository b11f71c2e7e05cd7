/// Lines for a terminal: alignment, colour where it is welcome, nothing that a hostile name could do to it.
struct TerminalText {
    /// A meaning that colour underlines.
    enum Tone { case plain, strong, faint, gain, loss, warning, accent }

    let color: Bool
    let width: Int
    private(set) var text = ""

    init(color: Bool, width: Int) { (self.color, self.width) = (color, width) }

    /// The text in the colour of its meaning (SGR codes of ECMA-48), or as it is.
    func styled(_ text: String, _ tone: Tone) -> String {
        guard color else { return text }
        let code =
            switch tone {
            case .plain: ""
            case .strong: "1"
            case .faint: "2"
            case .gain: "32"
            case .loss: "31"
            case .warning: "33"
            case .accent: "36"
            }
        return code.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// Adds a line, without spaces at its end.
    mutating func line(_ content: String = "") {
        var content = content
        while content.hasSuffix(" ") { content.removeLast() }
        text += content + "\n"
    }

    /// Adds a heading with room above it.
    mutating func heading(_ title: String) {
        line()
        line(" " + styled(title, .strong))
    }

    /// Adds a paragraph broken at spaces, its lines behind a mark.
    mutating func paragraph(_ content: String, mark: String, tone: Tone) {
        let room = max(20, width - mark.count - 2)
        var rows: [String] = [""]
        for word in content.split(separator: " ") {
            if !rows[rows.count - 1].isEmpty && rows[rows.count - 1].count + word.count + 1 > room {
                rows.append("")
            }
            rows[rows.count - 1] += (rows[rows.count - 1].isEmpty ? "" : " ") + word
        }
        for (index, row) in rows.enumerated() {
            let lead = index == 0 ? mark : String(repeating: " ", count: mark.count)
            line(" " + styled(lead, tone) + row)
        }
    }

    /// The text without control characters, cut to a width with an ellipsis.
    static func clean(_ text: String, width: Int = 400) -> String {
        let line = PlainText.clean(text)
        return line.count <= width ? line : String(line.prefix(max(1, width - 1))) + "…"
    }

    /// The text with spaces after it.
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Numbers with spaces after them so that their points stand below each other when aligned right.
    static func alignedAtPoint(_ numbers: [String]) -> [String] {
        func tail(_ number: String) -> Int {
            number.firstIndex(of: ".").map { number.distance(from: $0, to: number.endIndex) } ?? 0
        }
        let longest = numbers.map(tail).max() ?? 0
        return numbers.map { $0 + String(repeating: " ", count: longest - tail($0)) }
    }

    /// The text with spaces before it.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

/// Pictures made of block characters.
enum BlockCharts {
    private static let levels = Array("▁▂▃▄▅▆▇█")
    private static let eighths = Array("▏▎▍▌▋▊▉█")

    /// One character for each of `width` equal parts of the values: the part's mean between the lowest and
    /// the highest mean.
    static func sparkline(_ values: [Double], width: Int) -> String {
        let values = values.filter(\.isFinite)
        guard !values.isEmpty, width > 0 else { return "" }
        let columns = min(width, values.count)
        let means = (0..<columns).map { column in
            let part = values[(column * values.count / columns)..<((column + 1) * values.count / columns)]
            return part.reduce(0, +) / Double(part.count)
        }
        guard let low = means.min(), let high = means.max() else { return "" }
        guard high > low else { return String(repeating: "▄", count: columns) }
        return String(means.map { levels[min(7, Int(($0 - low) / (high - low) * 8))] })
    }

    /// A bar of a fraction of `width` characters, to an eighth of one; at least a sliver when above 0.
    static func bar(_ fraction: Double, width: Int) -> String {
        guard fraction.isFinite, fraction > 0 else { return "" }
        let parts = max(1, Int((min(1, fraction) * Double(width * 8)).rounded()))
        let whole = String(repeating: "█", count: parts / 8)
        return parts % 8 == 0 ? whole : whole + String(eighths[parts % 8 - 1])
    }
}
