internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// The clock of a server, as its `Date` header tells it. Asked at most once a minute, however often one
/// looks.
public final class HTTPClockReference: Sendable {
    private let url: String
    private let uptime: @Sendable () -> Duration
    private let last = Mutex<(reading: ClockReading, at: Duration)?>(nil)

    /// A reference.
    ///
    /// - Parameters:
    ///   - url: where to ask; any answer with a `Date` will do.
    ///   - uptime: a clock that never goes back.
    public init(url: String, uptime: @escaping @Sendable () -> Duration) {
        (self.url, self.uptime) = (url, uptime)
    }

    /// How far this machine's clock is from it.
    ///
    /// - Throws: ``HostError`` when the server does not answer or says no date.
    public func reading() async throws -> ClockReading {
        let now = uptime()
        if let known = last.withLock({ $0 }), now - known.at < .seconds(60) { return known.reading }
        var request = HTTPClientRequest(url: url)
        request.method = .HEAD
        let sent = SystemClocks.sinceEpoch()
        let response: HTTPClientResponse
        do {
            response = try await HTTPClient.shared.execute(request, timeout: .milliseconds(1_500))
        } catch {
            throw HostError("the clock of \(url) cannot be asked: \(error)")
        }
        let received = SystemClocks.sinceEpoch()
        guard let date = response.headers.first(name: "Date").flatMap(HTTPDate.seconds) else {
            throw HostError("\(url) answered without saying the time")
        }
        let reading = ClockReading(httpDate: date, sent: sent, received: received, reference: url)
        last.withLock { $0 = (reading, now) }
        return reading
    }
}
