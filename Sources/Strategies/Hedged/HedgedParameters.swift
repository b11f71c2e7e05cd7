internal import Markets
internal import StrategyKit
internal import Units

/// The parameters of the strategies that hedge staked ETH: those of the stake, and of the shorts.
enum HedgedParameters {
    /// All of them; those of a loan only where there is one, the way out of the stake where there is none.
    static func all(hasLoan: Bool) -> [ParameterDescription] {
        hedge + StakeParameters.common + (hasLoan ? StakeParameters.loan : [StakeParameters.withdrawal])
    }

    private static let hedge = [
        ParameterDescription(
            "hedge", .weights(sum: ExactDecimal(1)),
            default: .map([
                NamedParameter("binance", .number(fraction(4, 1))),
                NamedParameter("bybit", .number(fraction(3, 1))),
                NamedParameter("okx", .number(fraction(3, 1))),
            ]), summary: "Share of the short of each venue; the shares add up to 1, and 0 leaves a venue out."
        ),
        ParameterDescription(
            "spot-venue", .text, default: .text("binance"),
            summary: "The venue where ETH is bought and sold."),
        ParameterDescription(
            "margin-ratio-target", .decimal(minimum: .zero, maximum: ExactDecimal(100)),
            default: .number(ExactDecimal(1)),
            summary: "Margin of a short at entry, as a fraction of its notional; at least 0.44."),
        ParameterDescription(
            "reduce-ratio", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
            default: .number(fraction(2, 1)),
            summary: "Only reduces while a venue's margin ratio is below this."),
        ParameterDescription(
            "critical-ratio", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
            default: .number(fraction(12, 2)),
            summary: "Buys a venue's short back at once when its margin ratio is below this."),
        ParameterDescription(
            "delta-tolerance", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
            default: .number(fraction(5, 3)),
            summary: "Rebalances when net exposure is above this share of equity."),
        ParameterDescription(
            "leg-deviation-threshold", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
            default: .number(fraction(1, 1)),
            summary: "Moves capital between the legs when the staked one is off its size by more than this."),
    ]

    private static func fraction(_ mantissa: Int128, _ decimals: Int) -> ExactDecimal {
        ExactDecimal(mantissa: mantissa, scale: Scale(decimals))
    }
}

/// The parameters of a hedged stake, checked.
struct HedgedSettings {
    var basis = BasisSettings()
    var stake = StakeSettings()
    var legDeviation = Ratio.zero
    /// Most that may be owed as a share of collateral; the loan's target follows from it. Zero without one.
    var mostLTV = ExactDecimal.zero
    /// The fall of the staking token's price that the target leaves room for.
    var spreadMove = ExactDecimal.zero

    /// Reads complete parameters; every problem at once.
    static func read(
        _ parameters: Parameters, hasLoan: Bool
    ) -> (settings: HedgedSettings, problems: [ParameterProblem]) {
        var settings = HedgedSettings()
        var (stake, problems) = StakeSettings.read(parameters, hasLoan: hasLoan)
        // Told once more by the shorts' side.
        problems.removeAll { ["reserve-ratio", "throttle-seconds"].contains($0.name) }
        let (basis, others) = BasisSettings.read(shorts(of: parameters))
        problems += others.map { problem in
            let own = renamed.first { $0.basis == problem.name }?.own ?? problem.name
            return ParameterProblem(own, problem.message)
        }
        var seen: [ParameterProblem] = []
        for problem in problems where !seen.contains(where: { $0.name == problem.name }) {
            seen.append(problem)
        }
        stake.deviation = basis.deviation
        (settings.stake, settings.basis) = (stake, basis)
        do throws(ParameterProblem) {
            let share = try parameters.decimal("leg-deviation-threshold")
            guard let ratio = Ratio(share) else {
                throw ParameterProblem("leg-deviation-threshold", "\(share) has more than 9 decimals")
            }
            settings.legDeviation = ratio
            if hasLoan {
                settings.mostLTV = try parameters.decimal("max-ltv")
                settings.spreadMove = try parameters.decimal("max-stake-spread-move")
            }
        } catch { seen.append(error) }
        return (settings, seen)
    }

    /// What the bands of the shorts are called here.
    private static let renamed: [(basis: String, own: String)] = [
        ("half-exit-ratio", "reduce-ratio"), ("full-exit-ratio", "critical-ratio"),
    ]

    /// The parameters of a basis position with the same shorts; what it alone knows keeps its default.
    private static func shorts(of parameters: Parameters) -> Parameters {
        let known = BasisParameters.all.map(\.name).filter { $0 != "max-leverage" }
        var given = parameters.entries.filter { known.contains($0.name) }
        for pair in renamed {
            if let entry = parameters.entries.first(where: { $0.name == pair.own }) {
                given.append(NamedParameter(pair.basis, entry.value))
            }
        }
        return Parameters.resolve(given, schema: BasisParameters.all).parameters
    }
}
