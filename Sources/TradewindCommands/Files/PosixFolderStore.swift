internal import Glibc
public import MarketData

extension PosixFileStore: FolderStore {
    public func move(_ path: String, to target: String) throws(FileError) {
        guard rename(path, target) == 0 else { throw failure(target, .write) }
        try synchronize(FilePath.directory(target))
    }

    public func deleteFolder(_ path: String) throws(FileError) {
        // A link is removed, never what it points to.
        if unlink(path) == 0 || errno == ENOENT { return }
        // A disk that cannot be written says so even where there is nothing to remove.
        let code = errno
        var status = stat()
        if lstat(path, &status) != 0 && errno == ENOENT { return }
        guard let found = try entry(path), found.isDirectory else {
            throw failure(path, .write, code: code)
        }
        for name in try names(path) { try deleteFolder(FilePath.join(path, name)) }
        guard rmdir(path) == 0 || errno == ENOENT else { throw failure(path, .write) }
    }
}
