internal import Research
internal import StrategyKit
internal import Units

extension RunFileReader {
    /// The section `sweep`, as far as it could be read; nil without one.
    mutating func sweep(of planned: [PlannedStrategy]) -> SweepPlan? {
        guard let node = root["sweep"] else { return nil }
        let search = node["search"]?.text.flatMap { SweepSearch(rawValue: $0) }
        let budget = node["budget"]?.text.flatMap { ScalarRule.integer($0) }.map { Int($0) }
        guard let parameters = node["parameters"], case .map(let entries) = parameters.content else {
            return nil
        }
        if entries.isEmpty { check.refuse(parameters.place, "sweep.parameters", "names no parameter") }
        var axes: [SweepAxis] = []
        // Without steps, a range of decimals has as many values as a search that draws could tell apart.
        let draws = search == .random || search == .model
        for entry in entries {
            if root["strategies"] == nil {
                guard let strategy = planned.first else { continue }
                axes += axis(entry, 0, strategy, name: entry.key, "sweep.parameters", draws)
            } else {
                axes += self.axes(ofAccount: entry, planned, draws)
            }
        }
        if axes.isEmpty { return nil }
        return SweepPlan(
            axes: axes, search: search, budget: budget,
            objective: node["objective"]?.text.flatMap { SweepObjective(rawValue: $0) } ?? .sharpe,
            seed: UInt64(node["seed"]?.text.flatMap { ScalarRule.integer($0) } ?? 1))
    }

    private mutating func axes(
        ofAccount entry: DocumentEntry, _ planned: [PlannedStrategy], _ draws: Bool
    ) -> [SweepAxis] {
        let path = "sweep.parameters.\(entry.key)"
        guard let place = planned.firstIndex(where: { $0.account == entry.key }) else {
            check.refuse(
                entry.place, path, "the run has no account of this name",
                remedy: "accounts are: " + planned.map(\.account).joined(separator: ", "))
            return []
        }
        guard case .map(let inner) = entry.value.content else {
            check.refuse(
                entry.value.place, path,
                "\(entry.value.found) was found; give a map of the parameters of this account")
            return []
        }
        return inner.flatMap {
            axis($0, place, planned[place], name: "\(entry.key).\($0.key)", path, draws)
        }
    }

    /// One axis, or none where it is wrong.
    private mutating func axis(
        _ entry: DocumentEntry, _ strategy: Int, _ planned: PlannedStrategy, name: String, _ path: String,
        _ draws: Bool
    ) -> [SweepAxis] {
        let path = "\(path).\(entry.key)"
        guard let schema = strategies.strategy(named: planned.strategy)?.descriptor.parameters else {
            return []
        }
        guard let description = schema.first(where: { $0.name == entry.key }) else {
            let near = NearestName.find(entry.key, among: schema.map(\.name))
            check.refuse(
                entry.place, path,
                "\(planned.strategy) has no such parameter"
                    + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
                remedy: "its parameters are: " + schema.map(\.name).joined(separator: ", "))
            return []
        }
        guard let levels = levels(entry.value, description.type, path, draws) else { return [] }
        return [SweepAxis(strategy: strategy, parameter: entry.key, name: name, levels: levels)]
    }

    private mutating func levels(
        _ node: DocumentNode, _ type: ParameterType, _ path: String, _ draws: Bool
    ) -> SweepAxis.Levels? {
        switch node.content {
        case .list(let items): return list(items, type, node, path)
        case .map:
            let known = check.problems.count
            check.check(node, against: .map(SweepShape.range), path: path)
            guard check.problems.count == known, let from = decimal(node["from"]),
                let to = decimal(node["to"])
            else { return nil }
            return range(from, to, decimal(node["step"]), type, node, path, draws)
        case .scalar(let text, let isPlain):
            guard !node.isNull, let dots = text.firstRange(of: "..") else {
                let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
                    DocumentNode(.scalar(trimmed(part), isPlain: isPlain), at: node.place)
                }
                return list(parts, type, node, path)
            }
            let rest = text[dots.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
            let numbers = ([text[..<dots.lowerBound]] + rest).map { ExactDecimal(trimmed($0)) }
            guard rest.count <= 2, let from = numbers[0], let to = numbers[1],
                numbers.count < 3 || numbers[2] != nil
            else {
                refuse(node, path, "is not a range")
                return nil
            }
            return range(from, to, numbers.count > 2 ? numbers[2] : nil, type, node, path, draws)
        }
    }

    private func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private mutating func refuse(_ node: DocumentNode, _ path: String, _ message: String) {
        check.refuse(
            node.place, path, "\(node.found) \(message)",
            remedy: "write a range as 5..24 or 30..125:5, or values as a,b,c")
    }

    private mutating func list(
        _ items: [DocumentNode], _ type: ParameterType, _ node: DocumentNode, _ path: String
    ) -> SweepAxis.Levels? {
        if items.isEmpty || node.isNull {
            refuse(node, path, "names no value")
            return nil
        }
        var (values, isWrong) = ([ParameterValue](), false)
        for item in items {
            let value = ParameterReading.value(of: item, as: type)
            if let message = ParameterReading.problem(item, type) ?? type.problem(with: value) {
                check.refuse(item.place, path, message)
                isWrong = true
            } else if values.contains(value) {
                check.refuse(item.place, path, "\(item.found) is given twice", remedy: "give each value once")
                isWrong = true
            }
            values.append(value)
        }
        return isWrong ? nil : .list(values)
    }

    private mutating func range(
        _ from: ExactDecimal, _ to: ExactDecimal, _ given: ExactDecimal?, _ type: ParameterType,
        _ node: DocumentNode, _ path: String, _ draws: Bool
    ) -> SweepAxis.Levels? {
        var step = given
        switch type {
        case .integer: step = step ?? ExactDecimal(1)
        case .decimal, .positiveDecimal:
            if step == nil && from < to {
                guard draws, let fine = RunFileReader.thousandth(from, to) else {
                    check.refuse(
                        node.place, path, "a range of decimals needs a step",
                        remedy: "write \(from)..\(to):STEP")
                    return nil
                }
                step = fine
            }
        default:
            check.refuse(
                node.place, path, "a range was given where \(type.expectation) is needed",
                remedy: "list the values: a,b,c")
            return nil
        }
        guard let levels = SweepAxis.steps(from: from, to: to, by: step ?? ExactDecimal(1)) else {
            let reason = to < from ? "the range ends below its start" : "the range has no such steps"
            check.refuse(
                node.place, path, reason, remedy: "write FROM..TO:STEP with TO above FROM and STEP above 0")
            return nil
        }
        let axis = SweepAxis(parameter: path, levels: levels)
        let values = [axis.value(0), axis.value(min(1, axis.count - 1)), axis.value(axis.count - 1)]
        if let message = values.lazy.compactMap({ type.problem(with: $0) }).first {
            // Refused, but its size still counts.
            check.refuse(node.place, path, message)
        }
        return levels
    }

    /// A thousandth of a range, exact.
    private static func thousandth(_ from: ExactDecimal, _ to: ExactDecimal) -> ExactDecimal? {
        let scale = max(from.normalized.scale, to.normalized.scale)
        guard Int(scale.decimals) + 3 <= Scale.maximum, let low = from.exactMantissa(at: scale),
            let high = to.exactMantissa(at: scale)
        else { return nil }
        let (span, overflow) = high.subtractingReportingOverflow(low)
        return overflow ? nil : ExactDecimal(mantissa: span, scale: Scale(Int(scale.decimals) + 3))
    }
}
