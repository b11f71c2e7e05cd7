public import Settings
internal import Units

/// Finds the keys for AWS where AWS's own tools look for them, in this order: those handed in, the variables
/// `AWS_ACCESS_KEY_ID` and its companions, the web identity of `AWS_WEB_IDENTITY_TOKEN_FILE` and
/// `AWS_ROLE_ARN`, and the credentials of the container.
///
/// Lent keys are kept and replaced five minutes before they end; while nobody lends new ones they serve to
/// their end. Questions at the same time share one answer. The redactor learns all keys.
public actor AWSCredentialChain {
    private let fixed: AWSCredentials?
    private let lender: (any AWSSessionSource)?
    private let problem: SecretError?
    private let transport: any SecretTransport
    private let time: SecretTime
    private let redactor: Redactor
    private var held: AWSSession?
    private var asking: Task<Result<AWSSession, SecretError>, Never>?

    /// A chain over the variables of a process.
    ///
    /// - Parameters:
    ///   - given: keys that the settings hold.
    ///   - endpoint: the address of the service that lends keys for a web identity, when it is not AWS's own;
    ///     `AWS_ENDPOINT_URL_STS` goes before it.
    public init(
        given: AWSCredentials?, environment: [String: String], region: String, endpoint: String?,
        transport: any SecretTransport, time: SecretTime, redactor: Redactor
    ) {
        fixed = given ?? AWSCredentials(environment: environment)
        (self.transport, self.time, self.redactor) = (transport, time, redactor)
        var found: (any AWSSessionSource)? = AWSWebIdentity(
            environment: environment, region: region, endpoint: endpoint)
        var refusal: SecretError?
        if found == nil {
            do throws(SecretError) {
                found = try AWSContainer(environment: environment)
            } catch {
                refusal = error
            }
        }
        (lender, problem) = (found, refusal)
        if let fixed {
            redactor.learn([fixed.secretAccessKey] + (fixed.sessionToken.map { [$0] } ?? []))
        }
    }

    /// The keys for a request that is sent now.
    public func current() async throws(SecretError) -> AWSCredentials {
        if let fixed { return fixed }
        if let problem { throw problem }
        guard let lender else { throw Self.noKeys }
        if let held, !held.isDue(at: time.now()) { return held.credentials }
        let task = asking ?? ask(lender)
        asking = task
        let result = await task.value
        asking = nil
        switch result {
        case .success(let session):
            held = session
            return session.credentials
        case .failure(let error):
            if let held, !held.isOver(at: time.now()) { return held.credentials }
            throw error
        }
    }

    private func ask(_ lender: any AWSSessionSource) -> Task<Result<AWSSession, SecretError>, Never> {
        Task { [transport, redactor] in
            do throws(SecretError) {
                let session = try await lender.session(transport)
                let keys = session.credentials
                redactor.learn([keys.secretAccessKey] + (keys.sessionToken.map { [$0] } ?? []))
                return .success(session)
            } catch {
                return .failure(error)
            }
        }
    }

    private static let noKeys = SecretError(
        .missing, source: "aws", message: "has no keys to sign requests with",
        remedy: """
            set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is given: \
            AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
            """)
}
