internal import Markets
internal import Units

/// What an import did.
public struct ImportResult: Sendable {
    /// All series of the description that the catalogue now holds, ascending by key.
    public fileprivate(set) var entries: [CatalogueEntry] = []
    /// How many of them were written anew.
    public fileprivate(set) var written = 0
    /// How many were there already with the same content.
    public fileprivate(set) var unchanged = 0
    /// Files of the description that are absent, and the like.
    public fileprivate(set) var warnings: [String] = []
    /// Rows in all series.
    public var rows: Int { entries.reduce(0) { $0 + $1.rows } }
}

/// Everything that stopped an import; the catalogue is as it was before.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problems; never empty.
    public let problems: [MarketDataError]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Builds a catalogue from the files of a data-set description.
///
/// Series files carry their content's checksum in their names and are never overwritten, and the index is
/// replaced last: a stop at any moment leaves the catalogue as it was. Imports into one catalogue wait for
/// each other.
public struct CatalogueImport: Sendable {
    private let files: any FileStore
    private let directory: String
    private let source: String
    private let reader: SeriesReader

    /// - Parameters:
    ///   - directory: the catalogue's folder; made when absent.
    ///   - source: the folder that the description's files are relative to.
    public init(files: any FileStore, directory: String, source: String) {
        (self.files, self.directory, self.source) = (files, directory, source)
        reader = SeriesReader(files: files)
    }

