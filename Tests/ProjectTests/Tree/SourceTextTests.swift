import Testing

@Suite struct SourceTextTests {
    @Test func commentsAndStringContentsAreBlankedAndColumnsKept() {
        let text = SourceText(
            path: "Sources/Units/A.swift",
            text: "let a = \"Date()\"  // UUID()\n/* x /* y */ z */ let b = 2\n")
        #expect(text.code[0] == "let a = \"      \"           ")
        #expect(text.uncommented[0] == "let a = \"Date()\"           ")
        #expect(text.code[1].hasSuffix(" let b = 2"))
        #expect(text.code[1].allSatisfy { $0 == " " || "let b = 2".contains($0) })
        #expect(text.lines.count == text.code.count)
        #expect(text.target == "Units")
    }

    @Test func interpolatedCodeStaysAndRawStringsEndWhereTheyEnd() {
        let text = SourceText(
            path: "a.swift",
            text: ##"""
                print("now \(Date(of: "x)")) then")
                let raw = #"a \(no) "quoted" \#(yes()) // text"#; let after = 1
                let escaped = "\"" + "//"; let last = 2
                """##)
        #expect(text.code[0].contains("\\(Date(of: \"  \"))"))
        #expect(!text.code[0].contains("then"))
        #expect(text.code[1].contains("yes()"))
        #expect(!text.code[1].contains("no"))
        #expect(text.code[1].hasSuffix("let after = 1"))
        #expect(text.code[2].hasSuffix("let last = 2"))
    }

    @Test func multilineStringsAreBlankedAcrossLines() {
        let text = SourceText(path: "a.swift", text: "let a = \"\"\"\n  try? \"x\"\n  \"\"\"\nlet b = 1")
        #expect(text.code[1].allSatisfy { $0 == " " })
        #expect(text.code[3] == "let b = 1")
    }

    @Test func wordsAreFoundWholeOnly() {
        let text = SourceText(path: "a.swift", text: "reopen(); open(); Date(); myDate()\n open()")
        #expect(text.occurrences(of: "open(").map { text.line(at: $0) } == [1, 2])
        #expect(text.occurrences(of: "Date()").count == 1)
    }
}
