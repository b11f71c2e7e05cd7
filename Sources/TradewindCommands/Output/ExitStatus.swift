/// How the process ends. The numbers above 1 are those of `sysexits.h`, and 130 is the shell's for an
/// interrupted command.
public enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
    /// Done.
    case done = 0
    /// Failed for a reason that has no number of its own.
    case failed = 1
    /// The command line is wrong.
    case usage = 64
    /// Input data are bad, empty or absent.
    case badData = 65
    /// A service that is needed is unavailable.
    case unavailable = 69
    /// Output cannot be written, or the disk is full.
    case outputFailed = 74
    /// A run file or configuration is wrong.
    case wrongConfiguration = 78
    /// Interrupted by Ctrl-C.
    case interrupted = 130
}
