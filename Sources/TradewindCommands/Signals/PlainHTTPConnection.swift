internal import Glibc

/// One connection of HTTP/1.1 without TLS, kept open from one request to the next.
///
/// Source: RFC 9112, sections 3 to 6 and 9.3. What is read of an answer: its status, a body by
/// `Content-Length`, in chunks, or to the end of the connection; at most 1 MiB.
final class PlainHTTPConnection {
    /// An answer.
    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    private static let longestHead = 65_536
    private static let longestBody = 1_048_576

    private let address: EndpointAddress
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []

    init(_ address: EndpointAddress) { self.address = address }

    deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

    /// Sends a body and waits for the answer, in at most so many seconds for all of it.
    func post(
        _ body: [UInt8], headers: [(String, String)], within seconds: Double
    ) throws(InferenceFailure) -> Answer {
        let deadline = ProcessClock.nanoseconds() + UInt64(max(0, seconds) * 1e9)
        do throws(InferenceFailure) {
            if descriptor < 0 { try connect(deadline, seconds) }
            var head = "POST \(address.path) HTTP/1.1\r\nHost: \(address.authority)\r\n"
            head += "Content-Type: application/json\r\nAccept: application/json\r\n"
            head += "Content-Length: \(body.count)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            try send(Array((head + "\r\n").utf8) + body, deadline, seconds)
            return try receive(deadline, seconds)
        } catch {
            disconnect()
            throw error
        }
    }

