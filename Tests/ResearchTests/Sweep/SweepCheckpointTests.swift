import Research
import Synchronization
import Testing
import TradewindCommands
import Units

@Suite struct SweepCheckpointTests {
    /// The checkpoint that a sweep writes, and its table.
    private func run(_ sweep: Sweep) throws -> (bytes: [UInt8], table: String) {
        let bytes = Mutex(SweepCheckpoint.header(identity: sweep.identity(producer: "test")))
        let result = try sweep.run(
            on: CallingThread(), keep: { point in bytes.withLock { $0 += SweepCheckpoint.record(point) } })
        return (bytes.withLock { $0 }, result.table)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let sweep = try SweepFixture(bars: 100).sweep(.grid)
        let (bytes, _) = try run(sweep)
        let read = try #require(bytes.withUnsafeBytes { SweepCheckpoint($0) })
        #expect(read.identity == sweep.identity(producer: "test"))
        #expect(read.points.count > 50 && read.validLength == bytes.count && !read.isFinished)
        let result = try sweep.run(on: CallingThread())
        #expect(read.points.sorted { $0.combination < $1.combination } == result.points)
        let ended = try #require(
            (bytes + SweepCheckpoint.end()).withUnsafeBytes { SweepCheckpoint($0) })
        #expect(ended.isFinished && ended.points == read.points)
        let failed = SweepPoint(sequence: 3, combination: 77, figures: nil)
        let more = try #require(
            (bytes + SweepCheckpoint.record(failed)).withUnsafeBytes { SweepCheckpoint($0) })
        #expect(more.points.last == failed)
    }

    #if DEBUG
    private static let step = 9
    #else
    private static let step = 1
    #endif

    /// A file that ends at any byte, as after `kill -9`.
    @Test(arguments: SweepSearch.allCases)
    func aSweepThatWasCutAtAnyByteGivesTheIdenticalTable(_ search: SweepSearch) throws {
        let axes = [SweepFixture.axis("fast", 2, 4), SweepFixture.axis("slow", 3, 6)]
        let sweep = try SweepFixture(bars: 40).sweep(search, axes: axes, budget: search == .grid ? nil : 9)
        let (bytes, table) = try run(sweep)
        var kept = 0
        // Every byte of the header and the first records; later ones in larger steps.
        let first = Array(stride(from: 0, to: min(bytes.count, 900), by: Self.step))
        for length in first + stride(from: 900, through: bytes.count, by: 37 * Self.step) {
            let known = bytes.prefix(length).withUnsafeBytes { SweepCheckpoint($0) }
            let points = known?.points ?? []
            let result = try sweep.run(on: CallingThread(), known: points)
            #expect(result.table == table, "cut at \(length)")
            #expect(result.evaluated == result.points.count - points.count)
            kept = max(kept, points.count)
        }
        #expect(kept >= 8)
    }

    @Test func aDamagedByteNeverBecomesAFigure() throws {
        let sweep = try SweepFixture(bars: 100).sweep(.grid)
        let (bytes, _) = try run(sweep)
        let whole = try #require(bytes.withUnsafeBytes { SweepCheckpoint($0) })
        var random = SplitMix64(seed: 5)
        for _ in 0..<2_000 {
            var damaged = bytes
            let place = Int(random.integer(in: 0...Int64(bytes.count - 1)))
            damaged[place] ^= UInt8(1 << random.integer(in: 0...7))
            guard let read = damaged.withUnsafeBytes({ SweepCheckpoint($0) }) else { continue }
            #expect(read.identity == whole.identity)
            #expect(Array(whole.points.prefix(read.points.count)) == read.points)
            #expect(read.validLength <= place, "what is damaged is not kept")
        }
    }

    @Test func anotherSweepHasAnotherIdentity() throws {
        let fixture = try SweepFixture(bars: 100)
        let grid = fixture.sweep(.grid)
        var others = [
            fixture.sweep(.random, budget: 10), fixture.sweep(.random, budget: 11),
            fixture.sweep(.random, budget: 10, seed: 2), fixture.sweep(.model, budget: 10),
            fixture.sweep(.grid, axes: [SweepFixture.axis("fast", 2, 13)]),
            try SweepFixture(bars: 101).sweep(.grid),
        ]
        var plan = fixture.evaluator.plan
        plan.start = SyntheticRun().start + .day
        let evaluator = try RunEvaluator(
            plan: plan, series: fixture.evaluator.series, registry: fixture.evaluator.registry)
        others.append(Sweep(grid.sweep, evaluator))
        let identities = ([grid] + others).map { $0.identity(producer: "test") }
        #expect(Set(identities).count == identities.count)
        #expect(grid.identity(producer: "new") != identities[0])
        #expect(fixture.sweep(.grid, objective: .calmar).identity(producer: "test") == identities[0])
    }
}
