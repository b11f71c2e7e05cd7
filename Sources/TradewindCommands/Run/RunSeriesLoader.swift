internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import StrategyKit
internal import Units

/// Loads the series that a run uses.
struct RunSeriesLoader {
    let files: any FileStore
    let strategies: StrategyRegistry

    /// All series of a run and the calendars of their markets, or everything that is wrong with them and with
    /// the run over them.
    ///
    /// - Throws: exit code 65 for data that are absent or cannot be used, each with file and line; 78 when
    ///   the run file must choose between series, or asks for an adjustment that has nothing to work with.
    func load(_ run: RunFile) throws(CommandFailure) -> RunSeries {
        let found = loaded(run)
        let problems = problems(of: found, run)
        if !problems.isEmpty { throw CommandFailure(found.status, problems: problems) }
        if run.adjustment != .raw && !found.hasFactors {
            let place = run.place(of: "adjust")
            throw CommandFailure(
                .wrongConfiguration, code: "run-file",
                message:
                    "adjust: \(run.adjustment.rawValue) was asked for, but no series of the run has factors",
                file: place.file, line: place.line,
                remedy: "give factors with the data, or leave adjust out")
        }
        return RunSeries(
            series: found.series, calendars: try calendars(of: found, run),
            benchmark: try benchmark(found, run), yields: try yields(run))
    }

    /// The series of the yields that are drawn beside the result; they play no part in the run.
    private func yields(_ run: RunFile) throws(CommandFailure) -> [YieldSeries] {
        guard case .catalogue(let reference) = run.data else { return [] }
        var yields: [YieldSeries] = []
        for yield in run.yields {
            var found: [MarketSeries] = []
            for choice in [yield.series, yield.divisor].compactMap({ $0 }) {
                let alone = CatalogueReference(
                    path: reference.path, place: reference.place, choices: [choice])
                let loaded = load(alone, run)
                if !loaded.problems.isEmpty { throw CommandFailure(loaded.status, problems: loaded.problems) }
                found += loaded.series.prefix(1)
            }
            guard let own = found.first else { continue }
            yields.append(
                YieldSeries(
                    name: yield.name, series: own,
                    divisor: yield.divisor == nil || found.count < 2 ? nil : found[1]))
        }
        return yields
    }

    /// What is wrong with the data of a run whose file is wrong, and with the run over them, so that all is
    /// said at once. Bars and ticks that no strategy names are not looked at: they may be large.
    func problems(ofDraft run: RunFile) -> [FailureProblem] {
        var needs: [SeriesNeed] = []
        for planned in run.plan.strategies {
            guard let type = strategies.strategy(named: planned.strategy) else { continue }
            let parameters = Parameters.resolve(
                planned.parameters, schema: type.descriptor.parameters
            ).parameters
            needs += type.seriesNeeds(parameters, shareClass: run.plan.shareClass)
        }
        let funded = run.data.instruments(of: .funding)
        let found = loaded(run) { instrument, kind in
            switch kind {
            case .funding, .index, .ratio, .gas, .signals: true
            case .bars where funded.contains(instrument): true
            default: needs.contains { $0.instrument == instrument && $0.kind == kind }
            }
        }
        return problems(of: found, run, isDraft: true)
    }

    /// What is wrong with series; and where anything is, what else keeps the run from starting.
    private func problems(
        of found: LoadedSeries, _ run: RunFile, isDraft: Bool = false
    ) -> [FailureProblem] {
        var found = found
        let coverage = FundingCoverage(run: run)
        for one in found.series where one.kind == .funding {
            guard let problem = coverage.problem(one, among: found.series) else { continue }
            found.problems.append(problem)
            found.told.append(SeriesNeed(one.instrument, one.kind))
        }
        if found.problems.isEmpty && !isDraft { return [] }
        let failures = StartFailures(run: run)
        return found.problems
            + Backtest.startProblems(plan: run.plan, series: found.series, registry: strategies)
            .filter { !isTold($0, found, run) }.map { failures.problem($0) }
    }

