internal import Storage

/// Tells the audit what somebody did to a run, where there is an audit and somebody.
struct RunAuditor: Sendable {
    let trail: AuditTrail?
    let actor: AuditActor?

    func record(_ action: String, _ id: String, _ transaction: StoreTransaction) throws {
        guard let trail, let actor else { return }
        try trail.record(AuditChange(action, of: "run", id), by: actor, in: transaction)
    }
}
