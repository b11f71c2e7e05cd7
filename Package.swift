// swift-tools-version: 6.2
import PackageDescription

/// Research half of Tradewind: numbers, markets, the engine, simulation, data, reports and the
/// `tradewind` command. It links no server stack, so a clean release build takes about a minute.
/// Targets are listed bottom up; each names only targets above it.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "tradewind",
    products: [
        .executable(name: "tradewind", targets: ["tradewind"]),
        .library(
            name: "TradewindKit",
            targets: ["Units", "Markets", "Trading", "StrategyKit", "TradewindCommands"]),
        // What the services read: instants, instruments, and the catalogue of market data.
        .library(name: "TradewindDataKit", targets: ["Units", "Markets", "MarketData", "StrategyKit"]),
        // What the services write and watch over: events, JSON values, limits and the kill switch.
        .library(name: "TradewindEventKit", targets: ["Units", "Markets", "Trading", "Events", "Risk"]),
        .library(
            name: "TradewindBenchmarkKit",
            targets: [
                "Units", "Markets", "StrategyKit", "Strategies", "Simulation", "MarketData", "Research",
                "TradewindCommands",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Units", dependencies: ["CCrypto"], swiftSettings: strict),
        .target(name: "Markets", dependencies: ["Units"], swiftSettings: strict),
        .target(name: "Accounting", dependencies: ["Units", "Markets"], swiftSettings: strict),
        .target(name: "Trading", dependencies: ["Units", "Markets", "Accounting"], swiftSettings: strict),
        .target(
            name: "Events", dependencies: ["Units", "Markets", "Accounting", "Trading"],
            swiftSettings: strict),
        .target(
            name: "StrategyKit",
            dependencies: [
                "Units", "Markets", "Trading",
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: strict),
        .target(
            name: "Strategies", dependencies: ["Units", "Markets", "Trading", "StrategyKit"],
            swiftSettings: strict),
        .target(name: "Risk", dependencies: ["Units", "Markets", "Trading"], swiftSettings: strict),
        .target(
            name: "TradingEngine",
            dependencies: ["Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Risk"],
            swiftSettings: strict),
        .target(
            name: "Simulation",
            dependencies: ["Units", "Markets", "Accounting", "Trading", "TradingEngine"],
            swiftSettings: strict),
        .target(
            name: "MarketData",
            dependencies: [
                "Units", "Markets", "CZlib", .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: strict),
        .target(
            name: "Research",
            dependencies: [
                "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Risk",
                "TradingEngine", "Simulation", "MarketData",
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: strict),
        .target(
            name: "RunFiles",
            dependencies: [
                "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Risk",
                "TradingEngine", "Simulation", "MarketData", "Research", "Yams",
            ],
            swiftSettings: strict),
        .target(
            name: "TradewindCommands",
            dependencies: [
                "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Strategies",
                "Risk", "TradingEngine", "Simulation", "MarketData", "Research", "RunFiles",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tradewind", dependencies: ["TradewindCommands", "Strategies"], swiftSettings: strict),
        .testTarget(name: "ProjectTests", swiftSettings: strict),
        // Compiles the guide's strategy with the settings of a user's package, which are not ours.
        .testTarget(
            name: "GuideTests",
            dependencies: [
                "Units", "Markets", "Trading", "StrategyKit", "Simulation", "MarketData", "Research",
                "TradewindCommands",
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .testTarget(name: "UnitsTests", dependencies: ["Units"], swiftSettings: strict),
        .testTarget(name: "MarketsTests", dependencies: ["Units", "Markets"], swiftSettings: strict),
        .testTarget(
            name: "AccountingTests", dependencies: ["Units", "Accounting"], swiftSettings: strict),
        .testTarget(
            name: "TradingTests", dependencies: ["Units", "Markets", "Trading"], swiftSettings: strict),
        .testTarget(
            name: "EventsTests", dependencies: ["Units", "Markets", "Trading", "Events"],
            swiftSettings: strict),
        .testTarget(
            name: "StrategyKitTests", dependencies: ["Units", "Markets", "StrategyKit"], swiftSettings: strict
        ),
        .testTarget(
            name: "RiskTests", dependencies: ["Units", "Markets", "Trading", "Risk"], swiftSettings: strict),
        .testTarget(
            name: "StrategiesTests",
            dependencies: [
                "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Strategies",
                "Simulation", "Research",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TradingEngineTests",
            dependencies: [
                "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Risk",
                "TradingEngine",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "MarketDataTests",
            dependencies: ["Units", "Markets", "MarketData", "RunFiles", "TradewindCommands"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Units", "Markets", "Accounting", "Trading", "Simulation"],
            swiftSettings: strict),
        .testTarget(
            name: "ResearchTests",
            dependencies: [
                "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Strategies",
                "TradingEngine", "Simulation",
                "MarketData", "Research", "TradewindCommands",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RunFilesTests",
            dependencies: [
                "Units", "Markets", "Trading", "Events", "StrategyKit", "Simulation", "MarketData",
                "Research", "RunFiles",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TradewindCommandsTests",
            dependencies: [
                "Units", "Markets", "Trading", "Events", "StrategyKit", "Strategies", "Simulation",
                "MarketData",
                "Research", "RunFiles", "TradewindCommands",
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
