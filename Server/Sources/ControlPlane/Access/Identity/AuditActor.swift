/// Who did something, and with which request: what the audit keeps of it.
public struct AuditActor: Hashable, Sendable {
    /// Who, as an id.
    public let id: String
    /// How it is known who.
    public let kind: String
    /// Who, as a name for people.
    public let name: String
    /// The request; nil where there was none.
    public let requestID: String?
    /// The work that it belongs to.
    public let correlationID: String
    /// Where the client connected from.
    public let address: String?
    /// What the client calls itself.
    public let userAgent: String?

    /// Somebody who asked with a request, or a command.
    public init(
        id: String, kind: String, name: String, requestID: String? = nil, correlationID: String,
        address: String? = nil, userAgent: String? = nil
    ) {
        (self.id, self.kind, self.name) = (id, kind, name)
        (self.requestID, self.correlationID) = (requestID, correlationID)
        (self.address, self.userAgent) = (address, userAgent)
    }

    /// The service itself, as in what it does by the clock.
    ///
    /// - Parameter part: which part of it, as `runs`.
    public static func system(_ part: String, correlationID: String) -> AuditActor {
        AuditActor(id: "system:\(part)", kind: "system", name: part, correlationID: correlationID)
    }

    /// Another person with the same request, as who logs in with it.
    func naming(id: String, kind: Principal.Kind, name: String) -> AuditActor {
        AuditActor(
            id: id, kind: kind.rawValue, name: name, requestID: requestID, correlationID: correlationID,
            address: address, userAgent: userAgent)
    }
}

extension APIContext {
    /// Who asks, for the audit.
    public var actor: AuditActor {
        AuditActor(
            id: principal.id, kind: principal.kind.rawValue, name: principal.name,
            requestID: identity.requestID, correlationID: correlationID, address: clientAddress.description,
            userAgent: userAgent)
    }
}
