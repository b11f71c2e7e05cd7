public import MarketData

/// One file of a result folder: its name, and how its content is made when it is written, so that the texts
/// of a long run do not all lie in memory at once.
public struct ResultFile {
    /// Takes the next bytes of a file; they need not stay valid.
    public typealias Writer = (UnsafeRawBufferPointer) throws(FileError) -> Void

    /// Name within the folder.
    public let name: String
    private let content: (Writer) throws(FileError) -> Void

    /// A file that hands its content over piece by piece.
    public init(_ name: String, writing content: @escaping (Writer) throws(FileError) -> Void) {
        (self.name, self.content) = (name, content)
    }

    /// A file of text that is built in a buffer.
    public init(_ name: String, _ buffer: @escaping () -> TextBuffer) {
        self.init(name) { (write: Writer) throws(FileError) in
            let buffer = buffer()
            defer { withExtendedLifetime(buffer) {} }
            try write(buffer.bytes)
        }
    }

    /// A file of text.
    public init(_ name: String, text: @autoclosure @escaping () -> String) {
        self.init(name) { () -> TextBuffer in
            let text = text()
            let buffer = TextBuffer(capacity: text.utf8.count)
            buffer.append(text)
            return buffer
        }
    }

    fileprivate func write(into folder: String, _ store: some FileStore) throws(FileError) {
        try store.replace(FilePath.join(folder, name), writing: content)
    }
}

/// Writes the folder that `--output` names: the whole of it, or nothing.
public enum ResultFolder {
    /// The file by which a folder is known to hold a result.
    public static let mark = "summary.json"

    /// The file by which a folder is known to hold an audit.
    public static let auditMark = "audit.json"
    /// The file that makes a folder the result of a stress test.
    public static let stressMark = "stress.json"

    /// Writes files as the content of a folder, in place of an older result there.
    ///
    /// The files are written into a folder beside it that takes its name at the end. A failure at any
    /// moment leaves the older result in place, or nothing where there was none.
    ///
    /// - Parameter mark: the file by which such a folder is known; one of the files.
    /// - Throws: exit code 74 when the path is a file or a folder with other things in it, which are never
    ///   replaced, and when something cannot be written.
    public static func write(
        _ files: [ResultFile], to path: String, mark: String = mark, _ store: some FolderStore
    ) throws(FileError) {
        precondition(files.contains { $0.name == mark }, "a result folder holds its mark")
        let folder = trimmed(path)
        let replaces = try isReplaceable(folder, mark: mark, store)
        let (new, old) = beside(folder)
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

    /// Ends a replacement that was stopped, by `kill -9` or a power cut, between the moment when the older
    /// result lost its name and the moment when the newer one got it. Called before a folder is read or
    /// written; nothing happens where all is well.
    public static func recover(
        _ path: String, mark: String = mark, _ store: some FolderStore
    ) throws(FileError) {
        let folder = trimmed(path)
        if try store.entry(folder) != nil { return }
        let (new, old) = beside(folder)
        guard try holdsResult(old, mark, store) else { return }
        // The older one moves away only when all of the newer one is on the disk.
        if try holdsResult(new, mark, store) {
            try store.move(new, to: folder)
            try store.deleteFolder(old)
        } else {
            try store.move(old, to: folder)
        }
    }

    /// The names under which a result is made and is put away.
    private static func beside(_ folder: String) -> (new: String, old: String) {
        let beside = FilePath.join(FilePath.directory(folder), "." + FilePath.name(folder))
        return (beside + ".new", beside + ".old")
    }

    private static func holdsResult(
        _ folder: String, _ mark: String, _ store: some FolderStore
    ) throws(FileError) -> Bool {
        guard let entry = try store.entry(folder), entry.isDirectory else { return false }
        return try store.list(folder).contains { $0.name == mark && !$0.isDirectory }
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
        _ path: String, mark: String = mark, _ store: some FolderStore
    ) throws(FileError) -> Bool {
        let folder = trimmed(path)
        try recover(folder, mark: mark, store)
        guard let entry = try store.entry(folder) else { return false }
        guard entry.isDirectory else {
            throw FileError(
                path: folder, operation: .write, kind: .wrongType, reason: "a file has this name")
        }
        let content = try store.list(folder)
        if content.isEmpty || content.contains(where: { $0.name == mark && !$0.isDirectory }) { return true }
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
