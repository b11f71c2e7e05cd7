/// Where a model answers: `http://127.0.0.1:8000/predict`.
package struct EndpointAddress: Hashable, Sendable, CustomStringConvertible {
    /// Name or number of the host, without the brackets of IPv6.
    package let host: String
    /// Port, 80 when none is named.
    package let port: UInt16
    /// Path and query, with the slash before them.
    package let path: String

    /// Reads a URL of plain HTTP.
    ///
    /// - Throws: what is wrong with it, as a sentence.
    package init(_ text: String) throws(EndpointProblem) {
        let scheme = "http://"
        if text.lowercased().hasPrefix("https://") {
            throw EndpointProblem(
                "\"\(text)\" speaks TLS; run the model on this host, or put a proxy before it that speaks "
                    + "plain HTTP here")
        }
        guard text.lowercased().hasPrefix(scheme),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 && $0 != 0x40 })
        else {
            throw EndpointProblem("\"\(text)\" is not an address such as http://127.0.0.1:8000/predict")
        }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let (authority, tail) = (rest[..<end], rest[end...])
        var (name, number) = (authority, Substring("80"))
        if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
            name = authority[authority.index(after: authority.startIndex)..<bracket]
            let after = authority[authority.index(after: bracket)...]
            if !after.isEmpty { number = after.hasPrefix(":") ? after.dropFirst() : "" }
        } else if let colon = authority.lastIndex(of: ":") {
            (name, number) = (authority[..<colon], authority[authority.index(after: colon)...])
        }
        guard !name.isEmpty, name.utf8.count <= 253, let port = UInt16(number), port > 0 else {
            throw EndpointProblem("\"\(text)\" names no host, or a port that is not 1 to 65535")
        }
        (host, self.port) = (String(name), port)
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
    }

    /// Host and port, as the header `Host` has them.
    package var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
    package var description: String { "http://\(authority)\(path)" }
}

/// What is wrong with an address.
package struct EndpointProblem: Error, Hashable, CustomStringConvertible {
    /// A sentence.
    package let description: String

    init(_ description: String) { self.description = description }
}
