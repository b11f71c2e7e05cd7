/// A URL of a service that we speak to. Its password is kept apart and never shown.
public struct ServiceURL: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The scheme, lower case: `https`, `redis`.
    public let scheme: String
    /// The user before the host, decoded; nil when none is given.
    public let user: String?
    /// The password before the host, decoded; nil when none is given.
    public let password: URLPassword?
    /// The host, lower case; an IPv6 address stands without its brackets. Empty when the URL has none.
    public let host: String
    /// The port; nil when none is given.
    public let port: Int?
    /// The path, from its leading slash; empty when there is none.
    public let path: String
    /// What follows the question mark, as written, as pairs; a parameter without value has an empty one.
    public let parameters: [Parameter]

    /// One parameter of a query, decoded.
    public struct Parameter: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// Reads `scheme://user:password@host:port/path?name=value`. Nil for anything else: blanks and control
    /// characters, a fragment, a port out of range, a wrong percent sign, a user without `@`.
    public init?(_ text: String) {
        guard text.utf8.count <= 2048, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }),
            !text.contains("#"), let separator = text.firstRange(of: "://")
        else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        guard let first = scheme.utf8.first, first >= 0x61, first <= 0x7A,
            scheme.utf8.allSatisfy({ Self.isSchemeByte($0) })
        else { return nil }
        var rest = text[separator.upperBound...]
        var parameters: [Parameter] = []
        if let question = rest.firstIndex(of: "?") {
            guard let read = Self.parameters(rest[rest.index(after: question)...]) else { return nil }
            parameters = read
            rest = rest[..<question]
        }
        self.parameters = parameters
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = String(rest[slash...])
        guard let authority = Authority(rest[..<slash]) else { return nil }
        (user, password) = (authority.user, authority.password)
        (host, port) = (authority.host, authority.port)
    }

    /// The value of a parameter; the first, when it is given more than once.
    public subscript(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The URL for people: without password, and without the values of parameters.
    public var description: String {
        var text = scheme + "://"
        if let user { text += Disclosure.guarded(user) + (password == nil ? "@" : ":<secret>@") }
        text += host.contains(":") ? "[\(host)]" : Disclosure.guarded(host)
        if let port { text += ":\(port)" }
        text += Disclosure.guarded(path)
        let shown = parameters.map {
            "\(Disclosure.guarded($0.name))="
                + (Self.open.contains($0.name) ? Disclosure.guarded($0.value) : "...")
        }
        return shown.isEmpty ? text : text + "?" + shown.joined(separator: "&")
    }

    /// A mirror without children: keys of providers stand in paths and parameters.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Parameters whose values hide nothing.
    private static let open: Set<String> = ["sslmode", "application_name", "connect_timeout", "host", "port"]

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x2B || byte == 0x2D
            || byte == 0x2E
    }

    private static func parameters(_ text: Substring) -> [Parameter]? {
        var parameters: [Parameter] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentText.decode(parts[0]), !name.isEmpty,
                let value = PercentText.decode(parts.count > 1 ? parts[1] : "")
            else { return nil }
            parameters.append(Parameter(name: name, value: value))
        }
        return parameters
    }
}

/// A password that stood in a URL. Two are equal when they hold the same bytes; it cannot be shown.
public struct URLPassword: Hashable, Sendable, CustomStringConvertible {
    /// The password.
    public let secret: Secret

    public var description: String { Secret.placeholder }

    public static func == (left: URLPassword, right: URLPassword) -> Bool {
        left.secret.matches(right.secret)
    }

    /// The length alone: a hash may be shown.
    public func hash(into hasher: inout Hasher) { hasher.combine(secret.byteCount) }
}

/// User, password, host and port of a URL.
private struct Authority {
    var user: String?
    var password: URLPassword?
    var host = ""
    var port: Int?

    init?(_ text: Substring) {
        var rest = text
        if let at = text.lastIndex(of: "@") {
            let parts = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentText.decode(parts[0]) else { return nil }
            user = name
            if parts.count > 1 {
                guard let decoded = PercentText.decode(parts[1]) else { return nil }
                if !decoded.isEmpty { password = URLPassword(secret: Secret(decoded)) }
            }
            rest = text[text.index(after: at)...]
        }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end].lowercased()
            guard !host.isEmpty, host.utf8.allSatisfy({ Self.isAddressByte($0) }) else { return nil }
            rest = rest[rest.index(after: end)...]
        } else {
            let colon = rest.firstIndex(of: ":") ?? rest.endIndex
            host = rest[..<colon].lowercased()
            guard SettingHost.isName(host) || host.isEmpty else { return nil }
            rest = rest[colon...]
        }
        if rest.isEmpty { return }
        guard rest.first == ":", let number = Int(rest.dropFirst()), (1...65_535).contains(number),
            rest.dropFirst().allSatisfy(\.isNumber)
        else { return nil }
        port = number
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x3A) || (byte >= 0x61 && byte <= 0x66) || byte == 0x2E
    }
}

/// Names of hosts.
enum SettingHost {
    /// Whether a text is a host name or an IPv4 address: letters, digits, hyphens, underscores and points.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && !text.hasPrefix("-") && !text.hasPrefix(".")
            && text.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x2E
                    || $0 == 0x5F
                    || ($0 >= 0x41 && $0 <= 0x5A)
            }
    }

    /// Whether a text is an IPv6 address by its look: hexadecimal digits and at least two colons.
    static func isAddress(_ text: String) -> Bool {
        text.utf8.count <= 45 && text.filter { $0 == ":" }.count >= 2
            && text.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x3A) || ($0 >= 0x61 && $0 <= 0x66) || ($0 >= 0x41 && $0 <= 0x46)
                    || $0 == 0x2E
            }
    }

    /// Whether only this host can reach it.
    static func isLoopback(_ text: String) -> Bool {
        text == "localhost" || text == "::1" || text.hasPrefix("127.")
    }
}

/// Percent encoding.
enum PercentText {
    /// The text with `%41` as `A`; nil for a wrong percent sign or bytes that are no UTF-8.
    static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
