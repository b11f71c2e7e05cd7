internal import Units

/// Which backups are kept: the latest ones, and of earlier days and weeks the last of each.
public struct BackupRetention: Hashable, Sendable {
    /// How many of the latest are kept.
    public var latest: Int
    /// Of how many days (UTC) with a backup the last one is kept.
    public var days: Int
    /// Of how many weeks (Monday to Sunday, UTC) with a backup the last one is kept.
    public var weeks: Int

    /// A rule; at least the latest backup is always kept.
    public init(latest: Int, days: Int, weeks: Int) {
        (self.latest, self.days, self.weeks) = (max(1, latest), max(0, days), max(0, weeks))
    }

    /// The backups that may go, in the order of `all`.
    func superfluous(_ all: [StoredBackup]) -> [StoredBackup] {
        // Newest first. A backup whose time cannot be read is never removed by a rule about times.
        let dated = all.compactMap { backup in backup.manifest.moment.map { (backup, $0) } }
            .sorted { ($0.1, $0.0.name) > ($1.1, $1.0.name) }
        var kept = Set(dated.prefix(latest).map(\.0.name))
        keepLast(of: days, dated.map { ($0.0.name, $0.1.day) }, &kept)
        // Day 0 was a Thursday: three days later a week began.
        keepLast(of: weeks, dated.map { ($0.0.name, ($0.1.day + 3).floorDivided(by: 7)) }, &kept)
        let names = Set(dated.map(\.0.name)).subtracting(kept)
        return all.filter { names.contains($0.name) }
    }

    private func keepLast(of count: Int, _ dated: [(name: String, period: Int)], _ kept: inout Set<String>) {
        var periods: [Int] = []
        for (name, period) in dated where periods.last != period {
            if periods.count == count { return }
            periods.append(period)
            kept.insert(name)
        }
    }
}

extension Int {
    fileprivate func floorDivided(by divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
