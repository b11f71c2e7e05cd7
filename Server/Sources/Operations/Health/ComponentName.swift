/// The name of a part of the service, as health, metrics and logs show it: lower-case words joined by
/// hyphens.
public struct ComponentName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As in `position-monitor`.
    public let text: String

    /// A name; nil when the text is not lower-case letters, digits and single hyphens between them, starts
    /// with a digit, or has more than 64 characters.
    public init?(_ text: String) {
        guard Self.isKebabCase(text) else { return nil }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    /// Brings market data in.
    public static let dataProvider = ComponentName(known: "data-provider")
    /// Knows what is held and owed.
    public static let positionMonitor = ComponentName(known: "position-monitor")
    /// Knows what moves with which market.
    public static let exposureMonitor = ComponentName(known: "exposure-monitor")
    /// Judges margins, health factors and limits.
    public static let riskMonitor = ComponentName(known: "risk-monitor")
    /// Decides.
    public static let strategy = ComponentName(known: "strategy")
    /// Carries orders to where they are filled.
    public static let execution = ComponentName(known: "execution")
    /// Explains every change of equity.
    public static let profitAndLossMonitor = ComponentName(known: "profit-and-loss-monitor")
    /// Writes what happened.
    public static let eventLogger = ComponentName(known: "event-logger")
    /// Keeps results.
    public static let resultsStore = ComponentName(known: "results-store")

    /// The nine components of the chain, in the order in which they depend on each other.
    public static let chain: [ComponentName] = [
        dataProvider, positionMonitor, exposureMonitor, riskMonitor, strategy, execution,
        profitAndLossMonitor,
        eventLogger, resultsStore,
    ]

    /// The machine: disk, clock, memory.
    public static let host = ComponentName(known: "host")
    /// Where keys come from.
    public static let secrets = ComponentName(known: "secrets")
    /// Logs on their way to file and standard error.
    public static let logs = ComponentName(known: "logs")
    /// Finished days of the logs on their way to where they are kept for long.
    public static let logArchive = ComponentName(known: "log-archive")

    /// Where requests come in.
    public static let controlPlane = ComponentName(known: "control-plane")
    static let unnamed = ComponentName(known: "unnamed")

    public static func < (a: ComponentName, b: ComponentName) -> Bool { a.text < b.text }

    /// The text.
    public var description: String { text }

    static func isKebabCase(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 64 else {
            return false
        }
        var previous: UInt8 = 0
        for byte in text.utf8 {
            let isWord = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            guard isWord || (byte == 0x2D && previous != 0x2D) else { return false }
            previous = byte
        }
        return previous != 0x2D
    }
}
