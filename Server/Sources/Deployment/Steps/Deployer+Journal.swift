internal import Glibc
internal import Operations

extension Deployer {
    /// Writes down what is about to be done; when this returns, it survives a loss of power.
    func write(_ journal: inout DeploymentJournal, _ step: DeploymentStep) throws(DeploymentError) {
        journal.step = step
        do throws(SupervisionError) { try place.journal.write(journal) } catch {
            throw DeploymentError(error)
        }
    }

    /// Forgets the journal: the deployment is over.
    func clear() throws(DeploymentError) {
        if unlink(place.journal.path) != 0 && errno != ENOENT {
            throw .system("removing", place.journal.path)
        }
        try BackupFile.syncFolder(place.path)
    }
}

extension DeploymentPlace {
    /// The journal of a deployment that is under way, or was killed; nil when there is none.
    public func unfinished() throws(DeploymentError) -> DeploymentJournal? {
        do throws(SupervisionError) {
            return try journal.read()
        } catch {
            throw DeploymentError(
                .file, "the journal of an interrupted deployment cannot be read: \(error.message)",
                path: error.path,
                remedy: """
                    see what serves with tradewind status, look at \(record), move the journal away, and \
                    deploy again
                    """)
        }
    }
}
