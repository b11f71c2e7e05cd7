internal import MarketData
internal import Markets
internal import Research
internal import StrategyKit
internal import Units

extension RunFileReader {
    /// Where the data are, as far as that could be read.
    mutating func data() -> RunData? {
        guard let node = root["data"] else { return nil }
        if case .list(let items) = node.content { return files(items) }
        guard let folder = node["catalogue"], let path = resolve(folder) else { return nil }
        var choices: [SeriesChoice] = []
        for (index, item) in (node["series"]?.items ?? []).enumerated() {
            guard let id = item["instrument"]?.text.flatMap({ InstrumentID($0) }) else { continue }
            let choice = SeriesChoice(
                instrument: id, kind: item["kind"]?.text.flatMap { SeriesKind(rawValue: $0) },
                timeframe: item["timeframe"]?.text.flatMap { Timeframe($0) },
                variant: item["variant"]?.text, place: item.place)
            if let twin = choices.first(where: { $0.isSame(as: choice) }) {
                check.refuse(
                    item.place, "data.series.\(index)", "is the same as the one at \(twin.place)",
                    remedy: "keep one of them")
            }
            choices.append(choice)
        }
        return .catalogue(CatalogueReference(path: path, place: folder.place, choices: choices))
    }

    private mutating func files(_ items: [DocumentNode]) -> RunData {
        var files: [DataFileReference] = []
        for (index, item) in items.enumerated() {
            guard let file = file(item, index) else { continue }
            if let twin = files.first(where: { $0.isSameSeries(as: file) }) {
                let what = "\(file.spec.kind.rawValue) of \(file.instrument)"
                check.refuse(
                    item.place, "data.\(index)", "gives the same series as \(twin.place): \(what)",
                    remedy: "keep one of them")
            }
            files.append(file)
        }
        return .files(files)
    }

    private mutating func file(_ node: DocumentNode, _ index: Int) -> DataFileReference? {
        guard let id = node["instrument"]?.text.flatMap({ InstrumentID($0) }),
            let kind = SeriesKind.allCases.first(where: { node[$0.rawValue] != nil }),
            let value = node[kind.rawValue], let path = resolve(value)
        else { return nil }
        var spec = SeriesSpec(kind: kind, timeframe: node["timeframe"]?.text.flatMap { Timeframe($0) })
        spec.columns = columns(node["columns"], kind, index)
        if let zone = node["zone"]?.text { spec.zone = zone }
        if let format = node["time-format"]?.text.flatMap({ TimeFormat(rawValue: $0) }) {
            spec.timeFormat = format
        }
        if let stamp = node["stamp"]?.text.flatMap({ BarStamp(rawValue: $0) }) { spec.stamp = stamp }
        if let shift = node["shift"]?.text.flatMap({ ScalarRule.shift($0) }) { spec.shift = shift }
        if let price = node["price"]?.text.flatMap({ BarPrice(rawValue: $0) }) { spec.price = price }
        if let sides = node["one-sided"]?.text.flatMap({ OneSidedQuotes(rawValue: $0) }) {
            spec.oneSided = sides
        }
        if let unit = node["unit"]?.text.flatMap({ ValueUnit(rawValue: $0) }) { spec.unit = unit }
        spec.priceDivisorDecimals = powerOfTen(node["price-divisor"])
        spec.quantityDivisorDecimals = powerOfTen(node["quantity-divisor"])
        spec.calendar = node["calendar"]?.text
        if let count = node["decimals"]?.text.flatMap({ ScalarRule.integer($0) }), (0...18).contains(count) {
            spec.maximumDecimals = Int(count)
        }
        spec.isStrict = node["strict"]?.text == "true"
        for key in ["timeframe", "stamp", "price"] where kind != .bars {
            if let stray = node[key] {
                check.refuse(
                    stray.place, "data.\(index).\(key)", "is for bars only, and this is \(kind.rawValue)")
            }
        }
        return DataFileReference(
            instrument: id, spec: spec, path: path, factors: node["factors"].flatMap { resolve($0) },
            place: node.place)
    }

