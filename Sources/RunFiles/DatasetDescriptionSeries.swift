internal import MarketData
internal import Markets
internal import Units
internal import Yams

/// A series while its keys are being read.
struct SeriesDraft {
    var kind: SeriesKind?
    var spec = SeriesSpec(kind: .bars)
    var file: FilePattern?
    var instrument: InstrumentTemplate?
    var variant: String?
    var factors: String?
    var note: String?
    var columnsNode: Node?
}

extension DatasetDescriptionDecoder {
    /// Reads the value of one key into a draft.
    mutating func set(_ key: String, _ value: Node, _ draft: inout SeriesDraft) {
        switch key {
        case "file": draft.file = filePattern(value)
        case "instrument": draft.instrument = instrument(value)
        case "variant": draft.variant = variant(value)
        case "factors": draft.factors = nodes.text(value, key)
        case "note": draft.note = nodes.text(value, key)
        case "kind": draft.kind = nodes.choice(value, key, SeriesKind.self)
        case "timeframe": draft.spec.timeframe = timeframe(value)
        case "columns":
            draft.columnsNode = value
            draft.spec.columns = columns(value)
        case "zone": if let zone = nodes.text(value, key) { draft.spec.zone = zone }
        case "calendar": draft.spec.calendar = nodes.text(value, key)
        case "where": draft.spec.filters = filters(value)
        default: setChoice(key, value, &draft.spec)
        }
    }

    private mutating func setChoice(_ key: String, _ value: Node, _ spec: inout SeriesSpec) {
        switch key {
        case "time-format":
            if let format = nodes.choice(value, key, TimeFormat.self) { spec.timeFormat = format }
        case "stamp": if let stamp = nodes.choice(value, key, BarStamp.self) { spec.stamp = stamp }
        case "shift": if let shift = span(value, key) { spec.shift = shift }
        case "price": if let price = nodes.choice(value, key, BarPrice.self) { spec.price = price }
        case "one-sided":
            if let sides = nodes.choice(value, key, OneSidedQuotes.self) { spec.oneSided = sides }
        case "unit": if let unit = nodes.choice(value, key, ValueUnit.self) { spec.unit = unit }
        case "price-divisor": if let power = divisor(value, key) { spec.priceDivisorDecimals = power }
        case "quantity-divisor": if let power = divisor(value, key) { spec.quantityDivisorDecimals = power }
        case "decimals":
            if let count = nodes.integer(value, key, in: 0...18) { spec.maximumDecimals = count }
        case "strict": if let strict = nodes.flag(value, key) { spec.isStrict = strict }
        default: break
        }
    }

    private mutating func filePattern(_ node: Node) -> FilePattern? {
        guard let text = nodes.text(node, "file") else { return nil }
        if text.hasPrefix("/") || text.split(separator: "/").contains("..") {
            nodes.refuse(
                node, "file '\(text)' must lie inside the source folder",
                remedy: "write it relative to the folder given by --source")
            return nil
        }
        guard let pattern = FilePattern(text) else {
            nodes.refuse(
                node, "file '\(text)' has a brace that is not closed, an empty name, or two names that touch")
            return nil
        }
        return pattern
    }

    private mutating func instrument(_ node: Node) -> InstrumentTemplate? {
        guard let text = nodes.text(node, "instrument") else { return nil }
        guard let template = InstrumentTemplate(text) else {
            nodes.refuse(
                node,
                "instrument '\(text)' has a brace that is not closed or a divisor that is no power of 10")
            return nil
        }
        if template.names.isEmpty && InstrumentID(text) == nil {
            let types = InstrumentType.allCases.map(\.rawValue).joined(separator: ", ")
            nodes.refuse(
                node, "instrument '\(text)' is not venue:type:symbol",
                remedy: "as binance:perp:ETHUSDT, with a venue in lower case and a type of \(types)")
            return nil
        }
        return template
    }

    private mutating func variant(_ node: Node) -> String? {
        guard let text = nodes.text(node, "variant") else { return nil }
        let allowed = text.utf8.allSatisfy {
            ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
        }
        guard allowed, text.utf8.count <= 32 else {
            nodes.refuse(node, "variant must be lower-case letters, digits and hyphens, not '\(text)'")
            return nil
        }
        return text
    }

    private mutating func timeframe(_ node: Node) -> Timeframe? {
        guard let text = nodes.text(node, "timeframe") else { return nil }
        guard let value = Timeframe(text) else {
            nodes.refuse(
                node, "timeframe '\(text)' is not understood", remedy: "write 1s, 1m, 5m, 1h, 1d, 1w or 1M")
            return nil
        }
        return value
    }

    private mutating func span(_ node: Node, _ key: String) -> Timespan? {
        guard let text = nodes.text(node, key) else { return nil }
        let isNegative = text.hasPrefix("-")
        guard let value = Timespan(isNegative ? text.dropFirst() : text[...]) else {
            nodes.refuse(node, "\(key) '\(text)' is not a span", remedy: "write 1m, 8h, 500ms, -1h")
            return nil
        }
        return isNegative ? Timespan(nanoseconds: -value.nanoseconds) : value
    }

    private mutating func divisor(_ node: Node, _ key: String) -> Int? {
        guard let text = nodes.text(node, key) else { return nil }
        guard let decimals = PowerOfTen.decimals(of: text) else {
            nodes.refuse(node, "\(key) must be 1, 10, 100, ... up to 1000000000000, not '\(text)'")
            return nil
        }
        return decimals
    }

    private mutating func columns(_ node: Node) -> [ColumnChoice] {
        var choices: [ColumnChoice] = []
        for (role, value) in nodes.map(node, "columns", known: nil) {
            // An empty name is the column without a name.
            if case .scalar(let scalar) = value {
                choices.append(ColumnChoice(role: role, column: scalar.string))
            } else {
                nodes.refuse(value, "columns: '\(role)' must be the name of a column")
            }
        }
        return choices
    }

    private mutating func filters(_ node: Node) -> [RowFilter] {
        var filters: [RowFilter] = []
        for (column, value) in nodes.map(node, "where", known: nil) {
            if case .sequence = value {
                let values = nodes.list(value, "where").compactMap { nodes.text($0, "where: '\(column)'") }
                filters.append(RowFilter(column: column, values: values))
            } else if case .scalar(let scalar) = value {
                filters.append(RowFilter(column: column, values: [scalar.string]))
            } else {
                nodes.refuse(value, "where: '\(column)' must be a text or a list of texts")
            }
        }
        return filters
    }
}
