internal import Events
internal import Operations
internal import Settings
internal import TradewindCommands
internal import Units

/// Where each needed secret is, for people and for programs. It holds no values.
struct SecretsReport {
    private struct Row {
        let secret: SecretReference
        let origin: SecretOrigin?
        let version: SecretVersion?
        let versionBefore: SecretVersion?
        let storedAt: Instant?
        let lease: SecretLease?
        let problem: SecretError?
    }

    private var rows: [Row] = []
    private let now: Instant
    private let isRotation: Bool

    /// Reads all secrets of the sources, and writes so into the audit. With `before`, the versions that were
    /// read last, it is a report of what has changed.
    init(
        reading sources: SecretSources, before: [String: SecretVersion]? = nil, remark: (String) -> Void
    ) async {
        now = SystemClocks.now()
        isRotation = before != nil
        for description in sources.descriptions {
            let found = await sources.chain.locate(description)
            sources.redactor.learn(found.credential.entries.values.map(\.secret))
            rows += description.references.map { reference in
                let entry = found.credential.entries[reference.name]
                let isStored = if case .backend = entry?.origin { true } else { false }
                return Row(
                    secret: reference, origin: entry?.origin,
                    version: entry == nil
                        ? nil
                        : isStored ? found.credential.version : entry.map { SecretVersion($0.origin.kind) },
                    versionBefore: before?[reference.description],
                    storedAt: isStored ? found.credential.storedAt : nil,
                    lease: isStored ? found.credential.lease : nil,
                    problem: found.problems.first { $0.secret == reference })
            }
        }
        do throws(AuditError) {
            try sources.audit.record(rows.map { record($0) })
        } catch {
            remark("warning: \(error)")
        }
    }

    private func record(_ row: Row) -> SecretAuditRecord {
        let outcome: SecretAuditRecord.Outcome =
            if row.problem != nil {
                .failed
            } else if isRotation, let before = row.versionBefore {
                before == row.version ? .unchanged : .rotated
            } else {
                .read
            }
        return SecretAuditRecord(
            time: now, secret: row.secret,
            origin: row.origin?.description ?? row.problem?.source ?? "nowhere", outcome: outcome,
            version: row.version, failure: row.problem?.code)
    }

    /// How the process should end when something is missing; nil when nothing is.
    var failure: ExitStatus? {
        let codes = rows.compactMap(\.problem?.code)
        if codes.isEmpty { return nil }
        return codes.allSatisfy { $0 == .unavailable } ? .unavailable : .wrongConfiguration
    }

    func rendered(asJSON: Bool) -> String { asJSON ? json.compact + "\n" : text }

    // MARK: For programs

    private var json: JSONText {
        .object([
            JSONMember("complete", .flag(failure == nil)),
            JSONMember("missing", .integer(rows.count { $0.problem != nil })),
            JSONMember("secrets", .list(rows.map(json))),
        ])
    }

    private func json(_ row: Row) -> JSONText {
        var members: [JSONMember] = [
            JSONMember("secret", .string(row.secret.description)),
            JSONMember("found", .flag(row.problem == nil)),
            JSONMember("source", .optional(row.origin?.kind)),
            JSONMember("origin", .optional(row.origin?.description)),
            JSONMember("version", .optional(row.version?.text)),
            JSONMember("stored_at", .optional(row.storedAt?.description)),
            JSONMember("age_seconds", age(row).map { .integer(Int($0)) } ?? .null),
            JSONMember(
                "lease",
                row.lease.map { lease in
                    .object([
                        JSONMember("seconds", .integer(Int(lease.duration.components.seconds))),
                        JSONMember("renewable", .flag(lease.isRenewable)),
                    ])
                } ?? .null
            ),
            JSONMember(
                "problem",
                row.problem.map { problem in
                    .object([
                        JSONMember("code", .string(problem.code.rawValue)),
                        JSONMember("message", .string(problem.message)),
                        JSONMember("remedy", .string(problem.remedy)),
                    ])
                } ?? .null
            ),
        ]
        if isRotation {
            members.append(JSONMember("version_before", .optional(row.versionBefore?.text)))
            members.append(JSONMember("changed", .flag(isChanged(row))))
        }
        return .object(members)
    }

    private func isChanged(_ row: Row) -> Bool {
        row.problem == nil && row.versionBefore != nil && row.versionBefore != row.version
    }

    private func age(_ row: Row) -> Int64? {
        row.storedAt.map { max(0, now.since($0).nanoseconds / 1_000_000_000) }
    }

    // MARK: For people

    private var text: String {
        if rows.isEmpty { return "no secret is needed: no venue is in use\n" }
        let heading = ["SECRET", "FOUND IN", "VERSION", isRotation ? "BEFORE" : "AGE", "LEASE"]
        let cells = rows.map { row in
            [
                row.secret.description, row.origin?.description ?? "nowhere", row.version?.text ?? "-",
                isRotation ? row.versionBefore?.text ?? "-" : age(row).map(Self.words) ?? "-",
                row.lease.map { "\($0.duration.components.seconds) s" } ?? "-",
            ]
        }
        let table = [heading] + cells
        let widths = heading.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        var lines = table.map { row in
            zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.count))
            }
            .joined(separator: "  ").trimmingTrailingBlanks
        }
        for row in rows {
            if let problem = row.problem {
                let place = problem.source.map { "\($0) " } ?? ""
                lines.append("\(row.secret): \(place)\(problem.message); \(problem.remedy)")
            }
            if isRotation, isChanged(row) { lines.append("\(row.secret) has changed") }
        }
        if isRotation {
            lines.append("the running services of this host read their secrets before their next request")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func words(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}

extension String {
    fileprivate var trimmingTrailingBlanks: String { String(reversed().drop { $0 == " " }.reversed()) }
}
