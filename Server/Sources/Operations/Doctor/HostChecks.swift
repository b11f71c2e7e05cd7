/// What the doctor thinks of a host. Each check judges what it is handed and touches nothing.
public enum HostChecks {
    /// The compiler, by what `swift --version` prints.
    ///
    /// - Parameter version: nil when there is no compiler.
    public static func toolchain(version: String?) -> DoctorRow {
        let fix = "install Swift 6.2 or later from https://www.swift.org/install/linux"
        guard let version else {
            return .warning("toolchain", "there is no Swift compiler; only building needs one", fix: fix)
        }
        let words = version.split { $0 == " " || $0 == "\n" }
        guard let position = words.firstIndex(of: "version"), position + 1 < words.count else {
            return .failed("toolchain", "the compiler does not say its version", fix: fix)
        }
        let numbers = words[position + 1].split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
        let text = String(words[position + 1])
        let isRecent =
            !numbers.isEmpty && (numbers[0] > 6 || (numbers[0] == 6 && numbers.count > 1 && numbers[1] >= 2))
        return isRecent
            ? .ok("toolchain", "Swift \(text)")
            : .failed("toolchain", "Swift \(text) is older than 6.2", fix: fix)
    }

    /// Files that must be somewhere on the host: shared libraries, time zones, certificates.
    public struct Library: Hashable, Sendable {
        /// What it is.
        public let name: String
        /// Where it may be; one is enough.
        public let paths: [String]
        /// The Debian package that has it.
        public let package: String

        /// A library.
        public init(name: String, paths: [String], package: String) {
            (self.name, self.paths, self.package) = (name, paths, package)
        }

        /// Those that this product needs.
        public static let needed: [Library] = [
            Library(
                name: "OpenSSL 3", paths: folders.map { $0 + "/libcrypto.so.3" }, package: "libssl3"),
            Library(name: "zlib", paths: folders.map { $0 + "/libz.so.1" }, package: "zlib1g"),
            Library(
                name: "the time zone database", paths: ["/usr/share/zoneinfo/America/New_York"],
                package: "tzdata"),
            Library(
                name: "certificates of authorities",
                paths: [
                    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                    "/etc/ssl/cert.pem",
                ], package: "ca-certificates"),
        ]

        private static let folders = [
            "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/usr/local/lib",
        ]
    }

    /// Whether every library is there.
    ///
    /// - Parameter exists: whether there is a file at a path.
    public static func libraries(_ needed: [Library], exists: (String) -> Bool) -> DoctorRow {
        let missing = needed.filter { !$0.paths.contains(where: exists) }
        if missing.isEmpty { return .ok("libraries", needed.map(\.name).joined(separator: ", ")) }
        return .failed(
            "libraries", "missing: " + missing.map(\.name).joined(separator: ", "),
            fix: "apt-get install " + missing.map(\.package).joined(separator: " "))
    }

    /// Room for state.
    ///
    /// - Parameter space: what the file system said, or why it could not be asked.
    public static func disk(path: String, minimum: ByteCount, space: Result<DiskSpace, HostError>)
        -> DoctorRow
    {
        switch space {
        case .failure(let error):
            return .failed("disk", "\(error)", fix: "make \(path) a folder that this user can reach")
        case .success(let space) where space.availableBytes < minimum.bytes:
            return .failed(
                "disk",
                "\(ByteCount(space.availableBytes)) free on the file system of \(path); "
                    + "needed are \(minimum)",
                fix: "free some space there, or set state.directory to a folder on a larger file system")
        case .success(let space):
            if let files = space.availableFiles, files < 1_000 {
                return .failed(
                    "disk", "room for \(files) more files on the file system of \(path)",
                    fix: "delete small files there: the file system has no room for more, whatever their size"
                )
            }
            return .ok("disk", "\(ByteCount(space.availableBytes)) free on the file system of \(path)")
        }
    }

    /// This machine's clock.
    ///
    /// - Parameters:
    ///   - limit: how far it may be from the reference.
    ///   - reading: what the reference said, or why there is none.
    public static func clock(limit: Duration, reading: Result<ClockReading, HostError>) -> DoctorRow {
        let fix = "install and start a time service: apt-get install chrony && systemctl enable --now chrony"
        switch reading {
        case .failure(let error): return .warning("clock", "\(error)", fix: fix)
        case .success(let reading):
            if let reason = reading.readiness(limit: limit).reason {
                return .failed("clock", reason, fix: fix)
            }
            let distance = reading.offset < .zero ? .zero - reading.offset : reading.offset
            return .ok(
                "clock",
                "\(distance.shortText) from \(reading.reference), within \(reading.uncertainty.shortText)")
        }
    }

    /// Who listens on a port that a service wants.
    public enum PortState: Hashable, Sendable {
        /// Nobody.
        case free
        /// A service of this product.
        case ours
        /// Another process.
        case taken
        /// This user may not listen there.
        case notPermitted
        /// This host cannot listen there, for a reason.
        case impossible(String)
    }

    /// A port.
    ///
    /// - Parameter key: the setting that names it.
    public static func port(_ key: String, host: String, port: Int, state: PortState) -> DoctorRow {
        let name = "port \(port)"
        switch state {
        case .free: return .ok(name, "free on \(host)")
        case .ours: return .ok(name, "a service of tradewind listens on \(host)")
        case .taken:
            return .failed(
                name, "another process listens on \(host):\(port)",
                fix: "stop it (ss --listening --tcp --processes shows it), or set \(key) to another port")
        case .notPermitted:
            return .failed(
                name, "this user may not listen on \(host):\(port)",
                fix: "set \(key) to a port above 1023, and let a proxy listen on the lower one")
        case .impossible(let reason):
            let address = key.split(separator: ".").dropLast().joined(separator: ".") + ".host"
            return .failed(
                name, "nothing can listen on \(host):\(port): \(reason)",
                fix: "set \(address) to 127.0.0.1, to 0.0.0.0, or to an address that ip address shows")
        }
    }

    /// How many files a process may have open.
    public static func openFiles(limit: UInt64) -> DoctorRow {
        limit >= 1_024
            ? .ok("open files", limit >= 1 << 30 ? "no limit" : "\(limit) at a time")
            : .failed(
                "open files", "a process may have only \(limit) files and connections open",
                fix: "raise the limit: ulimit -n 4096, or LimitNOFILE=4096 in the unit file")
    }
}
