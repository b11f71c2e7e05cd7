internal import MarketData
internal import Markets
internal import Research
internal import RunFiles

/// Loads the series that a run uses.
struct RunSeriesLoader {
    let files: any FileStore

    /// All series of a run, or everything that is wrong with them.
    ///
    /// - Throws: exit code 65 for data that are absent or cannot be used, each with file and line; 78 when the
    ///   run file must choose between series.
    func load(_ run: RunFile) throws(CommandFailure) -> [MarketSeries] {
        let found: (series: [MarketSeries], problems: [FailureProblem]) =
            switch run.data {
            case .files(let list): load(list, run)
            case .catalogue(let reference): try load(reference, run)
            }
        if !found.problems.isEmpty { throw CommandFailure(.badData, problems: found.problems) }
        return found.series
    }

    private func load(
        _ list: [DataFileReference], _ run: RunFile
    ) -> (series: [MarketSeries], problems: [FailureProblem]) {
        let reader = SeriesReader(files: files)
        var series: [MarketSeries] = []
        var problems: [FailureProblem] = []
        for file in list {
            do throws(MarketDataError) {
                let raw = try reader.read([file.path], instrument: file.instrument, spec: file.spec)
                var factors: AdjustmentTable?
                if run.adjustment != .raw, let path = file.factors {
                    factors = try SeriesAdjustment.factors(path, files)
                }
                series.append(
                    try adjustment(run).apply(to: raw, factors: factors, calendar: file.spec.calendar))
            } catch {
                problems.append(FailureProblem(error))
            }
        }
        return (series, problems)
    }

    private func load(
        _ reference: CatalogueReference, _ run: RunFile
    ) throws(CommandFailure) -> (series: [MarketSeries], problems: [FailureProblem]) {
        let catalogue: Catalogue
        do {
            catalogue = try Catalogue.open(reference.path, files: files)
        } catch {
            throw CommandFailure(error)
        }
        let chosen = try CatalogueSelection(catalogue: catalogue, reference: reference, run: run).entries()
        var series: [MarketSeries] = []
        var problems: [FailureProblem] = []
        for entry in chosen {
            do throws(MarketDataError) {
                let raw = try catalogue.series(entry)
                let factors = run.adjustment == .raw ? nil : try catalogue.adjustments(entry)
                series.append(try adjustment(run).apply(to: raw, factors: factors, calendar: nil))
            } catch {
                problems.append(FailureProblem(error))
            }
        }
        return (series, problems)
    }

    private func adjustment(_ run: RunFile) -> SeriesAdjustment {
        SeriesAdjustment(mode: run.adjustment, clocks: ReferenceClocks(files: files))
    }
}
