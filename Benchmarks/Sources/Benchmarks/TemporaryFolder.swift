import Glibc
import MarketData
import TradewindCommands

/// A folder for generated files that goes away with this object.
final class TemporaryFolder {
    let path: String

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/tradewind-benchmark-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw BenchmarkError("cannot make a folder in \(parent); name a writable one in TMPDIR")
        }
        path = String(cString: made)
    }

    deinit { TemporaryFolder.remove(path) }

    /// Removes a folder and what is in it. What cannot be removed stays in the folder of the system that is
    /// emptied anyway.
    private static func remove(_ folder: String) {
        do {
            for entry in try PosixFileStore().list(folder) {
                let inner = FilePath.join(folder, entry.name)
                if entry.isDirectory { remove(inner) } else { try PosixFileStore().delete(inner) }
            }
        } catch {
            return
        }
        rmdir(folder)
    }

    /// The path of a file in it.
    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file piece by piece.
    func write(_ name: String, _ content: ((([UInt8]) throws -> Void)) throws -> Void) throws {
        let target = file(name)
        guard let stream = fopen(target, "w") else { throw BenchmarkError("cannot write \(target)") }
        defer { fclose(stream) }
        try content { piece in
            guard fwrite(piece, 1, piece.count, stream) == piece.count else {
                throw BenchmarkError("cannot write \(target); is the disk full?")
            }
        }
        guard fflush(stream) == 0 else { throw BenchmarkError("cannot write \(target); is the disk full?") }
    }
}
