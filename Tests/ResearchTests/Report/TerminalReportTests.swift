import Research
import Testing
import Units

@Suite("The report on a terminal")
struct TerminalReportTests {
    private func text(_ run: SyntheticRun, color: Bool = false, width: Int = 80) throws -> String {
        let result = try run.run().result
        return TerminalReport(
            result, statistics: BacktestStatistics(result), style: TerminalStyle(color: color, width: width)
        ).render()
    }

    @Test("lines fit the terminal and end without spaces, at every width")
    func widths() throws {
        let run = SyntheticRun(
            name: String(repeating: "long ", count: 40), bars: 3_000,
            warnings: [String(repeating: "words of a warning ", count: 9)])
        for width in [20, 72, 80, 100, 300] {
            for line in try text(run, width: width).split(separator: "\n") {
                #expect(line.count <= min(100, max(72, width)), "\(line)")
                #expect(!line.hasSuffix(" "))
            }
        }
    }

    @Test("colour is there only when asked for, and hostile names have none")
    func color() throws {
        let run = SyntheticRun(name: "a\u{1B}[31mb\u{9B}c\r\n", bars: 300, warnings: ["\u{1B}]0;x\u{7}"])
        #expect(!(try text(run).contains("\u{1B}")))
        #expect(!(try text(run).contains("\r")))
        #expect(try text(run, color: true).contains("\u{1B}[36m"))
    }

    @Test("figures stand there with separators and units")
    func figures() throws {
        let result = try SyntheticRun().run().result
        let text = try text(SyntheticRun())
        #expect(text.contains("100,000.00 → "))
        #expect(text.contains("residual") && text.contains("exact"))
        #expect(text.contains(result.logHash.description))
        #expect(text.contains("▁") && text.contains("█"))
    }

    @Test("a comparison has one line for each run")
    func comparison() throws {
        let rows = try [1, 2, 3].map { seed in
            let result = try SyntheticRun(name: "run-\(seed)", bars: 800, seed: UInt64(seed)).run().result
            return (result: result, statistics: BacktestStatistics(result))
        }
        for width in [72, 80, 100] {
            let lines = ComparisonTable(rows, style: TerminalStyle(color: false, width: width)).render()
                .split(separator: "\n")
            #expect(lines.count == 5)
            #expect(lines.allSatisfy { $0.count <= width })
            #expect(lines[2].hasPrefix(" run-1"))
        }
    }
}
