internal import Events
internal import Markets
internal import Units

/// An object of a recorded file, whose members must be there and of their kind.
struct RecordedFields {
    let object: JSONText
    let file: String
    private let place: String

    init(_ object: JSONText, file: String, place: String = "") throws(ResultReadError) {
        guard object.members != nil else {
            throw ResultReadError(path: file, "\(place.isEmpty ? "it" : place) is no object")
        }
        (self.object, self.file, self.place) = (object, file, place)
    }

    private func path(_ key: String) -> String { place.isEmpty ? key : place + "." + key }

    /// A failure about a member.
    func wrong(_ key: String, _ reason: String) -> ResultReadError {
        ResultReadError(path: file, "\(path(key)) is \(reason): the file is damaged")
    }

    func value(_ key: String) throws(ResultReadError) -> JSONText {
        guard let value = object[key] else { throw .missingKey(path(key), file) }
        return value
    }

    func fields(_ key: String) throws(ResultReadError) -> RecordedFields {
        try RecordedFields(try value(key), file: file, place: path(key))
    }

    func text(_ key: String) throws(ResultReadError) -> String {
        guard let text = try value(key).text else { throw wrong(key, "no text") }
        return text
    }

    func items(_ key: String) throws(ResultReadError) -> [JSONText] {
        guard let items = try value(key).items else { throw wrong(key, "no list") }
        return items
    }

    /// Members of each object of a list.
    func list(_ key: String) throws(ResultReadError) -> [RecordedFields] {
        var list: [RecordedFields] = []
        for (index, item) in try items(key).enumerated() {
            list.append(try RecordedFields(item, file: file, place: path(key) + "." + String(index)))
        }
        return list
    }

    func flag(_ key: String) throws(ResultReadError) -> Bool {
        guard case .flag(let flag) = try value(key) else { throw wrong(key, "neither true nor false") }
        return flag
    }

    func count(_ key: String, atMost: Int = .max) throws(ResultReadError) -> Int {
        guard let count = try value(key).wholeNumber, count >= 0, count <= atMost else {
            throw wrong(key, "no count")
        }
        return count
    }

    func number(_ key: String) throws(ResultReadError) -> Double? {
        let value = try value(key)
        if value == .null { return nil }
        guard let number = value.double else { throw wrong(key, "no number") }
        return number
    }

    func money(_ key: String) throws(ResultReadError) -> ExactDecimal {
        guard let money = ExactDecimal(try text(key)) else { throw wrong(key, "no decimal") }
        return money
    }

    func time(_ key: String) throws(ResultReadError) -> Instant? {
        if try value(key) == .null { return nil }
        guard let time = Instant(iso8601: try text(key)) else { throw wrong(key, "no time") }
        return time
    }

    func asset(_ key: String) throws(ResultReadError) -> Asset {
        guard let asset = Asset(try text(key)) else { throw wrong(key, "no asset") }
        return asset
    }

    func instrument(_ key: String) throws(ResultReadError) -> InstrumentID {
        guard let id = InstrumentID(try text(key)) else { throw wrong(key, "no instrument") }
        return id
    }

    /// Rows of numbers, as `[[time, value], ...]`, each with a whole number of nanoseconds first.
    func rows(_ key: String, columns: Int) throws(ResultReadError) -> [(time: Instant, values: [Double?])] {
        var rows: [(time: Instant, values: [Double?])] = []
        for item in try items(key) {
            guard let cells = item.items, cells.count == columns, let time = cells[0].wholeNumber,
                cells.dropFirst().allSatisfy({ $0 == .null || $0.double != nil })
            else { throw wrong(key, "no table of \(columns) columns") }
            rows.append((Instant(nanoseconds: Int64(time)), cells.dropFirst().map(\.double)))
        }
        return rows
    }

    /// Pairs of texts, as `[[name, value], ...]`.
    func lines(_ key: String) throws(ResultReadError) -> [ReportLine] {
        var lines: [ReportLine] = []
        for item in try items(key) {
            guard let pair = item.items, pair.count == 2, let name = pair[0].text, let value = pair[1].text
            else { throw wrong(key, "no list of names and values") }
            lines.append(ReportLine(name, value))
        }
        return lines
    }
}
