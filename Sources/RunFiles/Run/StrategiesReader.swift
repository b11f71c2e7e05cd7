internal import Markets
internal import Research
internal import StrategyKit
internal import Units

extension RunFileReader {
    /// The strategies of the run, as far as they could be read.
    mutating func plannedStrategies(_ capital: ExactDecimal?, _ shareClass: Asset?) -> [PlannedStrategy] {
        if let name = root["strategy"], root["strategies"] == nil {
            let parameters = parameters(of: name, root["parameters"], path: "")
            guard let given = name.text else { return [] }
            let text = strategies.canonicalName(of: given) ?? given
            // Without capital nothing runs, but what else is wrong can be told.
            return [
                PlannedStrategy(
                    account: text, strategy: text, parameters: parameters, capital: capital ?? .zero)
            ]
        }
        if let given = root["parameters"], root["strategies"] != nil {
            check.refuse(
                given.place, "parameters", "stands beside strategies, whose parameters are given one by one",
                remedy: "move it into an entry of strategies")
        }
        var planned: [PlannedStrategy] = []
        var places: [String: SourcePlace] = [:]
        for (index, entry) in (root["strategies"]?.items ?? []).enumerated() {
            let path = "strategies.\(index)."
            guard let name = entry["strategy"] else { continue }
            let parameters = parameters(of: name, entry["parameters"], path: path)
            guard let given = name.text, let node = entry["capital"], let part = decimal(node) else {
                continue
            }
            let text = strategies.canonicalName(of: given) ?? given
            checkDecimals(part, shareClass, node, path + "capital")
            let account = entry["account"]?.text ?? text
            if let first = places[account] {
                check.refuse(
                    entry["account"]?.place ?? name.place, path + "account",
                    "\"\(account)\" is already the account of another strategy (\(first))",
                    remedy: "give each strategy an account of its own")
            }
            places[account] = name.place
            planned.append(
                PlannedStrategy(account: account, strategy: text, parameters: parameters, capital: part))
        }
        checkSum(of: planned, capital)
        return planned
    }

    private mutating func checkSum(of planned: [PlannedStrategy], _ capital: ExactDecimal?) {
        guard let capital, let list = root["strategies"], planned.count == list.items.count else { return }
        var total: Int128 = 0
        for strategy in planned {
            // At most 10^15 with 18 decimals each, so a sum of 32 bits' worth of them fits.
            guard let part = strategy.capital.exactMantissa(at: Scale(18)), !strategy.capital.isNegative,
                strategy.capital <= ExactDecimal(1_000_000_000_000_000)
            else { return }
            total += part
        }
        let sum = ExactDecimal(mantissa: total, scale: Scale(18))
        if sum != capital {
            check.refuse(
                list.place, "strategies",
                "the capitals add up to \(sum), but capital.amount is \(capital)",
                remedy: "change a part or the whole so that both are equal")
        }
    }

    /// Reads and checks the parameters of one strategy.
    private mutating func parameters(
        of name: DocumentNode, _ node: DocumentNode?, path: String
    ) -> [NamedParameter] {
        guard let text = name.text, !name.isNull else { return [] }
        guard let type = strategies.strategy(named: text) else {
            let near = strategies.nearestName(to: text).map { "; did you mean \"\($0)\"?" }
            check.refuse(
                name.place, path + "strategy", "there is no strategy \"\(text)\"" + (near ?? ""),
                remedy: "registered are: " + strategies.names.joined(separator: ", "))
            return []
        }
        let schema = type.descriptor.parameters
        var given: [NamedParameter] = []
        var refused: Set<String> = []
        for entry in node?.entries ?? [] {
            let description = schema.first { $0.name == entry.key }
            if entry.value.isNull, description != nil {
                check.refuse(
                    entry.place, path + "parameters." + entry.key,
                    "nothing was found; give \(description?.type.expectation ?? "a value")")
                refused.insert(entry.key)
                continue
            }
            if let message = ParameterReading.problem(entry.value, description?.type) {
                check.refuse(entry.value.place, path + "parameters." + entry.key, message)
                refused.insert(entry.key)
            }
            given.append(
                NamedParameter(entry.key, ParameterReading.value(of: entry.value, as: description?.type)))
        }
        var (parameters, problems) = Parameters.resolve(given, schema: schema)
        if refused.isEmpty {
            // What single parameters get wrong is said once; the others are still held against each other.
            let single = problems.map(\.name)
            problems += type.check(parameters).filter { !single.contains($0.name) }
        }
        for problem in problems where !refused.contains(problem.name) {
            let entry = node?.entries.first { $0.key == problem.name }
            let isKnown = schema.contains { $0.name == problem.name }
            let place = (isKnown ? entry?.value.place : entry?.place) ?? node?.place ?? name.place
            check.refuse(place, path + "parameters." + problem.name, problem.message)
        }
        return given
    }
}

/// Reads parameters: what a text means depends on the type of the parameter.
enum ParameterReading {
    /// The value of a node.
    ///
    /// - Parameter type: the parameter's type; nil when it is not known, and then a plain text that reads
    ///   as a number is one.
    static func value(of node: DocumentNode, as type: ParameterType?) -> ParameterValue {
        switch node.content {
        case .list(let items): return .list(items.map { value(of: $0, as: nil) })
        case .map(let entries):
            let inner: ParameterType? = if case .weights? = type { .positiveDecimal } else { nil }
            return .map(entries.map { NamedParameter($0.key, value(of: $0.value, as: inner)) })
        case .scalar(let text, let isPlain):
            switch type {
            case .integer, .decimal, .positiveDecimal:
                return ExactDecimal(text).map { .number($0) } ?? .text(text)
            case .flag: return text == "true" || text == "false" ? .flag(text == "true") : .text(text)
            case .text, .choice, .instrument: return .text(text)
            case .weights, nil:
                guard isPlain else { return .text(text) }
                if text == "true" || text == "false" { return .flag(text == "true") }
                return ExactDecimal(text).map { .number($0) } ?? .text(text)
            }
        }
    }

    /// What is wrong with a text that should be a number or a flag; the rest is the descriptor's own check.
    static func problem(_ node: DocumentNode, _ type: ParameterType?) -> String? {
        guard let type, case .scalar(let text, _) = node.content else { return nil }
        switch type {
        case .integer, .decimal, .positiveDecimal:
            return ExactDecimal(text) == nil ? "\(node.found) is not \(type.expectation)" : nil
        case .flag:
            return text == "true" || text == "false" ? nil : "\(node.found) is not \(type.expectation)"
        case .text, .choice, .instrument, .weights: return nil
        }
    }
}
