/// Where a value was written.
public struct SourcePlace: Hashable, Sendable, CustomStringConvertible {
    /// The file as the user named it, or the option: `--set`.
    public let file: String
    /// Line of the file, from 1; nil for an option and for a file as a whole.
    public let line: Int?

    /// A place.
    public init(file: String, line: Int? = nil) { (self.file, self.line) = (file, line) }

    /// `run.yaml:12`.
    public var description: String { line.map { "\(file):\($0)" } ?? file }
}
