internal import Events
internal import Units

/// What the supervisor says: one JSON object a line, in its own log file, and on standard error when somebody
/// may be reading there.
final class SupervisorLog {
    private let file: RotatingLogFile
    private let echo: DescriptorLog?
    private let now: () -> Instant
    /// Why the last line could not be written; nil when it could.
    private(set) var failure: String?

    init(path: String, echoes: Bool, now: @escaping () -> Instant) {
        file = RotatingLogFile(path: path)
        echo = echoes ? DescriptorLog(descriptor: 2, name: "standard error") : nil
        self.now = now
    }

    /// Writes a line. A full disk must not end supervision: what cannot be written is lost.
    func write(_ level: String, event: String, service: String?, _ message: String) {
        var members: [JSONMember] = [
            JSONMember("time", .string(LogLine.timestamp(now()))), JSONMember("level", .string(level)),
            JSONMember("service", .string("supervisor")),
            JSONMember("message", .string(message)), JSONMember("event", .string(event)),
        ]
        if let service { members.append(JSONMember("subject", .string(service))) }
        let line = JSONText.object(members).bytes + [0x0A]
        failure = nil
        for destination in [file, echo] as [(any LogDestination)?] {
            do throws(LogWriteError) {
                try destination?.write(line)
            } catch {
                failure = error.description
            }
        }
    }
}
