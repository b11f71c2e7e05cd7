import Foundation
import Glibc
import Operations
import TestServers
import Testing

/// Disks that are full, and disks that cannot give back a part of a file; only root can make small ones.
@Suite struct CapturedOutputDiskTests {
    /// Runs a body with a folder that is a disk of its own; not at all when that cannot be had.
    private func onDisk(_ options: String, _ body: (String) throws -> Void) throws {
        let scratch = try ScratchFolder()
        let mount = "mount -t \(options) none '\(scratch.path)' 2>/dev/null && echo yes"
        guard geteuid() == 0, SupervisedShells.shell(mount) == "yes\n" else {
            print("skipped: a disk of its own (\(options)), as only root can mount one")
            return
        }
        defer { SupervisedShells.shell("umount -l '\(scratch.path)'") }
        try body(scratch.path)
    }

    private func lines(_ letter: String, _ count: Int) -> String {
        String(repeating: String(repeating: letter, count: 99) + "\n", count: count)
    }

    @Test func withoutRoomTheOldestLinesGoFirstAndThenThoseThatFillTheDisk() throws {
        try onDisk("tmpfs -o size=400k") { (folder) throws in
            let path = folder + "/a.log"
            let writer = CapturedOutputTests.open(path)
            defer { close(writer) }
            let output = CapturedOutput(path: path, maximumBytes: 100_000, files: 5)
            for letter in ["a", "b", "c"] {
                CapturedOutputTests.append(lines(letter, 1000), writer)
                #expect(try output.rotateIfFull())
            }
            // 300 of 400 KiB are taken, and 100 more come: the oldest must go before they can be copied.
            CapturedOutputTests.append(lines("d", 1000), writer)
            #expect(try output.rotateIfFull())
            let kept = [".3", ".2", ".1"].map { CapturedOutputTests.content(path + $0).prefix(1) }
            #expect(kept == ["", "c", "d"] || kept == ["b", "c", "d"], "\(kept)")
            // Something else fills the disk now: nothing older is left, so that what fills it is dropped.
            for number in 1...4 { unlink("\(path).\(number)") }
            CapturedOutputTests.append(lines("e", 1000), writer)
            SupervisedShells.shell("cat /dev/zero > '\(folder)/filler' 2>/dev/null")
            let problem = #expect(throws: SupervisionError.self) { try output.rotateIfFull() }
            #expect(problem?.message.contains("100000 bytes") == true)
            #expect(CapturedOutputTests.room(path) <= 8192)
            CapturedOutputTests.append("after\n", writer)
            #expect(CapturedOutputTests.content(path) == "after\n")
        }
    }

    @Test func onADiskWithoutHolesTheFileIsEmptied() throws {
        try onDisk("ramfs") { (folder) throws in
            let path = folder + "/a.log"
            let writer = CapturedOutputTests.open(path)
            defer { close(writer) }
            let output = CapturedOutput(path: path, maximumBytes: 5000, files: 3)
            CapturedOutputTests.append(lines("a", 40) + lines("b", 20), writer)
            #expect(try output.rotateIfFull())
            #expect(CapturedOutputTests.content(path + ".1") == lines("a", 40) + lines("b", 20))
            #expect(FileManager.default.contents(atPath: path) == Data())
            CapturedOutputTests.append("after\n", writer)
            #expect(CapturedOutputTests.content(path) == "after\n")
            #expect(try !output.rotateIfFull())
        }
    }
}
