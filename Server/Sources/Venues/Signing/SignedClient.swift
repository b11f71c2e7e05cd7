public import Operations
public import Settings
public import Units

/// Sends signed requests to one venue, each with the credential that is right at that moment.
///
/// A request that the venue refuses with 401 or 403 was not carried out: it is signed anew with another
/// edition of the credential and sent once more, if there is another. The second refusal, and one without an
/// alternative, is the answer. Nothing else is ever sent twice.
public struct SignedClient: Sendable {
    private let signer: any RequestSigner
    private let credentials: any CredentialProvider
    private let transport: any VenueTransport
    private let now: @Sendable () -> Instant

    /// A client. `now` gives the time that is signed, which is to be close to the venue's.
    public init(
        signer: any RequestSigner, credentials: any CredentialProvider, transport: any VenueTransport,
        now: @escaping @Sendable () -> Instant
    ) {
        self.signer = signer
        self.credentials = credentials
        self.transport = transport
        self.now = now
    }

    /// Why a request has no answer.
    public enum Failure: Error, Sendable, CustomStringConvertible {
        /// It could not be signed, and was not sent.
        case credential(SecretError)
        /// It has no answer; see the effect.
        case transport(VenueTransportError)

        public var description: String {
            switch self {
            case .credential(let error): error.description
            case .transport(let error): error.description
            }
        }
    }

    /// Signs and sends the request, and returns the answer, whatever its status.
    public func send(_ request: VenueRequest) async throws(Failure) -> VenueResponse {
        let active: ActiveCredential
        do throws(SecretError) {
            active = try await credentials.current()
        } catch {
            throw .credential(error)
        }
        let response = try await send(request, with: active)
        guard Self.isRefusal(response), let other = await credentials.replacement(for: active) else {
            return response
        }
        let second = try await send(request, with: other)
        if Self.isRefusal(second) { _ = await credentials.replacement(for: other) }
        return second
    }

    private static func isRefusal(_ response: VenueResponse) -> Bool {
        response.status == 401 || response.status == 403
    }

    private func send(
        _ request: VenueRequest, with active: ActiveCredential
    ) async throws(Failure) -> VenueResponse {
        let signed: SignedVenueRequest
        do throws(SecretError) {
            signed = try signer.sign(request, with: active.credential, at: now())
        } catch {
            throw .credential(error)
        }
        do throws(VenueTransportError) {
            return try await transport.send(signed)
        } catch {
            throw .transport(error)
        }
    }
}
