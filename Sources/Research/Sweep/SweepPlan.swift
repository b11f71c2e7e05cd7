/// How a sweep chooses its points.
public enum SweepSearch: String, Hashable, Sendable, CaseIterable {
    /// Every combination.
    case grid
    /// Combinations drawn from a seed, each once.
    case random
    /// Combinations proposed by a model of the results so far, from a seed; see ``GaussianSearch``.
    case model
}

/// What a sweep looks for.
public enum SweepObjective: String, Hashable, Sendable, CaseIterable {
    /// The largest Sharpe ratio.
    case sharpe
    /// The largest Sortino ratio.
    case sortino
    /// The largest Calmar ratio.
    case calmar
    /// The largest return.
    case totalReturn = "total_return"
    /// The largest return a year.
    case annualizedReturn = "annualized_return"
    /// The smallest deepest fall.
    case maxDrawdown = "max_drawdown"
    /// The smallest volatility.
    case volatility

    /// The figure that is looked at.
    public var ratio: SweepRatio {
        switch self {
        case .sharpe: .sharpe
        case .sortino: .sortino
        case .calmar: .calmar
        case .totalReturn: .totalReturn
        case .annualizedReturn: .annualizedReturn
        case .maxDrawdown: .maxDrawdown
        case .volatility: .volatility
        }
    }

    /// Whether a smaller figure is better.
    public var isSmallerBetter: Bool { self == .maxDrawdown || self == .volatility }

    /// A figure turned so that more is better; nil where it is not defined.
    func score(_ point: SweepPoint) -> Double? {
        guard let value = point.figures?[ratio] else { return nil }
        return isSmallerBetter ? -value : value
    }
}

/// What a sweep tries, how, and what it looks for.
public struct SweepPlan: Hashable, Sendable {
    /// The most points of a grid.
    public static let largestGrid = 1_000_000
    /// The most points that are drawn.
    public static let largestBudget = 1_000_000
    /// The most points that a model proposes: it looks at all results before each batch.
    public static let largestModelBudget = 5_000
    /// How many points are drawn when nothing is said.
    public static let usualBudget = 200

    /// The parameters that vary; the first is the slowest in the order of points.
    public let axes: [SweepAxis]
    /// How points are chosen.
    public let search: SweepSearch
    /// The most points to run; nil for every combination of a grid, or ``usualBudget``.
    public let budget: Int?
    /// What to look for.
    public let objective: SweepObjective
    /// Seed of drawn points.
    public let seed: UInt64

    /// A plan.
    ///
    /// - Parameter search: nil takes the grid where the budget allows it, and draws at random elsewhere.
    /// - Precondition: there is an axis.
    public init(
        axes: [SweepAxis], search: SweepSearch? = nil, budget: Int? = nil,
        objective: SweepObjective = .sharpe, seed: UInt64 = 1
    ) {
        precondition(!axes.isEmpty, "a sweep varies something")
        (self.axes, self.budget, self.objective, self.seed) = (axes, budget, objective, seed)
        let all = SweepPlan.combinations(axes)
        self.search = search ?? (budget.map { $0 < all ?? Int.max } ?? false ? .random : .grid)
    }

    /// How many combinations the axes have; nil when `Int` does not count them.
    public var combinations: Int? { SweepPlan.combinations(axes) }

    private static func combinations(_ axes: [SweepAxis]) -> Int? {
        var product = 1
        for axis in axes {
            let (next, overflow) = product.multipliedReportingOverflow(by: axis.count)
            if overflow { return nil }
            product = next
        }
        return product
    }

    /// The most points that will be run.
    public var size: Int {
        let all = combinations ?? Int.max
        return search == .grid ? all : min(all, budget ?? SweepPlan.usualBudget)
    }

    /// Why it cannot be run, with the remedy; nil when it can.
    public var problem: (message: String, remedy: String)? {
        guard let combinations else {
            return (
                "the parameters have more combinations than can be numbered",
                "take larger steps or fewer parameters"
            )
        }
        let shown = NumberText.count(combinations)
        switch search {
        case .grid:
            if let budget, budget < combinations {
                return (
                    "the grid has \(shown) points, more than the budget of \(NumberText.count(budget))",
                    "raise the budget, take larger steps, or choose the search random or model"
                )
            }
            if combinations > SweepPlan.largestGrid {
                let most = NumberText.count(SweepPlan.largestGrid)
                return (
                    "the grid has \(shown) points; a grid may have \(most)",
                    "give a budget, as --budget 2000, and that many points are drawn at random "
                        + "(--search random) or proposed by a model (--search model); or take larger steps"
                )
            }
        case .random, .model:
            let most = search == .model ? SweepPlan.largestModelBudget : SweepPlan.largestBudget
            if let budget, budget > most, combinations > most {
                return (
                    "a budget of \(NumberText.count(budget)) is more than the \(NumberText.count(most)) that "
                        + "the search \(search.rawValue) takes", "give a smaller budget"
                )
            }
        }
        return nil
    }
}
