public import Settings

/// A credential as a request uses it, with its place in the row of editions that this process has used.
public struct ActiveCredential: Sendable {
    /// The secrets.
    public let credential: Credential
    /// Counts the changes of the values in this process, from 1. A higher number is the newer edition.
    public let edition: Int

    /// Edition number `edition` of a credential.
    public init(credential: Credential, edition: Int) {
        self.credential = credential
        self.edition = edition
    }
}

/// Gives each request the credential that is right at that moment.
public protocol CredentialProvider: Sendable {
    /// The credential to sign the next request with. Throws only when there has never been one.
    func current() async throws(SecretError) -> ActiveCredential

    /// Another edition than the one that was refused with 401 or 403, after looking for one at the source;
    /// `nil` when there is none, so that the refusal stands.
    func replacement(for refused: ActiveCredential) async -> ActiveCredential?
}
