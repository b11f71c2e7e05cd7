internal import ArgumentParser
internal import Settings
internal import TradewindCommands

/// `tradewind init`.
struct InitCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write the settings file .env from the template.",
        discussion: """
            Settings that the environment of the process gives are filled in; what .env says already stays \
            as it is; new settings are added, commented out. Doing it twice changes nothing, and no value is \
            ever printed. The file is readable by its owner alone. It counts in the local environment only.
            """)

    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        try refuseOutsideLocal(context)
        let path = context.workingDirectory + "/" + DotenvFile.name
        let existing: [UInt8]?
        switch HostFiles(directory: context.workingDirectory).read(DotenvFile.name) {
        case .absent: existing = nil
        case .bytes(let bytes): existing = bytes
        case .unreadable(let reason):
            throw CommandFailure(
                .wrongConfiguration, code: "settings-file", message: "it cannot be read: \(reason)",
                file: DotenvFile.name, remedy: "make it a regular file that this user can read")
        }
        let filled = try EnvironmentTemplate.fill(
            existing, path: DotenvFile.name, from: context.environment)
        let bytes = Array(filled.text.utf8)
        let isChanged = existing != bytes
        if isChanged || !PrivateTextFile.isPrivate(path) {
            try PrivateTextFile.write(bytes, to: path, shown: DotenvFile.name)
        }
        try report(filled, isNew: existing == nil, isChanged: isChanged, context)
    }

    /// `.env` would not be read there, so writing it would mislead.
    private func refuseOutsideLocal(_ context: ServerContext) throws(CommandFailure) {
        guard let name = context.environment["TRADEWIND_ENVIRONMENT"], !name.isEmpty,
            DeploymentEnvironment(name: name) != .local
        else { return }
        throw CommandFailure(
            .wrongConfiguration, code: "settings-file",
            message:
                "\(DotenvFile.name) is read in local only, and TRADEWIND_ENVIRONMENT names another "
                + "environment",
            remedy: "give the settings by the environment of the process, or unset TRADEWIND_ENVIRONMENT")
    }

    private func report(
        _ filled: EnvironmentTemplate.Filled, isNew: Bool, isChanged: Bool, _ context: ServerContext
    ) throws {
        if format.json {
            try context.output.result(
                JSONLine.object([
                    ("file", JSONEscape.quoted(DotenvFile.name)), ("created", "\(isNew)"),
                    ("changed", "\(isChanged)"),
                    ("given", JSONLine.array(filled.given.map(JSONEscape.quoted))),
                    ("added", JSONLine.array(filled.added.map(JSONEscape.quoted))),
                ]) + "\n")
            return
        }
        let what = isNew ? "written" : isChanged ? "completed" : "up to date"
        try context.output.result(
            "\(DotenvFile.name) is \(what): \(filled.given.count) filled from the environment, "
                + "\(filled.added.count) added\n")
    }
}
