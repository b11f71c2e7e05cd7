internal import Glibc
internal import NIOCore

/// Why a server cannot listen.
public struct ControlPlaneError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable word.
    public enum Code: String, Hashable, Sendable {
        /// Another process listens there.
        case portTaken = "port-taken"
        /// This user may not listen there.
        case notPermitted = "not-permitted"
        /// The machine has no such address, or no machine has the name.
        case noSuchAddress = "no-such-address"
    }

    /// A stable word.
    public let code: Code
    /// The address.
    public let address: ControlPlaneServer.Address

    /// One sentence.
    public var description: String {
        let place = "\(address.host):\(address.port)"
        switch code {
        case .portTaken: return "\(place) is taken: another process listens there"
        case .notPermitted: return "this user may not listen on \(place)"
        case .noSuchAddress: return "this machine cannot listen on \(place): it has no such address"
        }
    }

    /// What to do about it.
    public var remedy: String {
        switch code {
        case .portTaken:
            "stop the other process (ss --listening --tcp --processes shows it), or set another port with --set api.port=PORT"
        case .notPermitted: "take a port above 1023, and let a proxy listen on the lower one"
        case .noSuchAddress: "set api.host to 127.0.0.1, to 0.0.0.0 or to an address that ip address shows"
        }
    }

    init?(_ error: any Error, _ address: ControlPlaneServer.Address) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: code = .portTaken
        case EACCES, EPERM: code = .notPermitted
        case EADDRNOTAVAIL: code = .noSuchAddress
        default:
            guard error is SocketAddressError || error is SocketAddressError.UnknownHost else { return nil }
            code = .noSuchAddress
        }
        self.address = address
    }
}
