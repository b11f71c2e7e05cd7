public import Events
internal import Markets
internal import Simulation
internal import StrategyKit
internal import Units

/// What the report of a sweep shows beyond its points and its summary, so that it can be made again.
public enum SweepRecord {
    /// Name of the file in the output folder.
    public static let name = ReportRecord.name
    static let format = "tradewind sweep 1"
}

extension SweepResult {
    /// The object of ``SweepRecord/name``.
    public var record: JSONText {
        .object([
            JSONMember("format", .string(SweepRecord.format)),
            JSONMember("strategies", .list(plan.strategies.map { .string($0.strategy) })),
            JSONMember("capital", .money(plan.capital)),
            JSONMember("fill", .string(plan.execution.fill.rawValue)),
            JSONMember("window_start", .time(plan.start)), JSONMember("window_end", .time(plan.end)),
            JSONMember("axes", .list(sweep.axes.map(SweepResult.axis))),
            JSONMember("failed_combination", failure.map { .integer($0.combination) } ?? .null),
            JSONMember("deflated", deflatedSharpe.map(SweepResult.deflated) ?? .null),
        ])
    }

    static func axis(_ axis: SweepAxis) -> JSONText {
        var members = [
            JSONMember("strategy", .integer(axis.strategy)), JSONMember("parameter", .string(axis.parameter)),
            JSONMember("name", .string(axis.name)),
        ]
        switch axis.levels {
        case .steps(let first, let step, let count):
            members.append(JSONMember("first", .money(first)))
            members.append(JSONMember("last", .string(axis.text(count - 1))))
            members.append(JSONMember("step", .money(step)))
        case .list(let values):
            let listed = values.map { value in
                // A decimal is read back as it was, not as the nearest binary number.
                guard case .number(let number) = value else { return value.json }
                return .object([JSONMember("number", .money(number))])
            }
            members.append(JSONMember("values", .list(listed)))
        }
        return .object(members)
    }

    private static func deflated(_ found: DeflatedSharpe) -> JSONText {
        let probability = found.probability
        return .object([
            JSONMember("trials", .integer(found.trials)), JSONMember("variance", .number(found.variance)),
            JSONMember("value", .number(probability.value)),
            JSONMember("sharpe", .number(probability.sharpe)),
            JSONMember("threshold", .number(probability.threshold)),
            JSONMember("standard_error", .number(probability.standardError)),
            JSONMember("periods", .integer(probability.periods)),
        ])
    }

    /// Place of the best of some points, the first of equals; nil when none has the objective.
    static func best(_ points: [SweepPoint], _ objective: SweepObjective) -> Int? {
        var best: (place: Int, score: Double)?
        for (place, point) in points.enumerated() {
            guard let score = objective.score(point) else { continue }
            if let known = best, score <= known.score { continue }
            best = (place, score)
        }
        return best?.place
    }
}

extension RecordedFields {
    /// The axes of a search.
    func axes() throws(ResultReadError) -> [SweepAxis] {
        var axes: [SweepAxis] = []
        for one in try list("axes") {
            let levels: SweepAxis.Levels?
            if one.object["values"] != nil {
                let values = try one.items("values").map(ParameterValue.init(recorded:))
                levels = values.isEmpty ? nil : .list(values)
            } else {
                levels = SweepAxis.steps(
                    from: try one.money("first"), to: try one.money("last"), by: try one.money("step"))
            }
            guard let levels else { throw one.wrong("step", "no step, or there is no value") }
            axes.append(
                SweepAxis(
                    strategy: try one.count("strategy"), parameter: try one.text("parameter"),
                    name: try one.text("name"), levels: levels))
        }
        if axes.isEmpty { throw wrong("axes", "empty") }
        return axes
    }
}

extension ParameterValue {
    /// A value of a recorded axis. Maps and lists, of which only the text is shown, stay texts.
    fileprivate init(recorded json: JSONText) {
        switch json {
        case .flag(let flag): self = .flag(flag)
        case .string(let text): self = .text(text)
        default:
            let number = json["number"]?.text.flatMap { ExactDecimal($0) }
            self = number.map { .number($0) } ?? .text(json.compact)
        }
    }
}
