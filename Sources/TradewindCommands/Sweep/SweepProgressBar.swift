internal import Research
internal import Synchronization

/// A bar on a terminal that fills as a sweep goes on, with the time left.
final class SweepProgressBar: Sendable {
    private struct State {
        var shown: UInt64 = 0
        var isVisible = false
    }

    private let output: CommandOutput
    private let began = ProcessClock.nanoseconds()
    private let state = Mutex(State())

    private static let interval: UInt64 = 100_000_000
    private static let width = 28

    init(_ output: CommandOutput) { self.output = output }

    /// Shows how far it is, ten times a second at most, and only on a terminal.
    func show(_ progress: SweepProgress) {
        guard output.showsProgress else { return }
        let now = ProcessClock.nanoseconds()
        state.withLock { state in
            guard now - state.shown >= SweepProgressBar.interval else { return }
            (state.shown, state.isVisible) = (now, true)
            output.progress(
                "\r" + SweepProgressBar.line(progress, seconds: Double(now - began) / 1e9) + "\u{1B}[K")
        }
    }

    /// Takes the bar away.
    func clear() {
        let wasVisible = state.withLock { state in
            defer { state.isVisible = false }
            return state.isVisible
        }
        if wasVisible { output.progress("\r\u{1B}[K") }
    }

    /// The line: bar, share, speed, time left.
    static func line(_ progress: SweepProgress, seconds: Double) -> String {
        let share = progress.total == 0 ? 1 : Double(progress.done) / Double(progress.total)
        let full = min(width, Int(share * Double(width)))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        var line = "\(bar) \(progress.done)/\(progress.total)  \(Int(share * 100)) %"
        guard progress.evaluated > 0, seconds > 0 else { return line }
        let speed = Double(progress.evaluated) / seconds
        let tenths = Int(min(speed * 10, 1e15))
        line += speed < 100 ? "  \(tenths / 10).\(tenths % 10) runs/s" : "  \(tenths / 10) runs/s"
        let left = Int(min(Double(progress.total - progress.done) / speed, 1e9))
        return line + "  \(duration(left)) left"
    }

    private static func duration(_ seconds: Int) -> String {
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
