/// How much a finding weighs against the result of a backtest. Ordered: the first is the heaviest.
public enum AuditWeight: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The result says nothing: what was earned cannot be earned.
    case fatal
    /// The result may well be luck or an artefact; it must not be traded on as it is.
    case serious
    /// Worth knowing before anything depends on the result.
    case notable
    /// Looked for and not found.
    case fine

    public static func < (a: AuditWeight, b: AuditWeight) -> Bool { a.place < b.place }

    private var place: Int { AuditWeight.allCases.firstIndex(of: self) ?? 0 }
}

/// What one check of an audit has to say.
public struct AuditFinding: Hashable, Sendable {
    /// Name of the check, kebab-case: `look-ahead`, `costs`.
    public let check: String
    /// How much it weighs.
    public let weight: AuditWeight
    /// What was found, one sentence without its figure.
    public let title: String
    /// The figure behind it, for people: `17 of 24 cuts`; empty where there is none.
    public let figure: String
    /// Why it matters, and what was done to find it.
    public let detail: String
    /// What to do about it; empty for what is fine.
    public let remedy: String

    /// A finding.
    public init(
        check: String, weight: AuditWeight, title: String, figure: String = "", detail: String,
        remedy: String = ""
    ) {
        (self.check, self.weight, self.title) = (check, weight, title)
        (self.figure, self.detail, self.remedy) = (figure, detail, remedy)
    }
}

/// What an audit comes to: the weight of its heaviest finding in words that programs can rely on.
public enum AuditVerdict: String, Hashable, Sendable, CaseIterable {
    /// Something fatal was found.
    case notBelievable = "not-believable"
    /// Something serious was found.
    case doubtful
    /// Nothing worse than notable was found.
    case withCare = "with-care"
    /// Nothing was found. It does not say that the strategy is good.
    case nothingFound = "nothing-found"

    /// The verdict over findings.
    public init(_ findings: [AuditFinding]) {
        self =
            switch findings.map(\.weight).min() ?? .fine {
            case .fatal: .notBelievable
            case .serious: .doubtful
            case .notable: .withCare
            case .fine: .nothingFound
            }
    }

    /// The verdict for people.
    public var sentence: String {
        switch self {
        case .notBelievable: "Do not believe this backtest: its result cannot be earned."
        case .doubtful: "Doubtful: the result may be luck or an artefact of the test."
        case .withCare: "Usable with care: know what is listed before anything depends on it."
        case .nothingFound: "Nothing was found. That does not make the strategy a good one."
        }
    }
}

/// The outcome of an audit.
public struct AuditReport: Sendable {
    /// The run that was audited, as it came out.
    public let result: BacktestResult
    /// Every finding, the heaviest first, within a weight in the order of the checks.
    public let findings: [AuditFinding]
    /// Backtests that were run for it.
    public let runs: Int
    /// Seed of the random choices of the audit.
    public let seed: UInt64

    /// A report.
    public init(result: BacktestResult, findings: [AuditFinding], runs: Int, seed: UInt64) {
        self.result = result
        let ranked = findings.enumerated().sorted {
            ($0.element.weight, $0.offset) < ($1.element.weight, $1.offset)
        }
        self.findings = ranked.map(\.element)
        (self.runs, self.seed) = (runs, seed)
    }

    /// What it comes to.
    public var verdict: AuditVerdict { AuditVerdict(findings) }

    /// Number of findings of a weight.
    public func count(_ weight: AuditWeight) -> Int { findings.count { $0.weight == weight } }

    /// Whether anything was found that weighs as much as a weight, or more.
    public func reaches(_ weight: AuditWeight) -> Bool { findings.contains { $0.weight <= weight } }
}
