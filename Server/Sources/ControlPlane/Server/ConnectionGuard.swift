internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes connections whose clients send too much or too slowly, or do not read; and, after an answer that
/// says `Connection: close`, the connection itself. Idle connections are closed by the server's own handler.
///
/// All calls come on the connection's event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: HTTPLimits
    private var bodyBytes = 0
    private var arrival: Scheduled<Void>?
    private var unread: Scheduled<Void>?
    private var closesAfterResponse = false
    private var isClosing = false

    private let head: HeadGuard

    init(limits: HTTPLimits) {
        self.limits = limits
        // The decoder's own limits leave the first line out. One read may hold the end of one head and more.
        head = HeadGuard(maximumBytes: limits.targetBytes + limits.headerListBytes + 131_072)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            try context.pipeline.syncOperations.addHandler(head, position: .first)
        } catch {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancelTimers() }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        context.fireChannelInactive()
    }

    private func cancelTimers() {
        arrival?.cancel()
        unread?.cancel()
        (arrival, unread) = (nil, nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head.reset()
        // What still comes after the last answer is read, so that the answer is not lost, and forgotten.
        if isClosing { return }
        switch unwrapInboundIn(data) {
        case .head:
            bodyBytes = 0
            arrival?.cancel()
            arrival = closing(context, in: limits.request)
        case .body(let buffer):
            bodyBytes += buffer.readableBytes
            // The answer, if any, was given at the limit; a multiple of it is no honest client's mistake.
            if bodyBytes > limits.bodyBytes.multipliedClamping(by: 2) {
                context.close(promise: nil)
                return
            }
        case .end:
            arrival?.cancel()
            arrival = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.status.kind != .informational {
                closesAfterResponse = head.headerFields[.connection] == "close"
            }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if closesAfterResponse && !isClosing { finish(context) }
        }
    }

    /// Sends what is written, says that nothing follows, and leaves the client a moment to read it.
    private func finish(_ context: ChannelHandlerContext) {
        isClosing = true
        context.flush()
        context.close(mode: .output, promise: nil)
        cancelTimers()
        arrival = closing(context, in: .milliseconds(500))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        unread?.cancel()
        unread = context.channel.isWritable ? nil : closing(context, in: limits.unread)
        context.fireChannelWritabilityChanged()
    }

    private func closing(_ context: ChannelHandlerContext, in delay: Duration) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: TimeAmount(delay)) { channel.close(promise: nil) }
    }
}

/// Closes a connection that sends more than a head may have without a part of a request coming out of the
/// decoder, which would keep all of it. Knows bytes only; the other guard tells it when a part was decoded.
private final class HeadGuard: ChannelInboundHandler, RemovableChannelHandler {
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

extension Int {
    /// The product; the largest number when it does not fit.
    func multipliedClamping(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? Int.max : product
    }
}
