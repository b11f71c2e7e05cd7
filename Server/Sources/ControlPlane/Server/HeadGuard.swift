internal import NIOCore

/// Closes a connection that sends more than a head may have without a part of a request coming out of the
/// decoder, which would keep all of it. Knows bytes only; the other guard tells it when a part was decoded.
final class HeadGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let maximumBytes: Int
    private var bytes = 0

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    func reset() { bytes = 0 }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytes
        if bytes > maximumBytes {
            context.close(promise: nil)
        } else {
            context.fireChannelRead(data)
        }
    }
}
