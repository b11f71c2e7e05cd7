internal import MarketData
internal import Markets
internal import Research
internal import Simulation
public import StrategyKit
internal import Trading
internal import Units

extension RunFile {
    /// Reads and checks a run file.
    ///
    /// - Parameters:
    ///   - bytes: its content.
    ///   - path: its path as the user named it; paths in the file are relative to its folder.
    ///   - settings: values of `--set`, applied in order before anything is checked.
    ///   - catalogue: folder given by `--data`, which replaces `data.catalogue`.
    ///   - strategies: the strategies that may be named.
    ///   - purpose: what it is read for.
    /// - Throws: everything that is wrong, with file and line.
    public init(
        bytes: UnsafeRawBufferPointer, path: String, settings: [RunFileSetting] = [],
        catalogue: String? = nil, strategies: StrategyRegistry, purpose: RunPurpose = .backtest
    ) throws(RunFileError) {
        var root = try DocumentReader.read(bytes, file: path)
        try RunFileSetting.refuseConflicts(settings)
        for setting in settings { try root.apply(setting) }
        var reader = RunFileReader(root: root, path: path, strategies: strategies)
        if let catalogue { reader.replaceCatalogue(by: catalogue) }
        self = try reader.read(for: purpose)
    }

    /// What can be read of a run file that is wrong, to look at its data, too, before its problems are told:
    /// never to be run. Nil where not even that is there.
    ///
    /// - Parameters: as those of ``init(bytes:path:settings:catalogue:strategies:)``.
    public static func draft(
        bytes: UnsafeRawBufferPointer, path: String, settings: [RunFileSetting] = [],
        catalogue: String? = nil, strategies: StrategyRegistry
    ) -> RunFile? {
        do throws(RunFileError) {
            var root = try DocumentReader.read(bytes, file: path)
            for setting in settings { try root.apply(setting) }
            var reader = RunFileReader(root: root, path: path, strategies: strategies)
            if let catalogue { reader.replaceCatalogue(by: catalogue) }
            return reader.draft(for: .backtest)
        } catch { return nil }
    }
}

/// Turns a document into a run.
struct RunFileReader {
    private(set) var root: DocumentNode
    let path: String
    let strategies: StrategyRegistry
    var check = SchemaCheck()

    init(root: DocumentNode, path: String, strategies: StrategyRegistry) {
        (self.root, self.path, self.strategies) = (root, path, strategies)
    }

    /// Puts the folder of `--data` in place of `data.catalogue`.
    mutating func replaceCatalogue(by folder: String) {
        let place = SourcePlace(file: "--data")
        let value = DocumentNode(.scalar(folder, isPlain: false), at: place)
        guard case .map(var entries) = root.content else { return }
        guard let index = entries.firstIndex(where: { $0.key == "data" }) else {
            let entry = DocumentEntry(key: "catalogue", at: place, value: value)
            let data = DocumentNode(.map([entry]), at: place)
            root.content = .map(entries + [DocumentEntry(key: "data", at: place, value: data)])
            return
        }
        guard case .map(var data) = entries[index].value.content else {
            check.refuse(
                entries[index].place, "data", "lists files, so --data cannot replace its catalogue",
                remedy: "leave out --data, or give data as {catalogue: DIR}")
            return
        }
        data.removeAll { $0.key == "catalogue" }
        data.append(DocumentEntry(key: "catalogue", at: place, value: value))
        entries[index].value.content = .map(data)
        root.content = .map(entries)
    }

    /// Reads everything; throws all problems at once.
    mutating func read(for purpose: RunPurpose) throws(RunFileError) -> RunFile {
        let draft = draft(for: purpose)
        guard check.problems.isEmpty, let draft else {
            let nothing = RunFileProblem(at: root.place, "the file does not describe a run")
            throw RunFileError(problems: check.problems.isEmpty ? [nothing] : check.problems)
        }
        return draft
    }

