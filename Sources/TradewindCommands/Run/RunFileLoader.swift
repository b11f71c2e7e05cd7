internal import MarketData
internal import RunFiles
internal import StrategyKit

/// Reads a run file of this machine with what the command line adds to it.
struct RunFileLoader {
    let files: any FileStore
    let strategies: StrategyRegistry

    /// Reads and checks a run file.
    ///
    /// - Parameters:
    ///   - path: the file as the user named it.
    ///   - settings: texts of `--set`.
    ///   - catalogue: folder of `--data`.
    ///   - changes: what other options of the command change, before those of `--set`.
    ///   - purpose: what it is read for.
    /// - Throws: exit code 64 for a text of `--set` without form, 78 for a run file that is absent, cannot be
    ///   read or is wrong.
    func load(
        _ path: String, settings: [String], catalogue: String?, changes: [RunFileSetting] = [],
        purpose: RunPurpose = .backtest
    ) throws(CommandFailure) -> RunFile {
        let changes = try changes + read(settings)
        let content: FileBytes
        do {
            content = try files.read(path)
        } catch {
            throw CommandFailure(
                .wrongConfiguration, code: "run-file", message: error.message, file: error.path,
                remedy: error.kind == .wrongType ? "name a run file, not its folder" : error.remedy)
        }
        do {
            return try content.withBytes { (bytes) throws(RunFileError) in
                try RunFile(
                    bytes: bytes, path: path, settings: changes, catalogue: catalogue, strategies: strategies,
                    purpose: purpose)
            }
        } catch {
            let failure = CommandFailure(error)
            let draft = content.withBytes { bytes in
                RunFile.draft(
                    bytes: bytes, path: path, settings: changes, catalogue: catalogue, strategies: strategies)
            }
            guard let draft else { throw failure }
            let others = RunSeriesLoader(files: files, strategies: strategies).problems(ofDraft: draft)
            throw CommandFailure(failure.exitStatus, problems: failure.problems + others)
        }
    }

    private func read(_ settings: [String]) throws(CommandFailure) -> [RunFileSetting] {
        var changes: [RunFileSetting] = []
        var problems: [FailureProblem] = []
        for text in settings {
            if let change = RunFileSetting(text) {
                changes.append(change)
            } else {
                problems.append(
                    FailureProblem(
                        code: "usage", message: "--set \"\(text)\" is not key=value",
                        remedy: "write for example --set parameters.fast=10"))
            }
        }
        if !problems.isEmpty { throw CommandFailure(.usage, problems: problems) }
        return changes
    }
}
