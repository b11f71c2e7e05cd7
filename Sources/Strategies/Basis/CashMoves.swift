package import Units

/// Evens out cash between places: which amounts go from where to where.
package enum CashMoves {
    /// A place where cash lies.
    package struct Place: Hashable, Sendable {
        /// What it lacks; 0 when it has enough.
        package var lack: Int128
        /// What it can give away; 0 when it lacks something.
        package var surplus: Int128

        /// A place.
        package init(lack: Int128, surplus: Int128) { (self.lack, self.surplus) = (lack, surplus) }
    }

    /// One transfer, between places by their index.
    package struct Move: Hashable, Sendable {
        package let from: Int
        package let to: Int
        package let amount: Int128

        /// A transfer.
        package init(from: Int, to: Int, amount: Int128) {
            (self.from, self.to, self.amount) = (from, to, amount)
        }
    }

    /// Transfers that fill what places lack from what others can spare, in the order of the places. When
    /// there is not enough, each gets the same share of what it lacks, rounded down.
    package static func even(_ places: [Place]) throws(ArithmeticOverflow) -> [Move] {
        let lacking = places.reduce(0) { $0 + $1.lack }
        let spare = places.reduce(0) { $0 + $1.surplus }
        guard lacking > 0, spare > 0 else { return [] }
        var left = places.map(\.surplus)
        var moves: [Move] = []
        for (to, place) in places.enumerated() where place.lack > 0 {
            var open =
                spare >= lacking
                ? place.lack
                : try WideArithmetic.multiply(
                    place.lack, by: spare, dividedBy: lacking, rounding: .down)
            for from in places.indices where open > 0 && left[from] > 0 && from != to {
                let amount = min(open, left[from])
                moves.append(Move(from: from, to: to, amount: amount))
                left[from] -= amount
                open -= amount
            }
        }
        return moves
    }
}
