/// Finds the files that a pattern names under a folder.
struct FileSearch {
    let files: any FileStore
    let directory: String

    /// A file and what the names of the pattern stand for.
    struct Found {
        let path: String
        let values: [String: String]
    }

    /// The files of a pattern, sorted by path. With and without `.gz` are the same; where both are there,
    /// the spelling of the pattern wins.
    func find(_ pattern: FilePattern) throws(FileError) -> [Found] {
        if pattern.isLiteral {
            return try literal(pattern.description).map { [Found(path: $0, values: [:])] } ?? []
        }
        var level = [Found(path: "", values: [:])]
        for index in pattern.components.indices {
            let isLast = index == pattern.components.count - 1
            var next: [Found] = []
            for found in level { try next += children(of: found, pattern, index, isLast: isLast) }
            level = next
        }
        return withoutTwins(level, isPackedFirst: pattern.description.hasSuffix(".gz"))
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The path of a file with or without `.gz`, relative to the folder; nil when neither is there.
    func literal(_ path: String) throws(FileError) -> String? {
        let other = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path + ".gz"
        for candidate in [path, other] {
            if let entry = try files.entry(FilePath.join(directory, candidate)), !entry.isDirectory {
                return candidate
            }
        }
        return nil
    }

    private func children(
        of found: Found, _ pattern: FilePattern, _ index: Int, isLast: Bool
    ) throws(FileError) -> [Found] {
        let folder = found.path.isEmpty ? directory : FilePath.join(directory, found.path)
        guard let entry = try files.entry(folder), entry.isDirectory else { return [] }
        var result: [Found] = []
        for child in try files.list(folder) where child.isDirectory != isLast {
            let name = isLast ? FilePattern.withoutGzip(child.name) : child.name
            guard let values = pattern.match(component: index, name, found.values) else { continue }
            let path = found.path.isEmpty ? child.name : found.path + "/" + child.name
            result.append(Found(path: path, values: values))
        }
        return result
    }

    /// Leaves one of `a.csv` and `a.csv.gz`.
    private func withoutTwins(_ found: [Found], isPackedFirst: Bool) -> [Found] {
        let paths = Set(found.map(\.path))
        return found.filter { item in
            let isPacked = item.path.hasSuffix(".gz")
            if isPacked == isPackedFirst { return true }
            return !paths.contains(isPacked ? String(item.path.dropLast(3)) : item.path + ".gz")
        }
    }
}
