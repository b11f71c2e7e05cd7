internal import Glibc

/// Replaces this process by `tradewind-server`, for a command that it does.
enum ServiceHandOff {
    /// Names the executable, for where it is neither beside this one nor in a clone. The launcher sets it.
    static let variable = "TRADEWIND_SERVER_EXECUTABLE"

    /// What a command of `tradewind-server` is within a process that must stay what it is.
    static func inAnotherProcess(_ command: String) -> CommandFailure {
        CommandFailure(
            .unavailable, code: "server-absent",
            message: "\(command) is done by tradewind-server, a process of its own",
            remedy: "run ./tradewind \(command)")
    }

    /// Whether a command line is for `tradewind-server`; `help start` is as well.
    static func concerns(_ arguments: [String]) -> Bool {
        let words = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
        if isVerificationOfThePlatform(words) { return true }
        return (ServiceCommands.listed.map(\.path) + ServiceCommands.linesOfOthers).contains { path in
            words.starts(with: path.split(separator: " ").map(String.init))
        }
    }

    /// Whether a command line is `events verify` without a file: the log of a run is a file, that of the
    /// platform is in its database.
    private static func isVerificationOfThePlatform(_ words: [String]) -> Bool {
        guard words.starts(with: ["events", "verify"]) else { return false }
        var rest = words.dropFirst(2)
        if rest.contains("--help") || rest.contains("-h") { return false }
        while let word = rest.popFirst() {
            if word == "--set" || word == "--after" {
                rest = rest.dropFirst()
            } else if !word.hasPrefix("-") {
                return false
            }
        }
        return true
    }

    /// Does not return unless it fails.
    ///
    /// - Throws: a failure with exit code 69 when the executable is absent or cannot be started.
    static func run(_ arguments: [String]) throws(CommandFailure) {
        let places = candidates(
            named: getenv(variable).map { String(cString: $0) }, own: ownExecutable())
        guard let executable = places.first(where: { access($0, X_OK) == 0 }) else {
            throw CommandFailure(
                .unavailable, code: "server-absent",
                message: "\(arguments.first ?? "this command") is done by tradewind-server, which is not at "
                    + places.joined(separator: ", nor at "),
                remedy: "in a clone ./tradewind builds it: run ./tradewind "
                    + "\(arguments.joined(separator: " ")); elsewhere set \(variable) to its path")
        }
        unsetenv(variable)
        // What this process ignores would stay ignored in the next one.
        signal(SIGPIPE, SIG_DFL)
        var words = ([executable] + arguments).map { strdup($0) }
        words.append(nil)
        execv(executable, words)
        let reason = String(cString: strerror(errno))
        throw CommandFailure(
            .unavailable, code: "server-absent", message: "\(executable) cannot be started: \(reason)",
            remedy: "build it again: remove Server/.build and run ./tradewind \(arguments.first ?? "status")")
    }

    /// The places to look at, in order: the one named, beside this executable, and in the clone whose
    /// `.build/release` holds this executable.
    static func candidates(named: String?, own: String) -> [String] {
        let name = "tradewind-server"
        if let named, !named.isEmpty { return [named] }
        let folders = own.split(separator: "/").map(String.init).dropLast()
        var found = ["/" + (folders + [name]).joined(separator: "/")]
        if let build = folders.lastIndex(of: ".build") {
            let clone = folders[..<build]
            found.append("/" + (clone + ["Server", ".build", "release", name]).joined(separator: "/"))
        }
        return found
    }

    private static func ownExecutable() -> String {
        guard let path = realpath("/proc/self/exe", nil) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
