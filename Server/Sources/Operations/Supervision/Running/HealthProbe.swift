internal import FoundationEssentials
internal import Glibc

/// One question to a service over HTTP, which never blocks: the caller waits for ``descriptor`` among other
/// things.
final class HealthProbe {
    /// Bytes of an answer that are looked at.
    private static let maximumBytes = 64 * 1024

    /// The connection; -1 when it could not be opened.
    let descriptor: Int32
    /// When an answer no longer counts.
    let deadline: Duration
    private let endpoint: HealthEndpoint
    private var request: [UInt8]
    private var answer: [UInt8] = []
    private var failure: String?

    /// Opens the connection.
    init(_ endpoint: HealthEndpoint, deadline: Duration) {
        (self.endpoint, self.deadline) = (endpoint, deadline)
        let host = endpoint.address.contains(":") ? "[\(endpoint.address)]" : endpoint.address
        request = Array(
            ("GET \(endpoint.path) HTTP/1.1\r\nHost: \(host):\(endpoint.port)\r\n"
                + "Accept: application/json\r\nConnection: close\r\n\r\n").utf8)
        (descriptor, failure) = Self.connect(endpoint)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// What to wait for.
    var events: Int16 { Int16(request.isEmpty ? POLLIN : POLLOUT) }

    /// Goes on as far as possible without waiting.
    ///
    /// - Returns: the answer, once there is one or the deadline has passed.
    func advance(at now: Duration) -> HealthAnswer? {
        if let failure { return HealthAnswer(problem: failure, holdsPositions: nil) }
        if !request.isEmpty, let problem = send() {
            return HealthAnswer(problem: problem, holdsPositions: nil)
        }
        if request.isEmpty, let result = receive() { return result }
        if now >= deadline {
            return HealthAnswer(problem: "\(endpoint.url) did not answer in time", holdsPositions: nil)
        }
        return nil
    }

    private func send() -> String? {
        while !request.isEmpty {
            let count = Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
            if count > 0 {
                request.removeFirst(count)
            } else if errno == EAGAIN || errno == EINPROGRESS || errno == ENOTCONN {
                return nil
            } else if errno != EINTR {
                return unreachable(errno)
            }
        }
        return nil
    }

    private func receive() -> HealthAnswer? {
        var chunk = [UInt8](repeating: 0, count: 8192)
        while answer.count < Self.maximumBytes {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                answer += chunk[..<count]
            } else if count == 0 {
                break
            } else if errno == EAGAIN {
                return isWhole ? HealthAnswer(http: answer, from: endpoint) : nil
            } else if errno != EINTR {
                return HealthAnswer(problem: unreachable(errno), holdsPositions: nil)
            }
        }
        return HealthAnswer(http: answer, from: endpoint)
    }

    /// Whether the body is there as far as the head announces; a server need not close the connection.
    private var isWhole: Bool {
        guard let head = HTTPHead(answer), let length = head.contentLength else { return false }
        return answer.count - head.length >= length
    }

    private func unreachable(_ number: Int32) -> String {
        "\(endpoint.url) cannot be reached: \(String(cString: strerror(number)))"
    }

    private static func connect(_ endpoint: HealthEndpoint) -> (Int32, String?) {
        let found: (Int32, String?)? = endpoint.withSocketAddress { family, address, size in
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = socket(family, kind, 0)
            if descriptor < 0 { return (-1, "no socket can be opened: \(String(cString: strerror(errno)))") }
            if Glibc.connect(descriptor, address, size) == 0 || errno == EINPROGRESS {
                return (descriptor, nil)
            }
            let reason = String(cString: strerror(errno))
            close(descriptor)
            return (-1, "\(endpoint.url) cannot be reached: \(reason)")
        }
        return found ?? (-1, "\(endpoint.address) is no IP address")
    }
}

/// The head of an HTTP answer, as far as a health check needs it.
struct HTTPHead {
    /// The status code.
    let status: Int
    /// Bytes up to the body.
    let length: Int
    /// Bytes of the body, when announced.
    let contentLength: Int?

    /// Nil while the head is not whole, or when it is none.
    init?(_ bytes: [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        guard let position = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
            return nil
        }
        let lines = String(decoding: bytes[..<position], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        self.status = status
        length = position + end.count
        contentLength =
            lines.dropFirst().lazy.compactMap { line -> Int? in
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
                return Int(parts[1].filter { $0 != " " }).flatMap { $0 >= 0 ? $0 : nil }
            }.first
    }
}

extension HealthAnswer {
    /// What supervision looks for in the body of a health answer.
    private struct Body: Decodable {
        let holdsPositions: Bool?

        enum CodingKeys: String, CodingKey {
            case holdsPositions = "holds_positions"
        }
    }

    /// The answer that came over HTTP: 200 means well. A JSON body may say `"holds_positions"`.
    init(http bytes: [UInt8], from endpoint: HealthEndpoint) {
        guard let head = HTTPHead(bytes) else {
            let reason = bytes.isEmpty ? "closed the connection without an answer" : "did not answer in HTTP"
            self.init(problem: "\(endpoint.url) \(reason)", holdsPositions: nil)
            return
        }
        let body = bytes[head.length...]
        var holdsPositions: Bool?
        do {
            holdsPositions = try JSONDecoder().decode(Body.self, from: Data(body)).holdsPositions
        } catch {
            // A body that is no JSON object says nothing about positions.
            holdsPositions = nil
        }
        if head.status == 200 {
            self.init(problem: nil, holdsPositions: holdsPositions)
            return
        }
        let text = String(decoding: body.prefix(300), as: UTF8.self)
            .map { $0.isNewline || $0.isWhitespace ? " " : String($0) }.joined()
        self.init(problem: "\(endpoint.url) answered \(head.status): \(text)", holdsPositions: holdsPositions)
    }
}
