import Events
import Foundation
import TestServers
import Testing

/// The document of the API, held against public tools and the running service.
@Suite(.serialized, .timeLimit(.minutes(10))) struct OpenAPITests {
    private static let tools = PythonEnvironment(
        "api-tools", packages: ["openapi-spec-validator==0.9.0", "schemathesis==4.32.5"])
    private static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    @Test func theDocumentDescribesWhatIsServedAndThePageShowsIt() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let document = try await desk.get("/openapi.json").json
        #expect(document["openapi"] == .string("3.1.0"))
        let paths = document["paths"]?.members ?? []
        for path in [
            "/api/v1/runs", "/api/v1/runs/{id}/start", "/api/v1/runs/{id}/equity", "/api/v1/events/stream",
            "/api/v1/candles", "/api/v1/backtest", "/api/v1/strategies/{name}/config/merged", "/health",
        ] {
            #expect(paths.contains { $0.key == path }, "\(path)")
        }
        var ids: Set<String> = []
        for path in paths {
            for operation in path.value.members ?? [] {
                let id = operation.value["operationId"]?.text ?? ""
                #expect(ids.insert(id).inserted && !id.isEmpty, "\(operation.key) \(path.key)")
                #expect(operation.value["responses"]?["default"] != nil)
                #expect(operation.value["summary"]?.text?.isEmpty == false, "\(path.key)")
                // What may change something needs more than to look.
                if operation.key != "get" && path.key.hasPrefix("/api/v1/runs") {
                    #expect(operation.value["x-required-role"] == .string("trader"), "\(path.key)")
                }
            }
        }
        let page = try await desk.get("/docs")
        #expect(page.status == 200 && page.text.contains("/api/v1/runs/{id}/equity"))
        #expect(!page.text.contains("src=") && !page.text.contains("<script"))
    }

    /// Thousands of requests that the document allows or forbids: no failure of the service, and nothing that
    /// the document does not say.
    @Test func publicToolsFindNoFailureAndNoViolation() async throws {
        guard let fuzzer = Self.tools.path(of: "st"), let python = Self.tools.path(of: "python") else {
            print("skipped: schemathesis and openapi-spec-validator cannot be installed")
            return
        }
        let desk = try await ResearchDesk.open(["--set", "runs.max-concurrent=1"])
        defer { desk.close() }
        let file = desk.folder.appending(path: "openapi.json")
        try await desk.get("/openapi.json").body.write(to: file)
        let validation = try Self.run(python, ["-m", "openapi_spec_validator", file.path], in: desk.folder)
        #expect(validation.status == 0, "\(validation.output)")
        let fuzzing = try Self.run(
            fuzzer,
            [
                "run", desk.address + "/openapi.json", "--max-examples", Self.isLong ? "60" : "5",
                "--workers", "2", "--seed", "7", "--no-color", "--request-timeout", "10", "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,"
                    + "response_schema_conformance,response_headers_conformance",
                // A stream never ends; an account is 503 where no venue is connected, as documented.
                "--exclude-path", "/api/v1/events/stream", "--exclude-path-regex", "^/api/v1/account",
            ], in: desk.folder)
        #expect(fuzzing.status == 0, "\(fuzzing.output.suffix(6_000))")
        #expect(try await desk.get("/health").status == 200)
    }

    private static func run(
        _ path: String, _ arguments: [String], in folder: URL
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = folder.appending(path: "tool-output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
    }
}
