internal import Settings

extension RotatingCredential {
    /// The readiness check of this credential, `secrets-source-binance`: ready while its source can be read
    /// and its owner takes it. While it says no for a source that is away, requests go on with the last good
    /// value.
    public nonisolated func readinessCheck() -> ReadinessCheck {
        ReadinessCheck(
            name: KnownCheck.secretsSource.name(description.owner),
            component: KnownCheck.secretsSource.component,
            judgedBy: "the secrets of \(description.owner) can be read at their source and are accepted",
            remedy: KnownCheck.secretsSource.remedy, judge: { self.status.readiness })
    }
}

extension CredentialStatus {
    /// Ready when nothing is wrong, not ready with the problem as the reason.
    public var readiness: Readiness {
        if let problem { return .notReady(reason: problem) }
        return isUsable ? .ready : .notReady(reason: "the secrets of \(owner) have not been read yet")
    }
}
