internal import StrategyKit

/// A name and what is said of it, for people.
public struct ReportLine: Hashable, Sendable {
    /// Name.
    public let name: String
    /// Value in words.
    public let value: String

    /// A line.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// What a report says of the execution model and of the strategies' parameters, in words.
public struct ReportModel: Hashable, Sendable {
    /// The execution model.
    public let execution: [ReportLine]
    /// The parameters of each strategy, in the order of the plan.
    public let parameters: [[ReportLine]]

    /// A model in words.
    public init(execution: [ReportLine], parameters: [[ReportLine]]) {
        (self.execution, self.parameters) = (execution, parameters)
    }

    /// That of a result.
    public init(_ result: BacktestResult) {
        execution =
            ExecutionText.lines(result.plan).map { ReportLine($0.name, $0.value) }
            + [ReportLine("Days a year", String(result.daysPerYear))]
        parameters = result.parameters.map { parameters in
            parameters.entries.map { ReportLine($0.name, ExecutionText.value($0.value)) }
        }
    }
}
