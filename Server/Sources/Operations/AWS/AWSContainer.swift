internal import FoundationEssentials
internal import Settings
internal import Units

/// Keys that the host of a container lends, as ECS and the Pod Identity of EKS do.
///
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider" (read November 2026).
struct AWSContainer: AWSSessionSource {
    private let url: String
    private let token: Secret?
    private let tokenFile: String?

    private static let source = "aws container credentials"
    /// Plain HTTP is for these hosts alone: the machine itself and the two that AWS puts beside a container.
    private static let plainHosts: Set<String> = [
        "localhost", "127.0.0.1", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23",
    ]

    /// What `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `AWS_CONTAINER_CREDENTIALS_FULL_URI` say; nil when
    /// neither is there. Throws for an address that keys may not come from.
    init?(environment: [String: String]) throws(SecretError) {
        func given(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = given("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://169.254.170.2" + path
        } else if let full = given("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            url = full
        } else {
            return nil
        }
        token = given("AWS_CONTAINER_AUTHORIZATION_TOKEN").map { Secret($0) }
        tokenFile = given("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        guard let address = ServiceURL(url),
            address.scheme == "https" || (address.scheme == "http" && Self.plainHosts.contains(address.host))
        else {
            throw SecretError(
                .misconfigured, source: Self.source,
                message: "has an address that is neither https nor of this host or its container service",
                remedy: "correct AWS_CONTAINER_CREDENTIALS_FULL_URI")
        }
    }

    private struct Answer: Decodable {
        let id: String?
        let secret: String?
        let token: String?
        let end: String?

        enum CodingKeys: String, CodingKey {
            case id = "AccessKeyId"
            case secret = "SecretAccessKey"
            case token = "Token"
            case end = "Expiration"
        }
    }

    func session(_ transport: any SecretTransport) async throws(SecretError) -> AWSSession {
        var headers: [(name: String, value: Secret)] = []
        if let tokenFile {
            headers.append(
                ("Authorization", try FileSecretBackend(mustBePrivate: false).text(path: tokenFile)))
        } else if let token {
            headers.append(("Authorization", token))
        }
        let response = try await transport.send(
            SecretHTTPRequest(method: "GET", url: url, secretHeaders: headers), source: Self.source)
        guard response.status == 200 else {
            throw SecretError(
                response.status >= 500 ? .unavailable : .refused, source: Self.source,
                message: "answers with status \(response.status)",
                remedy: "see that a role is given to this container")
        }
        do {
            let answer = try response.body.withBytes {
                try JSONDecoder().decode(Answer.self, from: Data($0))
            }
            return try session(
                id: answer.id, secret: answer.secret, token: answer.token, end: answer.end,
                source: Self.source)
        } catch let error as SecretError {
            throw error
        } catch {
            throw SecretError(
                .malformed, source: Self.source, message: "gave an answer that is not AWS's",
                remedy: "see what listens at the address of the variables AWS_CONTAINER_CREDENTIALS_*")
        }
    }
}
