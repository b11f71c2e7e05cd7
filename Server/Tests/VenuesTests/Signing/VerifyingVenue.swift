import Crypto
import Foundation
import Operations
import Synchronization
import TestServers

/// A receiver on loopback that verifies each signature as a venue would, with code of its own, and remembers
/// who asked when.
final class VerifyingVenue: Sendable {
    enum Scheme: String, CaseIterable, Sendable { case binance, bybit, okx, kraken }

    struct Visit: Sendable {
        let number: Int
        let key: String
        let status: Int
    }

    private struct State {
        var secrets: [String: String] = [:]
        var visits: [Visit] = []
        var status: Int?
    }

    private let state = Mutex(State())
    let scheme: Scheme

    init(scheme: Scheme) { self.scheme = scheme }

    /// Takes these keys from now on, and no others.
    func accept(_ secrets: [String: String]) { state.withLock { $0.secrets = secrets } }
    /// Answers every request whose signature is right with this status.
    func answer(_ status: Int?) { state.withLock { $0.status = status } }
    var visits: [Visit] { state.withLock { $0.visits } }

    func answer(to request: LoopbackServer.Request) -> LoopbackServer.Response {
        let key = key(of: request)
        let secret = state.withLock { $0.secrets[key] }
        let isRight = secret.map { isSigned(request, key: key, secret: $0) } ?? false
        let status = isRight ? state.withLock { $0.status } ?? 200 : 401
        let number = Int(Self.parameters(request.query + "&" + request.text)["n"] ?? "") ?? -1
        state.withLock { $0.visits.append(Visit(number: number, key: key, status: status)) }
        return .init(status: status, body: "{\"n\": \(number)}")
    }

    private func key(of request: LoopbackServer.Request) -> String {
        let names: [Scheme: String] = [
            .binance: "x-mbx-apikey", .bybit: "x-bapi-api-key", .okx: "ok-access-key", .kraken: "api-key",
        ]
        return names[scheme].flatMap { request.headers[$0] } ?? ""
    }

    private static func parameters(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { found[String(pair[0])] = String(pair[1]) }
        }
        return found
    }

    private func isSigned(_ request: LoopbackServer.Request, key: String, secret: String) -> Bool {
        let headers = request.headers
        let now = Date().timeIntervalSince1970 * 1000
        func hex(_ text: String) -> String {
            HMAC<SHA256>.authenticationCode(
                for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8))
            )
            .map { String(format: "%02x", $0) }.joined()
        }
        switch scheme {
        case .binance:
            let parts = request.query.components(separatedBy: "&signature=")
            let time = Double(Self.parameters(request.query)["timestamp"] ?? "") ?? 0
            guard parts.count == 2, abs(now - time) < 5000 else { return false }
            let payload = parts[0] + request.text
            guard secret.hasPrefix("ed25519:") else { return hex(payload) == parts[1] }
            // For a key of this kind the venue has the public half alone.
            let half = Data(base64Encoded: String(secret.dropFirst("ed25519:".count))) ?? Data()
            let signature = parts[1].removingPercentEncoding.flatMap { Data(base64Encoded: $0) } ?? Data()
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: half)
            return !parts[1].contains("+") && !parts[1].contains("=")
                && key?.isValidSignature(signature, for: Data(payload.utf8)) == true
        case .bybit:
            let time = headers["x-bapi-timestamp"] ?? ""
            let payload = request.method == "GET" ? request.query : request.text
            return abs(now - (Double(time) ?? 0)) < 5000
                && hex(time + key + (headers["x-bapi-recv-window"] ?? "") + payload) == headers["x-bapi-sign"]
        case .okx:
            let text = (headers["ok-access-timestamp"] ?? "") + request.method + request.target + request.text
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
            return Data(code).base64EncodedString() == headers["ok-access-sign"]
                && headers["ok-access-passphrase"] == "phrase-of-\(key)"
        case .kraken:
            let nonce = Self.parameters(request.text)["nonce"] ?? ""
            guard let bytes = Data(base64Encoded: secret) else { return false }
            let digest = Data(SHA256.hash(data: Data((nonce + request.text).utf8)))
            let code = HMAC<SHA512>.authenticationCode(
                for: Data(request.path.utf8) + digest, using: SymmetricKey(data: bytes))
            return Data(code).base64EncodedString() == headers["api-sign"]
        }
    }
}

/// The client of all tests, which lives as long as they do.
let directClient = DirectHTTPClient()
