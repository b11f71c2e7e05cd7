internal import Events
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import Operations
internal import Units

/// Closes connections whose clients send too much or too slowly, or do not read; and, after an answer that
/// says `Connection: close`, the connection itself. Idle connections are closed by the server's own handler.
///
/// Gives the one error body to the answer with which the server's library refuses what is no HTTP: it comes
/// without one.
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
    private var rejection: HTTPParserError?

    private let head: HeadGuard
    private let now: @Sendable () -> Instant

    init(limits: HTTPLimits, now: @escaping @Sendable () -> Instant) {
        (self.limits, self.now) = (limits, now)
        // The decoder's own limits leave the first line out. One read may hold the end of one head and more.
        head = HeadGuard(maximumBytes: limits.targetBytes + limits.headerListBytes + 131_072)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(head, position: .first)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(HostGuard(), position: .after(decoder))
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
            arrival = tellingLateness(context)
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
        case .head(let head) where isRefusalOfTheLibrary(head):
            writeRejection(context, promise)
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

    // MARK: What is no HTTP

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError:
            // What follows the first is only its consequence.
            rejection = rejection ?? error
            context.fireErrorCaught(error)
        case is IOError, is ChannelError:
            context.fireErrorCaught(error)
        case is RequestArrivalTimeout:
            // Time for the answer that says so.
            arrival?.cancel()
            arrival = closing(context, in: .seconds(1))
            context.fireErrorCaught(error)
        default:
            // What cannot be turned into a request is refused as what cannot be parsed is.
            rejection = rejection ?? .invalidHeaderToken
            context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
    }

    /// Answers of our own have a correlation id.
    private func isRefusalOfTheLibrary(_ head: HTTPResponse) -> Bool {
        guard rejection != nil, head.status == .badRequest else { return false }
        return RequestIdentity.correlationHeader.map { head.headerFields[$0] == nil } ?? false
    }

    private func writeRejection(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let failure = APIError(rejecting: rejection ?? .unknown, limits: limits)
        let identity = RequestIdentity([:])
        let body = ByteBuffer(bytes: failure.body(for: identity, at: now()).bytes + [0x0A])
        var fields: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .contentLength: String(body.readableBytes),
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .connection: "close",
        ]
        identity.write(to: &fields)
        closesAfterResponse = true
        let head = HTTPResponse(status: failure.status, headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
    }

    // MARK: Ending

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

    /// Tells everybody on the connection that the request did not arrive in time.
    private func tellingLateness(_ context: ChannelHandlerContext) -> Scheduled<Void> {
        let pipeline = context.channel.pipeline
        return context.eventLoop.scheduleTask(in: TimeAmount(limits.request)) {
            pipeline.fireErrorCaught(RequestArrivalTimeout())
        }
    }

    private func closing(_ context: ChannelHandlerContext, in delay: Duration) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: TimeAmount(delay)) { channel.close(promise: nil) }
    }
}

/// The rest of a request did not arrive in time.
struct RequestArrivalTimeout: Error {}

extension Int {
    /// The product; the largest number when it does not fit.
    func multipliedClamping(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? Int.max : product
    }
}
