/// Access to files that can also move and remove whole folders, for results that appear at once or not at
/// all.
public protocol FolderStore: FileStore {
    /// Gives a file or folder another name on the same file system; forced to the disk.
    ///
    /// A folder may take the name of an empty folder; any other existing target is an error.
    func move(_ path: String, to target: String) throws(FileError)

    /// Deletes a folder and everything in it; nothing happens when it is absent.
    func deleteFolder(_ path: String) throws(FileError)
}
