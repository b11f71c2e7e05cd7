public import Markets
public import Simulation
public import StrategyKit
internal import Units

/// Why a backtest cannot run on this plan and these data.
public enum BacktestError: Error, CustomStringConvertible {
    /// No strategy of that name.
    case unknownStrategy(String, nearest: String?, known: [String])
    /// Parameters of a strategy are wrong.
    case badParameters(strategy: String, [ParameterProblem])
    /// A kind of series that a strategy needs is not among the data.
    case missingSeries(strategy: String, SeriesKind)
    /// The plan cannot start over its series: everything that keeps it from that.
    case unfitSeries([StartProblem])
    /// Two series of one kind for one instrument.
    case duplicateSeries(InstrumentID, SeriesKind)
    /// No row falls into the window.
    case noRows
    /// The caller stopped it.
    case interrupted
    /// An instrument's symbol or override names no usable asset, or a step is finer than its data.
    case badInstrument(InstrumentID, String)
    /// The commission of the plan cannot be charged for fills of an instrument.
    case badCommission(Instrument, CommissionModel, CommissionModel.Problem)

    public var description: String {
        switch self {
        case .unknownStrategy(let name, let nearest, let known):
            "no strategy is called \"\(name)\""
                + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
                + " (known are \(known.joined(separator: ", ")))"
        case .badParameters(let strategy, let problems):
            "\(strategy): " + problems.map(\.description).joined(separator: "; ")
        case .missingSeries(let strategy, let kind):
            "\(strategy) needs a series of \(kind.rawValue), and the run's data hold none; add an entry with "
                + "\"\(kind.rawValue):\" under data"
        case .duplicateSeries(let instrument, let kind):
            "two series of \(kind.rawValue) for \(instrument); keep one "
                + "(a run uses one timeframe of an instrument)"
        case .noRows: "no row of the data falls into the run's window; check window.start and window.end"
        case .unfitSeries(let problems): problems.map(\.message).joined(separator: "; ")
        case .interrupted: "the run was interrupted"
        case .badInstrument(let instrument, let reason): "\(instrument): \(reason)"
        case .badCommission(let instrument, let model, .fineMinimum):
            "a minimum of \(model.minimum) has more than the "
                + "\(instrument.settlementAsset.ledgerScale.decimals) decimals that are kept of "
                + "\(instrument.settlementAsset), which settles \(instrument.id)"
        case .badCommission(let instrument, let model, .largePerUnit):
            "\(model.perUnit) for each unit is beyond the amounts that are kept of "
                + "\(instrument.settlementAsset), which settles \(instrument.id)"
        }
    }
}
