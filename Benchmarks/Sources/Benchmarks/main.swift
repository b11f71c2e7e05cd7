import Glibc
import MarketData
import Research

let sma = [EngineBenchmarks.number("fast", 10), EngineBenchmarks.number("slow", 30)]

func perRow(_ seconds: Double, _ rows: Int) -> Double { seconds * 1e9 / Double(rows) }

if CommandLine.arguments.contains("profile") {
    let plan = EngineBenchmarks.plan("sma-cross", sma)
    let bars = EngineBenchmarks.series(RandomWalk.bars(count: 200_000, seed: 1))
    _ = try EngineBenchmarks.engineSeconds(plan, bars)
    exit(0)
}

var large = RandomWalk.bars(count: 5_000_000, seed: 1)
let small = RandomWalk.bars(count: 100_000, seed: 1)
let smallSeries = EngineBenchmarks.series(small)
let largeSeries = EngineBenchmarks.series(large)
let plan = EngineBenchmarks.plan("sma-cross", sma)
var fills = 0
let smallSeconds = try Timing.best(of: 10) {
    let (seconds, result) = try EngineBenchmarks.engineSeconds(plan, smallSeries)
    fills = result.fillCount
    return seconds
}
let largeSeconds = try Timing.best(of: 3) {
    let (seconds, result) = try EngineBenchmarks.engineSeconds(plan, largeSeries)
    fills = result.fillCount
    return seconds
}
let plainSeconds = Timing.best(of: 5) { _ = PlainLoops.smaCross(large, fast: 10, slow: 30) }
print(
    "bars   engine \(perRow(largeSeconds, 5_000_000)) ns (100k: \(perRow(smallSeconds, 100_000))), plain \(perRow(plainSeconds, 5_000_000)) ns, ratio \(largeSeconds / plainSeconds), fills \(fills), peak \(Timing.peakMemory()) MiB"
)

if CommandLine.arguments.contains("bars") { exit(0) }
let quotes = RandomWalk.quotes(count: 5_000_000, seed: 1)
let quoteSeries = EngineBenchmarks.series(quotes)
for every in [50, 1] {
    let quoter = EngineBenchmarks.plan(
        "quoter", [EngineBenchmarks.number("every", every), EngineBenchmarks.number("quantity", 1)])
    let quoteSeconds = try Timing.best(of: 2) {
        let (seconds, result) = try EngineBenchmarks.engineSeconds(quoter, quoteSeries)
        fills = result.fillCount
        return seconds
    }
    let plainQuotes = Timing.best(of: 5) { _ = PlainLoops.quoter(quotes, every: every, limit: 10) }
    print(
        "quotes every \(every) engine \(perRow(quoteSeconds, 5_000_000)) ns, plain \(perRow(plainQuotes, 5_000_000)) ns, ratio \(quoteSeconds / plainQuotes), fills \(fills)"
    )
}
