import Foundation
import Testing

/// The stages of `./tradewind test`.
enum SuiteStage {
    private static let isSuite = ProcessInfo.processInfo.environment["TRADEWIND_TEST_SUITE"] == "1"

    /// Whether this is the suite's release stage, which follows the one that builds and tests the services.
    static var isRelease: Bool { isSuite && !isDebug }

    /// Whether this is the debug stage.
    fileprivate static var isDebugStage: Bool { isSuite && isDebug }

    #if DEBUG
    private static let isDebug = true
    #else
    private static let isDebug = false
    #endif
}

extension Trait where Self == ConditionTrait {
    /// What the debug stage leaves to the release stage, in which it gives the same: tests that read texts,
    /// run scripts, or run the executable as a person does.
    static var leftToRelease: Self {
        .disabled(if: SuiteStage.isDebugStage, "the suite's release stage does it")
    }
}
