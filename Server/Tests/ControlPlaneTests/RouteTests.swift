import ControlPlane
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Operations
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct RouteTests {
    /// The routes of a server, as the document of the API gets them.
    final class Collected: Sendable {
        private let state = Mutex([Route]())
        var routes: [Route] { state.withLock { $0 } }
        func take(_ table: RouteTable) { state.withLock { $0 = table.routes } }
    }

    @Test func everyRouteIsDescribedAndTakesASlashAtItsEndAndHead() async throws {
        let collected = Collected()
        try await RunningServer.run(routes: { routes in
            routes.on(.get, "/things/:id", description: "Show a thing") { _, context in
                .json(.string(try context.parameters.require("id")))
            }
            collected.take(routes)
        }) { server in
            #expect(collected.routes.count == 11)
            for route in collected.routes where route.method == .get {
                #expect(!route.description.summary.isEmpty)
                let path = route.path.replacingOccurrences(of: ":id", with: "7")
                let plain = await RawClient.get(path, port: server.port)
                #expect(plain.statuses == [200], "\(path)")
                let slash = await RawClient.get(path + "/", port: server.port)
                #expect(slash.statuses == [200], "\(path)/")
                for path in [path, path + "/"] {
                    let head = await RawClient.get(path, port: server.port, method: "HEAD")
                    #expect(head.statuses == [200], "HEAD \(path)")
                    #expect(head.header("Content-Type") == plain.header("Content-Type"), "HEAD \(path)")
                    #expect(head.text.hasSuffix("\r\n\r\n"), "HEAD \(path) has a body: \(head.text)")
                }
            }
            let thing = await RawClient.get("/things/7/", port: server.port)
            #expect(thing.text.hasSuffix("\"7\"\n"))
            // A failure's body is none of HEAD's either.
            let nothing = await RawClient.get("/nothing", port: server.port, method: "HEAD")
            #expect(nothing.statuses == [404] && nothing.text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func layersSeeTheDescriptionAndTheRequestBeforeTheHandler() async throws {
        try await RunningServer.run(routes: { routes in
            routes.on(.get, "/before", description: "Come before the layers") { _, _ in .json(.null) }
            routes.add { route, next in
                guard case .role(let role) = route.description.access, role >= .admin else { return next }
                return { _, _ in throw APIError(.accessDenied, "only for \(role.rawValue)") }
            }
            for mark in ["-outer", "-inner"] {
                routes.add { route, next in
                    return { request, context in
                        var response = try await next(request, context)
                        if let name = HTTPField.Name("X-Layer") {
                            response.headers[name] = (response.headers[name] ?? route.path) + mark
                        }
                        return response
                    }
                }
            }
            routes.on(.get, "/viewer", description: "For all") { _, _ in .json(.null) }
            routes.on(
                .get, "/admin", description: RouteDescription("For one", access: .role(.admin))
            ) { _, _ in .json(.null) }
        }) { server in
            let before = await RawClient.get("/before", port: server.port)
            #expect(before.statuses == [200] && before.header("X-Layer") == nil)
            let viewer = await RawClient.get("/viewer", port: server.port)
            #expect(viewer.statuses == [200] && viewer.header("X-Layer") == "/viewer-inner-outer")
            let admin = await RawClient.get("/admin", port: server.port)
            #expect(admin.statuses == [403] && admin.header("X-Layer") == nil)
            #expect(admin.json?["code"] as? String == "authorization.denied")
        }
    }

    /// The descriptions of the health pages against the pages themselves: every key that a page has is
    /// described, and every key that must be there is.
    @Test func thePagesOfHealthAreAsDescribed() async throws {
        let collected = Collected()
        try await RunningServer.run(routes: { collected.take($0) }) { server in
            try server.registry.register(.secretsSource { "sealed" })
            _ = try server.registry.register(component: .strategy)
            for route in collected.routes where route.path != HealthRoutes.metrics {
                let page = try #require(await RawClient.get(route.path, port: server.port).json)
                let schema = try #require(route.description.responses[0].schema).json().compact
                let parsed = try #require(
                    JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
                Self.compare(page, parsed, route.path)
            }
        }
    }

    static func compare(_ value: Any, _ schema: [String: Any], _ place: String) {
        if let choices = schema["anyOf"] as? [[String: Any]] {
            if !(value is NSNull) { compare(value, choices[0], place) }
            return
        }
        switch schema["type"] as? String {
        case "object":
            guard let object = value as? [String: Any] else {
                Issue.record("\(place) is no object")
                return
            }
            if let each = schema["additionalProperties"] as? [String: Any] {
                for (key, value) in object { compare(value, each, "\(place).\(key)") }
                return
            }
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            #expect(Set(object.keys) == Set(properties.keys), "\(place)")
            #expect(Set(schema["required"] as? [String] ?? []) == Set(properties.keys), "\(place)")
            for (key, value) in object { compare(value, properties[key] ?? [:], "\(place).\(key)") }
        case "string":
            let text = value as? String
            #expect(text != nil, "\(place)")
            if let allowed = schema["enum"] as? [String] { #expect(allowed.contains(text ?? ""), "\(place)") }
        case "integer", "number", "boolean": #expect(value is NSNumber, "\(place)")
        default: Issue.record("\(place) has no type")
        }
    }

    @Test func namedSchemasAreReferredToAndFoundAtAnyDepth() {
        let leaf = RouteSchema.named("Leaf", .object([.init("time", .time)]))
        let tree = RouteSchema.named(
            "Tree", .object([.init("leaves", .array(leaf), "all of them"), .init("best", .nullable(leaf))]))
        #expect(tree.named.map(\.name) == ["Leaf", "Tree"])
        #expect(tree.json(reference: "#/s/").compact == ##"{"$ref":"#/s/Tree"}"##)
        guard case .named(_, let inside) = tree else { return }
        let expected = """
            {"type":"object","properties":{"leaves":{"type":"array","items":{"$ref":"#/s/Leaf"},\
            "description":"all of them"},"best":{"anyOf":[{"$ref":"#/s/Leaf"},{"type":"null"}]}},\
            "required":["leaves","best"]}
            """
        #expect(inside.json(reference: "#/s/").compact == expected)
        #expect(
            RouteSchema.string(allowed: ["a"], length: 1...3).json().compact
                == #"{"type":"string","enum":["a"],"minLength":1,"maxLength":3}"#)
        #expect(
            RouteSchema.integer(1...9).json().compact == #"{"type":"integer","minimum":1,"maximum":9}"#)
    }
}
