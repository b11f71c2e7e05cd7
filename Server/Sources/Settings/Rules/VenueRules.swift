/// Venues, accounts, and the chain.
enum VenueRules {
    static let all = [keys, accounts, hosts, alpacaKeys, use, network, wallet]

    private static let keys = SettingsRule(
        "venue-keys",
        """
        The keys of each venue in venues.use are given, by the environment or a backend, in mode live \
        everywhere and in mode paper outside local.
        """
    ) { context in
        let mode = context.settings.execution.mode
        guard mode == .live || (mode == .paper && context.environment != .local) else { return [] }
        return context.settings.venues.inUse.flatMap { venue in
            venue.name.neededSecrets.filter { !venue.credential.isLocated($0) }.flatMap { name in
                context.missing(
                    "venues.\(venue.name.rawValue).\(name)",
                    because: "the venue is in use in mode \(mode.rawValue)")
            }
        }
    }

    private static let accounts = SettingsRule(
        "venue-account", "A venue in use has account live in mode live, and account paper in mode paper."
    ) { context in
        let mode = context.settings.execution.mode
        return context.settings.venues.inUse.compactMap { venue in
            let key = "venues.\(venue.name.rawValue).account"
            switch (mode, venue.account) {
            case (.live, .paper):
                return context.contradiction(
                    key, "a paper account is used by a live process",
                    remedy: "give the keys of the live account and set it to live, or use mode paper")
            case (.paper, .live):
                return context.contradiction(
                    key, "a live account is used by a paper process",
                    remedy:
                        "give the keys of a test account and set it to paper; paper needs no right to trade")
            default: return nil
            }
        }
    }

    private static let hosts = SettingsRule(
        "venue-host",
        "The url of a venue, when given, belongs to the same account: live host with live, test host with "
            + "paper."
    ) { context in
        VenueName.allCases.compactMap { name in
            guard let venue = context.settings.venues[name], let url = venue.url else { return nil }
            let key = "venues.\(name.rawValue).url"
            if venue.account == .paper, name.liveHosts.contains(url.host) {
                return context.contradiction(
                    key, "the paper key of \(name.rawValue) would be sent to its live venue",
                    remedy: "use \(name.paperHosts.first ?? "the venue's test host"), or set account to live")
            }
            if venue.account == .live, name.paperHosts.contains(url.host) {
                return context.contradiction(
                    key, "the live key of \(name.rawValue) would be sent to its test network",
                    remedy: "use \(name.liveHosts.first ?? "the venue's own host"), or set account to paper")
            }
            return nil
        }
    }

    private static let alpacaKeys = SettingsRule(
        "alpaca-key", "A key of Alpaca begins with PK for account paper and with AK for account live."
    ) { context in
        guard let venue = context.settings.venues[.alpaca], let secret = venue.credential.given["api-key"]
        else {
            return []
        }
        let beginning: String = secret.withText { String($0.prefix(2)) }
        let wrong = venue.account == .paper ? "AK" : "PK"
        guard beginning == wrong else { return [] }
        let found =
            venue.account == .paper
            ? "a live key is given for a paper account" : "a paper key is given for a live account"
        return [
            context.contradiction(
                "venues.alpaca.api-key", found, remedy: "give the key that belongs to venues.alpaca.account")
        ]
    }

    private static let use = SettingsRule(
        "venues-in-use", "In mode live at least one venue is in venues.use, none twice."
    ) {
        context in
        let use = context.settings.venues.use
        if Set(use).count != use.count {
            return [context.contradiction("venues.use", "a venue is there twice", remedy: "name each once")]
        }
        guard use.isEmpty, context.settings.execution.mode == .live, context.settings.chain.network == nil
        else {
            return []
        }
        return context.missing("venues.use", because: "mode live needs a venue to send orders to")
    }

    private static let network = SettingsRule(
        "chain-network",
        "chain.network is sepolia in local and ci and mainnet in staging and production; chain.chain-id is "
            + "its number."
    ) { context in
        guard let network = context.settings.chain.network else { return [] }
        var problems: [SettingsProblem] = []
        let right: ChainNetwork = context.isHardened ? .mainnet : .sepolia
        if network != right {
            problems.append(
                context.contradiction(
                    "chain.network", "\(network.rawValue) is not for \(context.environment.rawValue)",
                    remedy: "use \(right.rawValue) there"))
        }
        if let number = context.settings.chain.chainID, number != network.chainID {
            problems.append(
                context.contradiction(
                    "chain.chain-id",
                    "\(number) is not the number of \(network.rawValue), which is \(network.chainID)",
                    remedy: "correct one of them, or leave chain-id out"))
        }
        return problems
    }

    private static let wallet = SettingsRule(
        "chain-wallet",
        """
        With chain.network, outside mode backtest, chain.wallet-address, chain.rpc-url and chain.private-key \
        are given; the key is 64 hexadecimal digits.
        """
    ) { context in
        let chain = context.settings.chain
        var problems: [SettingsProblem] = []
        if chain.network != nil, context.settings.execution.mode != .backtest {
            if chain.walletAddress == nil {
                problems += context.missing("chain.wallet-address", because: "chain.network is given")
            }
            for name in ["rpc-url", "private-key"] where !chain.credential.isLocated(name) {
                problems += context.missing("chain.\(name)", because: "chain.network is given")
            }
        }
        if let key = chain.credential.given["private-key"], !isPrivateKey(key) {
            problems.append(
                SettingsProblem(
                    .invalidValue, key: "chain.private-key",
                    "the value (hidden) is not 64 hexadecimal digits",
                    at: context.origin("chain.private-key"), remedy: "copy the key again, with or without 0x")
            )
        }
        if let url = chain.credential.given["rpc-url"], !isNodeURL(url) {
            problems.append(
                SettingsProblem(
                    .invalidValue, key: "chain.rpc-url", "the value (hidden) is no URL of a node",
                    at: context.origin("chain.rpc-url"),
                    remedy: "give a URL beginning with https:// or wss://"))
        }
        return problems
    }

    private static func isPrivateKey(_ secret: Secret) -> Bool {
        secret.withBytes { bytes in
            let hasPrefix = bytes.count == 66 && bytes[0] == 0x30 && (bytes[1] == 0x78 || bytes[1] == 0x58)
            let digits = bytes.dropFirst(hasPrefix ? 2 : 0)
            return digits.count == 64 && digits.allSatisfy(isHexadecimal)
        }
    }

    private static func isNodeURL(_ secret: Secret) -> Bool {
        secret.withText { text in
            guard let url = ServiceURL(text) else { return false }
            return ["https", "wss", "http", "ws"].contains(url.scheme) && !url.host.isEmpty
        }
    }
}
