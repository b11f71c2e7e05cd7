internal import HTTPTypes

/// What the routes of access take and answer, for the document of the API.
enum AccessDescriptions {
    private static let tag = "Access"
    private static let exempt =
        "Takes no `Idempotency-Key`: its request or answer holds a secret, and nothing of it is kept."

    private static let permissions = RouteSchema.array(
        .string(allowed: Permission.allCases.map(\.rawValue)))
    private static let role = RouteSchema.string(allowed: RouteRole.allCases.map(\.rawValue))
    private static let password = RouteSchema.string(format: "password", length: 1...256)
    private static let newPassword = RouteSchema.string(
        format: "password",
        length: UserRules.passwordLength)

    static let user = RouteSchema.named(
        "User",
        .object([
            .init("id", .string()), .init("name", .string()), .init("role", role),
            .init("disabled", .boolean), .init("created_at", .time), .init("updated_at", .time),
            .init("password_set_at", .time), .init("last_login_at", .nullable(.time)),
        ]))

    private static let tokens = RouteSchema.named(
        "Tokens",
        .object([
            .init("access_token", .string(), "for `Authorization: Bearer`"),
            .init("token_type", .string(allowed: ["Bearer"])),
            .init("expires_in", .integer(0...Int64.max), "seconds"), .init("expires_at", .time),
            .init("refresh_token", .string(), "good once, for `/api/v1/auth/refresh`"),
            .init("refresh_expires_at", .time), .init("scopes", permissions), .init("user", user),
        ]))

    private static let me = RouteSchema.named(
        "Principal",
        .object([
            .init("id", .string()), .init("kind", .string(allowed: ["local", "token", "user", "external"])),
            .init("name", .string()), .init("role", .nullable(role)), .init("permissions", permissions),
        ]))

    static let login = RouteDescription(
        "Log in", details: exempt, tags: [tag],
        body: RouteBody(
            .named(
                "Login",
                .object([
                    .init("username", .string(length: 1...256)), .init("password", password),
                    .init("scopes", permissions, "what the tokens are limited to", isRequired: false),
                ]))),
        responses: [RouteResponse(.ok, "the tokens", tokens)],
        failures: [.authenticationFailed, .rateLimitExceeded, .backpressure], access: .open)

    static let refresh = RouteDescription(
        "Exchange a refresh token for new tokens",
        details: "A refresh token is good once. One that comes again ends its session. " + exempt,
        tags: [tag],
        body: RouteBody(.named("Refresh", .object([.init("refresh_token", .string(length: 1...256))]))),
        responses: [RouteResponse(.ok, "the tokens", tokens)],
        failures: [.authenticationFailed, .rateLimitExceeded], access: .open)

    static let logout = RouteDescription(
        "End a session",
        details: "The session of the refresh token, and that of the access token. " + exempt, tags: [tag],
        body: RouteBody(
            .named(
                "Logout",
                .object([.init("refresh_token", .string(length: 1...256), isRequired: false)])),
            isRequired: false),
        responses: [RouteResponse(.noContent, "no such session goes on")],
        failures: [.rateLimitExceeded], access: .open)

    static let whoAmI = RouteDescription(
        "Say who asks", tags: [tag], responses: [RouteResponse(.ok, "who asks", me)],
        access: .role(.viewer))

    static let ownPassword = RouteDescription(
        "Change one's own password", details: "All sessions of the user end.", tags: [tag],
        body: RouteBody(
            .named(
                "PasswordChange",
                .object([.init("current_password", password), .init("new_password", newPassword)]))),
        responses: [RouteResponse(.noContent, "the password is changed")],
        failures: [.authenticationFailed, .conflict, .rateLimitExceeded, .backpressure],
        access: .role(.viewer))

    static let keySet = RouteDescription(
        "Publish the keys that verify access tokens", details: "A JSON Web Key Set (RFC 7517).", tags: [tag],
        responses: [
            RouteResponse(
                .ok, "the keys",
                .named(
                    "KeySet",
                    .object([
                        .init(
                            "keys",
                            .array(
                                .object([
                                    .init("kty", .string()), .init("crv", .string()), .init("use", .string()),
                                    .init("alg", .string()), .init("kid", .string()), .init("x", .string()),
                                ])))
                    ])))
        ], access: .open)

    // MARK: Users

