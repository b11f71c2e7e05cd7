/// Data that cannot be used, with the place and what to do.
public struct MarketDataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable word for programs: `missing-file`, `gzip`, `columns`, `mixed-times`, ...
    public let code: String
    /// The file.
    public let file: String
    /// The line, from 1; nil where the whole file is meant.
    public let line: Int?
    /// What is wrong, one sentence without file and line.
    public let message: String
    /// What the user can do.
    public let remedy: String
    /// The process exit code: 65 for bad input, 74 for output that cannot be written.
    public let exitCode: Int32

    /// An error about data.
    public init(
        code: String, file: String, line: Int? = nil, message: String, remedy: String, exitCode: Int32 = 65
    ) {
        self.code = code
        self.file = file
        self.line = line
        self.message = message
        self.remedy = remedy
        self.exitCode = exitCode
    }

    /// The failure of a file operation.
    public init(_ error: FileError) {
        self.init(
            code: "\(error.operation.rawValue)-\(error.kind)", file: error.path, message: error.message,
            remedy: error.remedy, exitCode: error.exitCode)
    }

    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
