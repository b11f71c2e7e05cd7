internal import Units

/// What a process is, as its health, its version page and its logs say it.
public struct ServiceIdentity: Hashable, Sendable {
    /// The service: `api`, `worker`.
    public let service: String
    /// The most that the process may do: `backtest`, `paper` or `live`.
    public let executionMode: String
    /// The environment, for people who look at the page: `local`, `production`.
    public let environment: String
    /// Which program it is.
    public let build: BuildStamp

    /// An identity.
    public init(service: String, executionMode: String, environment: String, build: BuildStamp) {
        (self.service, self.executionMode, self.environment, self.build) = (
            service, executionMode, environment, build
        )
    }
}

/// Which program runs. The version is compiled in; commit and date are read from a file beside the
/// executable, so that the same sources give the same executable, byte for byte, whenever and from whichever
/// commit they are built.
public struct BuildStamp: Hashable, Sendable {
    /// The name of the file beside the executable. Two lines: the commit, and the time of the commit in ISO
    /// 8601.
    public static let fileName = "tradewind-build-stamp"

    /// Semantic version of the product.
    public let version: String
    /// The commit that it was built from, 40 hexadecimal digits, with `-modified` behind them when files
    /// differed from it; nil when nobody said.
    public let commit: String?
    /// When that commit was made, ISO 8601; nil when nobody said.
    public let date: String?

    /// A stamp from the text of the file; what does not look as it should is left out.
    public init(version: String, stampFile: String?) {
        self.version = version
        let lines = (stampFile ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        commit = lines.first.flatMap { Self.isCommit($0) ? $0 : nil }
        date = lines.count > 1 && Self.isDate(lines[1]) ? lines[1] : nil
    }

    /// Reads the file beside the executable of this process.
    public static func ofProcess(version: String) -> BuildStamp {
        guard let folder = HostFile.folderOfExecutable else {
            return BuildStamp(version: version, stampFile: nil)
        }
        return BuildStamp(
            version: version, stampFile: HostFile.text(folder + "/" + fileName, maximumBytes: 256))
    }

    private static func isCommit(_ text: String) -> Bool {
        let digits = text.hasSuffix("-modified") ? text.dropLast("-modified".count) : text[...]
        return digits.utf8.count == 40
            && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isDate(_ text: String) -> Bool { Instant(iso8601: text) != nil }
}
