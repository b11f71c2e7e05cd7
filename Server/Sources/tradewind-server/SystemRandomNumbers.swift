/// The random numbers of the system, for waits.
struct SystemRandomNumbers: RandomNumberGenerator, Sendable {
    func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}
