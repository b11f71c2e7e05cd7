internal import Events
internal import MarketData
internal import Research

/// The output folder of a sweep: its checkpoint while it runs, its result at the end.
struct SweepFolder {
    let path: String
    let files: any FolderStore

    /// A checkpoint that was opened, and what it holds of this sweep.
    struct Opened {
        let file: AppendFile
        let points: [SweepPoint]
    }

    private var checkpoint: String { FilePath.join(path, SweepCheckpoint.fileName) }

    /// Whether the folder may be written: refused at once, before any data are read.
    func check(resumes: Bool) throws {
        _ = try ResultFolder.isReplaceable(path, mark: SweepCheckpoint.fileName, files)
        guard !resumes, let found = try files.entry(checkpoint), !found.isDirectory else { return }
        let isFinished = try files.read(checkpoint).withBytes { bytes in
            SweepCheckpoint(bytes)?.isFinished ?? true
        }
        if !isFinished {
            throw CommandFailure(
                .usage, code: "usage", message: "the folder holds a sweep that did not come to its end",
                file: path,
                remedy: "add --resume to go on with it, name another folder, or delete this one")
        }
    }

    /// Opens the checkpoint for a sweep, keeping what a resumed one holds.
    ///
    /// - Throws: exit code 78 when it is of another sweep, with what differs.
    func open(identity: String, resumes: Bool) throws -> Opened {
        try files.makeDirectory(path)
        let file = try AppendFile(checkpoint)
        if resumes, let known = try files.read(checkpoint).withBytes({ SweepCheckpoint($0) }) {
            guard known.identity == identity else {
                throw CommandFailure(
                    .wrongConfiguration, code: "resume",
                    message: "the checkpoint is of another sweep: \(difference(known.identity, identity))",
                    file: checkpoint,
                    remedy:
                        "give the run file, data and options of the first start, or leave out --resume and "
                        + "name another folder")
            }
            try file.truncate(to: known.validLength)
            return Opened(file: file, points: known.points)
        }
        try file.truncate(to: 0)
        try file.append(SweepCheckpoint.header(identity: identity))
        try file.force()
        return Opened(file: file, points: [])
    }

    /// The first line that differs.
    private func difference(_ old: String, _ new: String) -> String {
        let (before, now) = (old.split(separator: "\n"), new.split(separator: "\n"))
        for (a, b) in zip(before, now) where a != b {
            return "\"\(a.prefix(120))\" then, \"\(b.prefix(120))\" now"
        }
        if before.count > now.count { return "\"\(before[now.count].prefix(120))\" then" }
        return now.count > before.count ? "\"\(now[before.count].prefix(120))\" now" : "nothing"
    }

    /// Writes the result in place of what the folder held, with the finished checkpoint.
    func write(_ result: SweepResult, _ summary: JSONText, _ opened: Opened) throws {
        let held = Interruption.hold()
        defer { Interruption.release(held) }
        try opened.file.force()
        let kept = try files.read(checkpoint)
        let end = SweepCheckpoint(kept)?.isFinished == true ? [] : SweepCheckpoint.end()
        let tail = FileBytes(copying: end)
        try ResultFolder.write(
            [
                ResultFile("summary.json", text: summary.pretty),
                ResultFile(SweepRecord.name, text: result.record.pretty),
                ResultFile("results.csv") { (write: ResultFile.Writer) throws(FileError) in
                    try result.writeTable(write)
                },
                ResultFile(SweepCheckpoint.fileName) { (write: ResultFile.Writer) throws(FileError) in
                    try kept.withBytes { (bytes) throws(FileError) in try write(bytes) }
                    try tail.withBytes { (bytes) throws(FileError) in try write(bytes) }
                },
                ResultFile(
                    "report.html",
                    text: SweepReport(result, producer: "tradewind \(ProductVersion.text)").render()),
            ], to: path, mark: SweepCheckpoint.fileName, files)
    }
}

extension SweepCheckpoint {
    fileprivate init?(_ file: FileBytes) {
        guard let read = file.withBytes({ SweepCheckpoint($0) }) else { return nil }
        self = read
    }
}
