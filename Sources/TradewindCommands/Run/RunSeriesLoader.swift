internal import MarketData
internal import Markets
internal import Research
internal import RunFiles

/// Loads the series that a run uses.
struct RunSeriesLoader {
    let files: any FileStore

    /// All series of a run, or everything that is wrong with them.
    ///
    /// - Throws: exit code 65 for data that are absent or cannot be used, each with file and line; 78 when
    ///   the run file must choose between series, or asks for an adjustment that has nothing to work with.
    func load(_ run: RunFile) throws(CommandFailure) -> [MarketSeries] {
        let found: LoadedSeries =
            switch run.data {
            case .files(let list): load(list, run)
            case .catalogue(let reference): try load(reference, run)
            }
        if !found.problems.isEmpty { throw CommandFailure(.badData, problems: found.problems) }
        if run.adjustment != .raw && !found.hasFactors {
            let place = run.place(of: "adjust")
            throw CommandFailure(
                .wrongConfiguration, code: "run-file",
                message:
                    "adjust: \(run.adjustment.rawValue) was asked for, but no series of the run has factors",
                file: place.file, line: place.line,
                remedy: "give factors with the data, or leave adjust out")
        }
        return found.series
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
                    try adjustment(run).apply(to: raw, factors: factors, calendar: nil))
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

/// Series as far as they could be loaded, and what was wrong with the rest.
private struct LoadedSeries {
    var series: [MarketSeries] = []
    var problems: [FailureProblem] = []
    /// Whether there were factors for any series.
    var hasFactors = false
}
