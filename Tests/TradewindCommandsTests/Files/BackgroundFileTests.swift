import Foundation
import MarketData
import Testing
import TradewindCommands

/// Files that threads of their own read ahead or write behind.
@Suite struct BackgroundFileTests {
    private let store = PosixFileStore()

    /// Memory of a draft.
    private final class Words {
        let memory: UnsafeMutableBufferPointer<UInt64>

        init(count: Int) {
            memory = .allocate(capacity: count)
            for index in memory.indices { memory[index] = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 }
        }

        deinit { memory.deallocate() }
    }

    @Test func aDraftBecomesTheFileThatAPlainWriteGives() throws {
        let folder = try CommandFolder()
        for count in [0, 3, 1 << 18, 3 << 18] {
            let words = Words(count: count)
            let pieces = [0..<count / 3, count / 3..<count].map {
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: words.memory[$0]))
            }
            let start = Array("start of the file".utf8)
            let draft = try store.draft(folder.path + "/new", free: start.count, pieces: pieces, owner: words)
            #expect(!folder.exists("done"))
            try start.withUnsafeBytes { try draft.finish(start: $0, as: folder.path + "/done") }
            let written = try store.read(folder.path + "/done").array
            #expect(written == start + words.memory.withMemoryRebound(to: UInt8.self) { Array($0) })
            #expect(try folder.names() == ["done"])
            try store.delete(folder.path + "/done")
        }
    }

    @Test func aDraftThatIsGivenUpLeavesNothing() throws {
        let folder = try CommandFolder()
        for count in [3, 3 << 18] {
            do {
                let words = Words(count: count)
                let piece = UnsafeRawBufferPointer(UnsafeBufferPointer(words.memory))
                _ = try store.draft(folder.path + "/new", free: 8, pieces: [piece], owner: words)
            }
            #expect(try folder.names() == [])
        }
        let words = Words(count: 1 << 18)
        #expect(throws: FileError.self) {
            _ = try store.draft(
                folder.path + "/absent/new", free: 8,
                pieces: [UnsafeRawBufferPointer(UnsafeBufferPointer(words.memory))], owner: words)
        }
    }

    /// Three times what is read before a thread reads ahead.
    private static let text =
        "ts,rate\n"
        + (0..<200_000).map { "\(1_700_000_000 + 60 * $0),0.0001\($0 % 10)\n" }
        .joined()

    @Test func aLongPackedFileReadsAsItsText() throws {
        let folder = try CommandFolder()
        try folder.write(Self.text, to: "plain.csv")
        try pack(folder)
        let results = ["plain.csv", "packed.csv.gz"].map {
            folder.run(["data", "check", folder.path + "/" + $0, "--json"])
        }
        for result in results {
            #expect(result.status == 0)
            #expect(result.object["rows"] as? Int == 200_000)
        }
    }

    @Test func damageFarInsideAPackedFileIsFoundAndEndsAtOnce() throws {
        let folder = try CommandFolder()
        try folder.write(Self.text, to: "plain.csv")
        try pack(folder)
        let path = folder.path + "/packed.csv.gz"
        var bytes = try store.read(path).array
        try store.replace(path, with: Array(bytes.dropLast(9)))
        let cut = folder.run(["data", "check", path])
        #expect(cut.status == 65 && (cut.result + cut.remark).contains("cut off"))
        bytes[bytes.count * 3 / 4] ^= 0x55
        try store.replace(path, with: bytes)
        let damaged = folder.run(["data", "check", path])
        #expect(damaged.status == 65 && (damaged.result + damaged.remark).contains("gzip data"))
        // A fault of the text before the end of the file gives up the thread that reads ahead.
        try folder.write(
            "ts,symbol,rate\n"
                + (0..<200_000).map { "\(1_700_000_000 + 60 * $0),\($0 < 60_000 ? "A" : "B"),1\n" }
                .joined(), to: "plain.csv")
        try pack(folder)
        try folder.write(
            """
            name: two
            series:
              - {file: packed.csv, instrument: "a:perp:B", kind: funding}

            """, to: "two.yaml")
        let outcome = folder.run([
            "data", "import", folder.path + "/two.yaml", "--source", folder.path, "--catalogue",
            folder.path + "/catalogue",
        ])
        #expect(outcome.status == 65 && outcome.remark.contains("60002"))
        #expect(!folder.exists("catalogue"))
    }

    private func pack(_ folder: CommandFolder) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "gzip -c plain.csv > packed.csv.gz"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