    /// Whether a problem was told already, or only seems to be one as not everything was loaded.
    private func isTold(_ problem: StartProblem, _ found: LoadedSeries, _ run: RunFile) -> Bool {
        switch problem.subject {
        case .series(let need):
            if found.isUnknown || found.told.contains(where: { $0.isSame(as: need) }) { return true }
            // The reader of run files tells what a list of files lacks.
            if case .files(let files) = run.data {
                return !files.contains { $0.instrument == need.instrument && $0.spec.kind == need.kind }
            }
            return false
        case .data, .parameters: return found.isPartial
        case .capital, .flows: return false
        }
    }

    /// The bars of the benchmark: those of the run, or else those that its catalogue holds, which then play
    /// no part in the run itself.
    private func benchmark(_ found: LoadedSeries, _ run: RunFile) throws(CommandFailure) -> MarketSeries? {
        guard let id = run.plan.benchmark else { return nil }
        if let own = found.series.first(where: { $0.instrument == id && $0.kind == .bars }) { return own }
        guard case .catalogue(let reference) = run.data else { return nil }
        let place = run.place(of: "benchmark.instrument")
        let choice = SeriesChoice(instrument: id, kind: .bars, place: place)
        let alone = CatalogueReference(path: reference.path, place: reference.place, choices: [choice])
        let loaded = load(alone, run)
        if !loaded.problems.isEmpty { throw CommandFailure(loaded.status, problems: loaded.problems) }
        return loaded.series.first
    }

    /// The sessions of each market that closes: by the calendar that the run file gives its instrument, or
    /// the first that its data name.
    private func calendars(
        of found: LoadedSeries, _ run: RunFile
    ) throws(CommandFailure) -> [InstrumentID: SessionCalendar] {
        let clocks = ReferenceClocks(files: files)
        var calendars: [InstrumentID: SessionCalendar] = [:]
        var done: [InstrumentID] = []
        for one in found.series where !done.contains(one.instrument) {
            let override = run.plan.instruments.first { $0.instrument == one.instrument }?.calendar?.rawValue
            let own = found.series.indices.filter { found.series[$0].instrument == one.instrument }
            guard let name = override ?? own.lazy.compactMap({ found.calendars[$0] }).first else { continue }
            done.append(one.instrument)
            do throws(MarketDataError) {
                calendars[one.instrument] = try clocks.calendar(
                    name, years: RunSeriesLoader.years(own.map { found.series[$0] }))
            } catch {
                throw CommandFailure(error)
            }
        }
        return calendars
    }

    /// The years of some series and one around them, so that orders at their ends find a session.
    private static func years(_ series: [MarketSeries]) -> ClosedRange<Int> {
        let times = series.filter { $0.count > 0 }.map(\.columns.visibleTime)
        let first = times.map { $0[0] }.min() ?? 0
        let last = max(first, times.map { $0[$0.count - 1] }.max() ?? 0)
        func year(_ time: Int64) -> Int { CivilDate(day: Instant(nanoseconds: time).day).year }
        return year(first) - 1...year(last) + 1
    }

    /// One series of a run, whatever else of it is there or not.
    ///
    /// - Throws: exit code 65 where it is absent or cannot be used.
    func series(
        _ kind: SeriesKind, of instrument: InstrumentID, _ run: RunFile
    ) throws(CommandFailure) -> MarketSeries {
        let found = loaded(run) { $0 == instrument && $1 == kind }
        if let series = found.series.first { return series }
        if !found.problems.isEmpty { throw CommandFailure(found.status, problems: found.problems) }
        let place = run.place(of: "data")
        throw CommandFailure(
            .badData, code: "missing-series", message: "the run holds no \(kind.rawValue) of \(instrument)",
            file: place.file, line: place.line, remedy: "add them to its data")
    }

    private typealias Wish = (InstrumentID, SeriesKind) -> Bool

    /// The series of a run as far as they can be loaded, of those that are wished for.
    private func loaded(_ run: RunFile, where isWished: Wish = { _, _ in true }) -> LoadedSeries {
        switch run.data {
        case .files(let list): load(list, run, isWished)
        case .catalogue(let reference): load(reference, run, isWished)
        }
    }

