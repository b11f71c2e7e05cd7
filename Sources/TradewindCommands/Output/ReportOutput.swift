internal import Events
internal import Research

/// Where a report goes: to standard output, and with `--output` also to a folder, as JSON and as a page.
struct ReportOutput {
    /// The folder of `--output`.
    let folder: String?
    /// The file of the report as JSON, by which a folder is known to be of such a report.
    let mark: String
    /// The file of the page.
    let page: String
    /// Whether standard output is to have JSON.
    let json: Bool

    /// Refuses a folder that holds something else, before any work is done.
    func check(_ context: CommandContext) throws {
        if let folder { _ = try ResultFolder.isReplaceable(folder, mark: mark, context.files) }
    }

    /// Writes and prints a report.
    func deliver(
        _ summary: JSONText, page render: () -> String, text: () -> String, _ context: CommandContext
    ) throws {
        if let folder { try write(summary, render(), to: folder, context) }
        let note = folder.map { " Written to \($0)\n" } ?? ""
        try context.output.result(json ? summary.pretty : text() + note)
    }

    private func write(
        _ summary: JSONText, _ page: String, to folder: String, _ context: CommandContext
    ) throws {
        let held = Interruption.hold()
        defer { Interruption.release(held) }
        let files = [ResultFile(mark, text: summary.pretty), ResultFile(self.page, text: page)]
        try ResultFolder.write(files, to: folder, mark: mark, context.files)
    }
}
