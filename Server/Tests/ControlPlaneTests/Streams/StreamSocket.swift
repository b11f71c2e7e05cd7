import Foundation
import Glibc

/// A client of the stream of events that holds nothing but a socket, so that a test can hold hundreds, and
/// read them when it wants to.
final class StreamSocket {
    /// One frame with an id.
    struct Frame {
        let offset: Int64
        let event: String
        let data: String
    }

    struct Refused: Error, CustomStringConvertible { let description: String }

    private(set) var descriptor: Int32
    private var rest: [UInt8] = []
    private var offset: Int64?
    private var event = ""
    private var data = ""
    /// Whether the data of frames are kept.
    private let keepsData: Bool
    /// The first line of the answer, as soon as it is there.
    private(set) var status: String?

    /// Connects and asks; nothing is read yet.
    ///
    /// - Parameter receiveBuffer: bytes that the kernel keeps for a client that does not read.
    init(port: Int, query: String, after: Int64?, receiveBuffer: Int = 0, keepsData: Bool = false) throws {
        self.keepsData = keepsData
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if receiveBuffer > 0 {
            var size = Int32(receiveBuffer)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let socket = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            throw Refused(description: "no connection: \(String(cString: strerror(errno)))")
        }
        let seen = after.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        let request = "GET /api/v1/events/stream\(query) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(seen)\r\n"
        let sent = Array(request.utf8).withUnsafeBytes {
            send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.utf8.count else { throw Refused(description: "the request is not taken") }
    }

    deinit { hangUp() }

    /// Ends the connection.
    func hangUp() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Reads what is there.
    ///
    /// - Returns: false when the server has ended the connection.
    func read(_ take: (Frame) -> Void) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let socket = descriptor
        let count = buffer.withUnsafeMutableBytes {
            recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        if count == 0 { return false }
        rest += buffer[..<count]
        var place = 0
        rest.withUnsafeBytes { bytes in
            while let base = bytes.baseAddress, let end = memchr(base + place, 0x0A, bytes.count - place) {
                let next = UnsafeRawPointer(end) - base
                self.line(UnsafeRawBufferPointer(rebasing: bytes[place..<next]), take)
                place = next + 1
            }
        }
        rest.removeFirst(place)
        return true
    }

    /// Lines of the framing of HTTP stand between those of the stream, and say nothing here.
    private func line(_ bytes: UnsafeRawBufferPointer, _ take: (Frame) -> Void) {
        guard let first = bytes.first else {
            if let offset { take(Frame(offset: offset, event: event, data: data)) }
            (offset, event, data) = (nil, "", "")
            return
        }
        switch first {
        case UInt8(ascii: "i") where bytes.starts(with: "id: ".utf8):
            offset = bytes.dropFirst(4).reduce(0) { $0 * 10 + Int64($1) - 48 }
        case UInt8(ascii: "e") where bytes.starts(with: "event: ".utf8):
            event = String(decoding: bytes.dropFirst(7), as: UTF8.self)
        case UInt8(ascii: "d") where keepsData && bytes.starts(with: "data: ".utf8):
            data = String(decoding: bytes.dropFirst(6), as: UTF8.self)
        case UInt8(ascii: "H") where status == nil:
            status = String(decoding: bytes, as: UTF8.self)
        default: break
        }
    }
}
