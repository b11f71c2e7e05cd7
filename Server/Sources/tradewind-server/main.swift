internal import Glibc
internal import TradewindCommands

// A reader that went away is an error of writing rather than a signal that kills.
signal(SIGPIPE, SIG_IGN)
let status = await TradewindServerCommand.run(Array(CommandLine.arguments.dropFirst()), .ofProcess())
exit(status.rawValue)
