import Foundation
import Glibc
import Operations
import TestServers
import Testing

@Suite struct CapturedOutputTests {
    let scratch: ScratchFolder
    let path: String

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.path + "/a.log"
    }

    /// The content of a file without the hole at its beginning.
    static func content(_ path: String) -> String {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: bytes.drop { $0 == 0 }, as: UTF8.self)
    }

    /// Bytes that a file takes on its disk.
    static func room(_ path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_blocks) * 512 : -1
    }

    static func open(_ path: String) -> Int32 { Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600) }

    static func append(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    }

    @Test func linesOfAFullFileAreSetAsideAndItsWriterGoesOn() throws {
        let writer = Self.open(path)
        defer { close(writer) }
        let output = CapturedOutput(path: path, maximumBytes: 100, files: 3)
        for letter in ["a", "b", "c", "d", "e"] {
            let line = String(repeating: letter, count: 119) + "\n"
            Self.append(line, writer)
            #expect(try output.rotateIfFull())
            #expect(try !output.rotateIfFull())
            #expect(Self.content(path) == "")
            #expect(try scratch.read("a.log.1") == line)
        }
        #expect(try scratch.read("a.log.2").hasPrefix("d"))
        for name in [".3", ".new"] { #expect(!FileManager.default.fileExists(atPath: path + name)) }
    }

    @Test func noLineIsTornAndTheRoomOfWhatIsSetAsideIsGivenBack() throws {
        let writer = Self.open(path)
        defer { close(writer) }
        let output = CapturedOutput(path: path, maximumBytes: 50_000, files: 5)
        Self.append(String(repeating: "x", count: 60_000), writer)
        #expect(try output.rotateIfFull())
        #expect(!FileManager.default.fileExists(atPath: path + ".1"), "the line has no end yet")
        Self.append("\nhalf", writer)
        #expect(try output.rotateIfFull())
        #expect(try scratch.read("a.log.1").count == 60_001)
        #expect(Self.content(path) == "half")
        #expect(Self.room(path) <= 8192, "\(Self.room(path))")
        Self.append(" a line\n", writer)
        #expect(Self.content(path) == "half a line\n")
        // Two lines fit, the third does not: it begins the next file.
        for letter in ["p", "q", "r"] { Self.append(String(repeating: letter, count: 20_000) + "\n", writer) }
        #expect(try output.rotateIfFull())
        #expect(try scratch.read("a.log.1").hasSuffix("q\n"))
        #expect(Self.content(path) == String(repeating: "r", count: 20_000) + "\n")
    }

    @Test func ofMuchMoreThanAllFilesMayHoldTheOldestIsDropped() throws {
        let writer = Self.open(path)
        defer { close(writer) }
        for number in 0..<10_000 { Self.append("line \(number + 10_000)\n", writer) }
        try CapturedOutput(path: path, maximumBytes: 1000, files: 3).rotateIfFull()
        let kept = [path + ".2", path + ".1", path].map(Self.content).joined()
        #expect(kept.utf8.count <= 3000 && kept.utf8.count > 2000)
        #expect(kept.hasPrefix("line 1") && kept.hasSuffix("line 19999\n"))
        #expect(kept.split(separator: "\n").allSatisfy { $0.utf8.count == 10 })
        #expect(!FileManager.default.fileExists(atPath: path + ".3"))
    }

    @Test func theHoleIsTakenOutWhenNobodyWritesAnyMore() throws {
        let writer = Self.open(path)
        for number in 0..<1000 { Self.append("line \(number)\n", writer) }
        close(writer)
        let output = CapturedOutput(path: path, maximumBytes: 3000, files: 50)
        try output.rotateIfFull()
        let content = Self.content(path)
        #expect(try output.hasHole())
        try output.settle()
        #expect(try !output.hasHole())
        #expect(try scratch.read("a.log") == content && content.hasSuffix("line 999\n"))
        try output.settle()
        #expect(try scratch.read("a.log") == content)
        #expect(try !CapturedOutput(path: path + ".none").hasHole())
        try CapturedOutput(path: path + ".none").settle()
    }

    /// Three writers that know nothing of the rotation, and one reader that follows: over many
    /// rotations every line arrives once, whole, and in the order in which its writer wrote it.
    @Test func noLineIsLostTornOrDoubledWhileWritersAreFast() throws {
        let output = CapturedOutput(path: path, maximumBytes: 50_000, files: 100_000)
        let writers = 3
        let lines = 20_000
        let ended = Counter()
        for writer in 0..<writers {
            let descriptor = Self.open(path)
            Thread.detachNewThread {
                for number in 0..<lines {
                    Self.append(Self.line(writer, number), descriptor)
                    if number % 50 == 0 { usleep(1000) }
                }
                close(descriptor)
                ended.increment()
            }
        }
        var tail = LogTail(path: path)
        var followed = tail.last(1_000_000)
        var rotations = 0
        while ended.value < writers {
            if try output.rotateIfFull() { rotations += 1 }
            followed += tail.news()
        }
        followed += tail.news()
        var kept: [String] = []
        var number = 1
        while let text = try? scratch.read("a.log.\(number)") {
            #expect(text.hasSuffix("\n"))
            kept = text.split(separator: "\n").map(String.init) + kept
            number += 1
        }
        kept += Self.content(path).split(separator: "\n").map(String.init)
        print("\(rotations) rotations, \(number - 1) files")
        #expect(rotations > 10 && number > 20)
        for (found, what) in [(kept, "kept"), (followed, "followed")] {
            for writer in 0..<writers {
                let own = found.filter { $0.hasPrefix("\(writer):") }
                let expected = (0..<lines).map { String(Self.line(writer, $0).dropLast()) }
                #expect(own == expected, "\(what), writer \(writer): \(own.count) lines")
            }
            #expect(found.count == writers * lines, "\(what)")
        }
    }

    private static func line(_ writer: Int, _ number: Int) -> String {
        "\(writer):\(number):" + String(repeating: "abcdefg", count: (number * 7 + writer) % 23) + ":end\n"
    }
}

