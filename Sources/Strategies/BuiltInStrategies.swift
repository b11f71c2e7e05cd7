public import StrategyKit

/// The strategies that come with Tradewind.
public enum BuiltInStrategies {
    /// All of them.
    public static let all: [any Strategy.Type] = [
        SMACross.self, MeanReversion.self, Quoter.self, BTCBasis.self, ETHBasis.self,
        PureLending.self, ETHStaking.self, ETHLeveragedStaking.self, USDTMarketNeutralUnlevered.self,
        USDTMarketNeutral.self, DirectionalUSDT.self, DirectionalBTC.self,
    ]
}
