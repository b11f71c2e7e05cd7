internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// An HTTP server on loopback that answers with what a closure says; for tests that speak over real sockets.
package final class LoopbackServer: Sendable {
    /// A request as it arrived.
    package struct Request: Sendable {
        package let method: String
        /// Path and query as they came over the wire.
        package let target: String
        /// Header fields with lower-case names.
        package let headers: [String: String]
        package let body: [UInt8]

        package var path: String { String(target.prefix { $0 != "?" }) }
        package var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// An answer; with status 0 the connection is cut instead.
    package struct Response: Sendable {
        package let status: Int
        package let body: String
        package let headers: [String: String]

        package init(status: Int, body: String = "", headers: [String: String] = [:]) {
            (self.status, self.body, self.headers) = (status, body, headers)
        }
    }

    package typealias Answer = @Sendable (Request) async -> Response

    private let channel: any Channel
    package let port: Int

    /// `http://127.0.0.1:PORT`.
    package var address: String { "http://127.0.0.1:\(port)" }

    private init(channel: any Channel, port: Int) {
        (self.channel, self.port) = (channel, port)
    }

    /// Listens on a free port of loopback, or on `port`.
    package static func start(port: Int = 0, answer: @escaping Answer) async throws -> LoopbackServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return LoopbackServer(channel: channel, port: channel.localAddress?.port ?? 0)
    }

    /// Stops listening.
    package func stop() async throws {
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: Answer
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(answer: @escaping Answer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let part): body += part.readableBytesView
            case .end:
                guard let head else { return }
                let request = Request(
                    method: head.method.rawValue, target: head.uri,
                    headers: Dictionary(
                        head.headers.map { ($0.name.lowercased(), $0.value) },
                        uniquingKeysWith: { $0 + "," + $1 }),
                    body: body)
                respond(to: request, keepsAlive: head.isKeepAlive, context: context)
            }
        }

        private func respond(to request: Request, keepsAlive: Bool, context: ChannelHandlerContext) {
            let channel = context.channel
            let answer = answer
            Task {
                let response = await answer(request)
                if response.status == 0 { return channel.close(promise: nil) }
                var head = HTTPResponseHead(
                    version: .http1_1, status: HTTPResponseStatus(statusCode: response.status))
                head.headers.add(name: "Content-Length", value: String(response.body.utf8.count))
                for (name, value) in response.headers { head.headers.add(name: name, value: value) }
                channel.write(HTTPServerResponsePart.head(head), promise: nil)
                channel.write(
                    HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: response.body))), promise: nil)
                channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
                if !keepsAlive { channel.close(promise: nil) }
            }
        }
    }
}
