/// A service of this host: what to run, and how to see that it is well.
public struct ServiceDefinition: Hashable, Sendable, Codable {
    /// What people call it: letters, digits and hyphens; also the name of its files.
    public let name: String
    /// The executable, as an absolute path, and its arguments. Never a secret: it is written to the state
    /// file.
    public let command: [String]
    /// Where it says how it is; nil for a service that is ready as soon as it runs.
    public let health: HealthEndpoint?
    /// Milliseconds after its start within which it must have become ready.
    public let readyWithinMilliseconds: Int
    /// Milliseconds that it may take to end after SIGTERM, before SIGKILL.
    public let graceMilliseconds: Int

    /// A service.
    ///
    /// - Precondition: the name is one, the command has an executable, and both times are positive.
    public init(
        name: String, command: [String], health: HealthEndpoint?, readyWithin: Duration = .seconds(60),
        grace: Duration = .seconds(30)
    ) {
        precondition(Self.isName(name), "the name of a service has letters, digits and hyphens")
        precondition(command.first.map { $0.hasPrefix("/") } ?? false, "the executable is an absolute path")
        precondition(readyWithin > .zero && grace > .zero, "times of a service are positive")
        (self.name, self.command, self.health) = (name, command, health)
        readyWithinMilliseconds = readyWithin.milliseconds
        graceMilliseconds = grace.milliseconds
    }

    /// The time after its start within which it must have become ready.
    public var readyWithin: Duration { .milliseconds(readyWithinMilliseconds) }
    /// The time that it may take to end after SIGTERM, before SIGKILL.
    public var grace: Duration { .milliseconds(graceMilliseconds) }

    /// Whether a text can be the name of a service: it becomes part of file names.
    public static func isName(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x2D
        }
        return isPlain && !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix("-")
            && text != "supervisor"
    }

    /// Whether what was read from a file is a definition that
    /// ``init(name:command:health:readyWithin:grace:)`` would accept.
    var isSound: Bool {
        Self.isName(name) && (command.first.map { $0.hasPrefix("/") } ?? false)
            && (1...86_400_000).contains(readyWithinMilliseconds)
            && (1...86_400_000).contains(graceMilliseconds)
            && (health.map { (1...65_535).contains($0.port) && $0.path.hasPrefix("/") } ?? true)
    }
}

/// Where a service answers over HTTP how it is: 200 means well.
public struct HealthEndpoint: Hashable, Sendable, Codable {
    /// An IPv4 or IPv6 address; no name, as a check must not wait for a resolver.
    public let address: String
    /// From 1 to 65535.
    public let port: Int
    /// `/health`, for example.
    public let path: String

    /// An endpoint.
    public init(address: String, port: Int, path: String) {
        (self.address, self.port, self.path) = (address, port, path)
    }

    /// The endpoint of a service that listens on an address; one on all interfaces is asked through the
    /// loopback.
    public init(listening address: String, port: Int, path: String) {
        switch address {
        case "0.0.0.0", "localhost": self.init(address: "127.0.0.1", port: port, path: path)
        case "::": self.init(address: "::1", port: port, path: path)
        default: self.init(address: address, port: port, path: path)
        }
    }

    /// `http://127.0.0.1:8000/health`.
    public var url: String {
        "http://\(address.contains(":") ? "[\(address)]" : address):\(port)\(path)"
    }
}

extension Duration {
    /// Whole milliseconds, rounded down; at most those of an `Int`.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : whole + Int(attoseconds / 1_000_000_000_000_000)
    }
}
