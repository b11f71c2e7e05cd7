import AsyncHTTPClient
import Crypto
import Operations
import Settings

/// The signature that a venue asks for beside a request, in hexadecimal.
public struct RequestSignature: Hashable, Sendable {
    /// Lower-case hexadecimal digits.
    public let hexadecimal: String
}
