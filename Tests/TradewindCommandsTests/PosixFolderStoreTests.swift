import Foundation
import MarketData
import Testing
import TradewindCommands

@Suite struct PosixFolderStoreTests {
    private let store = PosixFileStore()

    private func folder() throws -> String {
        let path = NSTemporaryDirectory() + "tradewind-folders-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test func aFolderTakesTheNameOfAnEmptyOneOnly() throws {
        let root = try folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        try store.makeDirectory(root + "/new")
        try store.replace(root + "/new/a", with: "a")
        try store.makeDirectory(root + "/empty")
        try store.move(root + "/new", to: root + "/empty")
        #expect(try store.list(root).map(\.name) == ["empty"])
        try store.makeDirectory(root + "/other")
        #expect(throws: FileError.self) { try store.move(root + "/other", to: root + "/empty") }
        #expect(throws: FileError.self) { try store.move(root + "/absent", to: root + "/x") }
    }

    @Test func deletingAFolderNeverFollowsALink() throws {
        let root = try folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        for name in ["precious", "result", "result/inner"] { try store.makeDirectory(root + "/" + name) }
        try store.replace(root + "/precious/work", with: "years")
        try store.replace(root + "/result/inner/file", with: "x")
        try FileManager.default.createSymbolicLink(
            atPath: root + "/result/link", withDestinationPath: root + "/precious")
        try FileManager.default.createSymbolicLink(
            atPath: root + "/result/gone", withDestinationPath: root + "/nothing")
        try store.deleteFolder(root + "/result")
        #expect(try store.list(root).map(\.name) == ["precious"])
        #expect(try store.list(root + "/precious").map(\.name) == ["work"])
        try store.deleteFolder(root + "/result")
    }
}
