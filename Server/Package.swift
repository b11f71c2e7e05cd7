// swift-tools-version: 6.2
import PackageDescription

/// The half of Tradewind that runs services: settings and secrets, supervision, the HTTP server, venues. It
/// depends on the research half above it; targets are listed bottom up, and each names only targets above it.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "tradewind-server",
    products: [
        .executable(name: "tradewind-server", targets: ["tradewind-server"])
    ],
    dependencies: [
        // A symbolic link to the folder above, as SwiftPM names a package after its folder: a clone in a
        // folder named "server" would bear the name of this package.
        .package(path: "tradewind"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CTimex"),
        .systemLibrary(name: "CSparseFiles"),
        .systemLibrary(name: "CGzip", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Settings",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "TradewindDataKit", package: "tradewind"),
                "Yams",
            ],
            swiftSettings: strict),
        .target(
            name: "Storage",
            dependencies: [
                "Settings",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .target(
            name: "Operations",
            dependencies: [
                "Settings", "Storage", "CTimex", "CSparseFiles", "CGzip",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .target(
            name: "Venues",
            dependencies: [
                "Settings", "Operations",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "TradewindDataKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .target(
            name: "ControlPlane",
            dependencies: [
                "Settings", "Storage", "Operations",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
                .product(name: "TradewindKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .target(
            name: "Deployment",
            dependencies: [
                "Settings", "Storage", "Operations",
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tradewind-server",
            dependencies: [
                "Settings", "Storage", "Operations", "Venues", "ControlPlane", "Deployment",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
                .product(name: "TradewindKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SettingsTests",
            dependencies: ["Settings", .product(name: "TradewindDataKit", package: "tradewind")],
            swiftSettings: strict),
        // Servers that tests of secrets and of signed requests speak to: real ones, and receivers on
        // loopback.
        .target(
            name: "TestServers",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestServers", swiftSettings: strict),
        // A process that writes until it is killed, for the campaign of crashes.
        .executableTarget(
            name: "StorageWriter",
            dependencies: [
                "Storage",
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
            ],
            path: "Tests/StorageWriter", swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "Settings", "StorageWriter", "tradewind-server",
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
                .product(name: "TradewindKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Operations", "Settings", "Storage", "TestServers",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
                .product(name: "TradewindKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "ControlPlane", "Operations", "ResearchCommand", "Settings", "Storage", "StorageWriter",
                "TestServers", "tradewind-server",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
                .product(name: "TradewindKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        // The command `tradewind`, for tests that need sample data.
        .executableTarget(
            name: "ResearchCommand", dependencies: [.product(name: "TradewindKit", package: "tradewind")],
            path: "Tests/ResearchCommand", swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: ["ResearchCommand", "TestServers", "tradewind-server"],
            exclude: ["Browser"], swiftSettings: strict),
        .testTarget(
            name: "SupervisionTests",
            dependencies: [
                "Operations", "Settings", "TestServers", "tradewind-server",
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        // The files under Deploy: images, compose, proxy, monitoring.
        .testTarget(
            name: "DeploymentFilesTests",
            dependencies: ["Deployment", "TestServers", "Yams", "tradewind-server"],
            swiftSettings: strict),
        .testTarget(
            name: "DeploymentTests",
            dependencies: [
                "Deployment", "Operations", "Settings", "Storage", "TestServers", "tradewind-server",
                .product(name: "TradewindDataKit", package: "tradewind"),
                .product(name: "TradewindEventKit", package: "tradewind"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "VenuesTests",
            dependencies: [
                "Venues", "Operations", "Settings", "TestServers",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "TradewindDataKit", package: "tradewind"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
