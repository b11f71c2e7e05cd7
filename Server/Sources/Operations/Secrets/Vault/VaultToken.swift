internal import Settings

/// A token of Vault and for how long it is good.
struct VaultToken: Sendable {
    let secret: Secret
    /// When it was given or prolonged, by the monotonic clock.
    let givenAt: Duration
    /// How long it lasts from then on; `nil` for one without end.
    let duration: Duration?
    let isRenewable: Bool

    /// Whether it is to be renewed: when two thirds of its time have passed, or a margin before its end if
    /// that is earlier; the margin is at most half of its time.
    func isDue(at now: Duration, margin: Duration) -> Bool {
        guard let duration else { return false }
        let age = now - givenAt
        return age >= min(duration / 3 * 2, duration - min(margin, duration / 2))
    }

    func isOver(at now: Duration) -> Bool {
        guard let duration else { return false }
        return now - givenAt >= duration
    }
}
