import Foundation
import Testing

@Suite struct DocumentationTests {
    /// Documents for readers: the page at the root, the guides, and those beside the examples.
    static let documents: [String] = {
        let rootPages = ["README.md"].filter { ProjectTree.text($0) != nil }
        return rootPages
            + ["Documentation", "Examples"].flatMap { ProjectTree.paths(under: $0, suffix: ".md") }
    }()

    @Test func thereAreDocuments() {
        #expect(Self.documents.contains("README.md"))
        #expect(Self.documents.contains("Documentation/write-your-strategy.md"))
    }

    @Test(arguments: documents) func linksLeadToFilesOfTheProject(_ path: String) throws {
        let document = MarkdownDocument(text: try #require(ProjectTree.text(path)))
        #expect(document.openFence == nil, "a fence is never closed")
        let folder = ProjectTree.root.appendingPathComponent(path).deletingLastPathComponent()
        for link in document.links where !link.target.contains("://") && !link.target.hasPrefix("#") {
            let file = folder.appendingPathComponent(String(link.target.prefix { $0 != "#" }))
            let exists = FileManager.default.fileExists(atPath: file.path)
            #expect(exists, "\(path):\(link.line): \(link.target) does not exist")
        }
    }

    @Test(
        .leftToRelease,
        arguments: documents)
    func everyCommandOfTheDocumentRuns(_ path: String) throws {
        let document = MarkdownDocument(text: try #require(ProjectTree.text(path)))
        let desk = try DocumentedCommands()
        defer { #expect(throws: Never.self) { try desk.stopServices() } }
        for block in document.blocks where block.info.split(separator: " ").first == "console" {
            let script = DocumentedCommands.script(of: block)
            if script.isEmpty || desk.mustSkip(block) { continue }
            let result = try desk.run(script)
            #expect(
                result.status == 0,
                "\(path):\(block.line): status \(result.status)\n\(result.output)\n\(result.errors)")
            // What follows builds on this.
            if result.status != 0 { break }
        }
    }

    /// A command elsewhere than in a console block would be shown to readers without ever being run.
    @Test(arguments: documents) func commandsStandInConsoleBlocks(_ path: String) throws {
        let document = MarkdownDocument(text: try #require(ProjectTree.text(path)))
        var stray = document.indentedCode
        for block in document.blocks where block.info.split(separator: " ").first != "console" {
            for (index, line) in block.lines.enumerated() { stray.append((line, block.line + 1 + index)) }
        }
        let commands = stray.filter { line, _ in
            let text = line.drop { $0 == " " || $0 == "$" }
            return text.hasPrefix("tradewind ") || text.hasPrefix("./tradewind ")
        }
        #expect(commands.map { "\(path):\($0.1): \($0.0)" } == [])
    }

    @Test func everyFolderOfTheProjectIsOnTheMap() throws {
        let page = try #require(ProjectTree.text("README.md"))
        let entries = try FileManager.default.contentsOfDirectory(atPath: ProjectTree.root.path)
        for entry in entries.sorted() where !entry.hasPrefix(".") && entry.first?.isUppercase == true {
            var isFolder: ObjCBool = false
            let path = ProjectTree.root.appendingPathComponent(entry).path
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
            else {
                continue
            }
            #expect(page.contains("`\(entry)/"), "README.md does not say what \(entry)/ holds")
        }
    }
}

@Suite struct MarkdownDocumentTests {
    let document = MarkdownDocument(
        text: """
            See [the guide](guide.md) and `[not](this.md)` and ![picture](a.svg "title").

            ```console
            ./tradewind version
            # a remark
            ./tradewind test --long
            ```
            ```console long
            ./tradewind --package my-desk version
            ```
            ```console host
            ./tradewind deploy production
            ```
            ```text
            [nor](that.md)
            ```

                ./tradewind indented
            """)

    @Test func blocksAndLinksAreFound() {
        #expect(document.links.map(\.target) == ["guide.md", "a.svg"])
        #expect(document.blocks.map(\.info) == ["console", "console long", "console host", "text"])
        #expect(document.blocks.map(\.line) == [3, 8, 11, 14])
        #expect(document.openFence == nil)
        #expect(document.indentedCode.map(\.text) == ["    ./tradewind indented"])
        #expect(MarkdownDocument(text: "a\n```text\nb\n").openFence == 2)
    }

    @Test func theSuiteDoesNotCallItselfAndLongBlocksWait() throws {
        #expect(DocumentedCommands.script(of: document.blocks[0]) == "./tradewind version\n# a remark")
        let desk = try DocumentedCommands()
        #expect(!desk.mustSkip(document.blocks[0]))
        #expect(desk.mustSkip(document.blocks[1]) == !DocumentedCommands.runsLong)
        #expect(desk.mustSkip(document.blocks[2]))
    }

    @Test func blocksOfServicesAreKnown() {
        #expect(ServiceCommandNames.all.count > 10)
        for line in ["./tradewind start --mode paper", "./tradewind config check", "./tradewind status"] {
            #expect(ServiceCommandNames.isOne(line))
        }
        for line in ["./tradewind config schema run", "./tradewind demo", "start", "# ./tradewind start"] {
            #expect(!ServiceCommandNames.isOne(line))
        }
    }

    @Test func aFailingCommandIsNoticedAnywhereInABlock() throws {
        let desk = try DocumentedCommands()
        #expect(try desk.run("false\ntrue").status != 0)
        #expect(try desk.run("./tradewind version | cat").output.hasPrefix("tradewind "))
        #expect(try desk.run("./tradewind no-such-command").status == 64)
    }
}
