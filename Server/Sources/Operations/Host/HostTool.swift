internal import Glibc

/// A program of this host that a command uses: run to its end, with a time limit, its output in files.
public struct HostTool: Sendable {
    /// How a program ended.
    public struct Outcome: Hashable, Sendable {
        /// Its exit status; nil when a signal ended it.
        public let status: Int32?
        /// Whether it was ended because it took too long.
        public let isLate: Bool
        /// What it printed on standard output, at most ``HostTool/maximumBytes`` of it.
        public let output: String
        /// The last lines that it printed on standard error.
        public let errors: String

        /// Whether it did what it was asked for.
        public var isDone: Bool { status == 0 }

        /// Why it failed, in a few words: its last lines, or how it ended.
        public var reason: String {
            if isLate { return "it took too long" }
            let said = errors.isEmpty ? output : errors
            // Remarks of podman's own about health checks stand before what its container said.
            let own = said.split(separator: "\n").filter { !$0.hasPrefix("time=\"") }
            let lines = own.suffix(3).joined(separator: " | ")
            let end = status.map { "exit status \($0)" } ?? "ended by a signal"
            return lines.isEmpty ? end : "\(lines) (\(end))"
        }
    }

    /// The most that is kept of what a program prints.
    public static let maximumBytes = 4 << 20

    /// The executable, absolute, and its first arguments.
    public let command: [String]
    /// All of its environment.
    public let environment: [String: String]
    /// The file that takes what it prints on standard error, and that is a record of it.
    public let record: String
    /// Open files that it gets: locks that must not be free while it runs.
    public let inherited: [Int32]

    /// A program.
    public init(command: [String], environment: [String: String], record: String, inherited: [Int32] = []) {
        (self.command, self.environment, self.record) = (command, environment, record)
        self.inherited = inherited
    }

    /// Where the path of an environment finds a program; nil when nowhere.
    public static func find(_ name: String, in environment: [String: String]) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/\(name)"
            var facts = stat()
            if stat(candidate, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
                return candidate
            }
        }
        return nil
    }

    /// Runs it with further arguments, and blocks until it has ended.
    ///
    /// - Parameters:
    ///   - limit: after which it, and all that it started in its session, is killed.
    ///   - cancelled: asked now and then; true ends it as well.
    /// - Throws: when it cannot be started.
    public func run(
        _ arguments: [String], within limit: Duration, cancelled: () -> Bool = { false }
    ) throws(SupervisionError) -> Outcome {
        let output = "\(record).output-\(getpid())"
        unlink(output)
        defer { unlink(output) }
        let before = Self.size(of: record)
        let pid = try ProcessSpawner.spawn(
            ProcessSpawner.Order(
                command: command + arguments, environment: environment, output: output, errors: record,
                inherited: inherited))
        let deadline = SystemClocks.uptime() + limit
        var status: Int32 = 0
        var isLate = false
        var pause: UInt32 = 500
        while true {
            let waited = waitpid(pid, &status, WNOHANG)
            if waited == pid { break }
            if waited < 0 && errno != EINTR {
                status = 0x7F
                break
            }
            if SystemClocks.uptime() >= deadline || cancelled() {
                isLate = SystemClocks.uptime() >= deadline
                kill(-pid, SIGKILL)
            }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? (status >> 8) & 0xFF : nil, isLate: isLate,
            output: Self.text(output, from: 0, most: Self.maximumBytes),
            errors: Self.text(record, from: max(before, Self.size(of: record) - 16_384), most: 16_384))
    }

    private static func size(of path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    private static func text(_ path: String, from offset: Int, most: Int) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: most)
        var filled = 0
        while filled < most {
            let count = bytes[filled...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(offset + filled))
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}
