internal import ArgumentParser
internal import Deployment
internal import Events
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind deploy`.
struct DeployCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Bring a version into service on this host, and take it back.",
        usage: "tradewind-server deploy [ENVIRONMENT] [SERVICES] [ACTION] [options]",
        discussion: """
            ENVIRONMENT is local (the default), staging or production; SERVICES api, web or all (the \
            default); ACTION one of

              start     start what was deployed last; the first time, what the sources are
              stop      stop it
              restart   stop it and start it again
              status    what serves, what was deployed when, and how that went
              logs      what the services print
              update    fetch the branch, build it, back up, migrate, start and examine it
              rollback  go back to the version before, with its schema
              backup    make a backup
              restore   put a backup in place of the database

            An update or a rollback that fails goes back by itself to what served, on the database as it \
            was. One that was killed is taken up by the next call. The branch is that of DEPLOY_BRANCH, else \
            what the remote names.
            """)

    @Argument(help: "Environment, services and action, in this order; each may be left out.")
    var words: [String] = []
    @Flag(help: "The services of tradewind start on this host, without containers.")
    var native = false
    @Option(
        help: ArgumentHelp("For update: a commit or branch in place of the latest.", valueName: "reference"))
    var to: String?
    @Option(help: ArgumentHelp("For restore: which backup; the latest when not given.", valueName: "name"))
    var backup: String?
    @Flag(help: "Stop what trades live and holds positions as well.")
    var whileLive = false
    @Option(help: "For logs: how many of the last lines.")
    var lines = 50
    @Flag(help: "For logs: go on printing until Ctrl-C.")
    var follow = false
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws {
        do throws(DeployWords.Problem) { _ = try DeployWords(words) } catch {
            throw ValidationError(error.sentence)
        }
    }

    func run(_ context: ServerContext) async throws {
        let words: DeployWords
        do throws(DeployWords.Problem) { words = try DeployWords(self.words) } catch {
            throw CommandFailure(.usage, code: "usage", message: error.sentence)
        }
        var context = context
        context = context.inEnvironment(words.environment)
        if words.action == .logs && !native {
            let desk = try DeployDesk(words, isNative: false, settings: settings, context, tells: true)
            return try desk.printLogs(lines: lines, follow: follow)
        }
        if words.action == .logs {
            var logs = LogsShowCommand()
            logs.service = words.services == .all ? nil : words.services.rawValue
            (logs.lines, logs.follow, logs.settings, logs.format) = (lines, follow, settings, format)
            return try await logs.run(context)
        }
        let desk = try DeployDesk(
            words, isNative: native, settings: settings, context, tells: !format.json)
        try await desk.perform(
            words.action,
            DeployDesk.Request(
                reference: to, backup: backup, isAllowedWhileLive: whileLive, asJSON: format.json))
    }
}
