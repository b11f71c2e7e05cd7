/// Why nothing can be measured.
struct BenchmarkError: Error, CustomStringConvertible {
    /// What is wrong and what to do.
    let description: String
    /// The exit code: 1 for a failed measurement, 64 for a wrong command line.
    let exitCode: Int32

    init(_ description: String, exitCode: Int32 = 1) {
        (self.description, self.exitCode) = (description, exitCode)
    }
}
