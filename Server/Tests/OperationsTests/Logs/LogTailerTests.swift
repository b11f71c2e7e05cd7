import Operations
import Storage
import Testing
import Units

/// A place in a file and what stands there: what storage keeps once.
private struct Place: Hashable {
    let file: Int64
    let offset: Int64
    let bytes: [UInt8]
}

/// Reads a log as the ingestion does, with a storage that is a set.
private struct Reading {
    var tailer: LogTailer
    var stored: Set<Place> = []
    /// In the order in which they were stored.
    var lines: [[UInt8]] = []
    var tooLong = 0
    var gaps = 0

    init(fullCount: Int = 0) { tailer = LogTailer(fullCount: fullCount) }

    mutating func poll(_ files: inout MemoryLogFiles, limit: Int = 128) throws {
        while let batch = try tailer.next(&files, limit: limit) {
            #expect(batch.lines.count <= limit)
            for line in batch.lines
            where stored.insert(Place(file: line.file, offset: line.offset, bytes: line.bytes)).inserted {
                lines.append(line.bytes)
            }
            tooLong += batch.tooLong
            if batch.hasGap { gaps += 1 }
            tailer.adopt(batch)
            if !batch.hasMore { break }
        }
        files.release()
    }

    var texts: [String] { lines.map { String(decoding: $0, as: UTF8.self) } }
}

@Suite struct LogTailerTests {
    @Test func aPartialLineWaitsUntilItIsWhole() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 5))
        var reading = Reading()
        files.log.append("{\"a\":1}\n{\"b\"".utf8)
        try reading.poll(&files)
        #expect(reading.texts == ["{\"a\":1}"])
        files.log.append(":2}".utf8)
        try reading.poll(&files)
        #expect(reading.texts.count == 1)
        files.log.append("\r\n\n  \n".utf8)
        try reading.poll(&files)
        #expect(reading.texts == ["{\"a\":1}", "{\"b\":2}"])
    }

    @Test func equalLinesAtOtherPlacesAreOtherLines() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 5))
        var reading = Reading()
        files.log.append("first\nsame\nsame\n".utf8)
        try reading.poll(&files, limit: 2)
        try reading.poll(&files, limit: 2)
        #expect(reading.texts == ["first", "same", "same"])
    }

    @Test func aRotatedFileIsFinishedBeforeTheNewOneIsBegun() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 5))
        var reading = Reading()
        files.log.append("1\n".utf8)
        try reading.poll(&files)
        for number in 2..<6 {
            files.log.append("\(number)a\n\(number)b\n".utf8)
            files.lost(files.log.rotate(held: files.heldNodes))
        }
        try reading.poll(&files)
        #expect(reading.texts == ["1", "2a", "2b", "3a", "3b", "4a", "4b", "5a", "5b"])
        #expect(reading.gaps == 0)
    }

    @Test func aFileThatIsGoneIsReadToItsEndAsLongAsItIsHeld() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 1))
        var reading = Reading(fullCount: 2)
        files.log.append("1\n".utf8)
        try reading.poll(&files)
        files.log.append("2\n".utf8)
        for number in 3..<5 {
            files.lost(files.log.rotate(held: files.heldNodes))
            files.log.append("\(number)\n".utf8)
        }
        try reading.poll(&files)
        #expect(reading.texts == ["1", "2", "3", "4"])
        #expect(reading.gaps == 0)
    }

    @Test func filesThatCameAndWentUnseenAreTold() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 1))
        var reading = Reading(fullCount: 2)
        files.log.append("1\n".utf8)
        try reading.poll(&files)
        // The process ends, and begins again later: nothing is held.
        let log = files.log
        files = MemoryLogFiles(log)
        for number in 2..<6 {
            _ = files.log.rotate(held: [])
            files.log.append("\(number)\n".utf8)
        }
        try reading.poll(&files)
        #expect(reading.texts == ["1", "4", "5"])
        #expect(reading.gaps == 1)
    }

    @Test func anEmptiedFileIsReadFromItsBeginningAlsoWhenItIsLargerByThen() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 5))
        var reading = Reading()
        files.log.append("before the file was emptied\n".utf8)
        try reading.poll(&files)
        files.log.empty()
        files.log.append("a\n".utf8)
        try reading.poll(&files)
        files.log.empty()
        files.log.append("much longer than what stood there\nb\n".utf8)
        try reading.poll(&files)
        #expect(
            reading.texts == ["before the file was emptied", "a", "much longer than what stood there", "b"])
    }

    @Test func aFileThatIsCutToItsBeginningIsReadOnFromThere() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 5))
        var reading = Reading()
        files.log.append("first\nsecond\nthird\n".utf8)
        try reading.poll(&files)
        files.log.empty()
        files.log.append("first\nnew\n".utf8)
        try reading.poll(&files)
        #expect(reading.texts == ["first", "second", "third", "new"])
    }

    @Test func aNumberThatWasGivenToAnotherFileIsAnotherFile() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 0))
        var reading = Reading()
        files.log.append("the first file\n".utf8)
        try reading.poll(&files)
        let node = files.log.named[0].node
        let log = files.log
        files = MemoryLogFiles(log)
        _ = files.log.rotate(held: [])
        #expect(files.log.named[0].node == node, "the test reuses the number")
        files.log.append("another file, longer than the first\nand its second line\n".utf8)
        try reading.poll(&files)
        #expect(reading.texts.suffix(2) == ["another file, longer than the first", "and its second line"])
    }

    @Test func filesThatBeginAlikeAreToldApart() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 5))
        var reading = Reading()
        for _ in 0..<3 {
            files.log.append("same\nsame\n".utf8)
            try reading.poll(&files)
            files.lost(files.log.rotate(held: files.heldNodes))
        }
        #expect(reading.texts.count == 6)
    }

    @Test func aLineThatIsTooLongIsLeftOutAndTheNextOneIsRead() throws {
        var files = MemoryLogFiles(MemoryLog(setAside: 5))
        var reading = Reading()
        let long = [UInt8](repeating: 0x78, count: LogTailer.maximumLine * 3)
        files.log.append("{}\n".utf8)
        files.log.append(long)
        try reading.poll(&files)
        #expect(reading.tooLong == 1)
        files.log.append(long)
        try reading.poll(&files)
        files.log.append("end\n".utf8)
        files.log.append([UInt8](repeating: 0x79, count: LogTailer.maximumLine) + [0x0A])
        files.log.append("\u{0}\u{0}{\"after\":1}\n".utf8)
        try reading.poll(&files)
        #expect(reading.tooLong == 1)
        #expect(reading.lines.map(\.count) == [2, LogTailer.maximumLine, 11])
    }

    /// Random writes in random pieces, rotations, copies, truncations, reused numbers, batches of random
    /// sizes and processes that end: every line is stored once, in order.
    @Test func whateverHappensEveryLineIsStoredOnce() throws {
        for seed in 0..<400 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var world = RandomWorld(setAside: Int(random.next() % 4) + 2)
            for _ in 0..<120 { try world.step(&random) }
            try world.finish()
            #expect(world.reading.texts == world.expected, "seed \(seed)")
            #expect(world.reading.gaps == 0, "seed \(seed)")
            if world.reading.texts != world.expected { break }
        }
    }
}

