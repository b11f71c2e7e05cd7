/// One thing that an audit looks for.
protocol AuditCheck {
    /// Name in findings, kebab-case.
    static var name: String { get }

    /// What it is doing, for a progress bar.
    static var activity: String { get }

    /// Looks for it. Throws when a run that it needs cannot be made.
    func findings(of subject: AuditSubject) throws -> [AuditFinding]
}

extension AuditCheck {
    static func fine(_ title: String, _ figure: String = "", _ detail: String) -> AuditFinding {
        AuditFinding(check: name, weight: .fine, title: title, figure: figure, detail: detail)
    }
}
