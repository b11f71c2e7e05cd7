internal import Synchronization

/// Spreads waits at random, so that many processes that lost the same server do not come back at the same
/// moment. The random numbers come from the generator that was handed in.
public final class Jitter: Sendable {
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    /// Draws from `generator`.
    public init(_ generator: any RandomNumberGenerator & Sendable) {
        self.generator = Mutex(generator)
    }

    /// A wait between half of `wait` and all of it.
    public func wait(_ wait: Duration) -> Duration {
        let thousandths = generator.withLock { generator in
            Self.draw(&generator)
        }
        return wait / 1000 * thousandths
    }

    private static func draw(_ generator: inout any RandomNumberGenerator & Sendable) -> Int {
        500 + Int(generator.next() % 501)
    }
}
