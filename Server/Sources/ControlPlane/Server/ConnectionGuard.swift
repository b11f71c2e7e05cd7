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

    init(limits: HTTPLimits) { self.limits = limits }

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

extension Int {
    /// The product; the largest number when it does not fit.
    func multipliedClamping(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? Int.max : product
    }
}
