/// A network of Ethereum.
public enum ChainNetwork: String, Hashable, Sendable, CaseIterable {
    /// The main network: real money.
    case mainnet
    /// The test network.
    case sepolia

    /// The number by which transactions name the network; source: EIP-155 registry, chains 1 and 11155111.
    public var chainID: Int {
        switch self {
        case .mainnet: 1
        case .sepolia: 11_155_111
        }
    }
}

/// The Ethereum chain, for the DeFi strategies.
public struct ChainSettings: Sendable {
    /// Which network; nil when no chain is used.
    public let network: ChainNetwork?
    /// The network's number, when it is given to be compared.
    public let chainID: Int?
    /// The address of our wallet; nil when no chain is used.
    public let walletAddress: String?
    /// The names `rpc-url` and `private-key` (64 hexadecimal digits, with or without `0x`).
    public let credential: CredentialSettings

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "chain", "The Ethereum chain, for strategies that use DeFi.", services: [.trading])
        network = reader.optional(
            "network", .choice(ChainNetwork.sepolia),
            "Which network: sepolia in local and ci, mainnet in staging and production. Left out when none "
                + "is used."
        )
        chainID = reader.optional(
            "chain-id", .integer(1...Int(Int32.max)),
            "The number of the network, compared with it when given.")
        walletAddress = reader.optional(
            "wallet-address", .chainAddress, "The address of our wallet, with 0x.")
        credential = reader.credential(
            owner: "chain",
            [
                SecretSetting(
                    name: "rpc-url", minimumBytes: 8,
                    summary: "The URL of the node, a secret because the key of the provider stands in it."),
                SecretSetting(
                    name: "private-key", minimumBytes: 64,
                    summary: "The private key of the wallet: 64 hexadecimal digits, with or without 0x."),
            ], needed: ["rpc-url", "private-key"])
    }
}
