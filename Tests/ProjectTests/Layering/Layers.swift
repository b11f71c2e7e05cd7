/// The targets of a package, bottom up, and what each may use from outside.
struct Layers: Sendable {
    /// A target imports only targets above it in this list.
    let order: [String]
    /// Libraries of others, C libraries of the system, and products of the other package, by the target that
    /// may use them.
    let outside: [String: Set<String>]
    /// Who may use the C library, and for what.
    let cLibrary: [String: String]
    /// Modules that need no dependency: those of the compiler, the C library, Foundation where it is welcome.
    let system: Set<String>
    /// The modules that a product brings, where they are others than its name says.
    var modules: [String: Set<String>] = [:]

    static func of(_ package: ProjectPackage) -> Layers { package == .research ? research : server }

    static let research = Layers(
        order: [
            "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Strategies", "Risk",
            "TradingEngine", "Simulation", "MarketData", "Research", "RunFiles", "TradewindCommands",
            "tradewind",
        ],
        outside: [
            "Units": ["CCrypto"],
            "StrategyKit": ["DequeModule", "RealModule"],
            "MarketData": ["CZlib", "RealModule"],
            "Research": ["RealModule"],
            "RunFiles": ["Yams"],
            "TradewindCommands": ["ArgumentParser"],
        ],
        // Files, clocks and processes belong to the commands alone.
        cLibrary: [
            "Markets": "columns grow by mremap, which moves pages instead of bytes",
            "TradewindCommands": "opens files, reads the clock and the environment, writes to the terminal",
            "tradewind": "the process itself",
        ],
        system: ["Swift", "Synchronization", "Glibc", "Musl", "_Concurrency"])

    static let server = Layers(
        order: [
            "Settings", "Storage", "Operations", "Venues", "ControlPlane", "Deployment", "tradewind-server",
        ],
        outside: [
            "Settings": ["Crypto", "TradewindDataKit", "Yams"],
            "Storage": ["GRDB", "GRDBSQLite", "Logging", "TradewindDataKit", "TradewindEventKit"],
            "Operations": [
                "AsyncHTTPClient", "CGzip", "CSparseFiles", "CTimex", "Crypto", "Logging", "Metrics",
                "NIOCore",
                "NIOHTTP1", "NIOSSL",
                "ServiceLifecycle", "TradewindDataKit", "TradewindEventKit",
            ],
            "Venues": ["AsyncHTTPClient", "Crypto", "NIOCore", "NIOHTTP1", "NIOPosix", "TradewindDataKit"],
            "ControlPlane": [
                "Crypto", "CryptoExtras", "HTTPTypes", "Hummingbird", "HummingbirdCore", "JWTKit", "Logging",
                "Metrics", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOPosix", "ServiceLifecycle",
                "TradewindDataKit", "TradewindEventKit", "TradewindKit",
            ],
            "Deployment": ["TradewindDataKit", "TradewindEventKit"],
            "tradewind-server": [
                "ArgumentParser", "AsyncHTTPClient", "Logging", "Metrics", "NIOCore", "ServiceLifecycle",
                "TradewindDataKit", "TradewindEventKit", "TradewindKit", "UnixSignals",
            ],
        ],
        cLibrary: [
            "Settings": "compares and wipes the bytes of secrets",
            "Storage": "modes of the database's files, and the clock that ends slow statements",
            "Operations": "processes, signals, locks, sockets, clocks and logs of this host",
            "Venues": "error numbers of connections, which say whether a request left",
            "ControlPlane": "error numbers of sockets",
            "Deployment": "folders, owners and modes of what is kept on this host",
            "tradewind-server": "the process itself, its files and its environment",
        ],
        system: [
            "Swift", "Synchronization", "Glibc", "Musl", "Darwin", "_Concurrency", "Dispatch", "Foundation",
            "FoundationEssentials",
        ],
        modules: [
            "TradewindDataKit": ["Units", "Markets", "MarketData", "StrategyKit"],
            "TradewindEventKit": ["Units", "Markets", "Trading", "Events", "Risk"],
            "TradewindKit": ["Units", "Markets", "Trading", "StrategyKit", "TradewindCommands"],
        ])
}

/// The rules of layering, apart from the files they are applied to, so that planted samples can test them.
enum LayeringRules {
    static func problems(manifest: Manifest, layers: Layers) -> [String] {
        var problems: [String] = []
        let system = manifest.targets.filter { $0.kind == "systemLibrary" }.map(\.name)
        for target in manifest.targets where target.kind == "target" || target.kind == "executableTarget" {
            if target.isAmongTests { continue }
            guard let layer = layers.order.firstIndex(of: target.name) else {
                problems.append("\(manifest.path): target \(target.name) is not in the table of layers")
                continue
            }
            for dependency in target.dependencies {
                let isAbove = layers.order.firstIndex(of: dependency).map { $0 < layer } ?? false
                let isPermitted = layers.outside[target.name, default: []].contains(dependency)
                if !isAbove && !isPermitted {
                    problems.append("\(manifest.path): \(target.name) must not depend on \(dependency)")
                }
            }
        }
        for name in system where !layers.outside.values.contains(where: { $0.contains(name) }) {
            problems.append("\(manifest.path): nothing may import the system library \(name)")
        }
        return problems
    }

    static func problems(imports source: SourceText, manifest: Manifest, layers: Layers) -> [String] {
        let dependencies = manifest.targets.first { $0.name == source.target }?.dependencies ?? []
        let declared = dependencies + dependencies.flatMap { layers.modules[$0, default: []] }
        var problems: [String] = []
        for found in Declarations(source).imports {
            let place = "\(source.path):\(found.line)"
            if ["Glibc", "Musl"].contains(found.module), layers.cLibrary[source.target] == nil {
                problems.append("\(place): \(source.target) must not touch the system")
            } else if !layers.system.contains(found.module), !declared.contains(found.module) {
                problems.append("\(place): \(found.module) is not a dependency of \(source.target)")
            }
        }
        return problems
    }

    static func problems(typesOf sources: [SourceText], modules: Set<String>) -> [String] {
        var problems: [String] = []
        var owners: [String: String] = [:]
        for source in sources {
            for type in Declarations(source).publicTypes {
                let place = "\(source.path):\(type.line)"
                if modules.contains(type.name) {
                    problems.append("\(place): public type \(type.name) has the name of a module")
                }
                if let owner = owners[type.name], owner != source.target {
                    problems.append("\(place): public type \(type.name) is also one of \(owner)")
                }
                owners[type.name] = source.target
            }
        }
        return problems
    }
}
