import RunFiles
import StrategyKit
import Testing
import Units

@Suite struct DocumentReaderTests {
    @Test func filesThatAreNoDocumentAreOneClearProblem() {
        #expect(problems("") == ["runs/test.yaml: the file is empty"])
        #expect(problems("# only a remark\n") == ["runs/test.yaml: the file is empty"])
        #expect(
            problems("just words") == [
                "runs/test.yaml:1: \"just words\" was found; give a map with the keys name, strategy, "
                    + "parameters, strategies, capital, window, data, execution, risk, instruments, "
                    + "adjust, annualisation, benchmark, yields, flows, seed, sweep, walk-forward"
            ])
        #expect(
            problems("name: a\n---\nname: b\n") == ["runs/test.yaml:2: a second document begins here"])
        let large = "name: " + String(repeating: "x", count: 1 << 20)
        #expect(problems(large).count == 1 && problems(large)[0].contains("1 MiB"))
    }

    @Test func bytesThatAreNoTextAreRefusedWithTheirLine() {
        func found(_ bytes: [UInt8]) -> [String] {
            bytes.withUnsafeBytes { buffer in
                do throws(RunFileError) {
                    _ = try RunFile(bytes: buffer, path: "x", strategies: sampleStrategies)
                    return []
                } catch {
                    return error.problems.map(\.description)
                }
            }
        }
        #expect(found([0x89, 0x50, 0x4E, 0x47]) == ["x:1: the file is not text in UTF-8"])
        #expect(found(Array("a: 1\n".utf8) + [0xFF, 0xFE]) == ["x:2: the file is not text in UTF-8"])
        let control = found(Array("a: 1\nb: ".utf8) + [0x01])
        #expect(control.count == 1 && control[0].hasPrefix("x:2: the file is not plain text"))
    }

    @Test func syntaxErrorsHaveTheirLine() {
        let found = problems("name: a\nstrategy: [b\ncapital: 1\n")
        #expect(found.count == 1 && found[0].hasPrefix("runs/test.yaml:3: this is not YAML"), "\(found)")
    }

    @Test func anchorsAliasesAndTagsAreRefused() {
        for yaml in ["name: &a x\n", "name: &a x\nstrategy: *a\n", "a: &a [x]\n? [*a, *a]\n: 1\n"] {
            let found = problems(yaml)
            #expect(found.count == 1 && found[0].contains("anchors and aliases"), "\(found)")
        }
        #expect(problems("name: !secret x\n").first?.contains("the tag \"!secret\"") == true)
        #expect(problems("name: 'a & b * c'\n").allSatisfy { !$0.contains("anchors") })
    }

    @Test func deepNestingIsRefused() {
        for depth in [33, 500, 5_000, 200_000] {
            let found = problems("name: " + String(repeating: "[", count: depth))
            #expect(found.count == 1, "depth \(depth): \(found)")
        }
        let closed = "name: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(problems(closed) == ["runs/test.yaml:1: the file is nested deeper than 32 levels"])
    }

    @Test func aKeyGivenTwiceIsRefusedWithBothLines() {
        func found(_ yaml: String) -> [String] { problems(yaml) }
        func refusal(_ key: String, _ first: Int, _ second: Int) -> [String] {
            [
                "runs/test.yaml:\(second): \"\(key)\" is given more than once in the same map, on lines "
                    + "\(first) and \(second)"
            ]
        }
        #expect(found("name: a\nseed: 1\nname: b\n") == refusal("name", 1, 3))
        // Keys of the same name elsewhere do not count.
        #expect(
            found(
                "name: a\nparameters:\n  fast: 1\n  # fast: 2\n\n  slow: {fast: 1}\n  \"fast\" : 3\nfast: 4\n"
            )
                == refusal("fast", 3, 7))
        #expect(found("name: a\ncapital: {asset: USD, amount: 1, 'asset': ETH}\n") == refusal("asset", 2, 2))
        #expect(
            found("capital: {amount: \"1,asset: 2\", more: {asset: 1},\n  asset: USD,\n  asset: ETH}\n")
                == refusal("asset", 2, 3))
        #expect(
            found("data:\n  - bars: a.csv\n    timeframe: 1m\n    bars: b.csv\n  - bars: c.csv\n")
                == refusal("bars", 2, 4))
        #expect(found("\tname: a\n").count == 1)
    }

    @Test func theDocumentIsReadTheSameWithCarriageReturns() throws {
        let run = try readRun(fullRunFile.replacing("\n", with: "\r\n"))
        #expect(run.plan == (try readRun(fullRunFile)).plan)
    }

    /// Ten thousand mutations of a correct file: each is read or refused, and never ends the process.
    @Test func mutatedFilesAreReadOrRefused() {
        let original = Array(fullRunFile.utf8)
        let pieces = [
            "&a ", "*a", "- ", ": ", "{", "}", "[", "]", "\"", "'", "|\n", "? ", "!!", "\t", "\n", "null",
            "~",
            "-1", "1e400", "99999999999999999999999999999999999999999", "0.0000000000000000000000000001",
            "--- ", "%YAML 9.9\n", "<<: ", "\u{0}", "\u{FEFF}", "2024-02-30", "9999999999999d", "NaN",
        ].map { Array($0.utf8) }
        var refused = 0
        for seed in UInt64(0)..<10_000 {
            var random = SplitMix64(seed: seed)
            var bytes = original
            for _ in 0...random.integer(in: 0...4) { mutate(&bytes, pieces, &random) }
            bytes.withUnsafeBytes { buffer in
                do throws(RunFileError) {
                    _ = try RunFile(bytes: buffer, path: "x", strategies: sampleStrategies)
                } catch {
                    refused += 1
                    if error.problems.contains(where: { $0.message.isEmpty }) {
                        Issue.record("seed \(seed): an empty message")
                    }
                }
            }
        }
        #expect(refused > 3_000 && refused < 10_000, "\(refused)")
    }

    private func mutate(_ bytes: inout [UInt8], _ pieces: [[UInt8]], _ random: inout SplitMix64) {
        let place = Int(random.integer(in: 0...Int64(bytes.count - 1)))
        let length = min(Int(random.integer(in: 1...12)), bytes.count - place)
        switch random.integer(in: 0...5) {
        case 0: bytes[place] = UInt8(random.integer(in: 0...255))
        case 1: bytes[place] = UInt8(random.integer(in: 0x20...0x7E))
        case 2: bytes.removeSubrange(place..<place + length)
        case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: 0)
        case 4:
            bytes.insert(contentsOf: pieces[Int(random.integer(in: 0...Int64(pieces.count - 1)))], at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [0x61] }
    }
}
