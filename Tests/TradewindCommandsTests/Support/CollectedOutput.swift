import Synchronization
import TradewindCommands

/// Collects what a command writes.
final class CollectedOutput: Sendable {
    private let texts = Mutex((result: "", remark: ""))

    var result: String { texts.withLock { $0.result } }
    var remark: String { texts.withLock { $0.remark } }

    /// An output that fails after a number of characters of results, as a full disk does.
    func output(room: Int = .max, showsProgress: Bool = false) -> CommandOutput {
        CommandOutput(
            isTerminal: false, showsProgress: showsProgress,
            result: { [self] (text) throws(CommandFailure) in
                if texts.withLock({ $0.result.count }) + text.count > room {
                    throw CommandFailure(.outputFailed, code: "output", message: "no space")
                }
                texts.withLock { $0.result += text }
            },
            remark: { [self] text in texts.withLock { $0.remark += text } })
    }
}
