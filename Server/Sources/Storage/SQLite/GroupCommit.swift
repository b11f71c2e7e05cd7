internal import Events
internal import GRDB
internal import Units

/// Writes many jobs in one transaction, with one flush to the disk.
struct GroupCommit {
    let path: String
    let timeout: Duration?
    let registry: EventRegistry
    let parts: PayloadParts
    let now: @Sendable () -> Instant
    /// Told of each transaction, for metrics.
    let observe: @Sendable (CommitReport) -> Void
    /// Told of the events that were committed and where the log ended before them.
    let committed: @Sendable ([LoggedEvent], EventOffset) -> Void

    /// Serves jobs. Each is told exactly once how it went.
    func serve(_ jobs: [WriteQueue.Job], _ connection: Database) {
        var jobs = jobs
        while !jobs.isEmpty { jobs = attempt(jobs, connection) }
    }

    private struct Served {
        let job: WriteQueue.Job
        let deliver: @Sendable () -> Void
    }

    /// One transaction.
    ///
    /// - Returns: the jobs that must be done again, as another one has broken the transaction they shared.
    private func attempt(_ jobs: [WriteQueue.Job], _ connection: Database) -> [WriteQueue.Job] {
        let began = ContinuousClock.now
        do {
            try connection.beginTransaction(.immediate)
        } catch {
            let failure = StorageError(sqlite: error, path: path)
            for job in jobs { job.fail(failure) }
            return []
        }
        let session = SQLiteSession(connection, path: path, timeout: timeout)
        defer { session.end() }
        let outbox = EventOutbox(now: now(), registry: registry, parts: parts)
        let transaction = StoreTransaction(session: session, outbox: outbox)
        var served: [Served] = []
        for (index, job) in jobs.enumerated() {
            let mark = outbox.mark
            do {
                if jobs.count > 1 { try session.execute("SAVEPOINT writer") }
                let deliver = try job.perform(transaction)
                if jobs.count > 1 { try session.execute("RELEASE SAVEPOINT writer") }
                served.append(Served(job: job, deliver: deliver))
            } catch {
                outbox.rollBack(to: mark)
                if undo(connection, session, hasSavepoint: jobs.count > 1) {
                    job.fail(error)
                    continue
                }
                return broken(by: job, error, done: served.map(\.job), rest: Array(jobs[(index + 1)...]))
            }
        }
        finish(served, outbox, session, connection, began: began)
        return []
    }

    /// Undoes the job at hand alone.
    ///
    /// - Returns: false when the whole transaction is gone.
    private func undo(_ connection: Database, _ session: SQLiteSession, hasSavepoint: Bool) -> Bool {
        if connection.isInsideTransaction && hasSavepoint {
            do {
                try session.execute("ROLLBACK TO SAVEPOINT writer")
                try session.execute("RELEASE SAVEPOINT writer")
                return true
            } catch {
                rollBack(connection)
                return false
            }
        }
        rollBack(connection)
        return false
    }

    private func broken(
        by job: WriteQueue.Job, _ error: any Error, done: [WriteQueue.Job], rest: [WriteQueue.Job]
    ) -> [WriteQueue.Job] {
        job.fail(error)
        // What is wrong with the disk is wrong for all of them; a statement that was ended is one job's own.
        if let failure = error as? StorageError, [.diskFull, .unavailable, .corrupt].contains(failure.code) {
            for other in done + rest { other.fail(failure) }
            return []
        }
        return done + rest
    }

    private func finish(
        _ served: [Served], _ outbox: EventOutbox, _ session: SQLiteSession, _ connection: Database,
        began: ContinuousClock.Instant
    ) {
        if served.isEmpty {
            rollBack(connection)
            return
        }
        do {
            try outbox.finish(session)
            try connection.commit()
        } catch {
            rollBack(connection)
            let failure = StorageError(sqlite: error, path: path)
            for one in served { one.job.fail(failure) }
            return
        }
        let ended = ContinuousClock.now
        observe(
            CommitReport(
                writers: served.count, events: outbox.appended.count,
                refusedOrders: outbox.appended.count { $0.envelope.type == .ordersRejected },
                duration: ended - began, latencies: served.map { ended - $0.job.since }))
        // Subscribers first: a writer that goes on finds its own events told of.
        if let start = outbox.start, !outbox.appended.isEmpty { committed(outbox.appended, start) }
        for one in served { one.deliver() }
    }

    /// A failure that SQLite has already answered by rolling back leaves nothing to do.
    private func rollBack(_ connection: Database) {
        guard connection.isInsideTransaction else { return }
        do { try connection.rollback() } catch {
            // The connection ends its transaction even when it cannot say so: the next one begins anew.
            return
        }
    }
}
