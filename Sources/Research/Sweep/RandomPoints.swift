internal import Units

/// Draws combinations that the strategies take, each at most once, from a seed.
struct RandomPoints {
    private let space: SweepSpace
    private var random: SplitMix64
    private var seen: Set<Int> = []
    /// All combinations in drawn order, where there are few; nil where they are drawn one by one.
    private var deck: [Int]?
    /// Draws that the strategies refused.
    private(set) var refused = 0

    /// Combinations up to which the deck is shuffled as a whole.
    private static let smallSpace = 1 << 20
    /// Draws in a row that may fail before the space counts as used up.
    private static let patience = 100_000

    init(_ space: SweepSpace, seed: UInt64) {
        self.space = space
        random = SplitMix64(seed: seed, purpose: "sweep points")
        if space.count <= RandomPoints.smallSpace { deck = Array(0..<space.count) }
    }

    /// Makes a combination known, so that it is not drawn.
    mutating func exclude(_ combination: Int) { seen.insert(combination) }

    /// Whether a combination was drawn or excluded.
    func contains(_ combination: Int) -> Bool { seen.contains(combination) }

    /// The next combination; nil when there is none left, or none is found.
    mutating func next() -> Int? {
        var misses = 0
        while misses < RandomPoints.patience, let drawn = draw() {
            guard seen.insert(drawn).inserted else {
                misses += 1
                continue
            }
            if space.problems(of: drawn).isEmpty { return drawn }
            refused += 1
            misses += deck == nil ? 1 : 0
        }
        return nil
    }

    private mutating func draw() -> Int? {
        if let left = deck?.count {
            if left == 0 { return nil }
            let place = Int(random.integer(in: 0...Int64(left - 1)))
            deck?.swapAt(place, left - 1)
            return deck?.removeLast()
        }
        return Int(random.integer(in: 0...Int64(space.count - 1)))
    }
}
