internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import Storage

/// Users, for administrators; and one's own password.
enum UserRoutes {
    static func add(_ service: AccessService, to routes: inout RouteTable) {
        let users = service.users
        let limits = PageLimits(standard: 50, maximum: service.options.maximumPage)
        routes.on(.get, "/api/v1/users", description: AccessDescriptions.listUsers) { request, _ in
            var fields = FieldReader(query: request)
            let page = fields.page(limits)
            try fields.finish()
            return try await AccessRoutes.failing {
                let (found, total) = try await users.list(offset: page.offset, limit: page.size)
                return .json(page.json("users", found.map(\.json), total: total))
            }
        }
        routes.on(
            .post, "/api/v1/users", description: AccessDescriptions.addUser, timeLimit: AccessRoutes.hashing
        ) { request, context in
            var fields = try FieldReader(body: try await request.jsonBody(context))
            let name = fields.text("name", isRequired: true) ?? ""
            let role = fields.text("role", isRequired: true, allowed: roles) ?? ""
            let password = fields.secret("password")
            try fields.finish()
            return try await AccessRoutes.failing {
                let user = try await users.add(
                    name: name, role: RouteRole(rawValue: role) ?? .viewer, password: password,
                    by: context.actor)
                var response = Response.json(user.json, status: .created)
                response.headers[.location] = "/api/v1/users/\(user.id)"
                return response
            }
        }
        routes.on(.patch, "/api/v1/users/:id", description: AccessDescriptions.changeUser) {
            request, context in
            let id = try RunAPI.id(context)
            var fields = try FieldReader(body: try await request.jsonBody(context))
            let role = fields.text("role", allowed: roles).flatMap { RouteRole(rawValue: $0) }
            let isDisabled = fields.isGiven("disabled") ? fields.flag("disabled", default: false) : nil
            try fields.finish()
            return try await AccessRoutes.failing {
                .json(
                    try await users.change(
                        .id(id), .init(role: role, isDisabled: isDisabled), by: context.actor
                    ).json)
            }
        }
        addPasswords(users, to: &routes)
    }

    private static let roles = RouteRole.allCases.map(\.rawValue)

    private static func addPasswords(_ users: UserService, to routes: inout RouteTable) {
        routes.on(
            .put, "/api/v1/users/:id/password", description: AccessDescriptions.setPassword,
            timeLimit: AccessRoutes.hashing
        ) { request, context in
            let id = try RunAPI.id(context)
            var fields = try FieldReader(body: try await request.jsonBody(context))
            let password = fields.secret("password")
            try fields.finish()
            return try await AccessRoutes.failing {
                try await users.setPassword(.id(id), to: password, by: context.actor)
                return Response(status: .noContent)
            }
        }
        routes.on(
            .put, "/api/v1/auth/password", description: AccessDescriptions.ownPassword,
            timeLimit: AccessRoutes.hashing
        ) { request, context in
            var fields = try FieldReader(body: try await request.jsonBody(context))
            let (current, new) = (fields.secret("current_password"), fields.secret("new_password"))
            try fields.finish()
            guard context.principal.kind == .user else {
                throw APIError(.conflict, "only users of this service have a password")
            }
            return try await AccessRoutes.failing {
                try await users.setPassword(
                    .id(context.principal.id), to: new, current: current, by: context.actor)
                return Response(status: .noContent)
            }
        }
    }
}
