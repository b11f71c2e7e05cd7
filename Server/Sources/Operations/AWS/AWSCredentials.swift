public import Settings

/// The keys with which requests to AWS are signed.
public struct AWSCredentials: Sendable {
    /// The id of the access key, which is sent with each request.
    public let accessKeyID: String
    /// The secret half.
    public let secretAccessKey: Secret
    /// The token of a session, for keys that last an hour or so.
    public let sessionToken: Secret?

    /// A pair of keys, with the token of their session when they have one.
    public init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    /// Where the keys come from; asked before each request, so that short-lived ones may change.
    public typealias Source = @Sendable () async throws(SecretError) -> AWSCredentials

    /// The keys in the variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, as
    /// AWS's own tools read them; nil when there are none.
    public init?(environment: [String: String]) {
        guard let id = environment["AWS_ACCESS_KEY_ID"], !id.isEmpty,
            let secret = environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
        else { return nil }
        let token = environment["AWS_SESSION_TOKEN"] ?? ""
        self.init(
            accessKeyID: id, secretAccessKey: Secret(secret),
            sessionToken: token.isEmpty ? nil : Secret(token))
    }

    /// The keys of `secrets.aws.access-key-id` and its companions; nil when they are not given.
    public init?(_ settings: AWSSettings) {
        guard let id = settings.accessKeyID, let secret = settings.secretAccessKey else { return nil }
        self.init(accessKeyID: id, secretAccessKey: secret, sessionToken: settings.sessionToken)
    }
}
