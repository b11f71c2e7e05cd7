import Foundation
import Settings
import Testing

@Suite struct SecretChainTests {
    /// A backend in memory that counts how often it is asked.
    private struct Memory: SecretBackend {
        let kind = "file"
        let fields: [String: String]
        let failure: SecretError?

        func fetch(path: String) async throws(SecretError) -> SecretPayload {
            if let failure { throw failure }
            return SecretPayload(fields: fields.mapValues { Secret($0) }, version: SecretVersion("7"))
        }
    }

    private func chain(
        _ variables: [String: String] = [:], fields: [String: String] = [:], failure: SecretError? = nil
    ) -> SecretChain {
        SecretChain(
            variables: variables.mapValues { Secret($0) },
            backends: [Memory(fields: fields, failure: failure)])
    }

    private func description(
        key: String? = nil, mapping: [String: String] = [:], adapter: String? = "file"
    ) -> CredentialDescription {
        CredentialDescription(
            owner: "binance", required: ["api-key", "api-secret"],
            backend: adapter.map {
                BackendReference(adapter: $0, path: "/keys", key: key, fieldMapping: mapping)
            })
    }

    private func texts(_ credential: Credential) -> [String: String] {
        credential.entries.mapValues { $0.secret.withText { $0 } }
    }

    @Test func theRequestWinsOverTheEnvironmentAndThatOverTheBackend() async throws {
        let chain = chain(
            [
                "TRADEWIND_VENUES__BINANCE__API_KEY": "of the environment",
                "TRADEWIND_VENUES__BINANCE__API_SECRET": "of the environment",
            ], fields: ["api-key": "of the backend", "api-secret": "of the backend"])
        let found = try await chain.resolve(description(), request: ["api-key": Secret("of the request")])
        #expect(texts(found) == ["api-key": "of the request", "api-secret": "of the environment"])
        #expect(found.entries["api-key"]?.origin == .request)
        #expect(
            found.entries["api-secret"]?.origin
                == .environment(variable: "TRADEWIND_VENUES__BINANCE__API_SECRET"))
    }

    @Test func oneSecretMayBeOverriddenInTheEnvironment() async throws {
        let chain = chain(
            ["TRADEWIND_VENUES__BINANCE__API_KEY": "override"], fields: ["api-key": "a", "api-secret": "b"])
        let found = try await chain.resolve(description())
        #expect(texts(found) == ["api-key": "override", "api-secret": "b"])
        #expect(found.version == SecretVersion("7"))
        #expect(found.entries["api-secret"]?.origin == .backend(kind: "file", path: "/keys"))
    }

    @Test func aBackendIsNotAskedWhenNothingIsLeftForIt() async throws {
        let broken = SecretError(.unavailable, message: "down", remedy: "wait")
        let variables = [
            "TRADEWIND_VENUES__BINANCE__API_KEY": "a", "TRADEWIND_VENUES__BINANCE__API_SECRET": "b",
        ]
        let found = try await chain(variables, failure: broken).resolve(description())
        #expect(texts(found) == ["api-key": "a", "api-secret": "b"])
        #expect(found.version == SecretVersion("environment"))
        #expect(!chain(variables).mayChange(description()))
    }

    @Test func anEmptyVariableIsNoValue() async throws {
        let chain = chain(
            ["TRADEWIND_VENUES__BINANCE__API_KEY": ""], fields: ["api-key": "a", "api-secret": "b"])
        #expect(try await texts(chain.resolve(description()))["api-key"] == "a")
    }

    @Test func fieldsAreFoundByTheirMappingNestedAndWithUnderscores() async throws {
        let mapped = description(key: "data", mapping: ["api-secret": "hmac.value"])
        let found = try await chain(fields: ["data.api_key": "a", "data.hmac.value": "b"]).resolve(mapped)
        #expect(texts(found) == ["api-key": "a", "api-secret": "b"])
    }

    @Test func everyMissingSecretIsNamedWithWhatToDo() async throws {
        let found = await chain(fields: ["other": "value"]).locate(description())
        #expect(found.problems.map(\.secret?.name) == ["api-key", "api-secret"])
        #expect(found.problems.allSatisfy { $0.code == .missing && $0.source == "file /keys" })
        let error = await #expect(throws: SecretError.self) {
            try await chain(fields: ["other": "value"]).resolve(description())
        }
        #expect(error?.description.contains("api-key, api-secret") == true)
        let bare = await chain().locate(description(adapter: nil))
        #expect(bare.problems.first?.remedy.contains("TRADEWIND_VENUES__BINANCE__API_KEY") == true)
    }

    @Test func anUnknownAdapterAndAnEmptyFieldAreErrors() async {
        let unknown = await chain().locate(description(adapter: "safe"))
        #expect(unknown.problems.allSatisfy { $0.code == .misconfigured })
        let empty = await chain(fields: ["api-key": "", "api-secret": "b"]).locate(description())
        #expect(empty.problems.map(\.code) == [.malformed])
    }

    @Test func aPrefixOfOnesOwnNamesTheVariables() {
        let own = CredentialDescription(owner: "binance", required: ["api-key"], environmentPrefix: "DESK")
        #expect(own.variable(for: "api-key") == "DESK_API_KEY")
    }
}
