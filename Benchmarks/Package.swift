// swift-tools-version: 6.2
import PackageDescription

/// Measures Tradewind: each figure beside a plain loop that does the same arithmetic over the same columns,
/// as a ratio in one run. `./tradewind benchmark` builds and runs it.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "tradewind", path: "..")],
    targets: [
        .executableTarget(
            name: "benchmarks",
            dependencies: [.product(name: "TradewindBenchmarkKit", package: "tradewind")],
            path: "Sources/Benchmarks",
            swiftSettings: [.treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
