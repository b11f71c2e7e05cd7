internal import Events
internal import Hummingbird

/// The settings in effect, secrets hidden.
enum ConfigurationRoutes {
    static func add(_ api: RunAPI, to routes: inout RouteTable) {
        for path in ["/api/v1/configuration", "/api/v1/config"] {
            routes.on(
                .get, RouterPath(path),
                description: RouteDescription(
                    "Show the settings", details: "With where each came from; no secret is shown.",
                    tags: ["Configuration"],
                    responses: [
                        RouteResponse(
                            .ok, "The settings",
                            .object([
                                .init("environment", .string()),
                                .init("settings", .array(RunSchemas.anything)),
                                .init("notes", .array(.string())),
                            ]))
                    ], access: .role(.admin))
            ) { request, _ in
                var reader = FieldReader(query: request)
                try reader.finish()
                return .json(api.configuration)
            }
        }
    }
}
