package import Foundation

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// One HTTP request by Foundation: another client than the one that is tested, to set servers up with.
package enum HTTPQuestion {
    package static func get(_ url: String) async throws -> (body: Data, status: Int) {
        try await send("GET", url, headers: [:], body: nil)
    }

    @discardableResult
    package static func send(
        _ method: String, _ url: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> (body: Data, status: Int) {
        guard let address = URL(string: url) else { throw URLError(.badURL) }
        var request = URLRequest(url: address, timeoutInterval: 10)
        request.httpMethod = method
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        request.httpBody = body.map { Data($0.utf8) }
        return try await withCheckedThrowingContinuation { continuation in
            URLSession.shared.dataTask(with: request) { data, response, error in
                if let error {
                    continuation.resume(throwing: error)
                } else {
                    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
                    continuation.resume(returning: (data ?? Data(), status))
                }
            }
            .resume()
        }
    }
}
