internal import Glibc

/// Starts processes that belong to no terminal: each leads a session and a group of its own.
enum ProcessSpawner {
    /// A process to start.
    struct Order {
        /// The executable, as an absolute path, and its arguments.
        var command: [String]
        /// All of its environment.
        var environment: [String: String]
        /// The file that standard output is appended to, and standard error unless it has one.
        var output: String
        /// The file that standard error is appended to, when it is another.
        var errors: String?
        /// Open files that it gets, from number 3 on. It gets no others.
        var inherited: [Int32]
    }

    /// The lowest number for copies of inherited files, above all the numbers that they are given.
    private static let firstCopy: Int32 = 32

    /// Starts a process.
    ///
    /// - Returns: its number.
    static func spawn(_ order: Order) throws(SupervisionError) -> Int32 {
        precondition(order.inherited.count < Int(firstCopy) - 3, "few files are inherited")
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        for descriptor in order.inherited {
            // A copy cannot be overwritten while another file is given its number.
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, firstCopy)
            if copy < 0 { throw .system(.cannotStart, "copying an open file") }
            copies.append(copy)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, order.output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if let errors = order.errors {
            posix_spawn_file_actions_addopen(
                &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }
        for (index, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, Int32(3 + index))
        }
        // Everything of this project closes itself; this is for what a parent left open.
        for descriptor in openDescriptors() where Int(descriptor) >= 3 + copies.count {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setSignals(&attributes)
        return try start(order, &actions, &attributes)
    }

    /// The open files of this process that a child would get.
    private static func openDescriptors() -> [Int32] {
        (DirectFile.names(in: "/proc/self/fd") ?? []).compactMap { Int32($0) }.filter { descriptor in
            let flags = fcntl(descriptor, F_GETFD)
            return flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// Nothing blocked and nothing ignored, whatever this process does; and a session of its own.
    private static func setSignals(_ attributes: inout posix_spawnattr_t) {
        // POSIX_SPAWN_SETSID of <spawn.h>.
        let newSession: Int32 = 0x80
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    private static func start(
        _ order: Order, _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t
    ) throws(SupervisionError) -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = order.command.map { strdup($0) } + [nil]
        let pairs = order.environment.sorted { $0.key < $1.key }
        var variables: [UnsafeMutablePointer<CChar>?] = pairs.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: Int32 = 0
        let number = posix_spawn(&pid, order.command[0], &actions, &attributes, &arguments, &variables)
        if number != 0 {
            throw .system(.cannotStart, "starting \(order.command[0])", path: order.output, number: number)
        }
        return pid
    }
}
