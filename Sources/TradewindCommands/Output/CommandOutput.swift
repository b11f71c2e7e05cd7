internal import Glibc

/// Where a command writes: results to one end, remarks to the other. In the process these are standard
/// output and standard error; a test collects both.
public struct CommandOutput: Sendable {
    /// Whether results go to a terminal.
    public let isTerminal: Bool
    /// Whether colour is welcome in results: a terminal that knows it, and `NO_COLOR` not set.
    public let welcomesColor: Bool
    /// Columns of the terminal; 100 when there is none.
    public let columns: Int
    /// Whether progress bars are welcome: remarks go to a terminal.
    public let showsProgress: Bool
    private let writeResult: @Sendable (String) throws(CommandFailure) -> Void
    private let writeRemark: @Sendable (String) -> Void

    /// An output over two functions.
    ///
    /// - Parameters:
    ///   - result: writes results; throws a failure with ``ExitStatus/outputFailed`` when it cannot.
    ///   - remark: writes remarks, warnings and progress; what cannot be written there is lost.
    public init(
        isTerminal: Bool, welcomesColor: Bool = false, columns: Int = 100, showsProgress: Bool = false,
        result: @escaping @Sendable (String) throws(CommandFailure) -> Void,
        remark: @escaping @Sendable (String) -> Void
    ) {
        (self.isTerminal, self.welcomesColor, self.columns) = (isTerminal, welcomesColor, columns)
        self.showsProgress = showsProgress
        (writeResult, writeRemark) = (result, remark)
    }

    /// Standard output and standard error of this process.
    public static let standard = CommandOutput(
        isTerminal: isatty(STDOUT_FILENO) == 1, welcomesColor: terminalWelcomesColor(),
        columns: terminalColumns(), showsProgress: isatty(STDERR_FILENO) == 1,
        result: { (text) throws(CommandFailure) in
            if let code = write(text, to: STDOUT_FILENO) { throw failure(code) }
        },
        remark: { text in _ = write(text, to: STDERR_FILENO) })

    /// Writes a piece of the result, as it is, without adding a line end.
    ///
    /// - Throws: a failure with exit code 74 when the disk is full or the reader is gone.
    public func result(_ text: String) throws(CommandFailure) { try writeResult(text) }

    /// Writes one remark and a line end, to standard error.
    public func remark(_ text: String) { writeRemark(text + "\n") }

    /// Writes a piece of a progress bar, as it is.
    func progress(_ text: String) { writeRemark(text) }

    /// Writes a failure: for people to standard error, or as one JSON object to standard output.
    ///
    /// - Returns: how the process ends; a failure that cannot be written as JSON is printed for people.
    public func report(_ failure: CommandFailure, asJSON: Bool) -> ExitStatus {
        if asJSON {
            do {
                try writeResult(failure.json)
                return failure.exitStatus
            } catch {
                // What cannot be written may be the very failure.
                if error != failure { writeRemark(error.description) }
            }
        }
        writeRemark(failure.description)
        return failure.exitStatus
    }

    /// Writes all bytes, however many calls it takes.
    ///
    /// - Returns: the system's error number, or nil when all went out.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let part = UnsafeBufferPointer(rebasing: bytes[done...])
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, -1)
                    continue
                }
                if count <= 0 { return count == 0 ? ENOSPC : errno }
                done += count
            }
            return nil
        }
    }

    private static func failure(_ code: Int32) -> CommandFailure {
        let reason = String(cString: strerror(code))
        let remedy =
            switch code {
            case EPIPE: "the program that reads the output ended early; let it read to the end"
            case ENOSPC, EDQUOT, EFBIG: "free some space, or send the output elsewhere"
            default: "send the output elsewhere"
            }
        return CommandFailure(
            .outputFailed, code: "output", message: "standard output cannot be written: \(reason)",
            remedy: remedy)
    }

    /// As https://no-color.org asks: any value of `NO_COLOR` but an empty one turns colour off.
    private static func terminalWelcomesColor() -> Bool {
        guard isatty(STDOUT_FILENO) == 1 else { return false }
        func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        return value("NO_COLOR").isEmpty && value("TERM") != "dumb"
    }

    private static func terminalColumns() -> Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 100 }
        return Int(size.ws_col)
    }
}
