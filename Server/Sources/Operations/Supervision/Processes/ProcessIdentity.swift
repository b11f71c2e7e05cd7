internal import Glibc

/// A process of this host that no other process can be taken for: numbers are given out again, but never with
/// the same start time in the same boot.
public struct ProcessIdentity: Hashable, Sendable, Codable {
    /// Its number.
    public let pid: Int32
    /// When it started, in clock ticks since the boot: field 22 of `/proc/PID/stat`, see proc(5).
    public let startTicks: UInt64
    /// The boot: `/proc/sys/kernel/random/boot_id`.
    public let bootID: String
    /// Its executable when it was recorded, for people; empty when that could not be seen.
    public let executable: String
}

/// What the kernel says about processes, through `/proc`.
public struct ProcessTable: Sendable {
    private let root: String

    /// The processes of this host; a test hands in a folder of its own.
    public init(root: String = "/proc") { self.root = root }

    /// The identity of a running process; nil when there is none of that number, or only its remains.
    public func identity(of pid: Int32) -> ProcessIdentity? {
        guard pid > 0, let stat = stat(of: pid), stat.isRunning else { return nil }
        let boot = text("sys/kernel/random/boot_id").map { $0.filter { !$0.isWhitespace } } ?? ""
        return ProcessIdentity(
            pid: pid, startTicks: stat.startTicks, bootID: boot, executable: executable(of: pid) ?? "")
    }

    /// Whether that very process still runs.
    public func isRunning(_ identity: ProcessIdentity) -> Bool {
        guard let found = self.identity(of: identity.pid) else { return false }
        return found.startTicks == identity.startTicks && found.bootID == identity.bootID
    }

    /// How long a process has been running; nil when it is not.
    public func uptime(of pid: Int32) -> Duration? {
        guard let stat = stat(of: pid), stat.isRunning,
            let line = text("uptime")?.split(separator: " ").first
        else { return nil }
        let parts = line.split(separator: ".")
        guard parts.count == 2, let seconds = Int64(parts[0]), let hundredths = Int64(parts[1].prefix(2))
        else {
            return nil
        }
        let ticks = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let sinceBoot = seconds * 1000 + hundredths * 10
        let started =
            Int64(clamping: stat.startTicks / UInt64(ticks)) * 1000
            + Int64(stat.startTicks % UInt64(ticks)) * 1000 / ticks
        return .milliseconds(max(0, sinceBoot - started))
    }

    /// The running processes that have a file open, by number; those of other users are only seen by root.
    public func openers(of path: String) -> [Int32] { processes(having: path) { _ in true } }

    /// The running processes that have a lock on a file, by number, as far as they are seen. Who only has it
    /// open, to ask for the lock, is none.
    public func holders(of path: String) -> [Int32] {
        processes(having: path) { open in
            // Locks of an open file have lines of their own, see proc_pid_fdinfo(5).
            text(open.replacing("/fd/", with: "/fdinfo/"))?.contains("lock:") ?? false
        }
    }

    /// - Parameter condition: about the open file, as `PID/fd/NUMBER`.
    private func processes(having path: String, where condition: (String) -> Bool) -> [Int32] {
        guard let real = realpath(path, nil) else { return [] }
        defer { free(real) }
        let wanted = String(cString: real)
        return Self.names(in: root).compactMap { Int32($0) }.sorted().filter { pid in
            let folder = "\(pid)/fd"
            return Self.names(in: "\(root)/\(folder)").contains {
                link("\(root)/\(folder)/\($0)") == wanted && condition("\(folder)/\($0)")
            } && identity(of: pid) != nil
        }
    }

    /// The arguments that a process was started with; empty when they cannot be seen.
    public func arguments(of pid: Int32) -> [String] {
        guard let bytes = bytes("\(pid)/cmdline") else { return [] }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The running processes whose first argument names a program, by number.
    public func pids(ofProgram name: String) -> [Int32] {
        Self.names(in: root).compactMap { Int32($0) }.sorted().filter { pid in
            guard let first = arguments(of: pid).first else { return false }
            return first == name || first.hasSuffix("/" + name)
        }
    }

    /// Whether a process leads its own group, as each service does, rather than being a child of one.
    func leadsItsGroup(_ pid: Int32) -> Bool { stat(of: pid)?.group == pid }

    // MARK: Reading

    private struct Stat {
        let state: Character
        let group: Int32
        let startTicks: UInt64
        /// A process that has ended but was not waited for is no process any more.
        var isRunning: Bool { !["Z", "X", "x"].contains(state) }
    }

    /// The name of the program stands in parentheses and may hold any character, parentheses too.
    private func stat(of pid: Int32) -> Stat? {
        guard let line = text("\(pid)/stat"), let close = line.lastIndex(of: ")") else { return nil }
        let fields = line[line.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let group = Int32(fields[2]),
            let start = UInt64(fields[19])
        else { return nil }
        return Stat(state: state, group: group, startTicks: start)
    }

    private func executable(of pid: Int32) -> String? {
        let suffix = " (deleted)"
        guard let path = link("\(root)/\(pid)/exe") else { return nil }
        return path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path
    }

    private func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

    /// Files of `/proc` are small and say no size.
    private func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open("\(root)/\(path)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while result.count < 1 << 20 {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? result : nil }
            result += chunk[..<count]
        }
        return result
    }

    private func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes {
            Glibc.readlink(
                path, $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), $0.count)
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    private static func names(in path: String) -> [String] { DirectFile.names(in: path) ?? [] }
}
