internal import FoundationEssentials
internal import Settings

/// One of AWS's services that speak JSON: the address it has in a region, and questions to it.
public struct AWSService: Sendable {
    private let signer: SignatureVersion4
    private let endpoint: String
    private let credentials: AWSCredentials.Source
    private let transport: any SecretTransport
    private let time: SecretTime

    /// A service in a region. `endpoint` stands for another address than AWS's own, as in
    /// `http://127.0.0.1:5000`.
    public init(
        name: String, region: String, endpoint: String?, credentials: @escaping AWSCredentials.Source,
        transport: any SecretTransport, time: SecretTime
    ) {
        signer = SignatureVersion4(region: region, service: name)
        self.endpoint = (endpoint ?? Self.address(name: name, region: region)).trimmingSlashes
        self.credentials = credentials
        self.transport = transport
        self.time = time
    }

    /// AWS's own address of a service in a region.
    static func address(name: String, region: String) -> String {
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return "https://\(name).\(region).\(suffix)"
    }

    /// Asks for an action, as in `secretsmanager.GetSecretValue`, and returns the body of the answer.
    func ask(_ action: String, body: Secret, source: String) async throws(SecretError) -> Secret {
        let keys = try await credentials()
        let date = SignatureVersion4.date(time.now())
        let host = HTTPSecretTransport.host(of: endpoint).split(separator: "/").last.map { String($0) } ?? ""
        let headers = [
            ("Host", host), ("X-Amz-Date", date), ("X-Amz-Target", action),
            ("Content-Type", "application/x-amz-json-1.1"),
        ]
        var signed = headers
        if let token = keys.sessionToken { signed.append(("X-Amz-Security-Token", token.withText { $0 })) }
        let request = SignatureVersion4.Request(
            method: "POST", path: "/", headers: signed, body: body.withBytes { Array($0) })
        let authorization = signer.authorization(for: request, credentials: keys, date: date)
        var secretHeaders = [("Authorization", Secret(authorization))]
        if let token = keys.sessionToken { secretHeaders.append(("X-Amz-Security-Token", token)) }
        let question = SecretHTTPRequest(
            method: "POST", url: endpoint + "/", headers: headers.filter { $0.0 != "Host" },
            secretHeaders: secretHeaders, body: body)
        let response = try await transport.send(question, source: source)
        guard response.status == 200 else { throw failure(response, source: source) }
        return response.body
    }

    private struct Problem: Decodable {
        let type: String?
        let message: String?
        let capitalMessage: String?

        enum CodingKeys: String, CodingKey {
            case type = "__type"
            case message
            case capitalMessage = "Message"
        }
    }

    private func failure(_ response: SecretHTTPResponse, source: String) -> SecretError {
        var type = ""
        var words = ""
        do {
            let problem = try response.body.withBytes {
                try JSONDecoder().decode(Problem.self, from: Data($0))
            }
            type = problem.type?.split(separator: "#").last.map { String($0) } ?? ""
            words = (problem.message ?? problem.capitalMessage).map { ": " + String($0.prefix(200)) } ?? ""
        } catch {
            type = "an answer that is not AWS's"
        }
        let code: SecretError.Code =
            switch (type, response.status) {
            case ("ResourceNotFoundException", _), ("NotFoundException", _): .missing
            case ("ThrottlingException", _), ("InternalServiceError", _), (_, 500...): .unavailable
            case ("InvalidCiphertextException", _), ("InvalidParameterException", _): .malformed
            default: .refused
            }
        let remedy =
            switch code {
            case .missing: "create it in this region, or correct its id or the region"
            case .unavailable: "try again later"
            case .malformed: "encrypt it anew with a key of this account"
            default:
                "give the role of this process the permission to read it, and see that its keys are valid"
            }
        return SecretError(
            code, source: source, message: "answers \(type) with status \(response.status)\(words)",
            remedy: remedy)
    }
}

extension String {
    /// Without slashes at its end.
    fileprivate var trimmingSlashes: String {
        String(reversed().drop { $0 == "/" }.reversed())
    }
}
