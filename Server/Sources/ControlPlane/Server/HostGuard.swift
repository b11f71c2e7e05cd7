internal import NIOCore
internal import NIOHTTP1

/// Takes the name of the host from a request of HTTP/1.1 that has none, more than one, or one that is no
/// name, so that it is refused: proxies and servers that understand such a request differently can be
/// played off against each other.
///
/// Source: RFC 9112, section 3.2.
final class HostGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// The name for clients of HTTP/1.0, which need not know of hosts: nobody has it (RFC 2606).
    static let unnamed = "unnamed.invalid"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        let hosts = head.headers["Host"]
        if hosts.isEmpty, head.version.major == 1, head.version.minor == 0 {
            head.headers.add(name: "Host", value: Self.unnamed)
        } else if hosts.count != 1 || !hosts.allSatisfy(Self.isName) {
            head.headers.remove(name: "Host")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Whether a text can name a host: what separates the parts of an address never does.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x21...0x7E).contains(byte) && !#"/?#@\"<>^`{|}"#.utf8.contains(byte)
            }
    }
}
