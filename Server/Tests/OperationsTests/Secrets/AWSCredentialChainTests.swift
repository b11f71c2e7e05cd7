import Foundation
import Operations
import Settings
import Synchronization
import TestServers
import Testing
import Units

/// Where keys for AWS come from: against receivers that check what is asked, and against moto.
@Suite struct AWSCredentialChainTests {
    private let clock = ManualTime(sleepsAtOnce: true)
    private let redactor = Redactor()

    private func chain(
        _ environment: [String: String], given: AWSCredentials? = nil, endpoint: String? = nil
    ) -> AWSCredentialChain {
        AWSCredentialChain(
            given: given, environment: environment, region: "eu-west-1", endpoint: endpoint,
            transport: HTTPSecretTransport(
                client: directClient,
                policy: RetryPolicy(attempts: 1, timeout: .seconds(20), firstWait: .milliseconds(1)),
                time: .system, jitter: Jitter(SplitMix64(seed: 1))),
            time: clock.time, redactor: redactor)
    }

    /// A file with a token, as a platform writes it.
    private func tokenFile(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID())").path
        try Data((text + "\n").utf8).write(to: URL(filePath: path))
        return path
    }

    private static func answer(_ number: Int, end: String) -> String {
        """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult><Credentials>
            <SessionToken>session-token-number-\(number)/+=</SessionToken>
            <SecretAccessKey>lent-secret-number-\(number)</SecretAccessKey>
            <Expiration>\(end)</Expiration>
            <AccessKeyId>ASIA\(number)</AccessKeyId>
          </Credentials></AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>
        """
    }

    @Test func handedInKeysGoBeforeVariablesAndVariablesBeforeRoles() async throws {
        let variables = [
            "AWS_ACCESS_KEY_ID": "AKIDV", "AWS_SECRET_ACCESS_KEY": "secret-of-the-variables",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
        ]
        let given = AWSCredentials(accessKeyID: "AKIDG", secretAccessKey: Secret("secret-of-the-settings"))
        #expect(try await chain(variables, given: given).current().accessKeyID == "AKIDG")
        #expect(try await chain(variables).current().accessKeyID == "AKIDV")
        #expect(redactor.redact("secret-of-the-variables secret-of-the-settings") == "[redacted] [redacted]")
        let none = await #expect(throws: SecretError.self) {
            try await chain(["AWS_ACCESS_KEY_ID": "AKIDV"]).current()
        }
        #expect(none?.code == .missing && none?.remedy.contains("AWS_WEB_IDENTITY_TOKEN_FILE") == true)
    }

    @Test func aWebIdentityIsExchangedKeptAndExchangedAgainBeforeItEnds() async throws {
        let asked = Mutex<[LoopbackServer.Request]>([])
        let isDown = Mutex(false)
        // The clock of the test stands at 2026-11-21T08:12:22Z; the first keys end ten minutes later.
        let server = try await LoopbackServer.start { request in
            if isDown.withLock({ $0 }) { return .init(status: 503) }
            let number = asked.withLock { asked in
                asked.append(request)
                return asked.count
            }
            let minute = number == 1 ? 22 : 59
            return .init(status: 200, body: Self.answer(number, end: "2026-11-21T08:\(minute):22Z"))
        }
        let start = clock.time.now()
        let path = try tokenFile("header.claims.sign-ature_1")
        let chain = chain(
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/desk",
                "AWS_ROLE_SESSION_NAME": "desk-1", "AWS_ENDPOINT_URL_STS": server.address,
            ], endpoint: "http://127.0.0.1:1")
        #expect(start.description.hasPrefix("2026-11-21T08:"))
        let first = try await chain.current()
        #expect(first.accessKeyID == "ASIA1")
        #expect(first.sessionToken?.withText { $0 } == "session-token-number-1/+=")
        let request = try #require(asked.withLock { $0.first })
        #expect(request.method == "POST" && request.headers["authorization"] == nil)
        #expect(
            request.text == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdesk&RoleSessionName=desk-1"
                + "&WebIdentityToken=header.claims.sign-ature_1")
        #expect(redactor.redact("lent-secret-number-1 session-token-number-1/+=") == "[redacted] [redacted]")
        #expect(try await chain.current().accessKeyID == "ASIA1")
        #expect(asked.withLock { $0.count } == 1, "keys are kept")
        // Five minutes before the end new ones are due; while nobody lends them the old ones go on.
        isDown.withLock { $0 = true }
        let end = try #require(Instant(iso8601: "2026-11-21T08:22:22Z"))
        let untilEnd = Duration.nanoseconds(end.since(start).nanoseconds)
        clock.advance(untilEnd - .seconds(299))
        #expect(try await chain.current().accessKeyID == "ASIA1")
        isDown.withLock { $0 = false }
        try Data("a-newer-token".utf8).write(to: URL(filePath: path))
        #expect(try await chain.current().accessKeyID == "ASIA2")
        #expect(asked.withLock { $0.last?.text.hasSuffix("WebIdentityToken=a-newer-token") } == true)
        isDown.withLock { $0 = true }
        clock.advance(.seconds(7200))
        let over = await #expect(throws: SecretError.self) { try await chain.current() }
        #expect(over?.code == .unavailable)
        try await server.stop()
    }

    @Test func aRefusedIdentityIsToldWithoutItsToken() async throws {
        let body = """
            <ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code>
            <Message>the token secret.jwt.text is not trusted</Message></Error></ErrorResponse>
            """
        let server = try await LoopbackServer.start { _ in .init(status: 400, body: body) }
        let path = try tokenFile("secret.jwt.text")
        let chain = chain([
            "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
            "AWS_ENDPOINT_URL_STS": server.address,
        ])
        let error = await #expect(throws: SecretError.self) { try await chain.current() }
        #expect(error?.code == .refused)
        #expect(
            error.map { "\($0)".contains("InvalidIdentityToken") && !"\($0)".contains("secret.jwt") } == true)
        try await server.stop()
        try FileManager.default.removeItem(atPath: path)
        let gone = await #expect(throws: SecretError.self) { try await chain.current() }
        #expect(gone?.code == .unavailable)
    }

    @Test(arguments: [
        "", "<a/>", "<AccessKeyId></AccessKeyId>", "<AccessKeyId>a", "</AccessKeyId><AccessKeyId>",
        "<AccessKeyId>a</AccessKeyId><SecretAccessKey>b&amp;</SecretAccessKey><SessionToken>c</SessionToken>",
        "<AccessKeyId><x/></AccessKeyId><SecretAccessKey>b</SecretAccessKey><SessionToken>c</SessionToken>",
    ]) func anAnswerWithoutKeysIsMalformed(_ body: String) async throws {
        let server = try await LoopbackServer.start { _ in .init(status: 200, body: body) }
        let chain = chain([
            "AWS_WEB_IDENTITY_TOKEN_FILE": try tokenFile("t.t.t"), "AWS_ROLE_ARN": "r",
            "AWS_ENDPOINT_URL_STS": server.address,
        ])
        let error = await #expect(throws: SecretError.self) { try await chain.current() }
        #expect(error?.code == .malformed)
        try await server.stop()
    }

    @Test func aContainerIsAskedWithItsToken() async throws {
        let server = try await LoopbackServer.start { request in
            guard request.target == "/v1/credentials?id=1", request.headers["authorization"] == "pod-token"
            else { return .init(status: 403) }
            return .init(
                status: 200,
                body: #"{"AccessKeyId": "ASIAC", "SecretAccessKey": "container-secret", "#
                    + #""Token": "container-token", "Expiration": "2099-01-01T00:00:00Z"}"#)
        }
        let address = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.address + "/v1/credentials?id=1"]
        let byFile = chain(
            address.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": try tokenFile("pod-token")]) { $1 })
        #expect(try await byFile.current().accessKeyID == "ASIAC")
        let byText = chain(address.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "pod-token"]) { $1 })
        #expect(try await byText.current().sessionToken?.withText { $0 } == "container-token")
        let refused = await #expect(throws: SecretError.self) { try await chain(address).current() }
        #expect(refused?.code == .refused)
        try await server.stop()
        for url in ["http://example.org/keys", "ftp://127.0.0.1/", "nonsense"] {
            let wrong = await #expect(throws: SecretError.self) {
                try await chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]).current()
            }
            #expect(wrong?.code == .misconfigured, "\(url)")
        }
    }

    /// moto lends keys, and takes them.
    @Test(.enabled(if: ServerTools.path(of: "moto_server") != nil, Comment(rawValue: ServerTools.absence)))
    func keysLentForAWebIdentityReadASecret() async throws {
        let server = try #require(try await ServerProcess.moto())
        defer { server.stop() }
        let path = try tokenFile("header.claims.signature")
        let chain = AWSCredentialChain(
            given: nil,
            environment: [
                "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/desk",
            ],
            region: "eu-west-1", endpoint: server.address, transport: transport, time: .system,
            redactor: redactor)
        let keys = try await chain.current()
        #expect(keys.accessKeyID.hasPrefix("ASIA"))
        let token = try #require(keys.sessionToken).withText { $0 }
        #expect(redactor.redact(token) == Redactor.replacement)
        try await HTTPQuestion.send(
            "POST", server.address + "/",
            headers: [
                "X-Amz-Target": "secretsmanager.CreateSecret", "Content-Type": "application/x-amz-json-1.1",
                "Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/secretsmanager/"
                    + "aws4_request, SignedHeaders=host, Signature=0",
            ], body: #"{"Name": "trading/binance", "SecretString": "{\"api-key\": \"a\"}"}"#)
        let backend = SecretsManagerBackend(
            service: AWSService(
                name: "secretsmanager", region: "eu-west-1", endpoint: server.address,
                credentials: { () throws(SecretError) in try await chain.current() }, transport: transport,
                time: .system))
        let payload = try await backend.fetch(path: "trading/binance")
        #expect(payload.fields["api-key"]?.withText { $0 } == "a")
    }

    private var transport: HTTPSecretTransport {
        HTTPSecretTransport(
            client: directClient, policy: RetryPolicy(timeout: .seconds(20)), time: .system,
            jitter: Jitter(SplitMix64(seed: 1)))
    }
}
