import Settings
import Testing

@Suite struct DotenvFileTests {
    private func entries(_ text: String) -> [String] {
        DotenvFile(Array(text.utf8)).entries.map { "\($0.line) \($0.name)=\($0.value)" }
    }

    private func faults(_ text: String) -> [Int] { DotenvFile(Array(text.utf8)).faults.map(\.line) }

    @Test func plainLines() {
        #expect(
            entries("A=1\nB_2 = two words \n\n  # remark\n\texport C=x=y\n") == [
                "1 A=1", "2 B_2=two words", "5 C=x=y",
            ])
        #expect(entries("A=\nB=  \nC=#none\n") == ["1 A=", "2 B=", "3 C="])
        #expect(entries("export=1\nexport export=2") == ["1 export=1", "2 export=2"])
    }

    @Test func commentsBeginAfterABlank() {
        #expect(entries("A=b#c # d\nB='x' # y\nC=\"z\"#w\n") == ["1 A=b#c", "2 B=x", "3 C=z"])
    }

    @Test func quotes() {
        #expect(entries(#"A='it is $HOME \n # all'"#) == [#"1 A=it is $HOME \n # all"#])
        #expect(entries(#"A="a\nb\t\"\\ \$x ${Y} \q""#) == ["1 A=a\nb\t\"\\ $x ${Y} \\q"])
        #expect(entries("A=\"one\ntwo\"\nB=3") == ["1 A=one\ntwo", "3 B=3"])
        #expect(entries("A=it's\n") == ["1 A=it's"])
    }

    @Test func otherSystemsLineEnds() {
        #expect(entries("\u{FEFF}A=1\r\nB='2'\r\nC=\r\n") == ["1 A=1", "2 B=2", "3 C="])
        #expect(entries("A=1") == ["1 A=1"])
        #expect(entries("") == [])
    }

    @Test func whatIsNoLineIsAFaultWithItsLineAndDoesNotHideTheNext() {
        #expect(faults("A=1\nnonsense\n=x\n1A=2\nB C=3\nD='open\nE=\"x\" y\nF=6\n") == [2, 3, 4, 5, 6, 7])
        #expect(entries("nonsense\nD='open\nF=6\n") == ["3 F=6"])
        #expect(DotenvFile([0x41, 0x3D, 0xFF, 0x0A]).faults.map(\.line) == [1])
        #expect(DotenvFile([0x41, 0x3D, 0x00, 0x0A]).faults.map(\.line) == [1])
        #expect(DotenvFile([UInt8](repeating: 0x0A, count: DotenvFile.maximumBytes + 1)).faults.count == 1)
    }

    @Test func aNameGivenTwiceIsReported() {
        let fixture = Fixture.local.with { $0.dotenv = "TRADEWIND_API__PORT=1\nX=1\nTRADEWIND_API__PORT=2\n" }
        #expect(fixture.problems.map(\.line) == [3])
        #expect(fixture.problems.first?.sentence.contains("first on line 1") == true)
    }
}
