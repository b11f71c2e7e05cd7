import MarketData
import Research
import Testing

@Suite("The result folder")
struct ResultFolderTests {
    private func files(_ content: String) -> [ResultFile] {
        [ResultFile("summary.json", text: content), ResultFile("fills.csv", text: content + "\n")]
    }

    private func content(_ store: MemoryFolderStore) -> [String: String] {
        store.files.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    @Test("a result appears whole, and replaces an older one whole")
    func writes() throws {
        let store = MemoryFolderStore()
        try ResultFolder.write(files("one"), to: "out/run/", store)
        #expect(content(store) == ["out/run/summary.json": "one", "out/run/fills.csv": "one\n"])
        try ResultFolder.write([ResultFile("summary.json", text: "two")], to: "out/run", store)
        #expect(content(store) == ["out/run/summary.json": "two"])
    }

    @Test("a full disk at any change leaves the older result, or nothing")
    func failures() throws {
        for older in [false, true] {
            for failing in 1...12 {
                let store = MemoryFolderStore()
                if older { try ResultFolder.write(files("old"), to: "run", store) }
                store.fail(failing...failing)
                var failed = false
                do throws(FileError) {
                    try ResultFolder.write(files("new"), to: "run", store)
                } catch {
                    failed = true
                    #expect(error.exitCode == 74)
                }
                let kept = content(store)
                let summary = kept["run/summary.json"]
                if failed {
                    // The last change removes the older result, which by then has another name.
                    let isDone = summary == "new" && kept["run/fills.csv"] == "new\n"
                    let isOld = older ? summary == "old" && kept["run/fills.csv"] == "old\n" : summary == nil
                    #expect(isDone || isOld, "change \(failing)")
                } else {
                    #expect(summary == "new")
                }
            }
        }
    }

    @Test("a process killed at any change leaves a whole result for the next to find")
    func kills() throws {
        for recoversFirst in [false, true] {
            var seen: Set<String> = []
            for dying in 1...12 {
                let store = MemoryFolderStore()
                try ResultFolder.write(files("old"), to: "out/run", store)
                store.fail(dying...1000)
                do throws(FileError) { try ResultFolder.write(files("new"), to: "out/run", store) } catch {}
                store.fail(nil)
                if recoversFirst {
                    try ResultFolder.recover("out/run", store)
                } else {
                    _ = try ResultFolder.isReplaceable("out/run", store)
                }
                let kept = content(store)
                let summary = try #require(kept["out/run/summary.json"], "killed at change \(dying)")
                #expect(kept["out/run/fills.csv"] == summary + "\n")
                seen.insert(summary)
                try ResultFolder.write(files("next"), to: "out/run", store)
                #expect(
                    content(store) == ["out/run/summary.json": "next", "out/run/fills.csv": "next\n"])
            }
            #expect(seen == ["old", "new"])
        }
    }

    @Test("a folder of other things and a file are never replaced")
    func refuses() throws {
        let store = MemoryFolderStore()
        try store.makeDirectory("home")
        try store.replace("home/thesis.txt", with: "years of work")
        try store.replace("note", with: "a file")
        for path in ["home", "home/", "note"] {
            do throws(FileError) {
                try ResultFolder.write(files("x"), to: path, store)
                #expect(Bool(false), "\(path) was replaced")
            } catch {
                #expect(error.exitCode == 74)
            }
        }
        #expect(content(store) == ["home/thesis.txt": "years of work", "note": "a file"])
        try store.makeDirectory("empty")
        #expect(try ResultFolder.isReplaceable("empty", store))
        #expect(try !ResultFolder.isReplaceable("absent", store))
    }
}
