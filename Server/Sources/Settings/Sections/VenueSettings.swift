public import Units

/// A venue that orders can be sent to.
public enum VenueName: String, Hashable, Sendable, CaseIterable, Comparable {
    case alpaca, binance, bybit, coinbase, delta, kraken, okx

    public static func < (left: VenueName, right: VenueName) -> Bool { left.rawValue < right.rawValue }

    /// The hosts where real money is; source: each venue's API reference.
    var liveHosts: [String] {
        switch self {
        case .alpaca: ["api.alpaca.markets"]
        case .binance: ["api.binance.com", "fapi.binance.com", "dapi.binance.com"]
        case .bybit: ["api.bybit.com", "api.bytick.com"]
        case .coinbase: ["api.coinbase.com"]
        case .delta: ["api.india.delta.exchange", "api.delta.exchange"]
        case .kraken: ["api.kraken.com"]
        case .okx: []
        }
    }

    /// The hosts of the test network or paper accounts. OKX tells a demo account by a header, on the same
    /// host.
    var paperHosts: [String] {
        switch self {
        case .alpaca: ["paper-api.alpaca.markets"]
        case .binance: ["testnet.binance.vision", "testnet.binancefuture.com"]
        case .bybit: ["api-testnet.bybit.com", "api-demo.bybit.com"]
        case .coinbase: ["api-public.sandbox.exchange.coinbase.com", "api-sandbox.coinbase.com"]
        case .delta: ["testnet-api.delta.exchange"]
        case .kraken: ["demo-futures.kraken.com"]
        case .okx: []
        }
    }

    /// The secrets that every request to it needs.
    var neededSecrets: [String] {
        switch self {
        case .okx, .coinbase: ["api-key", "api-secret", "passphrase"]
        default: ["api-key", "api-secret"]
        }
    }
}

/// What an account at a venue is.
public enum VenueAccount: String, Hashable, Sendable, CaseIterable {
    /// A test network, a sandbox or a demo account: no money.
    case paper
    /// Real money.
    case live
}

/// One venue.
public struct VenueSettings: Sendable {
    /// Which venue.
    public let name: VenueName
    /// What the account of these keys is.
    public let account: VenueAccount
    /// The address of its API, when it is not the venue's own for the account.
    public let url: ServiceURL?
    /// The names `api-key`, `api-secret`, and `passphrase` where the venue has one.
    public let credential: CredentialSettings
    /// Largest notional of one order to this venue, in USD; nil: the limits of all venues alone count.
    public let maxOrderNotional: ExactDecimal?

    init(_ reader: SettingsReader, _ name: VenueName) {
        let reader = reader.section(name.rawValue, "The venue \(name.rawValue).")
        self.name = name
        account = reader.value(
            "account", .choice(VenueAccount.paper), "paper",
            "What the account of these keys is: paper (test network, sandbox, demo) or live (real money).")
        url = reader.optional(
            "url", .url("https", "http"),
            "The address of its API, when it is not the venue's own for the account.")
        let needsPassphrase = name.neededSecrets.contains("passphrase")
        var secrets = [
            SecretSetting(name: "api-key", summary: "The key. Needed when the venue is in venues.use."),
            SecretSetting(name: "api-secret", summary: "The secret that signs requests."),
        ]
        if needsPassphrase {
            secrets.append(
                SecretSetting(name: "passphrase", summary: "The passphrase that belongs to the key."))
        }
        credential = reader.credential(owner: name.rawValue, secrets, needed: name.neededSecrets)
        maxOrderNotional = reader.optional(
            "max-order-notional", .decimal("0.01", "1000000000"), precedence: .lowest,
            "Largest notional of one order to this venue, in USD.")
    }
}

/// Venues.
public struct VenuesSettings: Sendable {
    /// The venues in use; the keys of each must be given.
    public let use: [VenueName]
    /// Every venue, in use or not.
    public let all: [VenueName: VenueSettings]

    init(_ reader: SettingsReader) {
        let reader = reader.section("venues", "Venues.", services: [.trading])
        use = reader.list(
            "use", .choice(VenueName.binance),
            "The venues in use. The keys of each must be given, by the environment or a backend.")
        var all: [VenueName: VenueSettings] = [:]
        for name in VenueName.allCases { all[name] = VenueSettings(reader, name) }
        self.all = all
    }

    /// The settings of a venue.
    public subscript(_ name: VenueName) -> VenueSettings? { all[name] }

    /// The settings of the venues in use, in the order given.
    public var inUse: [VenueSettings] { use.compactMap { all[$0] } }
}
