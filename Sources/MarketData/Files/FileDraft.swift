/// A new file whose content is being written. It takes its name when it is finished; where it is given up
/// before, nothing of it stays.
public protocol FileDraft: AnyObject {
    /// Writes the start of the file, forces all of it to the disk and gives it its name, as
    /// ``FileStore/replace(_:with:)-([UnsafeRawBufferPointer])`` does. Called at most once.
    ///
    /// - Parameters:
    ///   - start: as many bytes as were left free.
    ///   - path: in the folder that the draft was begun in.
    func finish(start: UnsafeRawBufferPointer, as path: String) throws(FileError)
}

/// A draft that holds its pieces in memory until it is finished.
public final class PlainFileDraft: FileDraft {
    private let files: any FileStore
    private let pieces: [UnsafeRawBufferPointer]
    private let owner: AnyObject

    /// A draft of pieces whose memory `owner` keeps.
    public init(_ files: any FileStore, pieces: [UnsafeRawBufferPointer], owner: AnyObject) {
        (self.files, self.pieces, self.owner) = (files, pieces, owner)
    }

    public func finish(start: UnsafeRawBufferPointer, as path: String) throws(FileError) {
        defer { withExtendedLifetime(owner) {} }
        try files.replace(path, with: [start] + pieces)
    }
}
