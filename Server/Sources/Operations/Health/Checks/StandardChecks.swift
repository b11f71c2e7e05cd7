extension ReadinessCheck {
    /// Room on the file system that holds a path.
    ///
    /// - Parameters:
    ///   - minimum: bytes that must be free.
    ///   - space: asks the file system; may block.
    public static func diskSpace(
        path: String, minimum: ByteCount,
        space: @escaping @Sendable (String) throws(HostError) -> DiskSpace = { (path) throws(HostError) in
            try DiskSpace.of(path)
        }
    ) -> ReadinessCheck {
        ReadinessCheck(
            known: .diskSpace,
            judgedBy: "at least \(minimum) and 1,000 files free on the file system of \(path)",
            blockingJudge: {
                let found = try space(path)
                if found.availableBytes < minimum.bytes {
                    let free = ByteCount(found.availableBytes)
                    return .notReady(
                        reason: "\(free) free on the file system of \(path); needed are \(minimum)")
                }
                if let files = found.availableFiles, files < 1_000 {
                    return .notReady(
                        reason: "room for \(files) more files on the file system of \(path); needed are 1000")
                }
                return .ready
            })
    }

    /// This machine's clock against a reference.
    ///
    /// - Parameters:
    ///   - limit: how far the clock may surely be away.
    ///   - reading: asks the reference. What it throws is the reason.
    public static func clockSkew(
        limit: Duration, reading: @escaping @Sendable () async throws -> ClockReading
    ) -> ReadinessCheck {
        ReadinessCheck(
            known: .clockSkew, judgedBy: "at most \(limit.shortText) from the reference clock",
            judge: { try await reading().readiness(limit: limit) })
    }

    /// Messages of a subscribed stream keep coming.
    public static func stream(_ watch: StreamWatch) -> ReadinessCheck {
        ReadinessCheck(
            known: .stream, suffix: watch.stream,
            judgedBy: "a message of \(watch.stream) in the last \(watch.limit.shortText)",
            judge: { watch.readiness })
    }

    /// Logs reach their destinations in time.
    public static func logLag(_ output: LogOutput, limit: Duration) -> ReadinessCheck {
        ReadinessCheck(
            known: .logLag,
            judgedBy: "no line waits longer than \(limit.shortText) to be written, and the last was written",
            judge: {
                if let failure = output.failure {
                    return .notReady(reason: "log lines are being lost: \(failure.reason)")
                }
                let lag = output.lag
                guard lag > limit else { return .ready }
                return .notReady(
                    reason:
                        "a log line waits for \(lag.shortText) to be written; allowed is \(limit.shortText)")
            })
    }

    /// The kill switch is not engaged.
    ///
    /// - Parameter engagement: who engaged it and why, in a sentence; nil when it is not engaged.
    public static func killSwitch(engagement: @escaping @Sendable () async throws -> String?)
        -> ReadinessCheck
    {
        ReadinessCheck(
            known: .killSwitch, judgedBy: "the kill switch is not engaged",
            judge: {
                try await engagement().map { .notReady(reason: "the kill switch is engaged: \($0)") }
                    ?? .ready
            })
    }

    /// Keys can be read where they come from.
    ///
    /// - Parameter problem: what is wrong with the source, in a sentence without values; nil when nothing is.
    public static func secretsSource(problem: @escaping @Sendable () async throws -> String?)
        -> ReadinessCheck
    {
        ReadinessCheck(
            known: .secretsSource, judgedBy: "the last read of every needed secret succeeded",
            judge: { try await problem().map { .notReady(reason: $0) } ?? .ready })
    }

    /// A state that some part of the service sets: reconciled, limits loaded, market data validated,
    /// accepting work.
    public static func state(_ known: KnownCheck, _ flag: ReadinessFlag, judgedBy: String) -> ReadinessCheck {
        ReadinessCheck(known: known, judgedBy: judgedBy, judge: { flag.readiness })
    }

    private init(
        known: KnownCheck, suffix: String = "", judgedBy: String,
        judge: @escaping @Sendable () async throws -> Readiness
    ) {
        self.init(
            name: known.name(suffix), component: known.component, judgedBy: judgedBy, remedy: known.remedy,
            judge: judge)
    }

    private init(
        known: KnownCheck, judgedBy: String, blockingJudge: @escaping @Sendable () throws -> Readiness
    ) {
        self.init(
            name: known.name(), component: known.component, judgedBy: judgedBy, remedy: known.remedy,
            blockingJudge: blockingJudge)
    }
}
