import StrategyKit
import Testing
import Units

@Suite("Parameters of strategies")
struct ParametersTests {
    static let schema = [
        ParameterDescription("fast", .integer(1...100), default: .number(ExactDecimal(5)), summary: "Bars."),
        ParameterDescription("quantity", .positiveDecimal, summary: "Units to hold."),
        ParameterDescription(
            "threshold", .decimal(minimum: .zero, maximum: ExactDecimal(1)), isOptional: true,
            summary: "Share."),
        ParameterDescription("is-short", .flag, default: .flag(false), summary: "Whether to sell."),
        ParameterDescription("mode", .choice(["join", "improve"]), isOptional: true, summary: "How."),
        ParameterDescription("instrument", .instrument, isOptional: true, summary: "Which."),
        ParameterDescription("hedge", .weights(sum: ExactDecimal(1)), isOptional: true, summary: "Where."),
        ParameterDescription("note", .text, isOptional: true, summary: "Anything."),
    ]
    static let quantity = NamedParameter("quantity", .number(ExactDecimal("0.5")!))

    static func problems(_ given: NamedParameter...) -> [String] {
        Parameters.resolve([quantity] + given, schema: schema).problems.map(\.description)
    }

    @Test("defaults fill what is not given, in the order of the schema")
    func defaults() throws {
        let (parameters, problems) = Parameters.resolve([Self.quantity], schema: Self.schema)
        #expect(problems.isEmpty)
        #expect(parameters.entries.map(\.name) == ["fast", "quantity", "is-short"])
        #expect(try parameters.integer("fast") == 5 && !parameters.flag("is-short"))
        #expect(try parameters.decimal("quantity") == ExactDecimal("0.5"))
        #expect(parameters.text("mode") == nil && parameters.weights("hedge").isEmpty)
        for name in ["quantity", "absent"] {
            #expect(throws: ParameterProblem.self) { try parameters.integer(name) }
            #expect(throws: ParameterProblem.self) { try parameters.flag(name) }
        }
    }

    @Test("what is given is kept, exactly")
    func given() throws {
        let weights = ParameterValue.map([
            NamedParameter("bybit", .number(ExactDecimal("0.3")!)),
            NamedParameter("binance", .number(ExactDecimal("0.7")!)),
        ])
        let (parameters, problems) = Parameters.resolve(
            [
                NamedParameter("hedge", weights), NamedParameter("fast", .number(ExactDecimal("7.0")!)),
                NamedParameter("is-short", .flag(true)), NamedParameter("mode", .text("improve")),
                NamedParameter("instrument", .text("binance:spot:BTCUSDT")), Self.quantity,
            ], schema: Self.schema)
        #expect(problems.isEmpty)
        #expect(try parameters.integer("fast") == 7 && parameters.flag("is-short"))
        #expect(parameters.text("mode") == "improve")
        #expect(parameters.weights("hedge").map(\.name) == ["bybit", "binance"])
        #expect(parameters.weights("hedge").map(\.weight) == [ExactDecimal("0.3")!, ExactDecimal("0.7")!])
    }

    @Test("an unknown name is refused with the nearest known one")
    func unknownNames() {
        let near = Self.problems(NamedParameter("fsat", .number(ExactDecimal(1))))
        #expect(near.count == 1 && near[0].contains("\"fsat\"") && near[0].contains("did you mean \"fast\"?"))
        let far = Self.problems(NamedParameter("leverage", .number(ExactDecimal(1))))
        #expect(
            far.count == 1 && !far[0].contains("did you mean") && far[0].contains("fast, quantity, threshold")
        )
        let none = Parameters.resolve([Self.quantity], schema: []).problems
        #expect(none.count == 1 && none[0].message.contains("no parameters"))
    }

    @Test("every problem is reported at once, the required one by its meaning")
    func allProblems() {
        let problems = Parameters.resolve(
            [NamedParameter("fast", .flag(true)), NamedParameter("mdoe", .text("join"))], schema: Self.schema
        ).problems
        #expect(problems.map(\.name) == ["mdoe", "fast", "quantity"])
        #expect(problems[2].message == "is required: Units to hold.")
    }

    @Test("values outside their type or range are refused, bounds themselves are not")
    func ranges() {
        let number = { (name: String, text: String) in
            Self.problems(NamedParameter(name, .number(ExactDecimal(text)!)))
        }
        for good in ["1", "100", "1e2", "50.000"] { #expect(number("fast", good).isEmpty) }
        for bad in ["0", "101", "-1", "1.5", "170141183460469231731687303715884105727"] {
            #expect(number("fast", bad).count == 1, "\(bad)")
        }
        for good in ["0", "1", "0.5", "0.00000000000000000000000000000000000001"] {
            #expect(number("threshold", good).isEmpty)
        }
        for bad in ["-0.00000000000000000000000000000000000001", "1.00000000000000000000000000000000000001"] {
            #expect(number("threshold", bad).count == 1)
        }
        for bad in ["0", "-1"] { #expect(number("quantity", bad).count == 1) }
        #expect(
            Self.problems(NamedParameter("mode", .text("jion"))).first?.contains("did you mean \"join\"?")
                == true)
        #expect(Self.problems(NamedParameter("instrument", .text("BTCUSDT"))).count == 1)
        for (name, value) in [
            ("fast", ParameterValue.text("5")), ("fast", .list([])), ("is-short", .text("true")),
            ("note", .number(ExactDecimal(1))), ("mode", .flag(true)), ("hedge", .number(ExactDecimal(1))),
            ("threshold", .map([])), ("instrument", .flag(false)),
        ] {
            let problems = Self.problems(NamedParameter(name, value))
            #expect(problems.count == 1 && problems[0].contains("was given where"), "\(name): \(problems)")
        }
    }

    @Test("weights add up exactly and are not negative")
    func weights() {
        func problems(_ weights: [String]) -> [String] {
            Self.problems(
                NamedParameter(
                    "hedge",
                    .map(weights.enumerated().map { NamedParameter("v\($0)", .number(ExactDecimal($1)!)) })))
        }
        #expect(problems(["0.1", "0.2", "0.7"]).isEmpty)
        #expect(problems(["1", "0"]).isEmpty)
        #expect(problems(["0.333333333333333333", "0.666666666666666667"]).isEmpty)
        #expect(problems(["0.1", "0.2"]).first?.contains("add up to 0.3, not 1") == true)
        #expect(problems(["0.333333333333333333", "0.666666666666666666"]).count == 1)
        for bad in [["1.5", "-0.5"], ["1e-19", "1"], [], ["1e20", "1e20", "1e20"], ["1e38"]] {
            #expect(problems(bad).count == 1, "\(bad)")
        }
        #expect(Self.problems(NamedParameter("hedge", .map([NamedParameter("a", .text("1"))]))).count == 1)
    }
}

