import Foundation
import Settings
import Testing
import Units

/// What a redactor leaves behind in the memory of the process. The values here are never written down: they
/// are computed byte by byte, and looked for the same way.
@Suite(.serialized) struct RedactorMemoryTests {
    /// Byte `index` of value number `number`; any but those of ASCII, as blanks at the ends are not kept.
    private static func byte(_ number: Int, _ index: Int) -> UInt8 {
        var random = SplitMix64(seed: UInt64(number) << 32 | UInt64(index))
        return UInt8(truncatingIfNeeded: random.next() >> 24) | 0x80
    }

    private static let length = 48

    private static func secret(_ number: Int) -> Secret {
        Secret(bytes: (0..<length).lazy.map { byte(number, $0) })
    }

    /// How many of the values stand whole in memory that this process may write.
    private static func found(_ numbers: Range<Int>) throws -> Int {
        // The first four bytes of each value, to look at few places closely.
        let heads = Dictionary(
            numbers.map { number in
                ((0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(byte(number, $1)) }, number)
            }, uniquingKeysWith: { first, _ in first })
        var seen: Set<Int> = []
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            // Memory that belongs to no file: heaps, stacks, anonymous pages.
            guard words.count == 5 || line.contains("[heap]") || line.contains("[stack]"),
                words[1].hasPrefix("rw")
            else { continue }
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, ends[1] - ends[0] < 256 << 20 else { continue }
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: Int(ends[1] - ends[0]), alignment: 16)
            defer { buffer.deallocate() }
            let count = pread(
                memory.fileDescriptor, buffer.baseAddress, buffer.count, off_t(truncatingIfNeeded: ends[0]))
            guard count > length else { continue }
            // Whoever copies a value gets memory for it that begins at a multiple of eight.
            for start in stride(from: 0, through: count - length, by: 8) {
                let head = buffer.loadUnaligned(fromByteOffset: start, as: UInt32.self).bigEndian
                guard let number = heads[head] else { continue }
                if (0..<length).allSatisfy({ buffer[start + $0] == byte(number, $0) }) {
                    seen.insert(number)
                }
            }
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
        }
        return seen.count
    }

    @Test func nothingOfAValueStaysWhenItIsForgotten() throws {
        let numbers = 1..<41
        var redactor: Redactor? = Redactor()
        for number in numbers { redactor?.learn(Self.secret(number)) }
        let known = try Self.found(numbers)
        #expect(known == numbers.count, "this test sees what it looks for")
        redactor = nil
        let forgotten = try Self.found(numbers)
        #expect(forgotten == 0)
    }

    @Test func learningDoesNotCopyWhatIsKnownAlready() throws {
        let redactor = Redactor()
        let first = Self.secret(100)
        redactor.learn(first)
        redactor.learn(first)
        for number in 101..<140 { redactor.learn(Self.secret(number)) }
        let text = first.withBytes { Array($0) }
        #expect(redactor.redact(text) == Array("[redacted]".utf8))
    }
}
