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
        let objective = result.sweep.objective.ratio
        self.init(
            result.sweep.axes,
            points: result.points.map { (result.space.levels(of: $0.combination), $0.figures?[objective]) },
            best: result.best.map { result.space.levels(of: result.points[$0].combination) },
            maximumRows: maximumRows, maximumColumns: maximumColumns)
    }

    /// A map of values by the levels of points.
    ///
    /// - Parameter best: levels of the point whose cell is framed.
    init?(
        _ axes: [SweepAxis], points: [(levels: [Int], value: Double?)], best: [Int]?, maximumRows: Int,
        maximumColumns: Int
    ) {
        let columnAxis = axes.count > 1 ? 1 : 0
        let rowCount = axes.count > 1 ? axes[0].count : 1
        let (height, width) = (min(rowCount, maximumRows), min(axes[columnAxis].count, maximumColumns))
        func row(_ levels: [Int]) -> Int { axes.count > 1 ? HeatMap.bin(levels[0], rowCount, height) : 0 }
        func column(_ levels: [Int]) -> Int {
            HeatMap.bin(levels[columnAxis], axes[columnAxis].count, width)
        }
        var gathered = [[[Double]]](repeating: [[Double]](repeating: [], count: width), count: height)
        for point in points {
            guard let value = point.value else { continue }
            gathered[row(point.levels)][column(point.levels)].append(value)
        }
        let cells = gathered.map { $0.map(HeatMap.median) }
        let known = cells.flatMap { $0 }.compactMap { $0 }
        guard let lowest = known.min(), let highest = known.max() else { return nil }
        (self.cells, self.lowest, self.highest) = (cells, lowest, highest)
        rows = axes.count > 1 ? (0..<height).map { HeatMap.heading(axes[0], $0, height) } : [""]
        columns = (0..<width).map { HeatMap.heading(axes[columnAxis], $0, width) }
        self.best = best.map { (row($0), column($0)) }
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
