package import Units

/// Divides a short over venues in whole lots.
package enum HedgeAllocation {
    /// The short of each venue: its share of the total rounded down to its lot; what is left then goes to the
    /// venue of the finest lot (the first of several), as far as its lots reach.
    ///
    /// - Parameters:
    ///   - total: units of the asset to sell short, not negative.
    ///   - weights: the venues' shares, which add up to one.
    ///   - lots: the venues' lots in units of the asset, positive.
    /// - Returns: multiples of the lots; their sum is at most the total, and less than it by less than the
    ///   finest lot.
    package static func divide(
        _ total: Int128, weights: [Ratio], lots: [Int128]
    ) throws(ArithmeticOverflow) -> [Int128] {
        var parts: [Int128] = []
        for (weight, lot) in zip(weights, lots) {
            let share = try weight.of(total, rounding: .down)
            parts.append(share / lot * lot)
        }
        guard let finest = lots.min(), let place = lots.firstIndex(of: finest) else { return parts }
        let rest = total - parts.reduce(0, +)
        parts[place] += rest / finest * finest
        return parts
    }
}