    /// Reads everything and notes what is wrong; nil when too much is.
    mutating func draft(for purpose: RunPurpose) -> RunFile? {
        check.check(root, against: .map(RunFileShape.root))
        let shareClass = root["capital"]?["asset"]?.text.flatMap { Asset($0) }
        let capital = capital(shareClass)
        let planned = plannedStrategies(capital, shareClass)
        let (start, end) = window()
        let execution = execution(root["execution"])
        let overrides = instrumentOverrides()
        let data = data()
        let benchmark = root["benchmark"]?["instrument"]?.text.flatMap { InstrumentID($0) }
        if let data {
            checkNeeds(of: planned, data)
            checkBenchmark(benchmark, data)
        }
        let sweep = sweep(of: planned)
        let walkForward = walkForward()
        checkPurpose(purpose, sweep, walkForward)
        guard let shareClass, let capital, let data, let name = root["name"]?.text else { return nil }
        let seed = max(0, root["seed"]?.text.flatMap { ScalarRule.integer($0) } ?? 1)
        var plan = BacktestPlan(
            name: name, strategies: planned, capital: capital, shareClass: shareClass, start: start,
            end: end, execution: execution, limits: riskLimits(root["risk"]), instruments: overrides,
            annualisation: root["annualisation"]?.text.flatMap { ScalarRule.integer($0) }.map { Int($0) },
            benchmark: benchmark, seed: UInt64(seed), flows: flows(shareClass))
        plan.bands = riskBands(root["risk"])
        let adjustment = root["adjust"]?.text.flatMap { PriceAdjustment(rawValue: $0) } ?? .raw
        return RunFile(
            path: path, plan: plan, data: data, adjustment: adjustment, sweep: sweep,
            walkForward: walkForward, yields: yields(data), document: root)
    }

    /// A path of the file, relative to its folder; one from `--data` is relative to the current folder.
    func resolve(_ node: DocumentNode) -> String? {
        guard let text = node.text, !text.isEmpty else { return nil }
        if node.place.file == "--data" { return text }
        return FilePath.join(FilePath.directory(path), text)
    }

    func decimal(_ node: DocumentNode?) -> ExactDecimal? { node?.text.flatMap { ExactDecimal($0) } }

    private mutating func capital(_ shareClass: Asset?) -> ExactDecimal? {
        guard let node = root["capital"]?["amount"], let amount = decimal(node), amount > .zero else {
            return nil
        }
        checkDecimals(amount, shareClass, node, "capital.amount")
        return amount
    }

    /// A ledger amount has no more decimals than the ledger keeps of its asset.
    mutating func checkDecimals(
        _ amount: ExactDecimal, _ asset: Asset?, _ node: DocumentNode, _ key: String
    ) {
        guard let asset, amount.normalized.scale > asset.ledgerScale else { return }
        check.refuse(
            node.place, key,
            "\(amount) has more than the \(asset.ledgerScale) decimals that are kept of \(asset)")
    }

    /// Deposits and withdrawals in the order of the file, which is that of their times.
    private mutating func flows(_ shareClass: Asset) -> [CapitalFlow] {
        var flows: [CapitalFlow] = []
        for (index, item) in (root["flows"]?.items ?? []).enumerated() {
            guard let time = item["time"]?.text.flatMap({ Instant(iso8601: $0) }),
                let node = item["amount"], let amount = decimal(node)
            else { continue }
            checkDecimals(amount, shareClass, node, "flows.\(index).amount")
            if amount.isZero { check.refuse(node.place, "flows.\(index).amount", "is nothing") }
            if let last = flows.last, time < last.time {
                check.refuse(
                    item.place, "flows.\(index).time", "\(time) is before the flow listed above it",
                    remedy: "list flows in order of time")
            }
            flows.append(CapitalFlow(time: time, amount: amount))
        }
        return flows
    }

    private mutating func window() -> (Instant?, Instant?) {
        let node = root["window"]
        let start = node?["start"]?.text.flatMap { Instant(iso8601: $0) }
        let end = node?["end"]?.text.flatMap { Instant(iso8601: $0) }
        if let start, let end, end <= start, let place = node?["end"]?.place {
            check.refuse(
                place, "window.end", "\(end) is not after window.start \(start)",
                remedy: "end is exclusive: give a later moment")
        }
        return (start, end)
    }

    private mutating func instrumentOverrides() -> [InstrumentOverride] {
        var overrides: [InstrumentOverride] = []
        for entry in root["instruments"]?.entries ?? [] {
            guard let id = InstrumentID(entry.key) else { continue }
            overrides.append(
                InstrumentOverride(
                    instrument: id, tickSize: decimal(entry.value["tick"]),
                    lotSize: decimal(entry.value["lot"]), base: asset(entry.value["base"]),
                    quote: asset(entry.value["quote"]),
                    calendar: entry.value["calendar"]?.text.flatMap { ExchangeCalendar(rawValue: $0) },
                    contract: contract(entry.value["contract"], of: id)))
        }
        return overrides
    }

    private func asset(_ node: DocumentNode?) -> Asset? { node?.text.flatMap { Asset($0) } }
}
