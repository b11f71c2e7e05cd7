import Dispatch
import Foundation
import Glibc

/// A client that sends bytes as they are and reads what comes, on a thread of its own.
enum RawClient {
    /// What came back until the server closed the connection or the time was over.
    struct Answer: Sendable {
        let text: String
        /// Whether the server ended the connection.
        let isClosed: Bool
        let seconds: Double
        /// Whether the server took everything that was sent.
        let isSent: Bool
        /// Bytes that the server or the kernel took.
        let sentBytes: Int

        /// A header of the first response; nil when it has none of that name.
        func header(_ name: String) -> String? {
            text.components(separator: "\r\n").first { $0.hasPrefix(name + ": ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }

        /// The JSON body of the last response.
        var json: [String: Any]? {
            guard let body = text.components(separator: "\r\n\r\n").last else { return nil }
            return (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        }

        /// The status of each response.
        var statuses: [Int] {
            text.components(separator: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
        }
    }

    /// Sends pieces, with a pause before each after the first, then reads.
    static func send(
        _ pieces: [[UInt8]], port: Int, pause: Double = 0, patience: Double = 30, receiveBuffer: Int = 0
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "client").async {
                continuation.resume(returning: exchange(pieces, port, pause, patience, receiveBuffer))
            }
        }
    }

    static func send(_ text: String, port: Int, patience: Double = 30) async -> Answer {
        await send([Array(text.utf8)], port: port, patience: patience)
    }

    /// A whole request whose connection ends with its answer.
    static func get(_ path: String, port: Int, method: String = "GET", headers: String = "") async -> Answer {
        await send("\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(headers)\r\n", port: port)
    }

    private static func exchange(
        _ pieces: [[UInt8]], _ port: Int, _ pause: Double, _ patience: Double, _ receiveBuffer: Int
    ) -> Answer {
        let began = clock()
        let descriptor = connected(port, receiveBuffer: receiveBuffer)
        guard descriptor >= 0 else {
            return Answer(text: "", isClosed: true, seconds: 0, isSent: false, sentBytes: 0)
        }
        defer { close(descriptor) }
        var (isSent, sentBytes) = (true, 0)
        var text: [UInt8] = []
        for (index, piece) in pieces.enumerated() where isSent {
            if index > 0 && pause > 0 { usleep(UInt32(pause * 1e6)) }
            var done = 0
            while done < piece.count && isSent {
                let count = piece[done...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 {
                    isSent = false
                } else {
                    (done, sentBytes) = (done + count, sentBytes + count)
                }
                if clock() - began > patience { isSent = false }
            }
        }
        var isClosed = false
        while clock() - began < patience {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 50) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count <= 0 {
                isClosed = true
                break
            }
            text += buffer[..<count]
        }
        return Answer(
            text: String(decoding: text, as: UTF8.self), isClosed: isClosed, seconds: clock() - began,
            isSent: isSent, sentBytes: sentBytes)
    }

    private static func connected(_ port: Int, receiveBuffer: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        if receiveBuffer > 0 {
            var size = Int32(receiveBuffer)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return -1
    }

    private static func clock() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}

extension String {
    func components(separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
