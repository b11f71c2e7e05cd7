import Foundation
import Testing

@Suite struct GuideTextTests {
    @Test(arguments: [
        "Sources/ChannelBreakoutStrategies/ChannelBreakoutStrategy.swift",
        "Sources/ChannelBreakoutCommand/main.swift", "Runs/channel-breakout.yaml",
    ]) func theGuideShowsTheFileOfThePackage(_ path: String) throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let guide = try String(
            contentsOf: root.appendingPathComponent("Documentation/write-your-strategy.md"), encoding: .utf8)
        let language = path.hasSuffix(".swift") ? "swift" : "yaml"
        #expect(guide.contains("```\(language)\n" + (try StrategyPackageTests.file(path)) + "```\n"))
        #expect(guide.contains("`\(path)`"))
    }
}
