internal import RealModule
internal import Units

/// Round numbers along a value axis, and their labels.
struct ValueAxis {
    let low: Double
    let high: Double
    let ticks: [Double]
    private let step: Double
    private let isPercent: Bool

    /// An axis over a range, with about `count` steps of 1, 2, 2.5 or 5 times a power of ten. Equal ends
    /// are moved apart.
    init(_ range: ClosedRange<Double>, count: Int, isPercent: Bool = false) {
        var (low, high) = (range.lowerBound, range.upperBound)
        if high - low <= abs(high) * 1e-12 {
            let room = high == 0 ? 1 : abs(high) * 0.01
            (low, high) = (low - room, high + room)
        }
        let rough = (high - low) / Double(max(1, count))
        let power = Double.pow(10, Double.log10(rough).rounded(.down))
        let step = power * ([1, 2, 2.5, 5].first { $0 * power >= rough * 0.999 } ?? 10)
        let first = (low / step).rounded(.up)
        let last = (high / step).rounded(.down)
        var ticks: [Double] = []
        if first.isFinite, last.isFinite, last >= first, last - first < 100 {
            for index in 0...Int(last - first) { ticks.append((first + Double(index)) * step) }
        }
        (self.low, self.high, self.ticks, self.step, self.isPercent) = (low, high, ticks, step, isPercent)
    }

    /// The label of a tick: `99.6M`, `1,250`, `-2.5 %`.
    func label(_ value: Double) -> String {
        if value == 0 { return isPercent ? "0 %" : "0" }
        if isPercent { return NumberText.fixed(value * 100, decimals(step * 100)) + " %" }
        let size = max(abs(low), abs(high))
        let (unit, suffix) =
            size >= 1e9 ? (1e9, "B") : size >= 1e6 ? (1e6, "M") : size >= 1e5 ? (1e3, "k") : (1, "")
        return NumberText.fixed(value / unit, decimals(step / unit)) + suffix
    }

    /// Decimals that tell neighbours of a step apart.
    private func decimals(_ step: Double) -> Int {
        var (decimals, rest) = (0, step)
        while decimals < 8, abs(rest - rest.rounded()) > 1e-6 * rest {
            rest *= 10
            decimals += 1
        }
        return decimals
    }
}

/// Round moments along a time axis, and their labels.
enum TimeAxis {
    /// A labelled moment.
    struct Tick: Hashable {
        let time: Int64
        let label: String
    }

    /// Moments of round UTC clock and calendar steps within a span, at most about `count`.
    static func ticks(from start: Int64, to end: Int64, count: Int = 7) -> [Tick] {
        guard end > start else { return [] }
        let span = Double(end) - Double(start)
        let day = Timespan.day.nanoseconds
        let second: Int64 = 1_000_000_000
        let fixed: [Int64] = [
            second / 1_000, second / 100, second / 10, second, 5 * second, 15 * second, 30 * second,
            60 * second, 120 * second, 300 * second, 600 * second, 1_800 * second, 3_600 * second,
            7_200 * second, 10_800 * second, 21_600 * second, 43_200 * second, day, 2 * day, 7 * day,
            14 * day,
        ]
        if let step = fixed.first(where: { span / Double($0) <= Double(count) }) {
            return clock(from: start, to: end, step: step)
        }
        let months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600]
        let monthLength = 30.4 * Double(day)
        let step = months.first { span / (Double($0) * monthLength) <= Double(count) } ?? 1_200
        return calendar(from: start, to: end, months: step)
    }

    private static func clock(from start: Int64, to end: Int64, step: Int64) -> [Tick] {
        // Weeks begin on Monday; 1970-01-05 was one.
        let shift = step % (7 * Timespan.day.nanoseconds) == 0 ? 4 * Timespan.day.nanoseconds : 0
        var ticks: [Tick] = []
        var year: Int?
        var index = Int64(((Double(start) - Double(shift)) / Double(step)).rounded(.up)) - 1
        while ticks.count < 40 {
            let (product, overflow) = index.multipliedReportingOverflow(by: step)
            let (time, overflowed) = product.addingReportingOverflow(shift)
            guard !overflow, !overflowed, time <= end else { break }
            if time >= start {
                ticks.append(Tick(time: time, label: clockLabel(time, step: step, after: year)))
                year = CivilDate(day: Instant(nanoseconds: time).day).year
            }
            index += 1
        }
        return ticks
    }

    /// A label with its year where the tick before it, in `year`, was in another.
    private static func clockLabel(_ time: Int64, step: Int64, after year: Int?) -> String {
        let instant = Instant(nanoseconds: time)
        let date = CivilDate(day: instant.day)
        let isMidnight = time % Timespan.day.nanoseconds == 0
        if isMidnight {
            let shown = step >= Timespan.day.nanoseconds && year != date.year ? " \(date.year)" : ""
            return "\(date.dayOfMonth) \(names[date.month - 1])" + shown
        }
        let clock = instant.description.dropFirst(11).dropLast()
        // The first of several hours or minutes names their day.
        if year == nil, step % Timespan.minute.nanoseconds == 0 {
            return "\(date.dayOfMonth) \(names[date.month - 1]) \(clock.prefix(5))"
        }
        if step % Timespan.minute.nanoseconds == 0 { return String(clock.prefix(5)) }
        return String(step % 1_000_000_000 == 0 ? clock.prefix(8) : clock.prefix(12))
    }

    private static func calendar(from start: Int64, to end: Int64, months step: Int) -> [Tick] {
        var ticks: [Tick] = []
        let date = CivilDate(day: Instant(nanoseconds: start).day)
        var month = (date.year * 12 + date.month - 1) / step * step
        while ticks.count < 40, (1_678 * 12..<2_262 * 12).contains(month) {
            let day = CivilDate.day(year: month / 12, month: month % 12 + 1, day: 1)
            let time = Instant(day: day).nanoseconds
            if time > end { break }
            if time >= start {
                let year = "\(month / 12)"
                let name = names[month % 12]
                let isYear = step % 12 == 0
                let label = isYear ? year : month % 12 == 0 || ticks.isEmpty ? name + " " + year : name
                ticks.append(Tick(time: time, label: label))
            }
            month += step
        }
        return ticks
    }

    /// English short names of the months.
    static let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
