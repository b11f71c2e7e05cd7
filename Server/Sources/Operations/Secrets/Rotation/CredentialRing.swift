internal import Settings

/// The edition in use and the one before it, and which of the two a request should use.
///
/// A source often publishes a new key some moments before its owner honours it, and an owner often honours
/// the old one for a while: so both are kept for the overlap, the new one is preferred, and a refused one
/// steps back.
struct CredentialRing: Sendable {
    private(set) var current: ActiveCredential
    private(set) var previous: ActiveCredential?
    /// When `previous` was replaced.
    private var replacedAt: Duration = .zero
    /// When the owner refused the current edition last.
    private(set) var refusedAt: Duration?
    private var isPreviousRefused = false
    private let schedule: RotationSchedule

    init(first: Credential, schedule: RotationSchedule) {
        current = ActiveCredential(credential: first, edition: 1)
        self.schedule = schedule
    }

    /// Takes what was read. Returns whether the values differ from those in use; a new name for the same
    /// version is taken over silently.
    mutating func adopt(_ read: Credential, at now: Duration) -> Bool {
        guard !current.credential.hasSameValues(as: read) else {
            current = ActiveCredential(credential: read, edition: current.edition)
            return false
        }
        previous = current
        current = ActiveCredential(credential: read, edition: current.edition + 1)
        (replacedAt, refusedAt, isPreviousRefused) = (now, nil, false)
        return true
    }

    /// The edition for the next request.
    func choice(at now: Duration) -> ActiveCredential {
        guard isRefused(at: now), let previous = usablePrevious(at: now) else { return current }
        return previous
    }

    /// Whether the current edition was refused so recently that it is not tried.
    func isRefused(at now: Duration) -> Bool {
        refusedAt.map { now - $0 < schedule.recheck } ?? false
    }

    /// Notes that an edition was refused.
    mutating func refuse(_ edition: Int, at now: Duration) {
        if edition == current.edition { refusedAt = now }
        if edition == previous?.edition { isPreviousRefused = true }
    }

    /// What to try instead of a refused edition; `nil` when nothing is left.
    func alternative(to edition: Int, at now: Duration) -> ActiveCredential? {
        if edition < current.edition, !isRefused(at: now) { return current }
        if edition == current.edition { return usablePrevious(at: now) }
        return nil
    }

    private func usablePrevious(at now: Duration) -> ActiveCredential? {
        guard !isPreviousRefused, now - replacedAt < schedule.overlap else { return nil }
        return previous
    }
}

extension Credential {
    /// Whether both have the same secrets with the same values.
    func hasSameValues(as other: Credential) -> Bool {
        entries.count == other.entries.count
            && entries.allSatisfy { name, entry in
                other.entries[name].map { $0.secret.matches(entry.secret) } ?? false
            }
    }
}
