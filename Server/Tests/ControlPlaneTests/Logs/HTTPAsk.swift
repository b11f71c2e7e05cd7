import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One request to a server of this machine.
enum HTTPAsk {
    static func send(
        _ method: String, port: Int, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> (Data, Int) {
        let (answer, body) = try await exchange(method, port: port, path, headers: headers, body: body)
        return (body, Int(answer.status.code))
    }

    static func exchange(
        _ method: String, port: Int, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> (HTTPClientResponse, Data) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        var bytes = Data()
        for try await piece in answer.body { bytes.append(contentsOf: piece.readableBytesView) }
        return (answer, bytes)
    }
}