@Suite("The nearest known name")
struct NearestNameTests {
    @Test("a slip of the pen finds the name, another word does not")
    func slips() {
        let known = ["sma-cross", "mean-reversion", "quoter", "eth-basis"]
        let cases = [
            ("sma-cros", "sma-cross"), ("sma_cross", "sma-cross"), ("SMA-CROSS", "sma-cross"),
            ("smacross", "sma-cross"), ("quotre", "quoter"), ("uqoter", "quoter"),
            ("mean-reversoin", "mean-reversion"),
            ("quoters", "quoter"), ("eth-bassi", "eth-basis"),
        ]
        for (given, expected) in cases {
            #expect(NearestName.find(given, among: known) == expected, "\(given)")
        }
        for given in ["", "x", "momentum", "grid", String(repeating: "q", count: 10_000)] {
            #expect(NearestName.find(given, among: known) == nil, "\(given.prefix(20))")
        }
        #expect(NearestName.find("a", among: []) == nil)
        #expect(NearestName.find("ab", among: ["aa", "bb"]) == "aa", "ties go to the first")
    }

    /// The same distance by trying everything, for short names.
    private func edits(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
        guard let x = a.last, let y = b.last else { return max(a.count, b.count) }
        var least = edits(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1)
        least = min(least, edits(a.dropLast(), b) + 1, edits(a, b.dropLast()) + 1)
        if a.count > 1, b.count > 1, a[a.endIndex - 2] == y, b[b.endIndex - 2] == x {
            least = min(least, edits(a.dropLast(2), b.dropLast(2)) + 1)
        }
        return least
    }

    @Test("the distance is the least number of edits")
    func distances() {
        var random = SplitMix64(seed: 121)
        func word(_ length: UInt64) -> [UInt8] { (0..<length).map { _ in 0x61 + UInt8(random.next() % 3) } }
        for _ in 0..<150 {
            let a = word(1 + random.next() % 5)
            var b = random.next() % 2 == 0 ? a : word(1 + random.next() % 5)
            if b.count > 1 {
                let place = Int(random.next() % UInt64(b.count - 1))
                b.swapAt(place, place + 1)
            }
            let isNear = edits(a[...], b[...]) <= max(1, max(a.count, b.count) / 3)
            let found = NearestName.find(
                String(decoding: a, as: UTF8.self), among: [String(decoding: b, as: UTF8.self)])
            #expect((found != nil) == isNear, "\(a) \(b)")
        }
    }
}

@Suite("The registry of strategies")
struct StrategyRegistryTests {
    private struct First: Strategy {
        static let descriptor = StrategyDescriptor(name: "b", summary: "First.", parameters: [])
        init(_ setup: StrategySetup) throws(ParameterProblem) {}
    }
    private struct Second: Strategy {
        static let descriptor = StrategyDescriptor(name: "b", summary: "Second.", parameters: [])
        init(_ setup: StrategySetup) throws(ParameterProblem) {}
    }
    private struct Third: Strategy {
        static let descriptor = StrategyDescriptor(name: "a", summary: "Third.", parameters: [])
        init(_ setup: StrategySetup) throws(ParameterProblem) {}
    }

    @Test("names are sorted and a later strategy replaces one of its name")
    func names() {
        let registry = StrategyRegistry([First.self, Third.self, Second.self])
        #expect(registry.names == ["a", "b"])
        #expect(registry.strategy(named: "b")?.descriptor.summary == "Second.")
        #expect(registry.strategy(named: "c") == nil)
    }
}
