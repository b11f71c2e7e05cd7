internal import Markets

extension SeriesRows {
    /// Brings the rows into the order of their times and, for bars and values, leaves one row a time.
    ///
    /// - Parameter keepsRepeats: whether rows of equal time stay, as for quotes and trades.
    /// - Returns: the row of the file for each row kept; nil when nothing changed.
    func arrange(keepsRepeats: Bool, log: inout FindingLog) -> [Int]? {
        flush()
        var origin: [Int]?
        if !isAscending {
            let times = time.values
            let order = (0..<count).sorted { times[$0] == times[$1] ? $0 < $1 : times[$0] < times[$1] }
            for buffer in [time] + columns + [hashes].compactMap({ $0 }) {
                SeriesRows.permute(buffer, order)
            }
            origin = order
        }
        if keepsRepeats || isStrictlyAscending { return origin }
        return removeRepeats(origin ?? Array(0..<count), log: &log)
    }

    private static func permute(_ buffer: ColumnBuffer, _ order: [Int]) {
        let values = buffer.values
        let old = Array(values)
        for (row, from) in order.enumerated() { values[row] = old[from] }
    }

    /// Keeps the last row of each time.
    private func removeRepeats(_ origin: [Int], log: inout FindingLog) -> [Int] {
        var kept: [Int] = []
        kept.reserveCapacity(count)
        let times = time.values
        var row = 0
        while row < count {
            var end = row + 1
            while end < count && times[end] == times[row] {
                note(repeated: end, from: row, origin, log: &log)
                end += 1
            }
            move(end - 1, to: kept.count)
            kept.append(origin[end - 1])
            row = end
        }
        for buffer in [time] + columns { buffer.truncate(to: kept.count) }
        hashes?.truncate(to: kept.count)
        hot.pointee.moved = kept.count
        return kept
    }

    private func note(repeated row: Int, from first: Int, _ origin: [Int], log: inout FindingLog) {
        // A hostile file with one time on every row must not take quadratic time.
        let isSame = (max(first, row - 16)..<row).contains { equals($0, row) }
        let line = lines.line(ofRow: origin[row])
        let before = lines.line(ofRow: origin[row - 1])
        log.add(
            isSame ? .duplicateSame : .duplicateConflicting, line: line,
            isSame ? "repeats line \(before)" : "has the time of line \(before) and other content")
    }

    private func equals(_ a: Int, _ b: Int) -> Bool {
        if let hashes { return hashes.values[a] == hashes.values[b] }
        return columns.allSatisfy { $0.values[a] == $0.values[b] }
    }

    private func move(_ from: Int, to: Int) {
        if from == to { return }
        for buffer in [time] + columns { buffer.values[to] = buffer.values[from] }
        if let hashes { hashes.values[to] = hashes.values[from] }
    }
}
