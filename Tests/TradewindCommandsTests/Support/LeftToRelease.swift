import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// What the debug stage of `./tradewind test` leaves to its release stage, which computes the same in a
    /// tenth of the time: long runs over recorded data, and processes as a person starts them.
    static var leftToRelease: Self {
        #if DEBUG
        let isLeft = ProcessInfo.processInfo.environment["TRADEWIND_TEST_SUITE"] == "1"
        #else
        let isLeft = false
        #endif
        return .disabled(if: isLeft, "the suite's release stage does it")
    }
}
