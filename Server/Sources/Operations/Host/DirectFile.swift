internal import Glibc

/// Open files and folders as the system has them, for those who bring content to the disk themselves.
public enum DirectFile {
    /// Writes all bytes to an open file.
    ///
    /// - Returns: the number of the system's error, `ENOSPC` when nothing more was taken; nil when all is
    ///   written.
    public static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return count == 0 ? ENOSPC : errno }
                done += count
            }
            return nil
        }
    }

    /// The names in a folder, in no order; nil when it cannot be read, with the reason in `errno`.
    public static func names(in path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
