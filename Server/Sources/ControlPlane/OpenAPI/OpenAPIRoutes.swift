internal import Events
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// The document of the API and its page.
public enum OpenAPIRoutes {
    /// Adds both. They describe the routes that are there by now, and themselves: add them last.
    ///
    /// - Parameter version: of the program.
    public static func add(version: String, to routes: inout RouteTable) {
        let store = DocumentStore()
        routes.on(
            .get, "/openapi.json",
            description: RouteDescription(
                "Describe the API", tags: ["Documentation"],
                responses: [RouteResponse(.ok, "OpenAPI 3.1", RunSchemas.anything)], access: .open)
        ) { _, _ in store.answer(store.json, "application/json; charset=utf-8") }
        routes.on(
            .get, "/docs",
            description: RouteDescription(
                "Describe the API to people", tags: ["Documentation"],
                responses: [RouteResponse(.ok, "A page", mediaType: "text/html")], access: .open)
        ) { _, _ in store.answer(store.html, "text/html; charset=utf-8") }
        store.keep(OpenAPIDocument.make(routes: routes.routes, version: version))
    }
}

/// The document, made once.
private final class DocumentStore: Sendable {
    private let made = Mutex<(json: String, html: String)>(("", ""))

    var json: String { made.withLock { $0.json } }
    var html: String { made.withLock { $0.html } }

    func keep(_ document: JSONText) {
        let both = (document.pretty, OpenAPIPage.html(document))
        made.withLock { $0 = both }
    }

    func answer(_ text: String, _ mediaType: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: mediaType,
                .contentSecurityPolicy:
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
