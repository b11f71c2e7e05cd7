internal import Glibc
package import Settings

/// Finds out what really runs: by locks, which the kernel keeps, and by `/proc`. Records only say where to
/// look first.
package struct ServiceInspection: Sendable {
    let folder: StateFolder
    let table: ProcessTable

    /// An inspection of a folder.
    package init(folder: StateFolder, table: ProcessTable = ProcessTable()) {
        (self.folder, self.table) = (folder, table)
    }

    /// The record of a service; nil when there is none.
    func record(of service: String) throws(SupervisionError) -> ServiceRecord? {
        try RecordFile<ServiceRecord>(folder.record(of: service)).read()
    }

    /// The process of a service that runs now; nil when none does, whatever the record says.
    ///
    /// - Throws: when something holds the lock but cannot be seen by this user.
    package func process(of service: String) throws(SupervisionError) -> ProcessIdentity? {
        let lock = folder.lock(of: service)
        guard try LockFile.isHeld(lock) else { return nil }
        var recorded: ProcessIdentity?
        do {
            recorded = try record(of: service)?.process
        } catch {
            // A damaged record is told by whoever shows it; what runs is found without it.
            recorded = nil
        }
        return try holder(of: lock, recorded: recorded, what: service, mustLead: true)
    }

    /// What a service started and left behind when it ended: it still holds the lock.
    ///
    /// - Parameter hasEnded: whether it is known that the service has no process, so that what leads a group
    ///   of its own was left behind too.
    func leftovers(of service: String, hasEnded: Bool) throws(SupervisionError) -> [ProcessIdentity] {
        if !hasEnded, try process(of: service) != nil { return [] }
        return table.holders(of: folder.lock(of: service)).compactMap { table.identity(of: $0) }
    }

    /// The supervisor that runs now; nil when none does.
    package func supervisor() throws(SupervisionError) -> ProcessIdentity? {
        guard try LockFile.isHeld(folder.supervisorLock) else { return nil }
        var recorded: ProcessIdentity?
        do {
            recorded = try RecordFile<ProcessIdentity>(folder.supervisorRecord).read()
        } catch {
            recorded = nil
        }
        return try holder(of: folder.supervisorLock, recorded: recorded, what: "supervisor", mustLead: false)
    }

    /// The process that holds a lock: the recorded one if it still runs, else the oldest leader of a group
    /// among the holders. Each process of a service leads a group and is older than what it started; that
    /// rarely leads one.
    private func holder(
        of lock: String, recorded: ProcessIdentity?, what: String, mustLead: Bool
    ) throws(SupervisionError) -> ProcessIdentity? {
        // A process that is being killed keeps its locks for a moment after it can no longer be looked at.
        for _ in 0..<100 {
            let holders = table.holders(of: lock)
            if let recorded, table.isRunning(recorded), holders.isEmpty || holders.contains(recorded.pid) {
                return recorded
            }
            let leader = holders.filter(table.leadsItsGroup).compactMap(table.identity)
                .min { $0.startTicks < $1.startTicks }
            if mustLead && leader == nil && !holders.isEmpty { return nil }
            if let identity = leader ?? holders.lazy.compactMap(table.identity).first { return identity }
            if try !LockFile.isHeld(lock) { return nil }
            usleep(10_000)
        }
        throw SupervisionError(
            .cannotRead, "\(what) runs, as its lock is held, but its process cannot be seen by this user",
            path: lock,
            remedy: "run the same command as the user who started it, or as root")
    }

    /// The services that have files in the folder, by name: what ran here once may still run.
    func knownServices() -> [String] {
        let files = (DirectFile.names(in: folder.path) ?? []).filter { $0.hasSuffix(".lock") }
        return files.map { String($0.dropLast(".lock".count)) }.filter(ServiceDefinition.isName).sorted()
    }

    /// The mode that a running process was started in, by its own arguments; nil when they do not say.
    func mode(of pid: Int32) -> ExecutionMode? {
        let prefix = ExecutionMode.argumentPrefix
        return table.arguments(of: pid).last { $0.hasPrefix(prefix) }
            .flatMap { ExecutionMode(rawValue: String($0.dropFirst(prefix.count))) }
    }
}

extension ExecutionMode {
    static let argumentPrefix = "execution.mode="

    /// The setting that gives a service this mode on its command line, where nothing can overrule it.
    package var argument: String { Self.argumentPrefix + rawValue }
}
