/// Every readiness check that a part of this product may register, with what a person needs to know about it.
///
/// The guide's table of checks is compared with this list by a test; a check that is not here has no place
/// in the guide.
public enum KnownCheck: String, CaseIterable, Sendable {
    /// Room on the file system of the state folder.
    case diskSpace = "disk-space"
    /// This machine's clock against a reference.
    case clockSkew = "clock-skew"
    /// Logs reach their files in time.
    case logLag = "log-lag"
    /// The series of the catalogue were opened and cover what is asked.
    case marketData = "market-data"
    /// Market data of one subscribed stream are fresh; the name is followed by the stream's.
    case stream = "stream"
    /// Positions agree with the venue's.
    case reconciled = "reconciled"
    /// Limits are loaded.
    case limitsLoaded = "limits-loaded"
    /// The kill switch is not engaged.
    case killSwitch = "kill-switch"
    /// Keys can be read where they come from.
    case secretsSource = "secrets-source"
    /// The process takes work: it has started and is not being stopped.
    case acceptingWork = "accepting-work"

    /// The part of the service that asks.
    public var component: ComponentName {
        switch self {
        case .diskSpace, .clockSkew: .host
        case .logLag: .logs
        case .marketData, .stream: .dataProvider
        case .reconciled: .positionMonitor
        case .limitsLoaded, .killSwitch: .riskMonitor
        case .secretsSource: .secrets
        case .acceptingWork: .controlPlane
        }
    }

    /// What a person does when it fails.
    public var remedy: String {
        switch self {
        case .diskSpace:
            "free some space on that file system, or move the state folder to a larger one"
        case .clockSkew:
            "start the machine's time service (chrony or systemd-timesyncd) and wait until it has set the clock"
        case .logLag:
            "look at the disk that holds the logs: full, slow or read-only; for standard error, at who reads it"
        case .marketData:
            "import the missing series with tradewind data import, or correct the path of the catalogue"
        case .stream:
            "look at the venue's status page and at the connection's log lines; the stream subscribes again by itself"
        case .reconciled:
            "read the differences in the log; orders are refused until positions and the venue agree"
        case .limitsLoaded:
            "correct the limits named in the log and restart; without limits nothing may trade"
        case .killSwitch:
            "find out who engaged it and why; tradewind kill-switch release lets trading go on"
        case .secretsSource:
            "see tradewind secrets check; the last good keys stay in use meanwhile"
        case .acceptingWork:
            "wait: the service is starting or stopping; its log says how far it is"
        }
    }

    /// The name of the check; of a stream's with the stream's name behind it.
    public func name(_ suffix: String = "") -> ComponentName {
        ComponentName(folding: suffix.isEmpty ? rawValue : rawValue + "-" + suffix)
    }
}

extension ComponentName {
    /// The nearest name to any text: upper case becomes lower, everything but letters and digits a hyphen,
    /// and what is too long is cut.
    public init(folding text: String) {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x61...0x7A, 0x30...0x39: bytes.append(byte)
            case 0x41...0x5A: bytes.append(byte + 0x20)
            default: if bytes.last != 0x2D { bytes.append(0x2D) }
            }
        }
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
        var trimmed = bytes.drop { !isLetter($0) }.prefix(64)
        while trimmed.last == 0x2D { trimmed.removeLast() }
        self = ComponentName(String(decoding: trimmed, as: UTF8.self)) ?? .unnamed
    }
}
