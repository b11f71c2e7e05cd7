/// Values of two parameters' levels as a table of cells; of further parameters each cell takes the middle
/// value. Levels that do not fit are put together.
struct HeatMap {
    /// Headings of the rows, by the first parameter, and of the columns, by the second.
    let rows: [String]
    let columns: [String]
    /// Values by row and column; nil without a point that has one.
    let cells: [[Double?]]
    let lowest: Double
    let highest: Double
    /// Row and column of the best point.
    let best: (row: Int, column: Int)?

    /// A map of a result's objective over its first two parameters; with one parameter, a single row.
    ///
    /// - Parameters:
    ///   - maximumRows: room; more levels are put together.
    /// - Returns: nil when no point has the objective.
    init?(_ result: SweepResult, maximumRows: Int, maximumColumns: Int) {
        let axes = result.sweep.axes
        let columnAxis = axes.count > 1 ? 1 : 0
        let rowCount = axes.count > 1 ? axes[0].count : 1
        let (height, width) = (min(rowCount, maximumRows), min(axes[columnAxis].count, maximumColumns))
        func row(_ levels: [Int]) -> Int { axes.count > 1 ? HeatMap.bin(levels[0], rowCount, height) : 0 }
        func column(_ levels: [Int]) -> Int {
            HeatMap.bin(levels[columnAxis], axes[columnAxis].count, width)
        }
        var gathered = [[[Double]]](repeating: [[Double]](repeating: [], count: width), count: height)
        for point in result.points {
            guard let value = point.figures?[result.sweep.objective.ratio] else { continue }
            let levels = result.space.levels(of: point.combination)
            gathered[row(levels)][column(levels)].append(value)
        }
        let cells = gathered.map { $0.map(HeatMap.median) }
        let known = cells.flatMap { $0 }.compactMap { $0 }
        guard let lowest = known.min(), let highest = known.max() else { return nil }
        (self.cells, self.lowest, self.highest) = (cells, lowest, highest)
        rows = axes.count > 1 ? (0..<height).map { HeatMap.heading(axes[0], $0, height) } : [""]
        columns = (0..<width).map { HeatMap.heading(axes[columnAxis], $0, width) }
        best = result.best.map { place in
            let levels = result.space.levels(of: result.points[place].combination)
            return (row(levels), column(levels))
        }
    }

    /// Where a value lies between the lowest (0) and the highest (1).
    func share(_ value: Double) -> Double {
        highest > lowest ? (value - lowest) / (highest - lowest) : 0.5
    }

    private static func bin(_ level: Int, _ count: Int, _ bins: Int) -> Int {
        // Levels and bins are at most a grid's points, so the product fits.
        bins == count ? level : min(bins - 1, Int(Double(level) * Double(bins) / Double(count)))
    }

    private static func heading(_ axis: SweepAxis, _ bin: Int, _ bins: Int) -> String {
        if bins == axis.count { return axis.text(bin) }
        let first = Int((Double(bin) * Double(axis.count) / Double(bins)).rounded(.up))
        return axis.text(min(axis.count - 1, first)) + "…"
    }

    private static func median(_ values: [Double]) -> Double? {
        if values.isEmpty { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
