extension CommandOutput {
    /// Does work that tells its progress, the share done and what comes, on one line of a terminal that is
    /// cleared at the end.
    func followed<Result>(_ work: ((Double, String) -> Void) throws -> Result) rethrows -> Result {
        defer { if showsProgress { progress("\r\u{1B}[K") } }
        return try work { share, activity in
            if showsProgress { progress("\r \(Int(share * 100)) %  \(activity)\u{1B}[K") }
        }
    }
}
