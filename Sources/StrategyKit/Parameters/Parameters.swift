public import Units

/// What is wrong with one parameter of a strategy.
public struct ParameterProblem: Error, Hashable, CustomStringConvertible {
    /// Name of the parameter, or of the unknown key.
    public let name: String
    /// What is wrong and what is allowed, one sentence.
    public let message: String

    /// A problem of one parameter.
    public init(_ name: String, _ message: String) { (self.name, self.message) = (name, message) }

    public var description: String { "parameter \"\(name)\": \(message)" }
}

/// The parameters of one strategy of a run: complete (defaults filled in), checked against the schema.
public struct Parameters: Hashable, Sendable {
    /// Every parameter of the schema that has a value, in the order of the schema.
    public let entries: [NamedParameter]

    /// Checks given values against a schema and fills in defaults.
    ///
    /// - Returns: the complete parameters, and every problem found; parameters are usable only when there
    ///   is none.
    public static func resolve(_ given: [NamedParameter], schema: [ParameterDescription])
        -> (parameters: Parameters, problems: [ParameterProblem])
    {
        var problems: [ParameterProblem] = []
        let known = schema.map(\.name)
        for entry in given where !known.contains(entry.name) {
            let near = NearestName.find(entry.name, among: known)
            let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
            let list = known.isEmpty ? "it has no parameters" : "known are " + known.joined(separator: ", ")
            problems.append(
                ParameterProblem(entry.name, "the strategy has no such parameter\(hint) (\(list))"))
        }
        var entries: [NamedParameter] = []
        for description in schema {
            let value = given.last { $0.name == description.name }?.value ?? description.defaultValue
            guard let value else {
                if !description.isOptional {
                    problems.append(ParameterProblem(description.name, "is required: \(description.summary)"))
                }
                continue
            }
            if let message = description.type.problem(with: value) {
                problems.append(ParameterProblem(description.name, message))
            }
            entries.append(NamedParameter(description.name, value))
        }
        return (Parameters(entries: entries), problems)
    }

    private func value(_ name: String) -> ParameterValue? { entries.first { $0.name == name }?.value }

    /// A whole number. Throws when absent or of another type.
    public func integer(_ name: String) throws(ParameterProblem) -> Int {
        guard case .number(let number)? = value(name), let whole = number.exactMantissa(at: Scale(0)),
            let result = Int(exactly: whole)
        else { throw ParameterProblem(name, "must be a whole number") }
        return result
    }

    /// A decimal number. Throws when absent or of another type.
    public func decimal(_ name: String) throws(ParameterProblem) -> ExactDecimal {
        guard case .number(let number)? = value(name) else {
            throw ParameterProblem(name, "must be a number")
        }
        return number
    }

    /// A flag. Throws when absent or of another type.
    public func flag(_ name: String) throws(ParameterProblem) -> Bool {
        guard case .flag(let flag)? = value(name) else {
            throw ParameterProblem(name, "must be true or false")
        }
        return flag
    }

    /// A text; nil when absent.
    public func text(_ name: String) -> String? {
        guard case .text(let text)? = value(name) else { return nil }
        return text
    }

    /// The entries of a map of numbers, as weights, in the order of the file; empty when absent.
    public func weights(_ name: String) -> [(name: String, weight: ExactDecimal)] {
        guard case .map(let entries)? = value(name) else { return [] }
        return entries.compactMap { entry in
            guard case .number(let number) = entry.value else { return nil }
            return (entry.name, number)
        }
    }
}
