internal import Events
public import MarketData

/// What a result folder holds.
public enum ResultKind: String, Hashable, Sendable, CaseIterable {
    /// One run.
    case backtest
    /// Many runs with other parameters.
    case sweep
    /// Parameters chosen and judged on windows.
    case walkForward = "walk-forward"

    /// The kind of a folder, or of a `summary.json`.
    ///
    /// - Throws: for a folder without a result, and for one of a kind that is not known.
    public static func of(_ path: String, _ files: some FileStore) throws(ResultReadError) -> ResultKind {
        let summary = try RecordedSummary.any(path, files)
        guard let text = summary.object["kind"]?.text else { return .backtest }
        guard let kind = ResultKind(rawValue: text) else {
            throw ResultReadError(
                path: path, "it holds a result of an unknown kind, \"\(text.prefix(40))\"",
                remedy: "name a folder that \(commands) --output wrote")
        }
        return kind
    }

    private static let commands = "backtest, sweep or walk-forward"
}

extension ResultFolder {
    /// Ends a replacement that was stopped, as ``recover(_:mark:_:)`` does, of a folder of any kind.
    public static func recoverAny(_ path: String, _ store: some FolderStore) throws(FileError) {
        for mark in [mark, SweepCheckpoint.fileName, auditMark, stressMark] {
            try recover(path, mark: mark, store)
        }
    }
}