@Suite struct LogTailTests {
    @Test func linesAreFoundInOlderFilesAndOfHalfALineOnlyTheWholeIsTold() throws {
        let scratch = try ScratchFolder()
        try scratch.write("1\n2\n", to: "a.log.2")
        try scratch.write("3\n4\n", to: "a.log.1")
        try scratch.write("5\n6\nse", to: "a.log")
        var tail = LogTail(path: scratch.path + "/a.log")
        #expect(tail.last(5) == ["2", "3", "4", "5", "6"])
        #expect(tail.news() == [])
        let writer = CapturedOutputTests.open(scratch.path + "/a.log")
        defer { close(writer) }
        CapturedOutputTests.append("ven\nei", writer)
        #expect(tail.news() == ["seven"])
        // Emptied, as where files have no holes.
        #expect(ftruncate(writer, 0) == 0)
        CapturedOutputTests.append("9\n", writer)
        #expect(tail.news() == ["9"])
        #expect(tail.news() == [])
    }

    @Test func aFileThatGaveItsNameAwayIsReadToItsEnd() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/a.log"
        let log = RotatingLogFile(path: path, maximumBytes: 40, files: 5)
        var tail = LogTail(path: path)
        var told: [String] = []
        for number in 10..<60 {
            try log.write(Array("line \(number)\n".utf8))
            if number % 7 == 0 { told += tail.news() }
        }
        told += tail.news()
        #expect(told == (10..<60).map { "line \($0)" })
        var absent = LogTail(path: path + ".none")
        #expect(absent.last(5) == [] && absent.news() == [])
    }
}

/// A number that several threads raise.
private final class Counter: @unchecked Sendable {
    // Guarded by `lock`.
    private var number = 0
    private let lock = NSLock()

    var value: Int { lock.withLock { number } }
    func increment() { lock.withLock { number += 1 } }
}
