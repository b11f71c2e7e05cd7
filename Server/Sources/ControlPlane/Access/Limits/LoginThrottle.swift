internal import Synchronization

/// Slows the guessing of passwords down, without letting the one who guesses lock the user out.
///
/// Three allowances, all of which must have something left: of the address (30 at once, 30 a minute), of the
/// user from this address (5 at once, 4 a minute), and of the user from addresses that the user never logged
/// in from (20 at once, 20 a minute). An address that the user did log in from, since the service started, is
/// not held up by others who guess. Only failures count.
final class LoginThrottle: Sendable {
    private struct Pair: Hashable {
        let user: String
        let network: String
    }

    private let addresses: TokenBuckets<String>
    private let pairs: TokenBuckets<Pair>
    private let users: TokenBuckets<String>
    private let known = Mutex<Set<Pair>>([])
    private static let maximumKnown = 10_000

    init(uptime: @escaping @Sendable () -> Duration) {
        addresses = TokenBuckets(capacity: 30, perSecond: 0.5, uptime: uptime)
        pairs = TokenBuckets(capacity: 5, perSecond: 1.0 / 15, uptime: uptime)
        users = TokenBuckets(capacity: 20, perSecond: 1.0 / 3, uptime: uptime)
    }

    /// Counts an attempt, before anything is computed for it.
    ///
    /// - Throws: ``APIError`` with code `throttling.rate_limit_exceeded`.
    func begin(user: String, address: ClientAddress) throws(APIError) {
        let pair = Pair(user: user, network: address.network)
        let isKnown = known.withLock { $0.contains(pair) }
        // Nothing is taken from one allowance when another has nothing left.
        let wait = max(
            addresses.look(pair.network).wait, pairs.look(pair).wait,
            isKnown ? .zero : users.look(user).wait)
        if wait > .zero { throw .tooMany("too many logins failed", wait: wait) }
        _ = addresses.take(pair.network)
        _ = pairs.take(pair)
        if !isKnown { _ = users.take(user) }
    }

    /// The attempt succeeded: it does not count.
    func succeeded(user: String, address: ClientAddress) {
        let pair = Pair(user: user, network: address.network)
        addresses.give(pair.network)
        pairs.fill(pair)
        let wasKnown = known.withLock { known in
            if known.contains(pair) { return true }
            if known.count >= Self.maximumKnown { known.removeAll() }
            known.insert(pair)
            return false
        }
        if !wasKnown { users.give(user) }
    }

    /// Nothing was computed for the attempt: it does not count.
    func abandoned(user: String, address: ClientAddress) {
        let pair = Pair(user: user, network: address.network)
        addresses.give(pair.network)
        pairs.give(pair)
        if !known.withLock({ $0.contains(pair) }) { users.give(user) }
    }
}