    private static let page = [
        RouteParameter("page", in: .query, "from 1", .integer(1...1_000_000)),
        RouteParameter("page_size", in: .query, "entries of a page", .integer(1...10_000)),
    ]
    private static let pageMembers: [RouteSchema.Member] = [
        .init("page", .integer(1...1_000_000)), .init("page_size", .integer(1...10_000)),
        .init("total", .integer(0...Int64.max)), .init("pages", .integer(0...Int64.max)),
    ]
    private static let id = RouteParameter("id", in: .path, "a user")

    static let listUsers = RouteDescription(
        "List users", tags: [tag], parameters: page,
        responses: [
            RouteResponse(
                .ok, "a page", .named("UserList", .object([.init("users", .array(user))] + pageMembers)))
        ], failures: [.validationFailed], access: .role(.admin))

    static let addUser = RouteDescription(
        "Add a user", details: exempt + " A name is there once, so repeating it does no harm.", tags: [tag],
        body: RouteBody(
            .named(
                "NewUser",
                .object([
                    .init("name", .string(length: 1...64)), .init("role", role),
                    .init("password", newPassword),
                ]))),
        responses: [RouteResponse(.created, "the user", user)],
        failures: [.validationFailed, .conflict, .backpressure], access: .role(.admin))

    static let changeUser = RouteDescription(
        "Change the role of a user, or whether the user may log in",
        details: "All sessions of the user end.", tags: [tag], parameters: [id],
        body: RouteBody(
            .named(
                "UserChange",
                .object([
                    .init("role", role, isRequired: false), .init("disabled", .boolean, isRequired: false),
                ]))),
        responses: [RouteResponse(.ok, "the user", user)],
        failures: [.validationFailed, .notFound, .conflict], access: .role(.admin))

    static let setPassword = RouteDescription(
        "Set the password of a user", details: "All sessions of the user end.", tags: [tag],
        parameters: [id],
        body: RouteBody(.named("NewPassword", .object([.init("password", newPassword)]))),
        responses: [RouteResponse(.noContent, "the password is set")],
        failures: [.validationFailed, .notFound, .backpressure], access: .role(.admin))

    // MARK: Audit

    static let audit = RouteDescription(
        "List what was done, by whom, the newest first",
        details: "Records are kept for ever, and none is ever changed: each carries the hash of all before "
            + "it.", tags: [tag],
        parameters: page
            + [
                "actor", "entity_type", "entity_id", "action", "outcome", "request_id", "correlation_id",
                "source_ip", "user_agent", "org_id", "project_id",
            ].map { RouteParameter($0, in: .query, "only records with this \($0)", .string(length: 1...256)) }
            + [
                RouteParameter("from", in: .query, "the first moment", .string()),
                RouteParameter("to", in: .query, "the moment after the last", .string()),
            ],
        responses: [
            RouteResponse(
                .ok, "a page", .named("AuditList", .object([.init("records", .array(record))] + pageMembers)))
        ], failures: [.validationFailed], access: .role(.admin))

    private static let record = RouteSchema.named(
        "AuditRecord",
        .object([
            .init("sequence", .integer(1...Int64.max)), .init("time", .time), .init("org_id", .string()),
            .init("project_id", .nullable(.string())), .init("actor", .string()),
            .init("actor_kind", .string()), .init("actor_name", .string()), .init("entity_type", .string()),
            .init("entity_id", .string()), .init("action", .string()),
            .init("outcome", .string(allowed: ["done", "refused", "failed"])),
            .init("diff_summary", .object([]), "what changed; its members depend on the action"),
            .init("request_id", .nullable(.string())), .init("correlation_id", .string()),
            .init("source_ip", .nullable(.string())), .init("user_agent", .nullable(.string())),
            .init("hash", .string()), .init("signed_by", .nullable(.string()), "which key signed"),
        ]))

    static let auditVerification = RouteDescription(
        "Compute the chain of the audit again", tags: [tag],
        responses: [
            RouteResponse(
                .ok, "what was found",
                .named(
                    "AuditVerification",
                    .object([
                        .init("intact", .boolean), .init("records", .integer(0...Int64.max)),
                        .init("signed", .integer(0...Int64.max), "confirmed by the present key"),
                        .init("signed_by_others", .integer(0...Int64.max), "by a key that is not here"),
                        .init(
                            "broken_at", .nullable(.integer()), "the first record that is wrong or missing"),
                        .init("reason", .nullable(.string()), "what is wrong"),
                    ])))
        ], access: .role(.admin))
}
