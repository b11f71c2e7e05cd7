/// One entry of a data-set description: a file, or many alike, and the series in it.
public struct SeriesEntry: Sendable, Hashable {
    /// The file or files, relative to the source folder.
    public var file: FilePattern
    /// Whose series.
    public var instrument: InstrumentTemplate
    /// How it is written.
    public var spec: SeriesSpec
    /// A word that tells apart two series of one instrument, kind and timeframe, as `bid` and `ask`.
    public var variant: String?
    /// A file of price and split factors of the instrument, relative to the source folder.
    public var factors: String?
    /// A remark for people.
    public var note: String?
    /// The line in the description.
    public var line: Int

    /// An entry.
    public init(
        file: FilePattern, instrument: InstrumentTemplate, spec: SeriesSpec, variant: String? = nil,
        factors: String? = nil, note: String? = nil, line: Int = 0
    ) {
        self.file = file
        self.instrument = instrument
        self.spec = spec
        self.variant = variant
        self.factors = factors
        self.note = note
        self.line = line
    }
}

/// A file that belongs to a data set and is no series: parameters, costs, rules. Import only looks whether
/// it is there.
public struct TableEntry: Sendable, Hashable {
    /// The file, relative to the source folder.
    public var file: String
    /// What it holds.
    public var note: String?
    /// The line in the description.
    public var line: Int

    /// A table.
    public init(file: String, note: String? = nil, line: Int = 0) {
        (self.file, self.note, self.line) = (file, note, line)
    }
}

/// What a folder of files holds and how to read it; written by people as YAML. The format is described in
/// `Documentation/data-sets.md`.
public struct DatasetDescription: Sendable, Hashable {
    /// A short name.
    public var name: String
    /// Where the data came from.
    public var source: String?
    /// A remark for people.
    public var note: String?
    /// The series.
    public var series: [SeriesEntry]
    /// Files that are no series.
    public var tables: [TableEntry]

    /// A description.
    public init(
        name: String, source: String? = nil, note: String? = nil, series: [SeriesEntry],
        tables: [TableEntry] = []
    ) {
        self.name = name
        self.source = source
        self.note = note
        self.series = series
        self.tables = tables
    }
}
