internal import Settings

extension RotatingCredential {
    /// The readiness check of this credential, `secrets-binance`: ready while its source can be read and its
    /// owner takes it. While it says no for a source that is away, requests go on with the last good value.
    public nonisolated func readinessCheck() -> ReadinessCheck? {
        guard let name = ComponentName("secrets-\(description.owner)"),
            let component = ComponentName("secrets")
        else { return nil }
        return ReadinessCheck(
            name: name, component: component,
            judgedBy: "the secrets of \(description.owner) can be read at their source and are accepted",
            remedy: "run: tradewind secrets check",
            judge: { self.status.readiness })
    }
}

extension CredentialStatus {
    /// Ready when nothing is wrong, not ready with the problem as the reason.
    public var readiness: Readiness {
        if let problem { return .notReady(reason: problem) }
        return isUsable ? .ready : .notReady(reason: "the secrets of \(owner) have not been read yet")
    }
}
