internal import ArgumentParser
internal import Glibc
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind logs`.
struct LogsCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the log of a service.",
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
                let json = JSONOutput.object([("service", .string(name)), ("line", .string(line))])
                try context.output.result(json.text + "\n")
            } else {
                try context.output.result((amongSeveral ? "\(name): " : "") + line + "\n")
            }
        }
    }
}

/// The end of a log file that grows, is emptied, or gives its name to another.
struct LogTail {
    private let path: String
    private var offset: Int = 0
    private var inode: UInt = 0
    /// What followed the last line end.
    private var partial: [UInt8] = []
    /// The most that is read at once.
    private static let maximumBytes = 16 << 20

    init(path: String) { self.path = path }

    /// The last lines; ``news()`` then goes on behind them. Older files are looked into when this one has too
    /// few.
    mutating func last(_ count: Int) -> [String] {
        var found = lines(of: news())
        for number in 1...4 where found.count < count {
            guard let older = read("\(path).\(number)", from: 0)?.bytes else { break }
            found = lines(of: text(older)) + found
        }
        return found.suffix(count)
    }

    /// Whole lines that came since this was last asked.
    mutating func news() -> [String] {
        guard let (bytes, inode, start) = read(path, from: offset, sameAs: inode) else { return [] }
        if self.inode != inode || start < offset { partial = [] }
        (self.inode, offset) = (inode, start + bytes.count)
        var pieces = (partial + bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        partial = Array(pieces.removeLast())
        return pieces.map { String(decoding: $0, as: UTF8.self) }
    }

    private func lines(of found: [String]) -> [String] { found }

    private func text(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What a file holds from an offset on; from its beginning when it is another file or has become shorter.
    private func read(
        _ path: String, from offset: Int, sameAs inode: UInt? = nil
    ) -> (bytes: [UInt8], inode: UInt, start: Int)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        let size = Int(facts.st_size)
        let isSame = inode == nil || inode == facts.st_ino
        let wanted = isSame && size >= offset ? offset : 0
        let start = max(wanted, size - Self.maximumBytes)
        guard lseek(descriptor, off_t(start), SEEK_SET) >= 0 else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.maximumBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        return (bytes, facts.st_ino, start)
    }
}
