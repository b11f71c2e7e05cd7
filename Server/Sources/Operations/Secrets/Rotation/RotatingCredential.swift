public import Settings
internal import Synchronization
internal import Units

/// The credential of one owner, which follows its source while the process runs.
///
/// Each request asks for ``current()`` first. A file is looked at (time, size, inode) every time; a network
/// source is asked when its poll interval or its lease says so, and a request waits for the answer no longer
/// than the schedule's patience. When the source fails the last good value goes on and ``status`` says why.
/// All that is read is audited and learnt by the redactor. Questions at the same time share one answer.
public actor RotatingCredential: CredentialProvider {
    /// What is needed and where it is.
    public nonisolated let description: CredentialDescription
    private let resolver: any SecretResolver
    private let request: [String: Secret]
    private let schedule: RotationSchedule
    private let time: SecretTime
    private let jitter: Jitter
    private let audit: any AuditSink
    private let redactor: Redactor
    private let board: Mutex<CredentialStatus>
    private let rotationMark: @Sendable () -> String?

    private var ring: CredentialRing?
    private var mark: String?
    private var failedMark: String?
    private var requestedMark: String?
    private var nextPoll: Duration = .zero
    private var nextAttempt: Duration = .zero
    private var failures = 0
    private var leaseSince: Duration = .zero
    private var forcedAt: Duration?
    private var lastError: SecretError?
    private var isRefreshing = false
    private var hasSeenChange = false
    private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    private var waiterCount = 0

    /// A credential that has not been read yet.
    ///
    /// - Parameters:
    ///   - request: secrets that came with a request; they win and are never stored.
    ///   - rotationMark: differs each time somebody asks this process to read its secrets again, as
    ///     `secrets rotate` does; `nil` when nobody has.
    public init(
        description: CredentialDescription, resolver: any SecretResolver, request: [String: Secret] = [:],
        schedule: RotationSchedule = RotationSchedule(), time: SecretTime = .system, jitter: Jitter,
        audit: any AuditSink, redactor: Redactor, rotationMark: @escaping @Sendable () -> String? = { nil }
    ) {
        self.description = description
        self.resolver = resolver
        self.request = request
        self.schedule = schedule
        self.time = time
        self.jitter = jitter
        self.audit = audit
        self.redactor = redactor
        self.rotationMark = rotationMark
        board = Mutex(CredentialStatus(owner: description.owner))
        requestedMark = rotationMark()
    }

    /// How it is now. Safe to ask from anywhere, without waiting.
    public nonisolated var status: CredentialStatus { board.withLock { $0 } }

    // MARK: For requests

    public func current() async throws(SecretError) -> ActiveCredential {
        if ring == nil {
            startRefresh()
            await wait(atMost: schedule.longPatience)
        } else if isRefreshing {
            // A change is known of: a request that begins now is to use it.
            if hasSeenChange { await wait(atMost: schedule.patience) }
        } else if let reason = reasonToLook() {
            startRefresh(hasSeenChange: reason == .change)
            await wait(atMost: schedule.patience)
        }
        guard let ring else { throw lastError ?? notInTime }
        return ring.choice(at: time.uptime())
    }

    public func replacement(for refused: ActiveCredential) async -> ActiveCredential? {
        guard let known = ring else { return nil }
        let now = time.uptime()
        if refused.edition == known.current.edition, resolver.mayChange(description) {
            if forcedAt.map({ now - $0 >= schedule.forcedInterval }) ?? true {
                forcedAt = now
                startRefresh(isForced: true)
            }
            if isRefreshing { await wait(atMost: schedule.longPatience) }
        }
        guard var ring else { return nil }
        ring.refuse(refused.edition, at: time.uptime())
        let alternative = ring.alternative(to: refused.edition, at: time.uptime())
        self.ring = ring
        note(refused, alternative)
        return alternative
    }

    // MARK: For people and services

    /// Reads the secrets now, whatever the schedule says. Returns the version before and the version now.
    ///
    /// Throws when the source cannot be read; what was there goes on.
    public func rotate() async throws(SecretError) -> (before: SecretVersion?, after: SecretVersion) {
        let before = ring?.current.credential.version
        if isRefreshing { await wait(atMost: schedule.longPatience) }
        startRefresh(isForced: true)
        await wait(atMost: schedule.longPatience)
        if let lastError { throw lastError }
        guard let ring, !isRefreshing else { throw notInTime }
        return (before, ring.current.credential.version)
    }

    /// Looks at the source as the schedule says, until the task is cancelled, so that requests seldom have to
    /// wait. What costs no question, as the time of a file, is looked at each second at least.
    public func keepFresh() async {
        guard resolver.mayChange(description) else { return }
        while !Task.isCancelled {
            do {
                try await time.sleep(min(.seconds(1), max(.milliseconds(50), schedule.pollInterval / 4)))
            } catch {
                return
            }
            if isRefreshing { continue }
            let reason = reasonToLook(ahead: schedule.pollInterval / 2)
            let isOverdue = ring == nil && time.uptime() >= nextAttempt
            if isOverdue || reason != nil { startRefresh(hasSeenChange: reason == .change) }
        }
    }

    // MARK: When to look

    private enum Reason {
        /// Something is known to have changed.
        case change
        /// It is time to ask.
        case time
    }

    /// Why the source is to be read now; nil when it is not. `ahead` of time where a poll is planned.
    private func reasonToLook(ahead: Duration = .zero) -> Reason? {
        guard resolver.mayChange(description) else { return nil }
        let now = time.uptime()
        if rotationMark() != requestedMark { return .change }
        let found: String?
        do throws(SecretError) {
            found = try resolver.mark(description)
        } catch {
            if lastError != error { fail(error) }
            return nil
        }
        guard let found else {
            let isOver = ring.map { isLeaseDue($0, at: now) } ?? false
            return now >= nextAttempt && (isOver || now + ahead >= nextPoll) ? .time : nil
        }
        if found == mark {
            if lastError != nil { succeed() } else { confirm() }
            return nil
        }
        return found != failedMark || now >= nextAttempt ? .change : nil
    }

    private func isLeaseDue(_ ring: CredentialRing, at now: Duration) -> Bool {
        guard let lease = ring.current.credential.lease else { return false }
        return schedule.isDue(leaseAge: now - leaseSince, of: lease.duration)
    }

    private var notInTime: SecretError {
        SecretError(
            .unavailable, source: description.owner, message: "its secrets have not been read in time",
            remedy: "see that the backend of secrets answers")
    }

    // MARK: Looking

    private func startRefresh(isForced: Bool = false, hasSeenChange: Bool = false) {
        guard !isRefreshing else { return }
        isRefreshing = true
        self.hasSeenChange = hasSeenChange
        requestedMark = rotationMark()
        Task { await self.refresh(isForced: isForced) }
    }

    private func refresh(isForced: Bool) async {
        let isRenewed = isForced ? false : await renewLease()
        if !isRenewed { await read() }
        isRefreshing = false
        let waiting = waiters
        waiters = [:]
        for continuation in waiting.values { continuation.resume() }
    }

    /// Whether the lease was due and could be prolonged, and no poll is due.
    private func renewLease() async -> Bool {
        let now = time.uptime()
        guard let ring, let lease = ring.current.credential.lease, lease.isRenewable, now < nextPoll,
            isLeaseDue(ring, at: now)
        else { return false }
        do throws(SecretError) {
            guard let renewed = try await resolver.renew(lease, of: description) else { return false }
            let old = ring.current.credential
            let credential = Credential(
                owner: old.owner, entries: old.entries, version: old.version, lease: renewed,
                storedAt: old.storedAt)
            _ = self.ring?.adopt(credential, at: now)
            leaseSince = now
            succeed()
            record(.renewed, credential)
            return true
        } catch {
            return false
        }
    }

    private func read() async {
        var before: String?
        do throws(SecretError) {
            // The mark is taken first: a change during the reading is then seen at the next look.
            before = try resolver.mark(description)
            let credential = try await resolver.resolve(description, request: request)
            redactor.learn(credential.entries.values.map(\.secret))
            mark = before
            take(credential)
        } catch {
            failedMark = before
            failures += 1
            nextAttempt = time.uptime() + jitter.wait(schedule.retry(after: failures))
            fail(error)
        }
    }

    private func take(_ credential: Credential) {
        let now = time.uptime()
        nextPoll = now + schedule.pollInterval
        leaseSince = now
        let outcome: SecretAuditRecord.Outcome
        if var ring {
            outcome = ring.adopt(credential, at: now) ? .rotated : .unchanged
            self.ring = ring
        } else {
            ring = CredentialRing(first: credential, schedule: schedule)
            outcome = .read
        }
        succeed()
        record(outcome, credential)
    }

    private func succeed() {
        (failures, lastError, failedMark, nextAttempt) = (0, nil, nil, .zero)
        guard let ring else { return }
        let now = time.now()
        let isRefused = ring.isRefused(at: time.uptime())
        let active = ring.current
        board.withLock { status in
            status.failure = nil
            if !isRefused { status.refusal = nil }
            status.version = active.credential.version
            status.storedAt = active.credential.storedAt
            status.edition = active.edition
            status.confirmedAt = now
            status.origins = active.credential.entries.mapValues(\.origin)
            status.lease = active.credential.lease.map { ($0, now) }
        }
    }

    private func confirm() {
        let now = time.now()
        board.withLock { $0.confirmedAt = now }
    }

    private func fail(_ error: SecretError) {
        let isNew = lastError?.code != error.code || lastError?.source != error.source
        lastError = error
        let now = time.now()
        board.withLock { status in
            status.failure = (error, status.failure?.since ?? now)
        }
        // A source that stays away is told of once and then with each attempt that asks over a network.
        if isNew || mark == nil {
            record(ring == nil ? .failed : .keptLastGood, ring?.current.credential, error)
        }
    }

    // MARK: Waiting

    private func wait(atMost patience: Duration) async {
        guard isRefreshing else { return }
        waiterCount += 1
        let id = waiterCount
        let timer = Task { [time] in
            do {
                try await time.sleep(patience)
            } catch {
                return
            }
            self.giveUp(id)
        }
        await withCheckedContinuation { waiters[id] = $0 }
        timer.cancel()
    }

    private func giveUp(_ id: Int) {
        waiters.removeValue(forKey: id)?.resume()
    }

    // MARK: Telling

    private func note(_ refused: ActiveCredential, _ alternative: ActiveCredential?) {
        record(.refusedByOwner, refused.credential)
        guard let ring, refused.edition == ring.current.edition else { return }
        let fallsBack = alternative.map { $0.edition < refused.edition } ?? false
        if fallsBack, let alternative { record(.fellBack, alternative.credential) }
        let now = time.now()
        let fallback = fallsBack ? alternative?.credential.version : nil
        board.withLock { status in
            status.refusal = (refused.credential.version, status.refusal?.since ?? now, fallback)
        }
    }

    private func record(
        _ outcome: SecretAuditRecord.Outcome, _ credential: Credential?, _ error: SecretError? = nil
    ) {
        let now = time.now()
        let records = description.references.map { reference in
            SecretAuditRecord(
                time: now, secret: reference,
                origin: credential?.entries[reference.name]?.origin.description ?? error?.source ?? "nowhere",
                outcome: outcome, version: credential?.version, failure: error?.code)
        }
        do throws(AuditError) {
            try audit.record(records)
            board.withLock { $0.auditProblem = nil }
        } catch {
            board.withLock { $0.auditProblem = error.description }
        }
    }
}
