public import Markets
public import StrategyKit

/// Looks for self-deception in a backtest.
///
/// The run is made once as it is, in a process in which no other run came before it; every check then looks
/// at that run or makes others beside it. The checks that compare decisions come first, before any other
/// data pass through the strategy.
public enum BacktestAudit {
    /// The checks, in the order in which they are made.
    static func checks(_ options: AuditOptions) -> [any AuditCheck] {
        let all: [any AuditCheck] = [
            RepeatCheck(), LookAheadCheck(cuts: options.cuts), ForeknowledgeCheck(), SameCloseCheck(),
            StartDateCheck(), CostCheck(), NoiseCheck(), BorrowingCheck(), VolumeCheck(), DataGapCheck(),
            StalePriceCheck(), SampleSizeCheck(), ConcentrationCheck(), HistoryCheck(), TrialsCheck(),
            GridEdgeCheck(), PlausibilityCheck(), SurvivorshipCheck(),
        ]
        guard let only = options.only else { return all }
        return all.filter { only.contains(type(of: $0).name) }
    }

    /// Audits a run.
    ///
    /// - Parameters:
    ///   - plan: the run.
    ///   - series: its data.
    ///   - calendars: sessions of the instruments whose markets close.
    ///   - registry: the strategies that the plan may name.
    ///   - progress: called before each check with the share done and what comes.
    /// - Throws: what stops the run itself; a check that cannot be made is a finding.
    public static func run(
        plan: BacktestPlan, series: [MarketSeries], calendars: [InstrumentID: SessionCalendar] = [:],
        registry: StrategyRegistry, options: AuditOptions = AuditOptions(),
        progress: (Double, String) -> Void = { _, _ in }
    ) throws -> AuditReport {
        progress(0, "the run itself")
        let subject = try AuditSubject(
            plan: plan, series: series, calendars: calendars, registry: registry, options: options)
        let checks = checks(options)
        var findings: [AuditFinding] = []
        for (index, check) in checks.enumerated() {
            progress(Double(index + 1) / Double(checks.count + 1), type(of: check).activity)
            do {
                findings += try check.findings(of: subject)
            } catch {
                findings.append(stopped(type(of: check).name, error))
            }
        }
        progress(1, "done")
        return AuditReport(
            result: subject.result, findings: findings, runs: subject.runs, seed: options.seed)
    }

    /// A run that a check needed ended with an error.
    private static func stopped(_ check: String, _ error: any Error) -> AuditFinding {
        AuditFinding(
            check: check, weight: .notable, title: "A run that this check needs was stopped",
            detail: "\(error). The run itself came to its end; with data or costs that are slightly "
                + "different it does not, so what this check looks for is not known.",
            remedy: "Make the strategy bear other data, then audit it again.")
    }
}
