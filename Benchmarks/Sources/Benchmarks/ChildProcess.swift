import Glibc

/// A command run to its end, its output thrown away.
struct ChildProcess {
    /// From start to end.
    let seconds: Double
    /// Time of processors, in seconds: beside others that use the cores too, what tells.
    let processorSeconds: Double
    /// Largest resident memory, in MiB. It is at least that of this process when the command was started,
    /// whose pages a child shares until it turns into the command.
    let peakMemory: Double

    /// Runs a command.
    ///
    /// - Throws: ``BenchmarkError`` when it cannot be started or does not end with 0.
    init(_ path: String, _ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        words.append(nil)
        var process: pid_t = 0
        let began = Timing.now()
        let failure = posix_spawn(&process, path, &actions, nil, words, environ)
        guard failure == 0 else {
            throw BenchmarkError("cannot start \(path): \(String(cString: strerror(failure)))")
        }
        var (status, usage): (Int32, rusage) = (0, rusage())
        while wait4(process, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw BenchmarkError("cannot wait for \(path)") }
        }
        seconds = Double(Timing.now() - began) / 1e9
        peakMemory = Double(usage.ru_maxrss) / 1024
        let times = [usage.ru_utime, usage.ru_stime]
        processorSeconds = times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        guard status == 0 else {
            throw BenchmarkError("\(path) \(arguments.joined(separator: " ")) failed")
        }
    }

    /// Median seconds of several starts, after one that is not counted.
    static func medianSeconds(runs: Int, _ path: String, _ arguments: [String]) throws -> Double {
        _ = try ChildProcess(path, arguments)
        return Timing.median(try (0..<runs).map { _ in try ChildProcess(path, arguments).seconds })
    }
}
