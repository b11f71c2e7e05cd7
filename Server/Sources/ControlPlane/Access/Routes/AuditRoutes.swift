internal import Events
internal import Hummingbird
internal import Storage
internal import Units

/// The audit, for administrators.
enum AuditRoutes {
    static func add(_ service: AccessService, to routes: inout RouteTable) {
        let limits = PageLimits(standard: 50, maximum: service.options.maximumPage)
        routes.on(.get, "/api/v1/audit", description: AccessDescriptions.audit) { request, _ in
            var fields = FieldReader(query: request)
            let page = fields.page(limits)
            var selection = AuditSelection()
            for column in AuditSelection.Column.allCases {
                selection.equal[column] = fields.text(column.rawValue)
            }
            (selection.from, selection.until) = (fields.moment("from"), fields.moment("to"))
            (selection.offset, selection.limit) = (page.offset, page.size)
            try fields.finish()
            let wanted = selection
            return try await AccessRoutes.failing {
                let (records, total) = try await service.store.read { transaction in
                    (try transaction.audit.list(wanted), try transaction.audit.count(wanted))
                }
                return .json(page.json("records", records.map(\.json), total: total))
            }
        }
        routes.on(
            .get, "/api/v1/audit/verification", description: AccessDescriptions.auditVerification,
            timeLimit: .after(.seconds(60))
        ) { _, _ in
            try await AccessRoutes.failing { .json(try await service.audit.verify().json) }
        }
    }
}

extension StoredAuditRecord {
    fileprivate var json: JSONText {
        .object([
            JSONMember("sequence", .integer(Int(sequence))), JSONMember("time", .time(record.time)),
            JSONMember("org_id", .string(record.organisation)),
            JSONMember("project_id", .optional(record.project)), JSONMember("actor", .string(record.actor)),
            JSONMember("actor_kind", .string(record.actorKind)),
            JSONMember("actor_name", .string(record.actorName)),
            JSONMember("entity_type", .string(record.entityType)),
            JSONMember("entity_id", .string(record.entityID)), JSONMember("action", .string(record.action)),
            JSONMember("outcome", .string(record.outcome)), JSONMember("diff_summary", record.changes),
            JSONMember("request_id", .optional(record.requestID)),
            JSONMember("correlation_id", .string(record.correlationID)),
            JSONMember("source_ip", .optional(record.sourceAddress)),
            JSONMember("user_agent", .optional(record.userAgent)),
            JSONMember("hash", .string(hash.description)), JSONMember("signed_by", .optional(keyID)),
        ])
    }
}

extension AuditTrail.Verification {
    fileprivate var json: JSONText {
        .object([
            JSONMember("intact", .flag(broken == nil)), JSONMember("records", .integer(records)),
            JSONMember("signed", .integer(signed)), JSONMember("signed_by_others", .integer(signedByOthers)),
            JSONMember("broken_at", .optional(broken.map { Int($0) })),
            JSONMember("reason", .optional(reason)),
        ])
    }
}
