internal import MarketData
internal import Markets
internal import RunFiles

/// Loads the series that a run uses.
struct RunSeriesLoader {
    let files: any FileStore

    /// All series of a run, or everything that is wrong with them.
    ///
    /// - Throws: exit code 65 for data that are absent or cannot be used, each with file and line.
    func load(_ run: RunFile) throws(CommandFailure) -> [MarketSeries] {
        switch run.data {
        case .files(let list): try load(list)
        case .catalogue(let reference):
            throw CommandFailure(
                .failed, code: "catalogue", message: "catalogues cannot be read yet", file: reference.path)
        }
    }

    private func load(_ list: [DataFileReference]) throws(CommandFailure) -> [MarketSeries] {
        let reader = SeriesReader(files: files)
        var series: [MarketSeries] = []
        var problems: [FailureProblem] = []
        for file in list {
            do {
                series.append(try reader.read([file.path], instrument: file.instrument, spec: file.spec))
            } catch {
                problems.append(FailureProblem(error))
            }
        }
        if !problems.isEmpty { throw CommandFailure(.badData, problems: problems) }
        return series
    }
}
