internal import Crypto
internal import Settings
internal import Units

/// The signatures of requests to AWS: "AWS Signature Version 4", as in "Create a signed AWS API request" of
/// the AWS Identity and Access Management User Guide (read November 2026).
public struct SignatureVersion4: Sendable {
    /// The region, as in `eu-west-1`.
    public let region: String
    /// The service, as in `secretsmanager`.
    public let service: String

    /// Signatures for a service in a region.
    public init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// A request as it is signed.
    public struct Request: Sendable {
        /// As in `POST`.
        public let method: String
        /// The path, already percent-encoded, as in `/`.
        public let path: String
        /// The names and values of the query, not encoded.
        public let query: [(name: String, value: String)]
        /// All header fields to be signed, `Host` and `X-Amz-Date` among them.
        public let headers: [(name: String, value: String)]
        /// SHA-256 of the body in lower-case hexadecimal digits.
        public let bodyDigest: String

        /// A request.
        public init(
            method: String, path: String, query: [(name: String, value: String)] = [],
            headers: [(name: String, value: String)], body: [UInt8] = []
        ) {
            self.init(
                method: method, path: path, query: query, headers: headers,
                bodyDigest: Hexadecimal.text(SHA256.hash(data: body)))
        }

        /// A request whose body is not held in memory; its SHA-256 stands for it.
        public init(
            method: String, path: String, query: [(name: String, value: String)] = [],
            headers: [(name: String, value: String)], bodyDigest: String
        ) {
            (self.method, self.path, self.query) = (method, path, query)
            (self.headers, self.bodyDigest) = (headers, bodyDigest)
        }
    }

    /// The value of the header field `Authorization`.
    ///
    /// - Parameter date: the moment of the request as in `20150830T123600Z`, the same as in `X-Amz-Date`.
    public func authorization(
        for request: Request, credentials: AWSCredentials, date: String
    ) -> String {
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let canonical = Self.canonicalRequest(request)
        let digest = Hexadecimal.text(SHA256.hash(data: Array(canonical.utf8)))
        let toSign = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(digest)"
        let key = signingKey(credentials.secretAccessKey, day: String(date.prefix(8)))
        let signature = Hexadecimal.text(
            HMAC<SHA256>.authenticationCode(for: Array(toSign.utf8), using: key))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
            + "SignedHeaders=\(Self.signedHeaders(request)), Signature=\(signature)"
    }

    /// A moment as in `20150830T123600Z`.
    static func date(_ now: Instant) -> String {
        String(now.description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }

    /// The request in the one form of which the digest is taken.
    static func canonicalRequest(_ request: Request) -> String {
        let pairs = request.query
            .map { (PercentEncoding.encoded($0.name), PercentEncoding.encoded($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
        let headers = folded(request).map { "\($0.name):\($0.value)\n" }
        return [
            request.method, request.path.isEmpty ? "/" : request.path, pairs.joined(separator: "&"),
            headers.joined(), signedHeaders(request), request.bodyDigest,
        ].joined(separator: "\n")
    }

    private static func signedHeaders(_ request: Request) -> String {
        folded(request).map(\.name).joined(separator: ";")
    }

    /// Lower-case names in order, values without superfluous blanks, several of one name joined by commas.
    private static func folded(_ request: Request) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in request.headers {
            let words = value.split { $0 == " " || $0 == "\t" || $0 == "\n" }
            values[name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    private func signingKey(_ secret: Secret, day: String) -> SymmetricKey {
        let first = secret.withBytes { SymmetricKey(data: Array("AWS4".utf8) + Array($0)) }
        return [day, region, service, "aws4_request"].reduce(first) { key, part in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }
}
