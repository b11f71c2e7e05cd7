internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import StrategyKit

/// Chooses the series of a catalogue that a run uses.
struct CatalogueSelection {
    let catalogue: Catalogue
    let reference: CatalogueReference
    let run: RunFile

    /// The entries in the order of the catalogue, each once.
    ///
    /// With `data.series`, what that names. Otherwise the instruments that the strategies' parameter
    /// `instrument` names, when every strategy has it; otherwise everything.
    ///
    /// - Throws: exit code 65 for a catalogue that cannot be read.
    func choose() throws(CommandFailure) -> ChosenEntries {
        let choices = reference.choices.isEmpty ? choicesOfStrategies : reference.choices
        var chosen = ChosenEntries()
        if choices.isEmpty {
            chosen.entries = try all()
        } else {
            let held = try entries(of: choices)
            let missing = choices.filter { choice in !held.contains { choice.takes($0.key) } }
            if !missing.isEmpty {
                let all = try all()
                chosen.problems = missing.map { problem($0, all) }
                chosen.lacking = missing.flatMap { choice in
                    (choice.kind.map { [$0] } ?? SeriesKind.allCases).map {
                        SeriesNeed(choice.instrument, $0)
                    }
                }
            }
            chosen.entries = held.filter { entry in choices.contains { $0.takes(entry.key) } }
        }
        let twins = twins(chosen.entries)
        if !twins.isEmpty {
            if chosen.problems.isEmpty { chosen.status = .wrongConfiguration }
            chosen.problems += twins.map(\.problem)
            chosen.lacking += twins.map(\.series)
            chosen.entries.removeAll { entry in
                twins.contains {
                    $0.series.instrument == entry.key.instrument && $0.series.kind == entry.key.kind
                }
            }
        }
        if chosen.entries.isEmpty && chosen.problems.isEmpty {
            throw CommandFailure(
                .badData, code: "missing-series", message: "the catalogue is empty", file: reference.path,
                remedy: "import data into it: tradewind data import DESCRIPTION --source DIR --catalogue "
                    + reference.path)
        }
        return chosen
    }

    private func all() throws(CommandFailure) -> [CatalogueEntry] {
        do {
            return try catalogue.entries
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The entries of the instruments that are chosen, ascending by key. Only these lines of the index are
    /// read, as a catalogue may hold tens of thousands of series.
    private func entries(of choices: [SeriesChoice]) throws(CommandFailure) -> [CatalogueEntry] {
        var instruments: [InstrumentID] = []
        for choice in choices where !instruments.contains(choice.instrument) {
            instruments.append(choice.instrument)
        }
        do throws(MarketDataError) {
            var held: [CatalogueEntry] = []
            for instrument in instruments { held += try catalogue.entries(instrument: instrument) }
            return held.sorted { $0.key < $1.key }
        } catch {
            throw CommandFailure(error)
        }
    }

    private var choicesOfStrategies: [SeriesChoice] {
        var choices: [SeriesChoice] = []
        for strategy in run.plan.strategies {
            guard case .text(let key)? = strategy.parameters.first(where: { $0.name == "instrument" })?.value,
                let instrument = InstrumentID(key)
            else { return [] }
            choices.append(
                SeriesChoice(instrument: instrument, place: run.place(of: "parameters.instrument")))
        }
        return choices
    }

    private func problem(_ choice: SeriesChoice, _ all: [CatalogueEntry]) -> FailureProblem {
        let words = [choice.kind?.rawValue, choice.timeframe?.description, choice.variant].compactMap { $0 }
        let wanted = ([choice.instrument.description] + words).joined(separator: " ")
        let same = all.filter { $0.key.instrument == choice.instrument }
        let shown = same.isEmpty ? Array(all.prefix(8)) : same
        let names = all.map(\.key.instrument.description)
        let near = same.isEmpty ? NearestName.find(choice.instrument.description, among: names) : nil
        let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
        let held = shown.map(\.key.description).joined(separator: ", ")
        return FailureProblem(
            code: "missing-series",
            message: "the catalogue \(reference.path) holds no series \"\(wanted)\"\(hint)",
            file: choice.place.file, line: choice.place.line,
            remedy: (held.isEmpty ? "it is empty" : "it holds \(held)")
                + "; see all with: tradewind data list --catalogue \(reference.path)")
    }

    /// What is chosen several times: a run takes one series of a kind for an instrument.
    private func twins(_ chosen: [CatalogueEntry]) -> [(series: SeriesNeed, problem: FailureProblem)] {
        let place = run.place(of: reference.choices.isEmpty ? "data.catalogue" : "data.series")
        var found: [(series: SeriesNeed, problem: FailureProblem)] = []
        var start = 0
        let sorted = chosen.sorted { ($0.key.instrument, $0.key.kind) < ($1.key.instrument, $1.key.kind) }
        while start < sorted.count {
            let key = sorted[start].key
            let twins = sorted[start...].prefix {
                $0.key.instrument == key.instrument && $0.key.kind == key.kind
            }
            if twins.count > 1 {
                let names = twins.map(\.key.description).joined(separator: ", ")
                let problem = FailureProblem(
                    code: "run-file",
                    message:
                        "\(twins.count) series of \(key.kind.rawValue) fit \(key.instrument), and a run "
                        + "takes one: \(names)", file: place.file, line: place.line,
                    remedy: "choose one under data.series, with its timeframe or variant")
                found.append((SeriesNeed(key.instrument, key.kind), problem))
            }
            start += twins.count
        }
        return found
    }
}

/// What a run takes of a catalogue.
struct ChosenEntries {
    /// In the order of the catalogue, each once.
    var entries: [CatalogueEntry] = []
    /// Series that the catalogue does not hold, or several of one kind for one instrument where the run file
    /// does not choose.
    var problems: [FailureProblem] = []
    /// What the problems are about.
    var lacking: [SeriesNeed] = []
    /// How a command ends for them: 65 for series that are missing, 78 for a choice that is.
    var status = ExitStatus.badData
}

extension SeriesChoice {
    /// Whether a series meets every condition. A timeframe is a condition on bars only.
    fileprivate func takes(_ key: CatalogueKey) -> Bool {
        instrument == key.instrument && (kind == nil || kind == key.kind) && variant == key.variant
            && (timeframe == nil || key.kind != .bars || timeframe == key.timeframe)
    }
}
