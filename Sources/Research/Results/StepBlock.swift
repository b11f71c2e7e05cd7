internal import Units

/// Steps that were recorded and wait to be looked at together.
///
/// Whether a step is a new extreme of its bucket cannot be foretold, so a look at each costs more than the
/// step itself; over a block extremes are found without a branch.
struct StepBlock: ~Copyable {
    /// Extremes of a block: where equity is lowest and highest first, and how many steps hold more than cash.
    struct Extremes {
        var lowest = 0
        var highest = 0
        var least: Int128
        var greatest: Int128
        var exposed = 0
    }

    /// The most steps of a block.
    static let capacity = 64

    private let steps = FixedArray(
        repeating: RecordedStep(time: 0, equity: 0, cash: 0), count: StepBlock.capacity)
    private(set) var count = 0

    /// How many steps this block may take.
    private(set) var room = 0

    @inline(__always)
    var hasRoom: Bool { count < room }

    subscript(index: Int) -> RecordedStep { steps[index] }

    /// Adds a step where there is room. Field by field: a copy by wide moves would wait for the narrow stores
    /// before it.
    @inline(__always)
    mutating func append(time: Int64, equity: Int128, cash: Int128) {
        let place = steps.pointer + count
        place.pointee.time = time
        place.pointee.equity = equity
        place.pointee.cash = cash
        count += 1
    }

    /// Forgets the steps; the next block may take so many.
    mutating func restart(room: Int) {
        count = 0
        self.room = min(room, StepBlock.capacity)
    }

    /// The extremes of a block that holds a step.
    func extremes() -> Extremes {
        precondition(count > 0, "a block without steps has no extremes")
        let steps = steps.pointer
        var found = Extremes(least: steps.pointee.equity, greatest: steps.pointee.equity)
        for index in 0..<count {
            let (equity, cash) = (steps[index].equity, steps[index].cash)
            let (isLess, isMore) = (equity < found.least, equity > found.greatest)
            found.least = isLess ? equity : found.least
            found.lowest = isLess ? index : found.lowest
            found.greatest = isMore ? equity : found.greatest
            found.highest = isMore ? index : found.highest
            found.exposed += equity == cash ? 0 : 1
        }
        return found
    }
}

/// What is kept of a step without flows.
struct RecordedStep: BitwiseCopyable {
    var time: Int64
    var equity: Int128
    var cash: Int128
}
