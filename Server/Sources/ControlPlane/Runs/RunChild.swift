public import Events
internal import Glibc
internal import Synchronization

/// What the process of a run says, line by line, and how it ended.
public enum RunWord: Sendable {
    /// How far it is.
    case progress(JSONText)
    /// Orders that are new or changed, as they stand.
    case orders([JSONText])
    /// The prices of an instrument that it works on, as bars.
    case prices(JSONText)
    /// It came to its end; the object of `summary.json`.
    case result(JSONText)
    /// It failed; `{"code", "message", "remedy", "problems"}`.
    case failure(JSONText)
    /// The process is over: its exit status, or the signal that ended it. Nothing follows.
    case ended(status: Int32?, signal: Int32?)
}

/// How the process of a run is started.
public struct RunChildOrder: Sendable {
    /// The executable, as an absolute path, and its arguments.
    public var command: [String]
    /// All of its environment.
    public var environment: [String: String]
    /// The file that takes its standard error, as much of it as is kept.
    public var errors: String
    /// Hears of each line of its standard error, without the line end, on a thread that may wait.
    public var said: @Sendable ([UInt8]) -> Void

    /// An order.
    public init(
        command: [String], environment: [String: String], errors: String,
        said: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) {
        (self.command, self.environment, self.errors, self.said) = (command, environment, errors, said)
    }
}

/// The process of one run. It leads a session of its own; its standard input is a pipe whose other end is
/// here, so that it ends when this process does, whatever ends it.
public final class RunChild: Sendable {
    /// Bytes of one line beyond which the process is taken for broken.
    private static let maximumLine = 16 << 20

    /// What it says; the last words are never lost, however slow the reader is.
    public let words: AsyncStream<RunWord>
    private let pid: Int32
    private let state = Mutex(State())

    private struct State {
        var isOver = false
        var input: Int32 = -1
    }

    /// Starts a process.
    ///
    /// - Throws: ``RunChildError``.
    public static func start(_ order: RunChildOrder) throws(RunChildError) -> RunChild {
        var pipes: [RunPipe] = []
        do throws(RunChildError) {
            for _ in 0..<3 { pipes.append(try RunPipe()) }
            let (input, output, errors) = (pipes[0], pipes[1], pipes[2])
            let words = try RunErrors(file: order.errors, said: order.said)
            let pid = try RunSpawn.spawn(
                order, input: input.read, output: output.write, errors: errors.write)
            for end in [input.read, output.write, errors.write] { Glibc.close(end) }
            return RunChild(pid: pid, input: input.write, output: output.read, errors.read, words)
        } catch {
            for pipe in pipes { pipe.close() }
            throw error
        }
    }

    private init(pid: Int32, input: Int32, output: Int32, _ errors: Int32, _ words: RunErrors) {
        self.pid = pid
        let (stream, continuation) = AsyncStream.makeStream(
            of: RunWord.self, bufferingPolicy: .bufferingNewest(256))
        self.words = stream
        state.withLock { $0.input = input }
        RunThread.start { words.read(errors) }
        // Reading blocks: a thread of its own, which ends with the process.
        RunThread.start { [self] in
            read(output, continuation)
            Glibc.close(output)
            let end = awaitEnd()
            // What it said last is in the file before anybody is told that it is over.
            words.awaitEnd()
            continuation.yield(end)
            continuation.finish()
        }
    }

    /// Asks the process to end, and makes it end when it has not after a while.
    public func stop(patience: Duration = .seconds(2)) async {
        send(SIGTERM)
        let (seconds, attoseconds) = patience.components
        var left = seconds * 100 + attoseconds / 10_000_000_000_000_000
        while left > 0 && !state.withLock({ $0.isOver }) {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
            left -= 1
        }
        send(SIGKILL)
    }

    /// Ends the process and all that it started, at once.
    public func kill() { send(SIGKILL) }

    /// A process that was waited for is never signalled: its number may belong to another by now.
    private func send(_ signal: Int32) {
        state.withLock { if !$0.isOver { _ = Glibc.kill(-pid, signal) } }
    }

    private func read(_ output: Int32, _ words: AsyncStream<RunWord>.Continuation) {
        var line: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(output, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            for part in piece[..<count].split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
            {
                if part.offset > 0 {
                    tell(line, words)
                    line.removeAll(keepingCapacity: true)
                }
                line += part.element
            }
            if line.count > Self.maximumLine {
                kill()
                return
            }
        }
    }

    private func tell(_ line: [UInt8], _ words: AsyncStream<RunWord>.Continuation) {
        guard let text = String(validating: line, as: UTF8.self) else { return }
        let value: JSONText
        do throws(JSONError) { value = try JSONText(parsing: text) } catch { return }
        if let progress = value["progress"] {
            words.yield(.progress(progress))
        } else if let orders = value["orders"]?.items {
            words.yield(.orders(orders))
        } else if let prices = value["prices"] {
            words.yield(.prices(prices))
        } else if let result = value["result"] {
            words.yield(.result(result))
        } else if let failure = value["error"] {
            words.yield(.failure(failure))
        }
    }

    private func awaitEnd() -> RunWord {
        var information = siginfo_t()
        // Looks first: until it is waited for, the number cannot be given to another process.
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        var status: Int32 = 0
        state.withLock { state in
            _ = Glibc.kill(-pid, SIGKILL)
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            state.isOver = true
            Glibc.close(state.input)
        }
        // The macros WIFEXITED, WEXITSTATUS and WTERMSIG of <sys/wait.h>.
        let signal = status & 0x7F
        return signal == 0
            ? .ended(status: (status >> 8) & 0xFF, signal: nil) : .ended(status: nil, signal: signal)
    }
}

/// Why the process of a run cannot be started.
public struct RunChildError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    init(description: String) { self.description = description }
}

/// A pipe whose ends no other process inherits.
private struct RunPipe {
    let read: Int32
    let write: Int32

    init() throws(RunChildError) {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) != 0 {
            throw RunChildError(description: "no pipe can be made: \(String(cString: strerror(errno)))")
        }
        // Processes are started by one actor: none is started between these two calls.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (read, write) = (ends[0], ends[1])
    }

    func close() {
        Glibc.close(read)
        Glibc.close(write)
    }
}

/// Starts processes of runs.
private enum RunSpawn {
    static func spawn(
        _ order: RunChildOrder, input: Int32, output: Int32, errors: Int32
    ) throws(RunChildError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID of <spawn.h> is 0x80.
        let flags = 0x80 | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments: [UnsafeMutablePointer<CChar>?] = order.command.map { strdup($0) } + [nil]
        let pairs = order.environment.sorted { $0.key < $1.key }
        var variables: [UnsafeMutablePointer<CChar>?] = pairs.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: Int32 = 0
        let number = posix_spawn(&pid, order.command[0], &actions, &attributes, &arguments, &variables)
        if number != 0 {
            throw RunChildError(
                description: "\(order.command[0]) cannot be started: \(String(cString: strerror(number)))")
        }
        return pid
    }
}

/// Threads for what blocks.
enum RunThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs a body on a thread of its own.
    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        if result == 0 {
            pthread_detach(thread)
        } else {
            // No thread is left: the work is done here, which only makes this caller wait.
            work.takeRetainedValue().body()
        }
    }
}
