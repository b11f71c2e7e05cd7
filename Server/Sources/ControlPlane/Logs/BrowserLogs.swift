internal import Events
public import Logging
internal import Operations
internal import Storage

/// Takes what browsers have to say, into the log of the service: with its redaction, its rotation and its way
/// into storage. A line of a browser can be told from others by its logger, `tradewind.browser`, whatever it
/// says itself.
public struct BrowserLogs: Sendable {
    /// The logger of every line.
    public static let label = "tradewind.browser"
    /// Lines of one request.
    static let maximumBatch = 100
    /// Bytes of the body of one request.
    static let maximumBody = 256 * 1_024
    private static let maximumMessage = 1_024
    private static let maximumEntries = 16

    private let logger: Logger

    /// Writes to a logger, which should have the label ``label``.
    public init(logger: Logger) { self.logger = logger }

    /// One line as a browser sends it.
    struct Line {
        var level = LogSeverity.info
        var message = ""
        var event: String?
        var page: String?
        var time: String?
        var context: [JSONMember] = []
    }

    /// Writes lines; the person who sent them is named in each.
    func write(_ lines: [Line], from principal: String) {
        for line in lines {
            var metadata: Logger.Metadata = [
                "source": "browser", "principal": .string(principal),
            ]
            if let event = line.event { metadata["event"] = .string(Self.plain(event)) }
            if let page = line.page { metadata["page"] = .string(Self.plain(page)) }
            if let time = line.time { metadata["browser_time"] = .string(Self.plain(time)) }
            if !line.context.isEmpty {
                metadata["context"] = .dictionary(
                    Dictionary(
                        line.context.prefix(Self.maximumEntries).map {
                            (Self.plain($0.key), .string(Self.plain($0.value.text ?? $0.value.compact)))
                        }, uniquingKeysWith: { first, _ in first }))
            }
            logger.log(
                level: Logger.Level(line.level), "\(Self.plain(line.message))", metadata: metadata)
        }
    }

    /// A text that cannot look like two lines or steer a terminal: control characters are escaped.
    static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars.prefix(maximumMessage) {
            switch scalar.value {
            case 0x0A: plain += "\\n"
            case 0x0D: plain += "\\r"
            case 0x09: plain += "\\t"
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069:
                plain += "\\u{\(String(scalar.value, radix: 16))}"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }
}

extension Logger.Level {
    init(_ severity: LogSeverity) {
        self = Logger.Level(rawValue: severity.name) ?? .info
    }
}
