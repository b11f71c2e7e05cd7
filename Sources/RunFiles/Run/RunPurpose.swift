internal import Research

/// What a run file is read for.
///
/// What only a sweep or a walk-forward needs of it is found wrong later, together with what only its data can
/// tell; in a file that is wrong anyway, it is told with the rest.
public enum RunPurpose: Hashable, Sendable {
    /// One run: the sections `sweep` and `walk-forward` need not be there.
    case backtest
    /// Many runs with other parameters.
    case sweep
    /// Parameters chosen and judged on windows.
    case walkForward

    /// What to do where the file does not say what to vary.
    public static let missingSweep = (
        message: "the run file does not say what to vary",
        remedy: "add --grid NAME=VALUES, as --grid fast=5..24, or a section sweep with parameters"
    )

    /// What to do where the file does not say how to split the data.
    public static let missingWalkForward = (
        message: "the run file does not say how to split the data",
        remedy: "add --train 30d --test 10d, or --folds 5, or a section walk-forward"
    )
}

extension RunFileReader {
    /// Adds what a purpose needs to the problems of a file that has some already.
    mutating func checkPurpose(
        _ purpose: RunPurpose, _ sweep: SweepPlan?, _ walkForward: WalkForwardSettings?
    ) {
        if check.problems.isEmpty || purpose == .backtest { return }
        let file = SourcePlace(file: path)
        if root["sweep"] == nil {
            check.refuse(file, "", RunPurpose.missingSweep.message, remedy: RunPurpose.missingSweep.remedy)
        }
        // A walk-forward runs the whole grid, whatever the search.
        let grid = purpose == .sweep ? sweep : sweep.map { SweepPlan(axes: $0.axes, search: .grid) }
        if let problem = grid?.problem {
            let remedy = purpose == .sweep ? problem.remedy : "take larger steps in the grid"
            check.refuse(root.place(of: "sweep.parameters"), "", problem.message, remedy: remedy)
        }
        guard purpose == .walkForward else { return }
        if root["walk-forward"] == nil {
            let missing = RunPurpose.missingWalkForward
            check.refuse(file, "", missing.message, remedy: missing.remedy)
        }
        for problem in walkForward?.scheme.problems ?? [] {
            let key = "walk-forward." + problem.key
            check.refuse(root.place(of: key), key, problem.message, remedy: problem.remedy)
        }
    }
}

extension DocumentNode {
    /// Where a key was written, or the nearest key above it that was.
    ///
    /// - Parameter key: path of the key, as `capital.asset`.
    func place(of key: String) -> SourcePlace {
        var node = self
        var found = place
        for part in key.split(separator: ".") {
            if let index = Int(part), node.items.indices.contains(index) {
                node = node.items[index]
                found = node.place
                continue
            }
            guard let entry = node.entries.first(where: { $0.key == part }) else { break }
            node = entry.value
            found = node.place.line == nil ? node.place : entry.place
        }
        return found
    }
}
