internal import Glibc

/// The way in which `secrets rotate` asks the running services of this host to read their secrets again: a
/// file that it writes anew, and that they look at before each request.
public struct RotationRequest: Sendable {
    private let path: String
    private let folder: String

    /// The request in a folder of state, as in `.tradewind`.
    public init(stateFolder: String) {
        folder = stateFolder
        path = stateFolder + "/rotate-secrets"
    }

    /// A mark that differs after each request; `nil` when there has been none.
    public func mark() -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return "\(status.st_ino):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// Asks. Throws when the file cannot be written.
    public func ask() throws(AuditError) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw failure() }
        let next = path + ".next"
        let descriptor = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        close(descriptor)
        guard rename(next, path) == 0 else { throw failure() }
    }

    private func failure() -> AuditError {
        AuditError(
            "\(path) cannot be written: \(String(cString: strerror(errno))); running services are not asked"
        )
    }
}