    /// Reads all files of a description and brings the catalogue up to date. Series that the description
    /// does not name stay, as do those whose files are absent.
    ///
    /// - Parameter progress: called before each file with its path and how many were done of how many.
    /// - Throws: ``ImportError`` with every problem found. Nothing is changed then.
    public func run(
        _ description: DatasetDescription, file: String,
        progress: (_ path: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
    ) throws(ImportError) -> ImportResult {
        var work = ImportWork(description: description, file: file)
        do throws(MarketDataError) {
            guard let folder = try attempt({ () throws(FileError) in try files.entry(source) }),
                folder.isDirectory
            else {
                throw MarketDataError(
                    code: "read-missing", file: source, message: "there is no such folder",
                    remedy: "name the folder of the data with --source")
            }
            let lock = try attempt { () throws(FileError) in
                try begin(&work)
                return try files.lock(FilePath.join(directory, ImportWork.lockName), waits: true)
            }
            defer { withExtendedLifetime(lock) {} }
            do throws(MarketDataError) {
                try prepare(&work)
                readSources(&work, progress)
                if work.problems.isEmpty { try finish(&work) }
            } catch {
                work.problems.append(error)
            }
            if !work.problems.isEmpty { undo(work) }
        } catch {
            work.problems.append(error)
        }
        guard work.problems.isEmpty else { throw ImportError(problems: work.problems) }
        work.result.entries = work.result.entries
            .map { (key: Array($0.key.description.utf8), entry: $0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.entry)
        return work.result
    }

    /// The state of one import.
    private struct ImportWork {
        static let lockName = "lock"

        let description: DatasetDescription
        let file: String
        var index = CatalogueIndex()
        /// Where each series stands in ``index``: a chain of options has tens of thousands of them.
        var places: [CatalogueKey: Int] = [:]
        var oldBytes: [UInt8] = []
        var result = ImportResult()
        var problems: [MarketDataError] = []
        /// Paths written by this import, relative to the catalogue.
        var writtenPaths: [String] = []
        /// Folders made by this import, relative to the catalogue.
        var madeFolders: Set<String> = []
        /// The folder of the catalogue and those above it that were not there before, the innermost first.
        var absentFolders: [String] = []
        /// Whether the lock's file was not there before.
        var isFirst = false
        var seen: [CatalogueKey: String] = [:]

        init(description: DatasetDescription, file: String) {
            (self.description, self.file) = (description, file)
        }
    }

    private func attempt<Value>(
        _ body: () throws(FileError) -> Value
    ) throws(MarketDataError) -> Value {
        do {
            return try body()
        } catch {
            throw MarketDataError(error)
        }
    }

    // MARK: Before and after

    /// Makes the folder of the catalogue.
    private func begin(_ work: inout ImportWork) throws(FileError) {
        work.absentFolders = try files.absentFolders(directory)
        try files.makeDirectory(directory)
        work.isFirst = try files.entry(FilePath.join(directory, ImportWork.lockName)) == nil
    }

    /// Reads the index and removes what an earlier import left behind when it was stopped.
    private func prepare(_ work: inout ImportWork) throws(MarketDataError) {
        let path = FilePath.join(directory, CatalogueIndex.fileName)
        if let file = try Catalogue.readIndex(path, files) {
            guard let index = file.withBytes({ CatalogueIndex($0) }) else { throw Catalogue.damaged(path) }
            work.index = index
            work.oldBytes = file.array
            for (place, entry) in index.entries.enumerated() { work.places[entry.key] = place }
        }
        var known: Set<String> = [CatalogueIndex.fileName, ImportWork.lockName]
        for entry in work.index.entries {
            known.insert(entry.path)
            if let factors = entry.factors { known.insert(factors) }
        }
        try attempt { () throws(FileError) in
            for folder in ["", "series", "factors"] { try sweep(folder, known, isDeep: !folder.isEmpty) }
        }
    }

    private func sweep(_ folder: String, _ known: Set<String>, isDeep: Bool) throws(FileError) {
        let path = folder.isEmpty ? directory : FilePath.join(directory, folder)
        guard try files.entry(path) != nil else { return }
        for child in try files.list(path) {
            let inner = folder.isEmpty ? child.name : folder + "/" + child.name
            if child.isDirectory {
                if isDeep { try sweep(inner, known, isDeep: true) }
            } else if !known.contains(inner), isDeep || inner.hasSuffix(".part") {
                try files.delete(FilePath.join(directory, inner))
            }
        }
    }

    private func finish(_ work: inout ImportWork) throws(MarketDataError) {
        let bytes = work.index.encoded()
        if bytes == work.oldBytes { return }
        let path = FilePath.join(directory, CatalogueIndex.fileName)
        try attempt { () throws(FileError) in try files.replace(path, with: bytes) }
    }

    /// Removes what this import wrote. What cannot be removed is left for the next import's sweep.
    private func undo(_ work: ImportWork) {
        func remove(_ path: String, _ body: (String) throws(FileError) -> Void) {
            do {
                try body(FilePath.join(directory, path))
            } catch {
                return
            }
        }
        for path in work.writtenPaths {
            remove(path) { path throws(FileError) in try files.delete(path) }
        }
        for made in work.madeFolders.sorted() {
            var folder = made
            while folder != "." {
                remove(folder) { path throws(FileError) in try files.deleteEmptyFolder(path) }
                folder = FilePath.directory(folder)
            }
        }
        guard work.isFirst, work.oldBytes.isEmpty else { return }
        remove(ImportWork.lockName) { path throws(FileError) in try files.delete(path) }
        for folder in work.absentFolders {
            do {
                try files.deleteEmptyFolder(folder)
            } catch {
                return
            }
        }
    }

    // MARK: Reading

    private func readSources(
        _ work: inout ImportWork, _ progress: (String, Int, Int) -> Void
    ) {
        let search = FileSearch(files: files, directory: source)
        let total = work.description.series.count
        for (number, entry) in work.description.series.enumerated() {
            do throws(MarketDataError) {
                let found = try attempt { () throws(FileError) in try search.find(entry.file) }
                if found.isEmpty {
                    work.result.warnings.append("\(entry.file): absent; nothing was imported")
                }
                for (template, paths) in groups(entry, found) {
                    progress(paths[0], number, total)
                    do throws(MarketDataError) {
                        try take(entry, template, paths, &work)
                    } catch {
                        work.problems.append(error)
                        // On a full disk every further file would fail the same way.
                        if error.exitCode == 74 { return }
                    }
                }
            } catch {
                work.problems.append(error)
            }
        }
        for table in work.description.tables {
            do throws(FileError) {
                if try search.literal(table.file) == nil {
                    work.result.warnings.append("\(table.file): absent")
                }
            } catch {
                work.problems.append(MarketDataError(error))
            }
        }
    }

    /// The files that give the same instrument, in the order of their names.
    private func groups(
        _ entry: SeriesEntry, _ found: [FileSearch.Found]
    ) -> [(InstrumentTemplate, [String])] {
        var groups: [(InstrumentTemplate, [String])] = []
        for item in found {
            let template = entry.instrument.filled(item.values)
            if let index = groups.firstIndex(where: { $0.0 == template }) {
                groups[index].1.append(item.path)
            } else {
                groups.append((template, [item.path]))
            }
        }
        return groups
    }

    private func take(
        _ entry: SeriesEntry, _ template: InstrumentTemplate, _ paths: [String], _ work: inout ImportWork
    ) throws(MarketDataError) {
        let full = paths.map { FilePath.join(source, $0) }
        if template.names.isEmpty && InstrumentID(template.description) == nil {
            throw MarketDataError(
                code: "instrument", file: work.file, line: entry.line,
                message: "'\(template)', made for \(paths[0]), is not venue:type:symbol",
                remedy: "a venue is lower case; change the instrument of this series")
        }
        for series in try reader.readUnhashed(full, template: template, spec: entry.spec) {
            try take(series, entry, paths, &work)
        }
    }

    private func take(
        _ unhashed: UnhashedSeries, _ entry: SeriesEntry, _ paths: [String], _ work: inout ImportWork
    ) throws(MarketDataError) {
        var timeframe: Timeframe?
        if case .bars(_, let found) = unhashed.columns { timeframe = found }
        let key = CatalogueKey(
            instrument: unhashed.instrument, kind: unhashed.kind, timeframe: timeframe,
            variant: entry.variant)
        if let other = work.seen[key] {
            throw MarketDataError(
                code: "same-series", file: work.file, line: entry.line,
                message: "\(paths[0]) and \(other) give the same series '\(key)'",
                remedy: "tell them apart with 'variant', or remove one")
        }
        work.seen[key] = paths[0]
        let factors = try factors(entry, unhashed.instrument, &work)
        // A new series is written while its checksum is computed; one that is known may be the same.
        let early = work.places[key] == nil ? try draft(unhashed, key, &work) : nil
        let series = unhashed.hashed()
        let name = String(series.digest.description.prefix(16))
        let path = "\(key.path).\(name).columns"
        let bytes: Int
        if let size = try stored(series, key, path, &work) {
            bytes = size
        } else {
            let draft = if let early { early } else { try draft(unhashed, key, &work) }
            bytes = try store(series, draft, path, &work)
        }
        let visible = series.columns.visibleTime
        var first = visible[0]
        if case .bars(let bars, _) = series.columns { first = bars.openTime[0] }
        let made = CatalogueEntry(
            key: key, path: path, bytes: bytes, rows: series.count, first: Instant(nanoseconds: first),
            last: Instant(nanoseconds: visible[series.count - 1]), priceScale: series.priceScale,
            quantityScale: series.quantityScale, digest: series.digest, factors: factors,
            calendar: entry.spec.calendar, dataset: work.description.name, sources: paths,
            warnings: series.warnings)
        if let place = work.places[key] {
            work.index.entries[place] = made
        } else {
            work.places[key] = work.index.entries.count
            work.index.entries.append(made)
        }
        work.result.entries.append(made)
    }

    /// The size of the file of a series, where the same content is there; nil otherwise.
    private func stored(
        _ series: MarketSeries, _ key: CatalogueKey, _ path: String, _ work: inout ImportWork
    ) throws(MarketDataError) -> Int? {
        guard let known = work.places[key].map({ work.index.entries[$0] }), known.path == path,
            known.digest == series.digest
        else { return nil }
        let target = FilePath.join(directory, path)
        let file = try attempt { () throws(FileError) in try files.entry(target) }
        guard file?.size == known.bytes else { return nil }
        work.result.unchanged += 1
        return known.bytes
    }

    private func draft(
        _ series: UnhashedSeries, _ key: CatalogueKey, _ work: inout ImportWork
    ) throws(MarketDataError) -> SeriesFile.Draft {
        let path = FilePath.join(directory, key.path)
        work.madeFolders.insert(FilePath.directory(key.path))
        return try attempt { () throws(FileError) in
            try files.makeDirectory(FilePath.directory(path))
            return try SeriesFile.draft(series, path, files)
        }
    }

    /// Ends the file of a series; gives its size.
    private func store(
        _ series: MarketSeries, _ draft: SeriesFile.Draft, _ path: String, _ work: inout ImportWork
    ) throws(MarketDataError) -> Int {
        work.writtenPaths.append(path)
        try attempt { () throws(FileError) in
            try draft.finish(series, as: FilePath.join(directory, path))
        }
        work.result.written += 1
        return draft.bytes
    }

    /// Copies the file of factors beside the series; its content is checked first.
    private func factors(
        _ entry: SeriesEntry, _ instrument: InstrumentID, _ work: inout ImportWork
    ) throws(MarketDataError) -> String? {
        guard let name = entry.factors else { return nil }
        let search = FileSearch(files: files, directory: source)
        guard let found = try attempt({ () throws(FileError) in try search.literal(name) }) else {
            let warning = "\(name): absent; '\(instrument)' is imported without factors"
            if !work.result.warnings.contains(warning) { work.result.warnings.append(warning) }
            return nil
        }
        let path = FilePath.join(source, found)
        let bytes = try attempt { () throws(FileError) in try files.read(path).array }
        do {
            _ = try AdjustmentTable(source: path, bytes: bytes)
        } catch {
            throw MarketDataError(
                code: "factors", file: path, line: error.line, message: error.problem,
                remedy: "give rows of date, price_factor, split_factor, reference_price")
        }
        let digest = bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) }.description.prefix(16)
        let target =
            "factors/\(instrument.venue)/\(instrument.type.rawValue)/"
            + "\(CatalogueKey.safe(instrument.symbol)).\(digest).csv"
        let full = FilePath.join(directory, target)
        try attempt { () throws(FileError) in
            if try files.entry(full)?.size == bytes.count { return }
            work.writtenPaths.append(target)
            work.madeFolders.insert(FilePath.directory(target))
            try files.makeDirectory(FilePath.directory(full))
            try files.replace(full, with: bytes)
        }
        return target
    }
}
