internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore

/// Why a request over HTTP got no answer.
enum HTTPFailure {
    /// The reason in a few words, none of which was part of the request.
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case is CancellationError: "cancelled"
        default: String(String(describing: error).prefix(160))
        }
    }
}
