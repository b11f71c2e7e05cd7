import Foundation
import Testing
import TradewindCommands

@Suite struct StrategyPackageTests {
    @Test func aNameGivesTypeAndModules() throws {
        let name = try StrategyPackageName("channel-breakout-2")
        #expect(name.type == "ChannelBreakout2Strategy")
        #expect(name.library == "ChannelBreakout2Strategies")
        #expect(name.command == "ChannelBreakout2Command")
        #expect(try StrategyPackageName("a").type == "AStrategy")
    }

    @Test func namesThatTheBuildOrTheShellWouldStumbleOverAreRefused() {
        let wrong = [
            "", "-a", "a-", "a--b", "2fast", "Breakout", "break out", "../a", "a/b", "a.b", "é", "a_b", "a\n",
            "a\"b", "--help", "tradewind", "main", "swift", String(repeating: "a", count: 41),
        ]
        for text in wrong {
            #expect(throws: CommandFailure.self, "\(text)") { _ = try StrategyPackageName(text) }
        }
    }

    @Test func everyPlaceIsFilledIn() throws {
        let package = StrategyPackage(name: try StrategyPackageName("breakout"), clone: "/a \"b\"\\c")
        #expect(package.files.count == 8)
        for file in package.files {
            #expect(!file.path.contains("{{") && !file.text.contains("{{"), "\(file.path)")
            #expect(file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n"), "\(file.path)")
        }
        let manifest = try #require(package.files.first { $0.path == "Package.swift" })
        #expect(manifest.text.contains(#"path: "/a \"b\"\\c""#))
    }

    @Test func theTemplateIsTheStrategyThatIsCompiledHere() throws {
        let compiled = try Self.text(beside: "ChannelBreakoutStrategy.swift")
        #expect(try Self.file("Sources/ChannelBreakoutStrategies/ChannelBreakoutStrategy.swift") == compiled)
    }

    @Test func theSampleBarsAreBars() throws {
        let rows = try Self.file("Data/sample.csv").split(separator: "\n").map { $0.split(separator: ",") }
        #expect(rows[0].joined(separator: ",") == "time,open,high,low,close,volume")
        #expect(rows.count == 481)
        #expect(rows[1][0] == "2024-01-01T00:00:00Z")
        for row in rows.dropFirst() {
            let prices = row[1...4].compactMap { Double($0) }
            #expect(prices.count == 4 && prices[2] > 0)
            #expect(prices[1] == prices.max() && prices[2] == prices.min())
        }
    }

    /// A file of the package `channel-breakout`.
    static func file(_ path: String) throws -> String {
        let package = StrategyPackage(name: try StrategyPackageName("channel-breakout"), clone: "/clone")
        return try #require(package.files.first { $0.path == path }).text
    }

    private static func text(beside name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
}
