import MarketData
import Markets
import Testing
import Units

@Suite struct GzipTests {
    /// `printf 'ts,rate\n1704067200,0.5\n1704096000,0.25\n' | gzip -9n`, so truly compressed.
    private static let packed: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 43, 41, 214, 41, 74, 44,
        73, 229, 50, 52, 55, 48, 49, 48, 51, 55, 50, 48, 208, 49, 208, 51,
        133, 112, 45, 205, 12, 192, 92, 35, 83, 46, 0, 22, 78, 47, 245, 39,
        0, 0, 0,
    ]

    private func read(_ files: MemoryFiles, _ path: String) throws -> MarketSeries {
        try SeriesReader(files: files).read(
            [path], instrument: try #require(InstrumentID("a:perp:B")), spec: SeriesSpec(kind: .funding))
    }

    @Test func gzipIsFoundByContentWhateverTheName() throws {
        let files = MemoryFiles(["plain.csv.gz": "ts,rate\n1704067200,0.5\n1704096000,0.25\n"])
        files.put("packed.csv", Self.packed)
        #expect(try read(files, "packed.csv").digest == read(files, "plain.csv.gz").digest)
    }

    @Test func membersFollowEachOtherAndPaddingIsAllowed() throws {
        let files = MemoryFiles(pieceSize: 3)
        let parts = ["ts,rate\n17040", "67200,0.5\n", "", "1704096000,0.25\n"].map {
            StoredGzip.member(Array($0.utf8))
        }
        files.put("a", parts.flatMap { $0 } + [0, 0, 0])
        #expect(try read(files, "a").count == 2)
        files.put("b", parts.flatMap { $0 } + [0, 7])
        #expect(throws: MarketDataError.self) { try read(files, "b") }
    }

    @Test func aCutFileIsAnErrorAtEveryLength() throws {
        for length in 2..<Self.packed.count {
            let files = MemoryFiles(pieceSize: 1 + length % 7)
            files.put("a.csv.gz", Array(Self.packed.prefix(length)))
            let error = #expect(throws: MarketDataError.self) { try read(files, "a.csv.gz") }
            #expect(error?.code == "gzip", "cut at \(length)")
        }
    }

    @Test func aChangedByteIsFoundByTheChecksum() throws {
        for index in 10..<(Self.packed.count) {
            var bytes = Self.packed
            bytes[index] ^= 0x10
            let files = MemoryFiles()
            files.put("a.csv.gz", bytes)
            #expect(throws: MarketDataError.self, "byte \(index)") { try read(files, "a.csv.gz") }
        }
    }
}
