/// What a venue answered.
public struct VenueResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The body.
    public let body: [UInt8]
    /// Header fields with lower-case names.
    public let headers: [String: String]

    /// An answer.
    public init(status: Int, body: [UInt8], headers: [String: String] = [:]) {
        self.status = status
        self.body = body
        self.headers = headers
    }
}

/// Why a request to a venue has no answer.
public struct VenueTransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What that means for what was asked.
    public enum Effect: Sendable {
        /// The request never left: it may be sent again.
        case notSent
        /// It may have been carried out or not: only the venue knows.
        case outcomeUnknown
        /// An answer came and cannot be used, as it is too large.
        case unusableAnswer
    }

    /// What it means for what was asked.
    public let effect: Effect
    /// What happened, for a person; it holds no secrets.
    public let description: String

    /// A failure.
    public init(_ effect: Effect, _ description: String) {
        self.effect = effect
        self.description = description
    }
}

/// The way to a venue.
public protocol VenueTransport: Sendable {
    /// Sends the request once and waits for the answer, whatever its status.
    func send(_ request: SignedVenueRequest) async throws(VenueTransportError) -> VenueResponse
}