    private func load(_ list: [DataFileReference], _ run: RunFile, _ isWished: Wish) -> LoadedSeries {
        let reader = SeriesReader(files: files)
        var loaded = LoadedSeries()
        for file in list {
            guard isWished(file.instrument, file.spec.kind) else {
                loaded.isPartial = true
                continue
            }
            do throws(MarketDataError) {
                let raw = try reader.read([file.path], instrument: file.instrument, spec: file.spec)
                var factors: AdjustmentTable?
                if run.adjustment != .raw, let path = file.factors {
                    factors = try SeriesAdjustment.factors(path, files)
                }
                loaded.hasFactors = loaded.hasFactors || factors != nil
                loaded.series.append(
                    try adjustment(run).apply(to: raw, factors: factors, calendar: file.spec.calendar))
                loaded.calendars.append(file.spec.calendar)
            } catch {
                loaded.refuse(FailureProblem(error), SeriesNeed(file.instrument, file.spec.kind))
            }
        }
        return loaded
    }

    private func load(
        _ reference: CatalogueReference, _ run: RunFile, _ isWished: Wish = { _, _ in true }
    ) -> LoadedSeries {
        var loaded = LoadedSeries()
        let chosen: ChosenEntries
        let catalogue: Catalogue
        do throws(CommandFailure) {
            catalogue = try open(reference)
            chosen = try CatalogueSelection(catalogue: catalogue, reference: reference, run: run).choose()
        } catch {
            (loaded.problems, loaded.status) = (error.problems, error.exitStatus)
            (loaded.isUnknown, loaded.isPartial) = (true, true)
            return loaded
        }
        (loaded.problems, loaded.status, loaded.told) = (chosen.problems, chosen.status, chosen.lacking)
        for entry in chosen.entries {
            guard isWished(entry.key.instrument, entry.key.kind) else {
                loaded.isPartial = true
                continue
            }
            do throws(MarketDataError) {
                let raw = try catalogue.series(entry)
                let factors = run.adjustment == .raw ? nil : try catalogue.adjustments(entry)
                loaded.hasFactors = loaded.hasFactors || factors != nil
                loaded.series.append(
                    try adjustment(run).apply(to: raw, factors: factors, calendar: entry.calendar))
                loaded.calendars.append(entry.calendar)
            } catch {
                loaded.refuse(FailureProblem(error), SeriesNeed(entry.key.instrument, entry.key.kind))
            }
        }
        return loaded
    }

    private func open(_ reference: CatalogueReference) throws(CommandFailure) -> Catalogue {
        do {
            return try Catalogue.open(reference.path, files: files)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func adjustment(_ run: RunFile) -> SeriesAdjustment {
        SeriesAdjustment(mode: run.adjustment, clocks: ReferenceClocks(files: files))
    }
}

/// What a run works on.
struct RunSeries {
    let series: [MarketSeries]
    /// Sessions of the instruments whose markets close.
    let calendars: [InstrumentID: SessionCalendar]
    /// Bars of the benchmark; nil without one.
    let benchmark: MarketSeries?
    /// Yields that are drawn beside the result.
    let yields: [YieldSeries]
}

/// A yield and its series.
struct YieldSeries {
    let name: String
    let series: MarketSeries
    let divisor: MarketSeries?
}

/// Series as far as they could be loaded, and what was wrong with the rest.
private struct LoadedSeries {
    var series: [MarketSeries] = []
    /// Name of the calendar that the data of each series give.
    var calendars: [String?] = []
    var problems: [FailureProblem] = []
    /// How a command ends for them.
    var status = ExitStatus.badData
    /// Series that problems are about.
    var told: [SeriesNeed] = []
    /// Whether there were factors for any series.
    var hasFactors = false
    /// Whether series were left out, and whether nothing is known of any.
    var isPartial = false
    var isUnknown = false

    mutating func refuse(_ problem: FailureProblem, _ series: SeriesNeed) {
        problems.append(problem)
        told.append(series)
        isPartial = true
    }
}

extension SeriesNeed {
    fileprivate func isSame(as other: SeriesNeed) -> Bool {
        instrument == other.instrument && kind == other.kind
    }
}

extension RunData {
    /// The instruments of which a kind of series is named.
    fileprivate func instruments(of kind: SeriesKind) -> [InstrumentID] {
        switch self {
        case .files(let files): files.filter { $0.spec.kind == kind }.map(\.instrument)
        case .catalogue(let reference): reference.choices.filter { $0.kind == kind }.map(\.instrument)
        }
    }
}
