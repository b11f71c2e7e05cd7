import AsyncHTTPClient
import Crypto
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import Settings

/// Whether a part of the service can do its work now.
public enum Readiness: Hashable, Sendable {
    /// It can.
    case ready
    /// It cannot, for one reason, said in a sentence for a person.
    case notReady(reason: String)
}
