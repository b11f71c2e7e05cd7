internal import HTTPTypes

/// What joins a request, its log lines, and everything done for it: an id of the request itself, an id of
/// the work that it belongs to, and its place in a trace.
public struct RequestIdentity: Hashable, Sendable {
    /// This request: the client's `X-Request-ID`, or made.
    public let requestID: String
    /// The work that the request belongs to: the client's `X-Correlation-ID`, or the request's own id.
    public let correlationID: String
    /// The place in a trace.
    public let trace: TraceContext

    static let requestHeader = HTTPField.Name("X-Request-ID")
    static let correlationHeader = HTTPField.Name("X-Correlation-ID")
    static let traceHeader = HTTPField.Name("traceparent")

    /// Stands for the identity of a request until its headers are looked at.
    static let unknown = RequestIdentity([:])

    /// The identity of a request with these headers.
    init(_ headers: HTTPFields) {
        requestID = Self.permitted(Self.requestHeader, headers) ?? Self.made()
        correlationID = Self.permitted(Self.correlationHeader, headers) ?? requestID
        // Two of them contradict each other, so neither is believed.
        let received = Self.traceHeader.map { headers[values: $0] } ?? []
        trace = received.count == 1 ? TraceContext(continuing: received[0]) : TraceContext()
    }

    /// Puts the identity into the headers of an answer.
    func write(to headers: inout HTTPFields) {
        if let name = Self.requestHeader { headers[name] = requestID }
        if let name = Self.correlationHeader { headers[name] = correlationID }
        if let name = Self.traceHeader { headers[name] = trace.header }
    }

    /// A client's id when it is 1 to 128 letters, digits, or `-_.:`: nothing that a client sends here can
    /// break a line or a header.
    private static func permitted(_ name: HTTPField.Name?, _ headers: HTTPFields) -> String? {
        guard let name, let text = headers[name], (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy(isPermitted)
        else { return nil }
        return text
    }

    /// 32 hexadecimal digits.
    private static func made() -> String { RandomHexadecimal.text(bytes: 16) }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5F: true
        default: false
        }
    }
}
