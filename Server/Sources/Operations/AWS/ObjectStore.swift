internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import Settings
public import Units

/// A bucket of an object store that speaks as Amazon S3 does ("Amazon S3 API Reference", PutObject and
/// HeadObject, read November 2026).
public struct ObjectStore: Sendable {
    /// What an object is made of. Its SHA-256 is sent along, and the store compares it.
    public enum Content: Sendable {
        /// A file, which is sent piece by piece and never held in memory.
        case file(String, bytes: Int64, digest: Digest)
        /// A few bytes.
        case bytes([UInt8])
    }

    /// How putting an object went.
    public enum Outcome: Hashable, Sendable {
        /// It is there, whole.
        case stored
        /// An object of that name was there before, and stays as it is.
        case exists
    }

    /// The largest object that one request may carry, 5 GiB ("Amazon S3 multipart upload limits").
    public static let maximumBytes: Int64 = 5 << 30

    private let place: ObjectAddress
    private let signer: SignatureVersion4
    private let credentials: AWSCredentials.Source
    private let client: DirectHTTPClient
    private let time: SecretTime
    private let patience: Duration

    /// A bucket.
    ///
    /// - Parameters:
    ///   - client: the caller shuts it down.
    ///   - patience: how long a request may take beside what its bytes take.
    public init(
        _ place: ObjectAddress, credentials: @escaping AWSCredentials.Source, client: DirectHTTPClient,
        time: SecretTime, patience: Duration = .seconds(60)
    ) {
        (self.place, self.client, self.time, self.patience) = (place, client, time, patience)
        self.credentials = credentials
        signer = SignatureVersion4(region: place.region, service: "s3")
    }

    /// Puts an object in one request: it is there whole, or not at all.
    ///
    /// - Parameters:
    ///   - metadata: names of lower-case letters with values of ASCII that go with the object.
    ///   - replacing: whether an object of that name is replaced; otherwise it stays, where the store knows
    ///     conditional requests.
    public func put(
        _ content: Content, as key: String, type: String, metadata: [(name: String, value: String)] = [],
        replacing: Bool
    ) async throws(ObjectStoreError) -> Outcome {
        if content.count > Self.maximumBytes {
            throw ObjectStoreError(
                .refused, "\(key) has \(ByteCount(content.count)); one request carries 5 GiB at most",
                remedy: "archive to a folder, and take it to the bucket from there")
        }
        var headers = [
            ("Content-Type", type), ("X-Amz-Content-Sha256", content.digest.description),
            ("X-Amz-Checksum-Sha256", Data(content.digest.bytes).base64EncodedString()),
        ]
        for (name, value) in metadata { headers.append(("X-Amz-Meta-" + name, value)) }
        if !replacing { headers.append(("If-None-Match", "*")) }
        let answer = try await send("PUT", key, headers, content)
        switch answer.status {
        case 200, 201, 204: return .stored
        case 412 where !replacing: return .exists
        case 501 where !replacing:
            // It does not know conditional requests: it is asked first, which is almost as good.
            if try await digest(of: key) != nil { return .exists }
            return try await put(content, as: key, type: type, metadata: metadata, replacing: true)
        default: throw failure(answer, key)
        }
    }

    /// What the metadata `sha256` of an object say; empty for an object without them, nil for none.
    public func digest(of key: String) async throws(ObjectStoreError) -> String? {
        let empty = Content.bytes([])
        let answer = try await send(
            "HEAD", key, [("X-Amz-Content-Sha256", empty.digest.description)], nil)
        switch answer.status {
        case 200: return answer.sha256 ?? ""
        case 404: return nil
        default: throw failure(answer, key)
        }
    }

    // MARK: Requests

    private struct Answer {
        let status: Int
        let body: String
        let sha256: String?
        let region: String?
    }

    private func send(
        _ method: String, _ key: String, _ headers: [(String, String)], _ content: Content?
    ) async throws(ObjectStoreError) -> Answer {
        let keys: AWSCredentials
        do throws(SecretError) { keys = try await credentials() } catch { throw ObjectStoreError(error) }
        let (path, date) = (place.path(of: key), SignatureVersion4.date(time.now()))
        var all = [("Host", place.host), ("X-Amz-Date", date)] + headers
        if let token = keys.sessionToken { all.append(("X-Amz-Security-Token", token.withText { $0 })) }
        let digest = (content ?? .bytes([])).digest.description
        let signed = SignatureVersion4.Request(method: method, path: path, headers: all, bodyDigest: digest)
        all.append(("Authorization", signer.authorization(for: signed, credentials: keys, date: date)))
        var request = HTTPClientRequest(url: place.base + path)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in all { request.headers.add(name: name, value: value) }
        switch content {
        case nil: break
        case .bytes(let bytes): request.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let path, let bytes, _):
            request.body = .stream(FilePieces(path: path), length: .known(bytes))
        }
        do {
            let limit = patience + .seconds(min(3_600, (content?.count ?? 0) / Self.slowest))
            let answer = try await client.client.execute(request, timeout: TimeAmount(limit))
            let body = method == "HEAD" ? ByteBuffer() : try await answer.body.collect(upTo: 1 << 16)
            return Answer(
                status: Int(answer.status.code), body: String(buffer: body),
                sha256: answer.headers.first(name: "x-amz-meta-sha256"),
                region: answer.headers.first(name: "x-amz-bucket-region"))
        } catch {
            throw ObjectStoreError(
                .unavailable, "\(place.base) does not answer (\(HTTPFailure.words(error)))",
                remedy: "see that it runs, that its address is right and that this host may reach it")
        }
    }

    /// Bytes a second below which a connection is given up.
    private static let slowest: Int64 = 128 << 10

    private func failure(_ answer: Answer, _ key: String) -> ObjectStoreError {
        let code = Self.element("Code", in: answer.body).map { " \($0)" } ?? ""
        let message = "\(place.base) answers \(answer.status)\(code) for \(key)"
        switch answer.status {
        case 301, 302, 307, 308:
            return ObjectStoreError(
                .refused, message + (answer.region.map { ": the bucket is in \($0)" } ?? ""),
                remedy: "correct the region of the bucket")
        case 401, 403:
            return ObjectStoreError(
                .refused, message,
                remedy: """
                    see that the keys are valid, that the clock of this host is right, and that the role may \
                    put and get objects there (s3:PutObject, s3:GetObject)
                    """)
        case 404:
            return ObjectStoreError(
                .refused, message, remedy: "create the bucket \(place.bucket), or correct its name")
        case 408, 409, 429, 500...:
            return ObjectStoreError(.unavailable, message, remedy: "try again later")
        default:
            return ObjectStoreError(.refused, message, remedy: "see what the store says about this code")
        }
    }

    /// The text of an element of a small document; nil when it is not there.
    private static func element(_ name: String, in text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
            let end = text[start...].firstRange(of: "</")?.lowerBound
        else { return nil }
        return String(text[start..<end].filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(64))
    }
}

extension ObjectStore.Content {
    fileprivate var count: Int64 {
        switch self {
        case .file(_, let bytes, _): bytes
        case .bytes(let bytes): Int64(bytes.count)
        }
    }

    fileprivate var digest: Digest {
        switch self {
        case .file(_, _, let digest): digest
        case .bytes(let bytes): bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) }
        }
    }
}
