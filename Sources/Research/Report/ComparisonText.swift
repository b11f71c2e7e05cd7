extension Comparison {
    /// The comparison for a terminal: the runs, what differs in their settings, and the figures, the best of
    /// each with an asterisk.
    public func render(_ style: TerminalStyle) -> String {
        var text = TerminalText(color: style.color, width: style.width)
        text.heading("Runs")
        for (index, run) in runs.enumerated() {
            let mark = TerminalText.right(String(index + 1), 4) + "  "
            let name = TerminalText.clean(run.name, width: 30)
            text.line(
                mark + text.styled(TerminalText.left(name, 30), .strong) + "  "
                    + text.styled(TerminalText.clean(run.path, width: style.width - 40), .faint))
        }
        // Columns of 13 characters; more runs than fit stand in further blocks.
        let room = max(1, (style.width - 25) / 13)
        for start in stride(from: 0, to: runs.count, by: room) {
            block(start..<min(runs.count, start + room), &text)
        }
        differences(&text, style.width)
        text.line()
        text.line(text.styled(" * the best of the runs", .faint))
        for note in notes { text.paragraph(note, mark: "! ", tone: .warning) }
        return text.text
    }

    private func block(_ places: Range<Int>, _ text: inout TerminalText) {
        text.line()
        head(places, &text)
        for row in rows {
            var line = " " + TerminalText.left(row.figure.title, 23)
            for place in places {
                let isBest = row.best.contains(place)
                let cell = TerminalText.clean(row.figure.text(row.values[place]), width: 12)
                let fitted = TerminalText.right(cell, 12)
                line += isBest ? text.styled(fitted + "*", .gain) : fitted + " "
            }
            text.line(line)
        }
        let short = settings.filter { $0.differs && $0.isShort }
        if short.isEmpty { return }
        text.line()
        for setting in short {
            var line = " " + TerminalText.left(TerminalText.clean(setting.shortName, width: 22), 23)
            for place in places {
                line += TerminalText.right(setting.values[place] ?? NumberText.absent, 12) + " "
            }
            text.line(line)
        }
    }

    private func head(_ places: Range<Int>, _ text: inout TerminalText) {
        var head = " " + TerminalText.left("", 23)
        for place in places {
            let name = TerminalText.clean(runs[place].name, width: 8)
            head += TerminalText.right("\(place + 1) \(name)", 12) + " "
        }
        text.line(text.styled(head, .faint))
        text.line(text.styled(" " + String(repeating: "─", count: 22 + 13 * places.count), .faint))
    }

    /// Settings whose values do not fit the columns above.
    private func differences(_ text: inout TerminalText, _ width: Int) {
        let different = settings.filter(\.differs)
        if different.isEmpty { text.heading("Settings are the same") }
        let long = different.filter { !$0.isShort }
        if !long.isEmpty { text.heading("Settings that differ") }
        for setting in long {
            for (index, value) in setting.values.enumerated() {
                let name = index == 0 ? setting.name : ""
                text.line(
                    " " + TerminalText.left(TerminalText.clean(name, width: 26), 27)
                        + text.styled("\(index + 1)", .faint) + "  "
                        + TerminalText.clean(value ?? NumberText.absent, width: max(20, width - 34)))
            }
        }
    }
}
