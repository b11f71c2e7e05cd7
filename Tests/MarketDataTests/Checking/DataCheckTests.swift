import MarketData
import Markets
import Testing
import Units

@Suite struct DataCheckTests {
    private let header = "ts,open,high,low,close,volume\n"

    private func bar(_ minute: Int, _ rest: String = "1,1,1,1,0") -> String {
        "2024-01-0\(1 + minute / 1440)T\(pad(minute / 60 % 24)):\(pad(minute % 60)):00Z,\(rest)\n"
    }

    private func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// Faults are put at random places of a clean file; the check must count exactly these.
    @Test func plantedFaultsAreCountedExactly() {
        var random = SplitMix64(seed: 11)
        for round in 0..<60 {
            var text = header
            var expected: [FindingKind: Int] = [:]
            var (missing, rows, lines) = (0, 0, 1)
            var badLines: [Int] = []
            func plant(_ kind: FindingKind, _ line: String) {
                expected[kind, default: 0] += 1
                text += line
                lines += 1
                badLines.append(lines)
            }
            var minute = 0
            for index in 0..<120 {
                text += bar(minute, "1,1,1,1,\(index)")
                lines += 1
                rows += 1
                let (here, next) = (minute, minute + 1)
                minute += 1
                // The first rows stay clean, so that the form of the file is plain.
                if index < 3 || index == 119 { continue }
                switch random.integer(in: 0...30) {
                case 0: plant(.duplicateSame, bar(here, "1,1,1,1,\(index)")); rows += 1
                case 1: plant(.duplicateConflicting, bar(here, "2,2,2,2,\(index)")); rows += 1
                case 2: plant(.nan, bar(next, "nan,1,1,1,1")); rows += 1
                case 3: plant(.negative, bar(next, "1,1,-1,1,1")); rows += 1
                case 4: plant(.highBelowLow, bar(next, "1,1,2,1,1")); rows += 1
                case 5: plant(.shortRow, bar(next, "1,1")); rows += 1
                case 6: plant(.longRow, bar(next, "1,1,1,1,1,1")); rows += 1
                case 7: plant(.strayHeader, header)
                case 8: plant(.comment, "# said somebody\n")
                case 9: plant(.badNumber, bar(next, "1,1,one,1,1")); rows += 1
                case 10: plant(.badTime, "yesterday,1,1,1,1,1\n"); rows += 1
                case 11, 12:
                    let absent = Int(random.integer(in: 1...5))
                    minute += absent
                    missing += absent
                    expected[.gap, default: 0] += 1
                default: break
                }
            }
            let check = DataCheck(files: MemoryFiles(["a.csv": text])).check("a.csv")
            for kind in FindingKind.allCases where kind != .rounded {
                #expect(check.log.count(kind) == expected[kind] ?? 0, "round \(round), \(kind)")
            }
            #expect(check.missing == missing && check.rows == rows && check.failure == nil)
            #expect(Set(check.findings.filter { $0.kind != .gap }.map(\.line)) == Set(badLines))
            #expect(check.isClean == expected.isEmpty)
        }
    }

    @Test func disorderIsCountedByStepsBack() {
        let check = DataCheck(
            files: MemoryFiles(["a.csv": header + bar(0) + bar(2) + bar(1) + bar(4) + bar(3) + bar(5)])
        ).check("a.csv")
        #expect(check.log.count(.outOfOrder) == 2 && check.gaps == 0)
        #expect(check.findings.map(\.line) == [4, 6])
    }

    @Test func absentEmptyAndGarbageFilesAreNotClean() {
        let files = MemoryFiles(["empty.csv": "", "head.csv": header, "bin.csv": "\0\u{1}\u{7F}"])
        for path in ["absent.csv", "empty.csv", "head.csv", "bin.csv"] {
            let check = DataCheck(files: files).check(path)
            #expect(!check.isClean && check.failure?.remedy.isEmpty == false, "\(path)")
        }
    }
}
