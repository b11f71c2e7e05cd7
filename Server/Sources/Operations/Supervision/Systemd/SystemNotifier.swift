internal import Glibc

/// Tells systemd how a service is, as sd_notify(3) describes: datagrams to the socket that `NOTIFY_SOCKET`
/// names.
///
/// Without that variable nothing is sent. What cannot be sent is lost: a service works without systemd as
/// well.
public struct SystemNotifier: Sendable {
    private let address: [UInt8]
    /// How often ``watchdog()`` should be called: half of what systemd allows. Nil when it does not watch
    /// this process.
    public let watchdogInterval: Duration?
    /// Variables that are for this process alone; its children must not get them.
    public static let variables: Set<String> = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

    /// A notifier; nil without `NOTIFY_SOCKET`, or with one that is neither a path nor an abstract name
    /// (`@...`).
    ///
    /// - Parameters:
    ///   - environment: the environment variables of this process.
    ///   - pid: this process, for a watchdog that names the process it watches.
    public init?(environment: [String: String], pid: Int32) {
        guard let name = environment["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@"),
            name.utf8.count > 1, name.utf8.count < 108
        else { return nil }
        var bytes = Array(name.utf8)
        // An abstract name begins with a zero byte, see unix(7).
        if bytes[0] == 0x40 { bytes[0] = 0 }
        address = bytes
        let isForOther = environment["WATCHDOG_PID"].map { $0 != String(pid) } ?? false
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval = microseconds > 1 && !isForOther ? .microseconds(microseconds / 2) : nil
    }

    /// The service can do its work.
    @discardableResult public func ready() -> Bool { send("READY=1") }
    /// The service is ending.
    @discardableResult public func stopping() -> Bool { send("STOPPING=1") }
    /// The service is alive.
    @discardableResult public func watchdog() -> Bool { send("WATCHDOG=1") }
    /// One line about how the service is, for `systemctl status`.
    @discardableResult public func status(_ text: String) -> Bool {
        send("STATUS=" + text.map { $0.isNewline ? " " : String($0) }.joined())
    }

    /// Sends one message.
    ///
    /// - Returns: whether the socket took it.
    private func send(_ message: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if descriptor < 0 { return false }
        defer { close(descriptor) }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: address) }
        // An abstract name is as long as the size says; a path ends with a zero byte, which belongs to it.
        let isAbstract = address[0] == 0
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let size = socklen_t(offset + address.count + (isAbstract ? 0 : 1))
        let bytes = Array(message.utf8)
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let sent = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, flags, $0, size)
            }
        }
        return sent == bytes.count
    }
}
