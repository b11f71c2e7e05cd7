internal import Markets
internal import StrategyKit
internal import Units

/// The parameters of the strategies that stake ETH.
enum StakeParameters {
    static let common = [
        ParameterDescription(
            "lst", .choice(StakedToken.allCases.map(\.rawValue)), default: .text("weeth"),
            summary: "The token that is staked for: weeth at ether.fi, wsteth at Lido."),
        ParameterDescription(
            "rewards", .choice(RewardsMode.allCases.map(\.rawValue)), default: .text("base"),
            summary: "Rewards beside the growth of the ratio; EIGEN and ETHFI are for weeth alone."),
        ParameterDescription(
            "reserve-ratio", .decimal(minimum: .zero, maximum: number(9, 1)), default: .number(number(1, 1)),
            summary: "Share of the capital that stays in the wallet."),
        ParameterDescription(
            "position-deviation-threshold", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
            default: .number(number(2, 2)),
            summary: "Rebalances when equity, or the staked share of it, moved by more than this."),
        ParameterDescription(
            "throttle-seconds", .integer(0...86_400), default: .number(ExactDecimal(60)),
            summary: "Least seconds between two decisions to rebalance; risk overrides do not wait."),
        ParameterDescription(
            "dust-delta", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: .number(number(2, 3)),
            summary: "Sells rewards when they are worth more than this share of equity."),
        ParameterDescription(
            "slippage-limit", .decimal(minimum: .zero, maximum: ExactDecimal(10_000)),
            default: .number(ExactDecimal(50)),
            summary: "Most basis points that a swap may give less than its market ratio says."),
    ]

    /// How a stake without a loan is left.
    static let withdrawal = ParameterDescription(
        "withdrawal", .choice(["fast", "slow"]), default: .text("fast"),
        summary: "Whether ETH comes back by a sale in the pool, or through the protocol's queue.")

    static let loan = [
        ParameterDescription(
            "target-ltv", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: .number(number(65, 2)),
            summary: "Debt over collateral; the leverage is 1 / (1 - target-ltv)."),
        ParameterDescription(
            "max-ltv", .decimal(minimum: .zero, maximum: number(93, 2)), default: .number(number(91, 2)),
            summary: "Most debt over collateral that is borne after a move of the staking token's price."),
        ParameterDescription(
            "max-stake-spread-move", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
            default: .number(number(2_215, 5)),
            summary: "That move; target-ltv is at most max-ltv x (1 - max-stake-spread-move)."),
        ParameterDescription(
            "max-leverage", .decimal(minimum: ExactDecimal(1), maximum: ExactDecimal(14)),
            default: .number(ExactDecimal(3)),
            summary: "Most collateral for each unit of equity; target-ltv is at most 1 - 1 / max-leverage."),
        ParameterDescription(
            "reduce-health-factor", .decimal(minimum: ExactDecimal(1), maximum: ExactDecimal(10)),
            default: .number(number(11, 1)),
            summary: "Reduces to target-ltv when the health factor is below this."),
    ]

    private static func number(_ mantissa: Int128, _ decimals: Int) -> ExactDecimal {
        ExactDecimal(mantissa: mantissa, scale: Scale(decimals))
    }
}

/// What the parameters of a stake say.
struct StakeSettings {
    var reserve = Ratio.zero
    var deviation = Ratio.zero
    var dust = Ratio.zero
    var throttle = Timespan.zero
    var slippageLimit = BasisPoints.zero
    var isSlow = false
    /// Zero without a loan.
    var targetLTV = Ratio.zero
    var reduceHealth = Ratio.one

    /// The liquidation threshold of the efficiency mode, 0.95.
    static let threshold = Ratio(mantissa: 950_000_000)

    /// Reads parameters; what is wrong with them in combination is told all at once.
    static func read(
        _ parameters: Parameters, hasLoan: Bool
    ) -> (settings: StakeSettings, problems: [ParameterProblem]) {
        var settings = StakeSettings()
        var problems: [ParameterProblem] = []
        func ratio(_ name: String) -> Ratio {
            do throws(ParameterProblem) {
                let decimal = try parameters.decimal(name)
                if let ratio = Ratio(decimal) { return ratio }
                problems.append(ParameterProblem(name, "\(decimal) has more than 9 decimals"))
            } catch { problems.append(error) }
            return .zero
        }
        settings.reserve = ratio("reserve-ratio")
        settings.deviation = ratio("position-deviation-threshold")
        settings.dust = ratio("dust-delta")
        settings.isSlow = parameters.text("withdrawal") == "slow"
        do throws(ParameterProblem) {
            settings.throttle = try parameters.integer("throttle-seconds") * Timespan.second
            let limit = try parameters.decimal("slippage-limit")
            guard let points = BasisPoints(limit) else {
                throw ParameterProblem("slippage-limit", "\(limit) has more than 6 decimals")
            }
            settings.slippageLimit = points
        } catch { problems.append(error) }
        if StakedToken.of(parameters) != .weeth && RewardsMode.of(parameters) != .base {
            problems.append(
                ParameterProblem("rewards", "only weeth earns EIGEN and ETHFI; leave rewards at base"))
        }
        if hasLoan && problems.isEmpty {
            settings.targetLTV = ratio("target-ltv")
            settings.reduceHealth = ratio("reduce-health-factor")
            problems += settings.loanProblems(
                maximum: ratio("max-ltv"), move: ratio("max-stake-spread-move"),
                leverage: ratio("max-leverage"))
        }
        return (settings, problems)
    }

    /// A target above what the maximum, the leverage or the health factor allows is refused with the figure.
    private func loanProblems(maximum: Ratio, move: Ratio, leverage: Ratio) -> [ParameterProblem] {
        var problems: [ParameterProblem] = []
        let most = maximum.times(Ratio(mantissa: Ratio.one.mantissa - move.mantissa))
        if targetLTV > most {
            problems.append(
                ParameterProblem(
                    "target-ltv",
                    "\(targetLTV.text) is above \(most.text), the most that max-ltv \(maximum.text) leaves "
                        + "after a move of \(move.text)"))
        }
        // l > 1 - 1/L, exactly: l L > L - 1.
        let (reached, allowed) = (
            targetLTV.mantissa * leverage.mantissa,
            (leverage.mantissa - Ratio.one.mantissa) * Ratio.one.mantissa
        )
        if reached > allowed {
            problems.append(
                ParameterProblem(
                    "target-ltv",
                    "\(targetLTV.text) is above \(StakeSettings.limit(of: leverage)), the most that "
                        + "max-leverage \(leverage.text) allows: 1 - 1 / max-leverage"))
        }
        if targetLTV.mantissa * reduceHealth.mantissa
            > StakeSettings.threshold.mantissa * Ratio.one.mantissa
        {
            problems.append(
                ParameterProblem(
                    "target-ltv",
                    "\(targetLTV.text) leaves a health factor below \(reduceHealth.text), at which the "
                        + "position is reduced: the liquidation threshold is \(StakeSettings.threshold.text)")
            )
        }
        return problems
    }

    /// `1 - 1 / leverage`: a fraction where the leverage is whole.
    private static func limit(of leverage: Ratio) -> String {
        let whole = leverage.mantissa / Ratio.one.mantissa
        if whole * Ratio.one.mantissa == leverage.mantissa { return "\(whole - 1)/\(whole)" }
        let square = Ratio.one.mantissa * Ratio.one.mantissa
        return Ratio(mantissa: Ratio.one.mantissa - square / leverage.mantissa).text
    }
}

extension Ratio {
    /// Without trailing zeros.
    var text: String { decimal.normalized.description }
}