    private mutating func columns(_ node: DocumentNode?, _ kind: SeriesKind, _ index: Int) -> [ColumnChoice] {
        let roles = ["time", "milliseconds"] + ColumnRoles.known(kind).map(\.role)
        var choices: [ColumnChoice] = []
        for entry in node?.entries ?? [] {
            if !roles.contains(entry.key) && !ColumnRoles.takesNamedValues(kind) {
                let near = NearestName.find(entry.key, among: roles).map { "; did you mean \"\($0)\"?" }
                check.refuse(
                    entry.place, "data.\(index).columns.\(entry.key)",
                    "\(kind.rawValue) have no such column" + (near ?? ""),
                    remedy: "roles of columns: " + roles.joined(separator: ", "))
            }
            choices.append(ColumnChoice(role: entry.key, column: entry.value.text ?? ""))
        }
        return choices
    }

    private func powerOfTen(_ node: DocumentNode?) -> Int {
        node?.text.flatMap { PowerOfTen.decimals(of: $0) } ?? 0
    }

    /// With a list of files, what a strategy needs and the run does not hold is known before any file is
    /// opened.
    mutating func checkNeeds(of planned: [PlannedStrategy], _ data: RunData) {
        guard case .files(let files) = data, let node = root["data"], files.count == node.items.count
        else { return }
        for strategy in planned {
            guard let type = strategies.strategy(named: strategy.strategy) else { continue }
            for kind in type.descriptor.needs where !files.contains(where: { $0.spec.kind == kind }) {
                check.refuse(
                    node.place, "data",
                    "strategy \"\(strategy.strategy)\" needs \(kind.rawValue), and none are listed",
                    remedy: "add an entry with the key \(kind.rawValue)")
            }
            checkSeriesNeeds(of: strategy, type, files, node)
        }
    }
}

extension RunFileReader {
    /// The series that a strategy cannot run without in the share class, by their instruments.
    private mutating func checkSeriesNeeds(
        of planned: PlannedStrategy, _ type: any Strategy.Type, _ files: [DataFileReference],
        _ node: DocumentNode
    ) {
        guard let shareClass = root["capital"]?["asset"]?.text.flatMap({ Asset($0) }) else { return }
        let parameters = Parameters.resolve(
            planned.parameters, schema: type.descriptor.parameters
        ).parameters
        for need in type.seriesNeeds(parameters, shareClass: shareClass)
        where !files.contains(where: { $0.instrument == need.instrument && $0.spec.kind == need.kind }) {
            check.refuse(
                node.place, "data",
                "strategy \"\(planned.strategy)\" needs the \(need), which is not listed",
                remedy: "add {instrument: \"\(need.instrument)\", \(need.kind.rawValue): FILE}")
        }
    }

    /// With a list of files, whether there are bars of the benchmark is known before any is opened.
    mutating func checkBenchmark(_ benchmark: InstrumentID?, _ data: RunData) {
        guard let benchmark, case .files(let files) = data, files.count == root["data"]?.items.count,
            let node = root["benchmark"]?["instrument"]
        else { return }
        if files.contains(where: { $0.instrument == benchmark && $0.spec.kind == .bars }) { return }
        check.refuse(
            node.place, "benchmark.instrument", "data lists no bars of \(benchmark)",
            remedy: "add an entry with its bars, or name an instrument that has some")
    }
}

extension RunFileReader {
    /// Yields to draw; only a catalogue holds series beside those of the run.
    mutating func yields(_ data: RunData) -> [YieldReference] {
        guard let node = root["yields"] else { return [] }
        if case .files = data {
            check.refuse(
                node.place, "yields", "are read from a catalogue, and data lists files",
                remedy: "import the files into a catalogue, or leave out yields")
            return []
        }
        return node.items.compactMap { item in
            guard let name = item["name"]?.text,
                let id = item["instrument"]?.text.flatMap({ InstrumentID($0) })
            else { return nil }
            let kind = item["kind"]?.text.flatMap { SeriesKind(rawValue: $0) } ?? .ratio
            func choice(_ id: InstrumentID, _ variant: String?) -> SeriesChoice {
                SeriesChoice(instrument: id, kind: kind, variant: variant, place: item.place)
            }
            return YieldReference(
                name: name, series: choice(id, item["variant"]?.text),
                divisor: item["over"]?.text.flatMap { InstrumentID($0) }.map { choice($0, nil) })
        }
    }
}

extension DataFileReference {
    fileprivate func isSameSeries(as other: DataFileReference) -> Bool {
        instrument == other.instrument && spec.kind == other.spec.kind
            && spec.timeframe == other.spec.timeframe
    }
}

extension SeriesChoice {
    fileprivate func isSame(as other: SeriesChoice) -> Bool {
        instrument == other.instrument && kind == other.kind && timeframe == other.timeframe
            && variant == other.variant
    }
}
