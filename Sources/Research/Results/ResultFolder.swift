public import MarketData

/// One file of a result folder: its name and its content in pieces that stay valid while it is written.
public struct ResultFile {
    /// Name within the folder.
    public let name: String
    private let buffers: [TextBuffer]
    private let pieces: [UnsafeRawBufferPointer]

    /// A file of text that was built in a buffer.
    public init(_ name: String, _ buffer: TextBuffer) {
        (self.name, buffers, pieces) = (name, [buffer], [])
    }

    /// A file of text.
    public init(_ name: String, text: String) {
        let buffer = TextBuffer(capacity: text.utf8.count)
        buffer.append(text)
        self.init(name, buffer)
    }

    /// A file of bytes that somebody else keeps alive until it is written.
    public init(_ name: String, pieces: [UnsafeRawBufferPointer]) {
        (self.name, buffers, self.pieces) = (name, [], pieces)
    }

    fileprivate func write(into folder: String, _ store: some FileStore) throws(FileError) {
        try store.replace(FilePath.join(folder, name), with: pieces + buffers.map(\.bytes))
    }
}

/// Writes the folder that `--output` names: the whole of it, or nothing.
public enum ResultFolder {
    /// The file by which a folder is known to hold a result.
    public static let mark = "summary.json"

    /// Writes files as the content of a folder, in place of an older result there.
    ///
    /// The files are written into a folder beside it that takes its name at the end. A failure at any
    /// moment leaves the older result in place, or nothing where there was none.
    ///
    /// - Parameter ownFile: a file that the run itself left in the folder; a folder that holds only this is
    ///   replaced too.
    /// - Throws: exit code 74 when the path is a file or a folder with other things in it, which are never
    ///   replaced, and when something cannot be written.
    public static func write(
        _ files: [ResultFile], to path: String, _ store: some FolderStore, ownFile: String? = nil
    ) throws(FileError) {
        precondition(files.contains { $0.name == mark }, "a result folder holds its mark")
        let folder = trimmed(path)
        let replaces = try isReplaceable(folder, store, ownFile: ownFile)
        let beside = FilePath.join(FilePath.directory(folder), "." + FilePath.name(folder))
        let (new, old) = (beside + ".new", beside + ".old")
        do throws(FileError) {
            try store.deleteFolder(new)
            try store.makeDirectory(new)
            for file in files { try file.write(into: new, store) }
            if replaces {
                try store.deleteFolder(old)
                try store.move(folder, to: old)
            }
        } catch {
            discard(new, store)
            throw named(error, folder)
        }
        do throws(FileError) {
            try store.move(new, to: folder)
        } catch {
            if replaces { try store.move(old, to: folder) }
            discard(new, store)
            throw error
        }
        try store.deleteFolder(old)
    }

    /// A failure under the name that the user gave, not that of the folder beside it.
    private static func named(_ error: FileError, _ folder: String) -> FileError {
        let file = FilePath.name(error.path)
        return FileError(
            path: file.hasPrefix(".") ? folder : FilePath.join(folder, file), operation: error.operation,
            kind: error.kind, reason: error.reason)
    }

    /// Removes what a failed attempt left. Its own failure is not told: the first one is what the user
    /// must hear of, and the next attempt removes the rest.
    private static func discard(_ folder: String, _ store: some FolderStore) {
        do throws(FileError) { try store.deleteFolder(folder) } catch { return }
    }

    /// Whether there is an older result to replace.
    ///
    /// Called before a run, it tells at once that its result could not be written.
    public static func isReplaceable(
        _ path: String, _ store: some FolderStore, ownFile: String? = nil
    ) throws(FileError) -> Bool {
        let folder = trimmed(path)
        guard let entry = try store.entry(folder) else { return false }
        guard entry.isDirectory else {
            throw FileError(
                path: folder, operation: .write, kind: .wrongType, reason: "a file has this name")
        }
        let content = try store.list(folder)
        if content.allSatisfy({ $0.name == ownFile }) { return true }
        if content.contains(where: { $0.name == mark && !$0.isDirectory }) { return true }
        throw FileError(
            path: folder, operation: .write, kind: .failed,
            reason: "the folder holds other things than a result (it has no \(mark)) and is left as it is; "
                + "name a new folder")
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        return path.isEmpty ? "." : path
    }
}
