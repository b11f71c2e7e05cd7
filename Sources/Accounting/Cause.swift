/// Why a balance or a value changed. Attribution explains every change of equity by these.
///
/// ``netFlow`` (deposits and withdrawals) is outside the attribution: it changes equity without being a
/// profit or a loss.
public enum Cause: UInt8, Hashable, Sendable, CaseIterable {
    /// Change of a mark, and the difference between a fill's reference price and the mark.
    case price = 0
    /// Change of the spread between a hedge and what it hedges.
    case basis
    /// Funding of perpetuals.
    case funding
    /// Interest earned on deposits.
    case supplyInterest
    /// Interest owed on debt.
    case borrowInterest
    /// Growth of staking ratios.
    case staking
    /// Distributed rewards.
    case rewards
    /// Commissions.
    case fees
    /// Difference between a fill's price and its reference price.
    case slippage
    /// Transaction costs of a chain.
    case gas
    /// Penalties and losses of forced closing.
    case liquidation
    /// Remainders too small to use.
    case dust
    /// Deposits and withdrawals; not part of attribution.
    case netFlow

    /// Number of attributed causes (all but ``netFlow``).
    public static let attributedCount = 12

    /// The causes of attribution, in the order in which results print them.
    public static var attributed: [Cause] { allCases.filter { $0 != .netFlow } }

    /// The key in results: `supply_interest`.
    public var key: String {
        switch self {
        case .price: "price"
        case .basis: "basis"
        case .funding: "funding"
        case .supplyInterest: "supply_interest"
        case .borrowInterest: "borrow_interest"
        case .staking: "staking"
        case .rewards: "rewards"
        case .fees: "fees"
        case .slippage: "slippage"
        case .gas: "gas"
        case .liquidation: "liquidation"
        case .dust: "dust"
        case .netFlow: "net_flows"
        }
    }
}