/// A log, who writes to it and who reads it.
private struct RandomWorld {
    var files: MemoryLogFiles
    var reading: Reading
    var expected: [String] = []
    private var waiting: [UInt8] = []
    private var number = 0
    private var rotations = 0
    private let setAside: Int

    init(setAside: Int) {
        self.setAside = setAside
        files = MemoryLogFiles(MemoryLog(setAside: setAside))
        reading = Reading(fullCount: setAside + 1)
    }

    mutating func step(_ random: inout SplitMix64) throws {
        switch random.next() % 12 {
        case 0...4: write(&random)
        case 5...7:
            try reading.poll(&files, limit: Int(random.next() % 7) + 1)
            rotations = 0
        case 8, 9: rotate(isCopy: false)
        case 10: rotate(isCopy: true)
        default:
            if random.next() % 3 == 0 {
                // The process ends: what it held is gone, what it has stored is not.
                let log = files.log
                files = MemoryLogFiles(log)
            } else {
                try empty()
            }
        }
    }

    private mutating func write(_ random: inout SplitMix64) {
        for index in 0..<random.next() % 9 {
            // Now and then the same line again, as when two things happen at once; never as the first of a
            // file, by which files are known.
            if random.next() % 8 != 0 || index == 0 { number += 1 }
            let line = "{\"n\":\(number)}" + String(repeating: " ", count: number % 3 * 40)
            expected.append(line)
            waiting += Array((line + "\n").utf8)
        }
        let count = random.next() % 2 == 0 ? waiting.count : Int(random.next() % UInt64(waiting.count + 1))
        files.log.append(waiting.prefix(count))
        waiting.removeFirst(count)
    }

    private mutating func flush() {
        files.log.append(waiting)
        waiting = []
    }

    /// No more often between two looks than files are kept: what is gone before can be read by nobody.
    private mutating func rotate(isCopy: Bool) {
        guard rotations < setAside - 1, !files.log.named[0].bytes.isEmpty || !waiting.isEmpty else { return }
        rotations += 1
        flush()
        let held = files.heldNodes
        files.lost(isCopy ? files.log.copyAndEmpty(held: held) : files.log.rotate(held: held))
    }

    private mutating func empty() throws {
        flush()
        try reading.poll(&files)
        rotations = 0
        files.log.empty()
    }

    mutating func finish() throws {
        flush()
        try reading.poll(&files)
    }
}
