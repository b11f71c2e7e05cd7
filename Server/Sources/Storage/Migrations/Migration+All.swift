extension Migration {
    /// Every step, in order. Numbers are never reused and need not be without gaps.
    public static let all: [Migration] = [
        eventLog, runs, access, auditHead, logs, keyValues, checkpoints, snapshots, runBars, deployments,
        logArchives,
    ]
}
