public import MarketData
public import Markets
public import Research

/// A run file, read and checked: everything that decides a backtest, and where its data are.
public struct RunFile: Sendable {
    /// The file as the user named it.
    public let path: String
    /// What to run.
    public let plan: BacktestPlan
    /// Where the data are.
    public let data: RunData
    /// How prices of shares are changed for splits and dividends.
    public let adjustment: PriceAdjustment
    /// What a sweep varies; nil when the file does not say.
    public let sweep: SweepPlan?
    /// How a walk-forward splits the data; nil when the file does not say.
    public let walkForward: WalkForwardSettings?
    /// Yields that the report draws beside the result.
    public let yields: [YieldReference]
    let document: DocumentNode

    /// Where a key was written, or the nearest key above it that was: for what is found wrong only later.
    ///
    /// - Parameter key: path of the key, as `capital.asset`.
    public func place(of key: String) -> SourcePlace {
        document.place(of: key)
    }
}

/// Where the data of a run are.
public enum RunData: Sendable {
    /// In a catalogue made by `data import` or `data sample`.
    case catalogue(CatalogueReference)
    /// In files, one for each series.
    case files([DataFileReference])
}

/// A catalogue and the series of it that a run uses.
public struct CatalogueReference: Sendable {
    /// Path of the catalogue's folder.
    public let path: String
    /// Where the path was written.
    public let place: SourcePlace
    /// The series to use; empty for all.
    public let choices: [SeriesChoice]

    /// Series of a catalogue.
    public init(path: String, place: SourcePlace, choices: [SeriesChoice]) {
        (self.path, self.place, self.choices) = (path, place, choices)
    }
}

/// Series of a catalogue: those of one instrument that meet every condition given.
public struct SeriesChoice: Hashable, Sendable {
    /// Whose series.
    public let instrument: InstrumentID
    /// Which kind; nil for all.
    public let kind: SeriesKind?
    /// Bars of which length; nil for any, as long as there is one only.
    public let timeframe: Timeframe?
    /// Which of several series that are alike, as `bid` and `ask`.
    public let variant: String?
    /// Where it was written.
    public let place: SourcePlace

    /// Series of an instrument.
    public init(
        instrument: InstrumentID, kind: SeriesKind? = nil, timeframe: Timeframe? = nil,
        variant: String? = nil, place: SourcePlace
    ) {
        (self.instrument, self.kind, self.timeframe) = (instrument, kind, timeframe)
        (self.variant, self.place) = (variant, place)
    }
}

/// One series in a file.
public struct DataFileReference: Hashable, Sendable {
    /// Whose series.
    public let instrument: InstrumentID
    /// How the file is written.
    public let spec: SeriesSpec
    /// Path of the file, CSV or CSV.gz.
    public let path: String
    /// Path of the file with factors of splits and dividends; nil without one.
    public let factors: String?
    /// Where it was written.
    public let place: SourcePlace

    /// A series in a file.
    public init(
        instrument: InstrumentID, spec: SeriesSpec, path: String, factors: String? = nil, place: SourcePlace
    ) {
        (self.instrument, self.spec, self.path) = (instrument, spec, path)
        (self.factors, self.place) = (factors, place)
    }
}

/// A yield that a report draws beside a result: its series, which are no part of the run.
public struct YieldReference: Hashable, Sendable {
    /// Name for people.
    public let name: String
    /// The series.
    public let series: SeriesChoice
    /// The series that it is divided by; nil without one.
    public let divisor: SeriesChoice?

    /// A yield.
    public init(name: String, series: SeriesChoice, divisor: SeriesChoice?) {
        (self.name, self.series, self.divisor) = (name, series, divisor)
    }
}
