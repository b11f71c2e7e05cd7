internal import Synchronization

/// Allowances that refill as time goes by, one for each of a bounded number of clients.
///
/// When there are too many clients, those whose allowance is full again are forgotten, which changes
/// nothing; if that is not enough, those who asked longest ago.
final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
    /// What became of a request.
    struct Verdict: Hashable, Sendable {
        /// Whether there was enough left.
        let isAllowed: Bool
        /// Whole requests that are left.
        let remaining: Int
        /// How long until the next one is allowed, if this one was not; zero otherwise.
        let wait: Duration
        /// How long until the allowance is full again.
        let reset: Duration
    }

    /// Requests of a full allowance.
    let capacity: Double
    private let perSecond: Double
    private let maximumClients: Int
    private let uptime: @Sendable () -> Duration
    private let state = Mutex<[Key: Bucket]>([:])

    private struct Bucket {
        var tokens: Double
        var time: Duration
    }

    /// Allowances.
    ///
    /// - Parameters:
    ///   - capacity: requests at once, at least 1.
    ///   - perSecond: requests that come back each second, above 0.
    ///   - maximumClients: clients that are remembered.
    ///   - uptime: a clock that never goes back.
    init(
        capacity: Double, perSecond: Double, maximumClients: Int = 10_000,
        uptime: @escaping @Sendable () -> Duration
    ) {
        (self.capacity, self.perSecond, self.maximumClients) = (max(1, capacity), perSecond, maximumClients)
        self.uptime = uptime
    }

    /// How many clients are remembered.
    var clients: Int { state.withLock { $0.count } }

    /// Looks, without taking anything.
    func look(_ key: Key) -> Verdict {
        let now = uptime()
        return state.withLock { buckets in verdict(tokens(buckets[key], at: now), cost: 0, needs: 1) }
    }

    /// Takes one request from a client's allowance, if there is one.
    func take(_ key: Key) -> Verdict {
        let now = uptime()
        return state.withLock { buckets in
            let left = tokens(buckets[key], at: now)
            let found = verdict(left, cost: 1, needs: 1)
            if buckets[key] == nil, buckets.count >= maximumClients { forget(&buckets, at: now) }
            buckets[key] = Bucket(tokens: found.isAllowed ? left - 1 : left, time: now)
            return found
        }
    }

    /// Gives one request back.
    func give(_ key: Key) {
        let now = uptime()
        state.withLock { buckets in
            guard let bucket = buckets[key] else { return }
            buckets[key] = Bucket(tokens: min(capacity, tokens(bucket, at: now) + 1), time: now)
        }
    }

    /// Fills a client's allowance.
    func fill(_ key: Key) { state.withLock { $0[key] = nil } }

    private func tokens(_ bucket: Bucket?, at now: Duration) -> Double {
        guard let bucket else { return capacity }
        return min(capacity, bucket.tokens + max(0, Self.seconds(now - bucket.time)) * perSecond)
    }

    private func verdict(_ left: Double, cost: Double, needs: Double) -> Verdict {
        let isAllowed = left >= needs
        let rest = isAllowed ? left - cost : left
        return Verdict(
            isAllowed: isAllowed, remaining: Int(max(0, rest)),
            wait: isAllowed ? .zero : .seconds((needs - left) / perSecond),
            reset: .seconds(max(0, capacity - rest) / perSecond))
    }

    private func forget(_ buckets: inout [Key: Bucket], at now: Duration) {
        buckets = buckets.filter { tokens($0.value, at: now) < capacity }
        guard buckets.count >= maximumClients else { return }
        let oldest = buckets.sorted { $0.value.time < $1.value.time }.prefix(maximumClients / 4 + 1)
        for (key, _) in oldest { buckets[key] = nil }
    }

    private static func seconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension Duration {
    /// Whole seconds, rounded up; at least 0.
    var secondsRoundedUp: Int {
        let (seconds, attoseconds) = components
        return max(0, Int(clamping: seconds) + (attoseconds > 0 ? 1 : 0))
    }
}
