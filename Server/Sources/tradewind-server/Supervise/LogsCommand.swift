internal import ArgumentParser
internal import Events
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind logs`.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the log of a service, or archive finished days.",
        discussion: """
            tradewind logs prints the last lines of every service, tradewind logs api those of one; --lines, \
            --follow and --json as in tradewind logs show. Services are those of status, and supervisor: \
            what it did and why.
            """,
        subcommands: [LogsShowCommand.self, LogsArchiveCommand.self],
        defaultSubcommand: LogsShowCommand.self)
}

/// `tradewind logs show`, which `tradewind logs` without another word means.
struct LogsShowCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the log of a service; what logs alone does.",
        discussion:
            "Services are those of status, and supervisor: what it did and why. Without a name, all of them.")

    @Argument(help: "The service.")
    var service: String?
    @Option(help: "How many of the last lines.")
    var lines = 50
    @Flag(help: "Go on printing until Ctrl-C.")
    var follow = false
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws {
        if lines < 0 || lines > 1_000_000 { throw ValidationError("--lines is from 0 to 1000000") }
    }

    func run(_ context: ServerContext) async throws {
        let folder = StateFolder.inUse(settings, context)
        let plan = SupervisionMemory(folder).read().plan
        let known = ["supervisor"] + (plan?.services.map(\.name) ?? [])
        if let service, !known.contains(service) {
            throw CommandFailure(
                .badData, code: "no-log", message: "there is no log of \"\(service)\" in \(folder.path)",
                remedy: "logs are \(known.joined(separator: ", "))")
        }
        let names = service.map { [$0] } ?? known
        var tails = names.map { LogTail(path: folder.log(of: $0)) }
        for index in tails.indices {
            try print(tails[index].last(lines), of: names[index], amongSeveral: names.count > 1, context)
        }
        while follow {
            try await Task.sleep(for: .milliseconds(200))
            for index in tails.indices {
                try print(tails[index].news(), of: names[index], amongSeveral: names.count > 1, context)
            }
        }
    }

    private func print(
        _ lines: [String], of name: String, amongSeveral: Bool, _ context: ServerContext
    ) throws(CommandFailure) {
        for line in lines {
            if format.json {
                let json = JSONText.object([
                    JSONMember("service", .string(name)), JSONMember("line", .string(line)),
                ])
                try context.output.result(json.compact + "\n")
            } else {
                try context.output.result((amongSeveral ? "\(name): " : "") + line + "\n")
            }
        }
    }
}
