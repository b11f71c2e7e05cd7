internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import Units

/// Loads the series that a run uses.
struct RunSeriesLoader {
    let files: any FileStore

    /// All series of a run and the calendars of their markets, or everything that is wrong with them.
    ///
    /// - Throws: exit code 65 for data that are absent or cannot be used, each with file and line; 78 when
    ///   the run file must choose between series, or asks for an adjustment that has nothing to work with.
    func load(_ run: RunFile) throws(CommandFailure) -> RunSeries {
        let found: LoadedSeries =
            switch run.data {
            case .files(let list): load(list, run)
            case .catalogue(let reference): try load(reference, run)
            }
        let problems = found.problems + FundingCoverage(run: run).problems(found.series)
        if !problems.isEmpty { throw CommandFailure(.badData, problems: problems) }
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
                let loaded = try load(alone, run)
                if !loaded.problems.isEmpty { throw CommandFailure(.badData, problems: loaded.problems) }
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

    /// What is wrong with the funding of a run whose file is wrong, so that all is said at once. Other data
    /// are not looked at: they may be large.
    func fundingProblems(of run: RunFile) -> [FailureProblem] {
        let found: LoadedSeries
        switch run.data {
        case .files(let files):
            let funded = files.filter { $0.spec.kind == .funding }.map(\.instrument)
            found = load(
                files.filter { funded.contains($0.instrument) && [.bars, .funding].contains($0.spec.kind) },
                run)
        case .catalogue(let reference):
            let funded = reference.choices.filter { $0.kind == .funding }.map(\.instrument)
            let choices = reference.choices.filter {
                funded.contains($0.instrument) && ($0.kind == .funding || $0.kind == .bars)
            }
            if choices.isEmpty { return [] }
            do throws(CommandFailure) {
                found = try load(
                    CatalogueReference(path: reference.path, place: reference.place, choices: choices), run)
            } catch { return error.problems }
        }
        return found.problems + FundingCoverage(run: run).problems(found.series)
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
        let loaded = try load(alone, run)
        if !loaded.problems.isEmpty { throw CommandFailure(.badData, problems: loaded.problems) }
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

    private func load(_ list: [DataFileReference], _ run: RunFile) -> LoadedSeries {
        let reader = SeriesReader(files: files)
        var loaded = LoadedSeries()
        for file in list {
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
                loaded.problems.append(FailureProblem(error))
            }
        }
        return loaded
    }

    private func load(
        _ reference: CatalogueReference, _ run: RunFile
    ) throws(CommandFailure) -> LoadedSeries {
        let catalogue: Catalogue
        do {
            catalogue = try Catalogue.open(reference.path, files: files)
        } catch {
            throw CommandFailure(error)
        }
        let chosen = try CatalogueSelection(catalogue: catalogue, reference: reference, run: run).entries()
        var loaded = LoadedSeries()
        for entry in chosen {
            do throws(MarketDataError) {
                let raw = try catalogue.series(entry)
                let factors = run.adjustment == .raw ? nil : try catalogue.adjustments(entry)
                loaded.hasFactors = loaded.hasFactors || factors != nil
                loaded.series.append(
                    try adjustment(run).apply(to: raw, factors: factors, calendar: entry.calendar))
                loaded.calendars.append(entry.calendar)
            } catch {
                loaded.problems.append(FailureProblem(error))
            }
        }
        return loaded
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
    /// Whether there were factors for any series.
    var hasFactors = false
}
