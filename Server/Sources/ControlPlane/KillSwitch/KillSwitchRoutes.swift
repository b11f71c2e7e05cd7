internal import Events
internal import Hummingbird
internal import Storage

/// The kill switch: read it, engage it, release it.
public enum KillSwitchRoutes {
    static let base = "/api/v1/kill-switch"
    private static let tags = ["Kill switch"]

    /// Adds the routes.
    public static func add(_ control: KillSwitchControl, to routes: inout RouteTable) {
        routes.on(
            .get, RouterPath(base),
            description: RouteDescription(
                "Say whether trading is stopped", tags: tags,
                responses: [RouteResponse(.ok, "The state", state)])
        ) { _, _ in .json(await control.refresh().json) }
        routes.on(
            .post, RouterPath(base),
            description: description(
                "Engage or release the kill switch",
                "As the two paths below it; releasing needs the role admin.", .trader,
                [.init("engaged", .boolean)])
        ) { request, context in
            var reader = try FieldReader(body: try await request.jsonBody(context))
            let isEngaged = reader.value("engaged", isRequired: true)
            if isEngaged != nil, isEngaged != .flag(true), isEngaged != .flag(false) {
                reader.refuse("engaged", "must be true or false")
            }
            let reason = reason(&reader)
            try reader.finish()
            return try await use(control, engage: isEngaged == .flag(true), reason, context)
        }
        routes.on(
            .post, RouterPath(base + "/engage"),
            description: description(
                "Engage the kill switch",
                "All trading stops until it is released, also after a restart. Doing it again is recorded.",
                .trader)
        ) { request, context in
            var reader = try FieldReader(body: try await request.jsonBody(context))
            let reason = reason(&reader)
            try reader.finish()
            return try await use(control, engage: true, reason, context)
        }
        routes.on(
            .post, RouterPath(base + "/release"),
            description: description("Release the kill switch", "Trading may go on.", .admin)
        ) { request, context in
            var reader = try FieldReader(body: try await request.jsonBody(context))
            let reason = reason(&reader)
            try reader.finish()
            return try await use(control, engage: false, reason, context)
        }
    }

    private static func reason(_ reader: inout FieldReader) -> String {
        let length = KillSwitchState.reasonLength
        let reason = reader.text("reason", isRequired: true, limit: length.upperBound)
        if let reason, reason.count < length.lowerBound {
            reader.refuse("reason", "must have at least \(length.lowerBound) characters")
        }
        return reason ?? ""
    }

    private static func use(
        _ control: KillSwitchControl, engage: Bool, _ reason: String, _ context: APIContext
    ) async throws -> Response {
        if !engage, !context.principal.may(.role(.admin)) {
            throw APIError(.accessDenied, "releasing the kill switch needs the role admin")
        }
        do {
            let outcome =
                engage
                ? try await control.engage(reason: reason, by: context.actor)
                : try await control.release(reason: reason, by: context.actor)
            guard case .object(let members) = outcome.state.json else { return .json(outcome.state.json) }
            return .json(.object(members + [JSONMember("changed", .flag(outcome.isChanged))]))
        } catch let error as StorageError {
            throw APIError(error)
        }
    }

    // MARK: Descriptions

    private static let members: [RouteSchema.Member] = [
        .init("engaged", .boolean, "whether trading is stopped"),
        .init("reason", .nullable(.string()), "why it was engaged or released"),
        .init("by", .nullable(.string()), "who did it"), .init("since", .nullable(.time)),
    ]

    private static let state = RouteSchema.named("KillSwitch", .object(members))

    private static func description(
        _ summary: String, _ details: String, _ role: RouteRole, _ more: [RouteSchema.Member] = []
    ) -> RouteDescription {
        let changed = RouteSchema.Member("changed", .boolean, "false when it was so already")
        return RouteDescription(
            summary, details: details, tags: tags,
            body: RouteBody(
                .object(
                    more + [
                        .init("reason", .string(length: KillSwitchState.reasonLength), "why, for people")
                    ])),
            responses: [RouteResponse(.ok, "The state now", .object(members + [changed]))],
            failures: [.validationFailed, .accessDenied], access: .role(role), idempotency: .optional)
    }
}
