public import Events
internal import Markets
internal import Units

extension AuditReport {
    /// The object that `audit-backtest --json` prints and `audit.json` holds. Keys are always all there;
    /// the same run, data and seed give the same object.
    public var summary: JSONText {
        .object(
            RunHeading(result: result).members + [
                JSONMember("final_equity", .money(result.finalEquity)),
                JSONMember("log_hash", .string(result.logHash.description)),
                JSONMember("seed", .string(String(seed))), JSONMember("runs", .integer(runs)),
                JSONMember("verdict", .string(verdict.rawValue)),
                JSONMember(
                    "weights",
                    .object(AuditWeight.allCases.map { JSONMember($0.rawValue, .integer(count($0))) })),
                JSONMember("findings", .list(findings.map(\.json))),
            ])
    }
}

extension AuditFinding {
    fileprivate var json: JSONText {
        .object([
            JSONMember("check", .string(check)), JSONMember("weight", .string(weight.rawValue)),
            JSONMember("title", .string(title)), JSONMember("figure", .string(figure)),
            JSONMember("detail", .string(detail)), JSONMember("remedy", .string(remedy)),
        ])
    }
}