    private func disconnect() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        (descriptor, buffer) = (-1, [])
    }

    // MARK: Connecting

    private func connect(_ deadline: UInt64, _ seconds: Double) throws(InferenceFailure) {
        var hints = addrinfo()
        (hints.ai_family, hints.ai_socktype) = (AF_UNSPEC, Int32(SOCK_STREAM.rawValue))
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &list)
        guard code == 0, let list else {
            throw .unreachable("\(address.host): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        var failure = InferenceFailure.unreachable("it has no address")
        var next: UnsafeMutablePointer<addrinfo>? = list
        while let one = next {
            next = one.pointee.ai_next
            do throws(InferenceFailure) {
                descriptor = try open(one.pointee, deadline, seconds)
                return
            } catch { failure = error }
        }
        throw failure
    }

    private func open(
        _ address: addrinfo, _ deadline: UInt64, _ seconds: Double
    ) throws(InferenceFailure) -> Int32 {
        let type = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(address.ai_family, type, address.ai_protocol)
        guard socket >= 0 else { throw .unreachable(PlainHTTPConnection.reason(errno)) }
        do throws(InferenceFailure) {
            if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else { throw .unreachable(PlainHTTPConnection.reason(errno)) }
                try wait(socket, POLLOUT, deadline, seconds)
                var code: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                _ = getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
                if code != 0 { throw .unreachable(PlainHTTPConnection.reason(code)) }
            }
            var on: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            _ = setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
            return socket
        } catch {
            _ = Glibc.close(socket)
            throw error
        }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Waits until a socket can be read or written.
    private func wait(
        _ socket: Int32, _ events: Int32, _ deadline: UInt64, _ seconds: Double
    ) throws(InferenceFailure) {
        while true {
            let now = ProcessClock.nanoseconds()
            guard now < deadline else { throw .timeout(seconds: seconds) }
            var look = pollfd(fd: socket, events: Int16(events), revents: 0)
            let left = (deadline - now + 999_999) / 1_000_000
            let count = poll(&look, 1, Int32(clamping: left))
            if count > 0 { return }
            if count < 0 && errno != EINTR { throw .unreachable(PlainHTTPConnection.reason(errno)) }
        }
    }

    // MARK: Bytes

    private func send(
        _ bytes: [UInt8], _ deadline: UInt64, _ seconds: Double
    ) throws(InferenceFailure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                done += count
            } else if errno == EAGAIN {
                try wait(descriptor, POLLOUT, deadline, seconds)
            } else if errno != EINTR {
                throw .unreachable(PlainHTTPConnection.reason(errno))
            }
        }
    }

    /// Reads more into the buffer; false at the end of the connection.
    private func fill(_ deadline: UInt64, _ seconds: Double) throws(InferenceFailure) -> Bool {
        var part = [UInt8](repeating: 0, count: 16_384)
        while true {
            // A model that sends head and body apart waits for the head to be acknowledged: at once, then.
            var on: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK, &on, size)
            let count = part.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count > 0 {
                buffer += part[..<count]
                return true
            }
            if count == 0 { return false }
            if errno == EAGAIN {
                try wait(descriptor, POLLIN, deadline, seconds)
            } else if errno != EINTR {
                throw .unreachable(PlainHTTPConnection.reason(errno))
            }
        }
    }

    // MARK: The answer

    private func receive(_ deadline: UInt64, _ seconds: Double) throws(InferenceFailure) -> Answer {
        var lines = try head(deadline, seconds)
        // An interim answer (100 to 199) comes before the answer itself.
        while try status(lines) < 200 { lines = try head(deadline, seconds) }
        let status = try status(lines)
        let fields = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return (line[..<colon].lowercased(), String(value))
        }
        func field(_ name: String) -> String? { fields.first { $0.0 == name }?.1 }
        let isChunked = field("transfer-encoding")?.lowercased().contains("chunked") ?? false
        var body: [UInt8] = []
        var endsWithConnection = false
        if isChunked {
            body = try chunks(deadline, seconds)
        } else if let text = field("content-length") {
            guard let length = Int(text), (0...PlainHTTPConnection.longestBody).contains(length) else {
                throw .malformed("a Content-Length of \"\(text.prefix(24))\"")
            }
            body = try take(length, deadline, seconds)
        } else {
            while try fill(deadline, seconds) {
                guard buffer.count <= PlainHTTPConnection.longestBody else {
                    throw .malformed("it is too long")
                }
            }
            (body, endsWithConnection) = (buffer, true)
        }
        if endsWithConnection || field("connection")?.lowercased() == "close" { disconnect() }
        return Answer(status: status, body: body)
    }

    private func status(_ lines: [String]) throws(InferenceFailure) -> Int {
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let code = Int(words[1]),
            (100...599).contains(code)
        else { throw .malformed("it begins with \"\((lines.first ?? "").prefix(40))\"") }
        return code
    }

    /// The lines before the empty one, taken out of the buffer.
    private func head(_ deadline: UInt64, _ seconds: Double) throws(InferenceFailure) -> [String] {
        let end: [UInt8] = [13, 10, 13, 10]
        var searched = 0
        while true {
            var place = max(0, searched - 3)
            while place + 4 <= buffer.count {
                if Array(buffer[place..<place + 4]) == end {
                    let text = String(decoding: buffer[..<place], as: UTF8.self)
                    buffer.removeFirst(place + 4)
                    return text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
                }
                place += 1
            }
            searched = buffer.count
            guard buffer.count <= PlainHTTPConnection.longestHead else {
                throw .malformed("its head is too long")
            }
            if try !fill(deadline, seconds) { throw .unreachable("the connection ended before an answer") }
        }
    }

    private func take(
        _ count: Int, _ deadline: UInt64, _ seconds: Double
    ) throws(InferenceFailure) -> [UInt8] {
        while buffer.count < count {
            if try !fill(deadline, seconds) { throw .malformed("it ends within its body") }
        }
        let part = Array(buffer[..<count])
        buffer.removeFirst(count)
        return part
    }

    /// A body in chunks: each with its size in hexadecimal on a line, the last of size 0.
    private func chunks(_ deadline: UInt64, _ seconds: Double) throws(InferenceFailure) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let digits = try line(deadline, seconds).prefix { $0 != ";" }
            guard let size = Int(digits, radix: 16), size >= 0,
                size <= PlainHTTPConnection.longestBody - body.count
            else { throw .malformed("a chunk of size \"\(digits.prefix(24))\"") }
            if size == 0 {
                while try !line(deadline, seconds).isEmpty {}
                return body
            }
            body += try take(size, deadline, seconds)
            guard try line(deadline, seconds).isEmpty else {
                throw .malformed("a chunk longer than its size")
            }
        }
    }

    private func line(_ deadline: UInt64, _ seconds: Double) throws(InferenceFailure) -> String {
        var line: [UInt8] = []
        while line.count <= 1_024 {
            let byte = try take(1, deadline, seconds)[0]
            if byte == 10 {
                if line.last == 13 { line.removeLast() }
                return String(decoding: line, as: UTF8.self)
            }
            line.append(byte)
        }
        throw .malformed("a line of it is too long")
    }
}
