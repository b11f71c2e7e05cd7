internal import Glibc
internal import NIOCore

/// The address of a client, as audits and limits know it.
public struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address as text; `unknown` for what is no network connection.
    public let description: String
    /// What limits count by: the address, for IPv6 the network of 64 bits that one client commonly has.
    public let network: String

    /// An address that is not known.
    public static let unknown = ClientAddress(description: "unknown", network: "unknown")

    private init(description: String, network: String) {
        (self.description, self.network) = (description, network)
    }

    /// The address of a connection.
    init(_ address: SocketAddress?) {
        guard let text = address?.ipAddress, let known = ClientAddress(text) else {
            self = .unknown
            return
        }
        self = known
    }

    /// Reads an IPv4 or IPv6 address; nil for anything else. An IPv4 address within IPv6 is the IPv4 one.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45 else { return nil }
        let text = String(text)
        if Self.bytes(of: text, family: AF_INET, count: 4) != nil {
            (description, network) = (text, text)
            return
        }
        guard let bytes = Self.bytes(of: text, family: AF_INET6, count: 16) else { return nil }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            description = bytes[12...].map { String($0) }.joined(separator: ".")
            network = description
            return
        }
        description = text.lowercased()
        network = bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    private static func bytes(of text: String, family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { inet_pton(family, text, $0.baseAddress) }
        return result == 1 ? bytes : nil
    }
}
