internal import Glibc
internal import Settings
internal import TradewindCommands

/// Reads a password: from a terminal without showing it, else the first line of standard input.
enum PasswordInput {
    private static let maximumBytes = 4_096

    /// Reads one.
    ///
    /// - Parameters:
    ///   - subject: whose it is, in the question.
    ///   - isNew: whether it is asked for twice, as nobody sees what is typed.
    /// - Throws: `CommandFailure` when there is none, or the two differ.
    static func read(for subject: String, isNew: Bool) throws -> Secret {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = line(), !line.isEmpty else {
                throw CommandFailure(
                    .usage, code: "password-missing", message: "there is no password on standard input",
                    remedy:
                        "run the command on a terminal, or give the password as the first line of the input")
            }
            return line
        }
        let first = try ask("Password of \(subject): ")
        guard isNew else { return first }
        guard try ask("Once more: ").matches(first) else {
            throw CommandFailure(
                .usage, code: "password-differs", message: "the two passwords differ",
                remedy: "run the command again")
        }
        return first
    }

    private static func ask(_ question: String) throws -> Secret {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw CommandFailure(
                .failed, code: "terminal", message: "the terminal cannot be set up",
                remedy: "give the password as the first line of standard input")
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        write(question)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        let answer = line()
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        write("\n")
        guard let answer, !answer.isEmpty else {
            throw CommandFailure(
                .usage, code: "password-missing", message: "no password was given",
                remedy: "run the command again")
        }
        return answer
    }

    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// The bytes up to the end of the line, byte by byte, so that nothing behind it is taken; nil at the end
    /// of the input.
    private static func line() -> Secret? {
        var bytes: [UInt8] = []
        defer { for index in bytes.indices { bytes[index] = 0 } }
        var byte: UInt8 = 0
        while bytes.count < maximumBytes {
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return bytes.isEmpty ? nil : Secret(bytes: bytes) }
            if byte == 0x0A { break }
            bytes.append(byte)
        }
        if bytes.last == 0x0D { bytes.removeLast() }
        return Secret(bytes: bytes)
    }
}
