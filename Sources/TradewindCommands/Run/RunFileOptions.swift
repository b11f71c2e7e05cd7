internal import ArgumentParser
internal import RunFiles

/// The run file that a command works on, and what its options change in it.
struct RunFileOptions: ParsableArguments {
    @Argument(help: "The run file.")
    var file: String

    @Option(name: .long, help: "Folder of the catalogue, in place of data.catalogue of the run file.")
    var data: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a key of the run file, as parameters.fast=10.", valueName: "key=value"))
    var settings: [String] = []

    /// Reads the run file.
    ///
    /// - Parameters:
    ///   - changes: what other options of the command change, before `--set`.
    ///   - purpose: what the run is for: which sections must be there.
    /// - Throws: everything that is wrong with it.
    func load(
        _ context: CommandContext, changes: [RunFileSetting] = [], purpose: RunPurpose = .backtest
    ) throws(CommandFailure) -> RunFile {
        try RunFileLoader(files: context.files, strategies: context.strategies)
            .load(file, settings: settings, catalogue: data, changes: changes, purpose: purpose)
    }
}
