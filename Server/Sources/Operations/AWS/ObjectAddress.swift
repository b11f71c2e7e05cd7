public import Settings

/// Where the objects of a bucket are.
public struct ObjectAddress: Hashable, Sendable {
    /// The name of the bucket.
    public let bucket: String
    /// The region that requests are signed for.
    public let region: String
    /// Scheme, host and port.
    let base: String
    /// As in the header field `Host`.
    let host: String
    /// What the path of every object begins with.
    private let folder: String

    /// A bucket of AWS, or of another store at an endpoint, where the name of the bucket stands in the path.
    ///
    /// AWS has the name in the host ("Virtual hosting of buckets", Amazon S3 User Guide), except for one with
    /// points, which no certificate covers.
    public init(bucket: String, region: String, endpoint: ServiceURL?) {
        (self.bucket, self.region) = (bucket, region)
        if let endpoint {
            let isStandard = endpoint.port == (endpoint.scheme == "https" ? 443 : 80)
            let name = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
            host = name + (isStandard ? "" : endpoint.port.map { ":\($0)" } ?? "")
            base = "\(endpoint.scheme)://\(host)"
            let path = endpoint.path.split(separator: "/").map { "/\($0)" }.joined()
            folder = "\(path)/\(bucket)/"
        } else {
            let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
            let inPath = bucket.contains(".")
            host = (inPath ? "" : bucket + ".") + "s3.\(region).\(suffix)"
            base = "https://\(host)"
            folder = inPath ? "/\(bucket)/" : "/"
        }
    }

    /// The whole address of an object.
    package func whole(_ key: String) -> String { base + path(of: key) }

    /// The path of an object, percent-encoded; slashes of its name stay.
    func path(of key: String) -> String {
        folder
            + key.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentEncoding.encoded(String($0)) }.joined(separator: "/")
    }
}

/// Why an object store did not do what it was asked for.
public struct ObjectStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Hashable, Sendable {
        /// It does not answer, or cannot at the moment: asking again later may help.
        case unavailable
        /// It refuses, and will until somebody changes something.
        case refused
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence, without a secret.
    public let message: String
    /// What to do, as a clause in the imperative.
    public let remedy: String

    init(_ code: Code, _ message: String, remedy: String) {
        (self.code, self.message, self.remedy) = (code, message, remedy)
    }

    /// Keys that cannot be had.
    init(_ error: SecretError) {
        self.init(
            error.isTransient ? .unavailable : .refused,
            (error.source.map { "\($0): " } ?? "") + error.message, remedy: error.remedy)
    }

    public var description: String { "\(message); \(remedy)" }
}
