internal import Events
internal import Markets
internal import Trading
internal import Units

/// Something that a strategy asked for, and when.
struct Decision: Hashable {
    enum Ask: Hashable {
        case submit(OrderID, OrderRequest, strategy: Int)
        case cancel(OrderID)
        case amend(OrderID, Quantity, OrderType)
    }

    let time: Instant
    let ask: Ask

    /// Words for a finding: `buy of 1500 units, market`.
    var words: String {
        switch ask {
        case .submit(_, let request, _):
            "a \(request.type.name) order to \(request.side == .buy ? "buy" : "sell")"
        case .cancel: "a cancellation"
        case .amend: "an amendment"
        }
    }
}

/// Collects the decisions of one run from its log.
final class DecisionRecorder {
    private(set) var decisions: [Decision] = []
    private var tap = RunLogTap()

    /// Takes the next block of the log.
    func take(_ block: UnsafeRawBufferPointer) throws {
        try tap.read(block) { record in
            switch record.event {
            case .orderSubmitted(let id, let request, let strategy):
                add(.submit(id, request, strategy: strategy), record.time)
            case .cancelRequested(let id): add(.cancel(id), record.time)
            case .amendRequested(let id, let quantity, let type):
                add(.amend(id, quantity, type), record.time)
            default: break
            }
        }
    }

    private func add(_ ask: Decision.Ask, _ time: Instant) {
        decisions.append(Decision(time: time, ask: ask))
    }
}

/// Where two runs first decided differently.
struct DecisionDifference {
    /// When.
    let time: Instant
    /// What each of the two asked for then; nil for one that had nothing more to ask.
    let first: Decision?
    let second: Decision?

    /// The first difference of two runs up to a moment; nil when they agree.
    static func find(_ a: [Decision], _ b: [Decision], through end: Instant) -> DecisionDifference? {
        var index = 0
        while true {
            let first = index < a.count && a[index].time <= end ? a[index] : nil
            let second = index < b.count && b[index].time <= end ? b[index] : nil
            guard first != nil || second != nil else { return nil }
            if first != second {
                let time = [first?.time, second?.time].compactMap { $0 }.min() ?? end
                return DecisionDifference(time: time, first: first, second: second)
            }
            index += 1
        }
    }

    /// Words for a finding.
    func words(_ one: String, _ other: String) -> String {
        "at \(NumberText.moment(time)) UTC \(one) asked for \(first?.words ?? "nothing more"), "
            + "\(other) for \(second?.words ?? "nothing more")"
    }
}
