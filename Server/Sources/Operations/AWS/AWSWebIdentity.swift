internal import Settings
internal import Units

/// Keys in exchange for the token of another identity provider, as a Kubernetes service account has one.
///
/// Source: AWS Security Token Service API Reference, "AssumeRoleWithWebIdentity" (read November 2026). The
/// token is read from its file each time, as whoever wrote it replaces it before it ends.
struct AWSWebIdentity: AWSSessionSource {
    let tokenFile: String
    let role: String
    let sessionName: String
    /// The address of the service that lends keys.
    let endpoint: String

    private static let source = "aws web identity"

    /// What `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN` say; nil when one is absent.
    init?(environment: [String: String], region: String, endpoint: String?) {
        guard let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], !file.isEmpty,
            let role = environment["AWS_ROLE_ARN"], !role.isEmpty
        else { return nil }
        (tokenFile, self.role) = (file, role)
        let name = environment["AWS_ROLE_SESSION_NAME"] ?? ""
        sessionName = name.isEmpty ? "tradewind" : name
        let given = environment["AWS_ENDPOINT_URL_STS"].flatMap { $0.isEmpty ? nil : $0 }
        self.endpoint = given ?? endpoint ?? AWSService.address(name: "sts", region: region)
    }

    func session(_ transport: any SecretTransport) async throws(SecretError) -> AWSSession {
        let token = try FileSecretBackend(mustBePrivate: false).text(path: tokenFile)
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", sessionName),
        ].map { "\($0.0)=\(PercentEncoding.encoded($0.1))" }.joined(separator: "&")
        let body = token.withText { Secret(form + "&WebIdentityToken=" + PercentEncoding.encoded($0)) }
        let response = try await transport.send(
            SecretHTTPRequest(
                method: "POST", url: endpoint.hasSuffix("/") ? endpoint : endpoint + "/",
                headers: [("Content-Type", "application/x-www-form-urlencoded")], body: body),
            source: Self.source)
        let answer = response.body.withText { SimpleXML($0) }
        guard response.status == 200 else { throw failure(response.status, answer) }
        return try session(
            id: answer["AccessKeyId"], secret: answer["SecretAccessKey"], token: answer["SessionToken"],
            end: answer["Expiration"], source: Self.source)
    }

    private func failure(_ status: Int, _ answer: SimpleXML) -> SecretError {
        let code = answer["Code"] ?? "an answer that is not AWS's"
        // Some of its messages quote the token; they are not repeated.
        let isTransient = status >= 500 || code == "Throttling" || code == "IDPCommunicationError"
        return SecretError(
            isTransient ? .unavailable : .refused, source: Self.source,
            message: "answers \(String(code.prefix(80))) with status \(status) to the role \(role)",
            remedy: isTransient
                ? "try again later"
                : "let the role trust the provider of the token in \(tokenFile), and see that it is fresh"
        )
    }
}

/// The texts of the elements of a small XML answer, as AWS's query services give it. Only elements that hold
/// text and nothing else are seen, the first of each name.
struct SimpleXML {
    private let text: String

    init(_ text: String) { self.text = text }

    /// The text of an element; nil when there is none, or it holds elements or character references.
    subscript(_ name: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
            let end = text[start...].firstRange(of: "</\(name)>")?.lowerBound
        else { return nil }
        let content = text[start..<end]
        guard !content.contains("<"), !content.contains("&") else { return nil }
        let isBlank = { (character: Character) in character.isWhitespace }
        return String(content.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
