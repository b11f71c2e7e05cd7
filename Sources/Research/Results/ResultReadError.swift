public import MarketData

/// Why a recorded result cannot be used. Exit code 65.
public struct ResultReadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// Line of the place, from 1; nil for the whole file.
    public let line: Int?
    /// One sentence without the path.
    public let message: String
    /// What to do about it.
    public let remedy: String

    /// A failure.
    public init(path: String, line: Int? = nil, _ message: String, remedy: String = again) {
        (self.path, self.line, self.message, self.remedy) = (path, line, message, remedy)
    }

    /// A file that could not be read.
    public init(_ error: FileError) {
        self.init(
            path: error.path, error.message,
            remedy: error.kind == .missing
                ? "name a folder that backtest --output wrote" : ResultReadError.again)
    }

    /// A key that is not there, which another version of the program would have left out or named otherwise.
    static func missingKey(_ key: String, _ path: String) -> ResultReadError {
        ResultReadError(
            path: path, "it has no key \"\(key)\": another version of tradewind wrote it, or it is no summary"
        )
    }

    /// What helps in most cases.
    public static let again = "run the backtest again with --output"

    public var description: String {
        path + (line.map { ":\($0)" } ?? "") + ": " + message + " (" + remedy + ")"
    }
}
