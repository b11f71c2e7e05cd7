/// How likely the best of many trials is worse than their middle on data that it was not chosen on, by
/// combinatorially symmetric cross-validation.
///
/// The returns are cut into an even number of blocks of equal length. For every way to take half of the
/// blocks, the trial with the best Sharpe ratio on them is ranked by its Sharpe ratio on the other half.
///
/// Source: D. Bailey, J. Borwein, M. Lopez de Prado, Q. Zhu, "The Probability of Backtest Overfitting",
/// Journal of Computational Finance 20(4), 2017.
public struct OverfittingProbability: Hashable, Sendable {
    /// Share of the ways in which the best of the chosen half is at or below the median of the other half,
    /// 0 to 1: near 0 is good, a half is what luck gives.
    public let probability: Double
    /// Share of the ways in which the best of the chosen half loses on the other half.
    public let lossProbability: Double
    /// Ways to take half of the blocks.
    public let combinations: Int
    /// Blocks.
    public let blocks: Int
    /// Trials.
    public let trials: Int

    /// The most blocks: `16 choose 8` is 12,870 ways, as in the paper.
    static let maximumBlocks = 16
    /// The fewest periods in a block.
    static let minimumPeriods = 4

    /// An even number of blocks: as many as give each enough periods, fewer where many trials would take
    /// long.
    static func blocks(trials: Int, periods: Int) -> Int {
        let most = trials <= 200 ? maximumBlocks : trials <= 20_000 ? 12 : 8
        return min(most, periods / minimumPeriods / 2 * 2)
    }

    /// The probability for trials.
    ///
    /// - Parameter returns: for each trial its returns, all of one length.
    /// - Returns: nil with fewer than two trials, or fewer than 16 periods.
    public init?(returns: [[Double]]) {
        guard returns.count >= 2, let length = returns.first?.count,
            returns.allSatisfy({ $0.count == length && $0.allSatisfy(\.isFinite) })
        else { return nil }
        let blocks = OverfittingProbability.blocks(trials: returns.count, periods: length)
        guard blocks >= 4 else { return nil }
        let sums = BlockSums(returns, blocks: blocks)
        var (ways, overfitted, lost) = (0, 0, 0)
        var inside: [Double] = Array(repeating: 0, count: returns.count)
        var outside = inside
        for mask in 0..<(1 << blocks) where mask.nonzeroBitCount == blocks / 2 {
            for trial in returns.indices {
                inside[trial] = sums.sharpe(trial, mask)
                outside[trial] = sums.sharpe(trial, ~mask & (1 << blocks - 1))
            }
            var best = 0
            for trial in inside.indices where inside[trial] > inside[best] { best = trial }
            let value = outside[best]
            let below = outside.count { $0 < value }
            let equal = outside.count { $0 == value }
            // Rank from 1, equal ones sharing theirs: omega = rank / (trials + 1), overfitted up to 1/2.
            if 2 * below + equal + 1 <= returns.count + 1 { overfitted += 1 }
            if value < 0 { lost += 1 }
            ways += 1
        }
        probability = Double(overfitted) / Double(ways)
        lossProbability = Double(lost) / Double(ways)
        (combinations, self.blocks, trials) = (ways, blocks, returns.count)
    }
}

/// Sums of returns and of their squares by trial and block, from which any union of blocks follows.
private struct BlockSums {
    private let blocks: Int
    private let size: Int
    private var sums: [Double] = []
    private var squares: [Double] = []

    /// Periods before the first whole block are left out.
    init(_ returns: [[Double]], blocks: Int) {
        self.blocks = blocks
        let length = returns[0].count
        size = length / blocks
        for trial in returns {
            for block in 0..<blocks {
                let start = length - (blocks - block) * size
                let part = trial[start..<start + size]
                sums.append(part.reduce(0, +))
                squares.append(part.reduce(0) { $0 + $1 * $1 })
            }
        }
    }

    /// Mean over sample deviation of a trial's returns in the blocks of a mask; 0 without deviation.
    @inline(__always)
    func sharpe(_ trial: Int, _ mask: Int) -> Double {
        var (sum, square) = (0.0, 0.0)
        var rest = mask
        while rest != 0 {
            let place = trial * blocks + rest.trailingZeroBitCount
            sum += sums[place]
            square += squares[place]
            rest &= rest - 1
        }
        let count = Double(size * mask.nonzeroBitCount)
        let mean = sum / count
        let variance = (square - sum * mean) / (count - 1)
        return variance > square / count * 1e-12 ? mean / variance.squareRoot() : 0
    }
}
