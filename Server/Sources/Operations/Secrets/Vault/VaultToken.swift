internal import Settings

/// A token of Vault and for how long it is good.
struct VaultToken: Sendable {
    let secret: Secret
    /// When it was given or prolonged, by the monotonic clock.
    let givenAt: Duration
    /// How long it lasts from then on; `nil` for one without end.
    let duration: Duration?
    let isRenewable: Bool

    /// It is renewed when two thirds of its time have passed, or this long before its end if that is earlier.
    static let margin = Duration.seconds(30)

    func isDue(at now: Duration) -> Bool {
        guard let duration else { return false }
        let age = now - givenAt
        return age >= duration / 3 * 2 || (duration > Self.margin * 2 && age >= duration - Self.margin)
    }

    func isOver(at now: Duration) -> Bool {
        guard let duration else { return false }
        return now - givenAt >= duration
    }
}
