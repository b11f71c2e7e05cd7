/// The targets of the package, bottom up, and what each may use from outside.
enum Layers {
    /// A target imports only targets above it in this list.
    static let order = [
        "Units", "Markets", "Accounting", "Trading", "Events", "StrategyKit", "Strategies", "Risk",
        "TradingEngine", "Simulation", "MarketData", "Research", "RunFiles", "TradewindCommands", "tradewind",
    ]

    /// Libraries of others, and C libraries of the system, by the target that may import them.
    static let outside: [String: Set<String>] = [
        "Units": ["CCrypto"],
        "StrategyKit": ["DequeModule", "RealModule"],
        "MarketData": ["CZlib", "RealModule"],
        "Research": ["RealModule"],
        "RunFiles": ["Yams"],
        "TradewindCommands": ["ArgumentParser"],
    ]

    /// Who may use the C library, and for what. Files, clocks and processes belong to the commands alone.
    static let cLibrary: [String: String] = [
        "Markets": "columns grow by mremap, which moves pages instead of bytes",
        "TradewindCommands": "opens files, reads the clock and the environment, writes to the terminal",
        "tradewind": "the process itself",
    ]

    /// Modules of the compiler and the C library that need no dependency.
    static let system: Set<String> = ["Swift", "Synchronization", "Glibc", "Musl", "_Concurrency"]
}

/// The rules of layering, apart from the files they are applied to, so that planted samples can test them.
enum LayeringRules {
    static func problems(manifest: Manifest) -> [String] {
        var problems: [String] = []
        let system = manifest.targets.filter { $0.kind == "systemLibrary" }.map(\.name)
        for target in manifest.targets where target.kind == "target" || target.kind == "executableTarget" {
            guard let layer = Layers.order.firstIndex(of: target.name) else {
                problems.append("Package.swift: target \(target.name) is not in the table of layers")
                continue
            }
            for dependency in target.dependencies {
                let isAbove = Layers.order.firstIndex(of: dependency).map { $0 < layer } ?? false
                let isPermitted = Layers.outside[target.name, default: []].contains(dependency)
                if !isAbove && !isPermitted {
                    problems.append("Package.swift: \(target.name) must not depend on \(dependency)")
                }
            }
        }
        for name in system where !Layers.outside.values.contains(where: { $0.contains(name) }) {
            problems.append("Package.swift: nothing may import the system library \(name)")
        }
        return problems
    }

    static func problems(imports source: SourceText, manifest: Manifest) -> [String] {
        let declared = manifest.targets.first { $0.name == source.target }?.dependencies ?? []
        var problems: [String] = []
        for found in Declarations(source).imports {
            let place = "\(source.path):\(found.line)"
            if ["Glibc", "Musl"].contains(found.module), Layers.cLibrary[source.target] == nil {
                problems.append("\(place): \(source.target) must not touch the system")
            } else if !Layers.system.contains(found.module), !declared.contains(found.module) {
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
