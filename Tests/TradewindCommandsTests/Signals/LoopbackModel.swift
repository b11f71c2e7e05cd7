import Foundation
import Glibc
import Synchronization

/// A model on this host: a socket that answers requests one after the other, as a closure says.
final class LoopbackModel: Sendable {
    /// What came in.
    struct Request: Sendable {
        let head: String
        let body: String
        /// From 0.
        let number: Int
    }

    let port: UInt16
    private let listener: Int32
    private let requests = Mutex<[Request]>([])

    var seen: [Request] { requests.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)/predict" }

    /// - Parameter answer: the bytes of an answer, in pieces sent one after the other; none ends the
    ///   connection.
    init(_ answer: @escaping @Sendable (Request) -> [String]) throws {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listener = opened
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(opened, raw, size) == 0 && listen(opened, 16) == 0
                    && getsockname(opened, raw, &size) == 0
            }
        }
        guard bound else { throw CancellationError() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(opened, nil, nil)
                if connection < 0 {
                    // Closed here alone: a number that is free is given to the next socket at once.
                    close(opened)
                    return
                }
                while let request = LoopbackModel.read(connection, self?.seen.count ?? 0) {
                    self?.requests.withLock { $0.append(request) }
                    let pieces = answer(request)
                    if pieces.isEmpty { break }
                    for piece in pieces {
                        _ = piece.utf8CString.withUnsafeBufferPointer {
                            send(connection, $0.baseAddress, $0.count - 1, Int32(MSG_NOSIGNAL))
                        }
                    }
                    if pieces.joined().lowercased().contains("connection: close") { break }
                }
                close(connection)
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func read(_ connection: Int32, _ number: Int) -> Request? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let length =
                    head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
                    .flatMap { Int($0.dropFirst(16)) } ?? 0
                let body = text[end.upperBound...]
                if body.utf8.count >= length {
                    return Request(head: head, body: String(body), number: number)
                }
            }
            let count = recv(connection, &part, part.count, 0)
            if count <= 0 { return nil }
            bytes += part[..<count]
        }
    }

    /// An answer with a body of JSON.
    static func ok(_ body: String, status: String = "200 OK", more: String = "") -> [String] {
        let head = "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n"
        return [head + more + "Content-Length: \(body.utf8.count)\r\n\r\n" + body]
    }
}
