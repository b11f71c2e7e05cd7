public import Units

/// What a swap costs by its size: fee, spread and impact together, in basis points of what comes out.
///
/// The cost of a size is that of the smallest bucket that holds it; above the last bucket, the last.
/// Source: the earlier platform's model of execution costs; constant in time, not observed.
public struct ExecutionCosts: Hashable, Sendable {
    /// One size and what swaps up to it cost.
    public struct Bucket: Hashable, Sendable {
        /// The largest value of a swap, in USD at 8 decimals.
        public let upTo: Int128
        /// The cost.
        public let cost: BasisPoints

        /// A bucket from its parts.
        public init(upTo: Int128, cost: BasisPoints) { (self.upTo, self.cost) = (upTo, cost) }
    }

    /// By size, ascending.
    public let buckets: [Bucket]

    /// Costs from buckets; nil where sizes do not ascend or a cost is not between 0 and 10,000 basis
    /// points.
    public init?(_ buckets: [Bucket]) {
        let ascending = zip(buckets, buckets.dropFirst()).allSatisfy { $0.upTo < $1.upTo }
        let areShares = buckets.allSatisfy {
            $0.cost >= .zero && Int128($0.cost.millionths) <= BasisPoints.whole
        }
        guard ascending, areShares else { return nil }
        self.buckets = buckets
    }

    private init(_ tenThousand: Int64, _ hundredThousand: Int64, _ million: Int64) {
        let sizes: [Int128] = [10_000, 100_000, 1_000_000]
        buckets = zip(sizes, [tenThousand, hundredThousand, million]).map {
            Bucket(upTo: $0 * ChainMarket.priceScale.unit, cost: BasisPoints(millionths: $1 * 1_000_000))
        }
    }

    /// The cost of a swap of a value, USD at 8 decimals.
    public func cost(value: Int128) -> BasisPoints {
        (buckets.first { value <= $0.upTo } ?? buckets.last)?.cost ?? .zero
    }

    /// No cost.
    public static let none = ExecutionCosts(0, 0, 0)
    /// ETH and USDT: 5, 7, 13 up to 10,000, 100,000 and 1,000,000 USD.
    public static let ethUSDT = ExecutionCosts(5, 7, 13)
    /// ETH and wstETH: 15, 18, 27.
    public static let ethWstETH = ExecutionCosts(15, 18, 27)
    /// ETH and weETH: 20, 24, 35.
    public static let ethWeETH = ExecutionCosts(20, 24, 35)
    /// ETH and stETH: 10, 12, 18.
    public static let ethStETH = ExecutionCosts(10, 12, 18)
    /// ETH and eETH: 25, 30, 45.
    public static let ethEETH = ExecutionCosts(25, 30, 45)
    /// EIGEN and USDT: 8, 13, 28.
    public static let eigenUSDT = ExecutionCosts(8, 13, 28)
    /// ETHFI and USDT: 12, 20, 42.
    public static let ethfiUSDT = ExecutionCosts(12, 20, 42)
    /// EIGEN and ETH: 10, 16, 35.
    public static let eigenETH = ExecutionCosts(10, 16, 35)
    /// ETHFI and ETH: 15, 25, 50.
    public static let ethfiETH = ExecutionCosts(15, 25, 50)
}

/// Two tokens that a decentralised exchange swaps.
public struct SwapPair: Hashable, Sendable {
    /// What the rate is the price of.
    public let base: TokenKey
    /// In what the rate is told.
    public let quote: TokenKey
    /// What swapping costs.
    public let costs: ExecutionCosts

    /// A pair from its parts.
    public init(base: TokenKey, quote: TokenKey, costs: ExecutionCosts) {
        (self.base, self.quote, self.costs) = (base, quote, costs)
    }
}
