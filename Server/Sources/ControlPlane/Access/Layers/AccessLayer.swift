internal import Events
internal import HTTPTypes
internal import Operations
internal import Settings
internal import Storage

/// Lets through who may use a route, as its description says, as often as a client may ask.
struct AccessLayer: Sendable {
    let authenticator: Authenticator
    let limit: RequestLimit
    let keys: AccessKeys
    let audit: AuditTrail

    /// The handler behind this layer.
    func handler(_ route: Route, _ inner: @escaping RouteTable.Handler) -> RouteTable.Handler {
        let access = route.description.access
        let isChanging = ![.get, .head, .options].contains(route.method)
        guard case .role(let role) = access else {
            return { request, context in
                if isChanging {
                    try limit.count(.anonymous, context)
                    await refreshAuditKey()
                }
                return try await inner(request, context)
            }
        }
        return { request, context in
            var context = context
            context.principal = try await authenticator.principal(of: request, context)
            try limit.count(context.principal, context)
            guard context.principal.may(access) else {
                throw APIError(
                    .accessDenied, "this needs the role \(role.rawValue)",
                    details: .object([
                        JSONMember("required_role", .string(role.rawValue)),
                        JSONMember("required_scope", .string(role.permission.rawValue)),
                    ]))
            }
            if isChanging { await refreshAuditKey() }
            return try await inner(request, context)
        }
    }

    /// The key of the audit follows its source; while that fails the last key goes on.
    func refreshAuditKey() async {
        do throws(SecretError) { audit.adopt(try await keys.auditSignature()) } catch { return }
    }
}
