/// What a run did under a shock, as a sentence.
enum StressWords {
    private static let names = [
        "order", "refusal", "fill", "group", "failed group", "transfer", "refused transfer", "margin call",
        "forced closing",
    ]

    static func course(of run: StressedRun) -> String {
        let span = "to \(NumberText.moment(run.watchedUntil))"
        if run.activity == run.usualActivity {
            return "It did the same as without the shock \(span): \(list(run.activity))."
        }
        return "It did \(span): \(list(run.activity)). Without the shock: \(list(run.usualActivity))."
    }

    private static func list(_ activity: StressActivity) -> String {
        let parts = zip(names, activity.counts).filter { $0.1 > 0 }.map { NumberText.count($1, $0) }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}
