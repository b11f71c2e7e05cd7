internal import MarketData
internal import Units

/// One row of a recorded CSV file.
struct RecordedRow {
    let file: String
    /// From 1, the header being line 1.
    let line: Int
    let cells: [Substring]

    func wrong(_ reason: String) -> ResultReadError {
        ResultReadError(path: file, line: line, reason + ": the file is damaged")
    }

    func decimal(_ column: Int) throws(ResultReadError) -> ExactDecimal {
        guard let value = ExactDecimal(cells[column]) else {
            throw wrong("\"\(cells[column])\" is no decimal")
        }
        return value
    }

    /// The decimal as a whole number of units of a scale.
    func units(_ column: Int, _ scale: Scale) throws(ResultReadError) -> Int128 {
        guard let units = try decimal(column).exactMantissa(at: scale) else {
            throw wrong("\"\(cells[column])\" has more than \(scale) decimals")
        }
        return units
    }

    func word(_ column: Int, _ scale: Scale) throws(ResultReadError) -> Int64 {
        guard let word = Int64(exactly: try units(column, scale)) else {
            throw wrong("\"\(cells[column])\" is too large")
        }
        return word
    }

    /// A number, or nil for an empty cell.
    func number(_ column: Int) throws(ResultReadError) -> Double? {
        if cells[column].isEmpty { return nil }
        guard let value = Double(cells[column]), value.isFinite else {
            throw wrong("\"\(cells[column])\" is no number")
        }
        return value
    }

    func time(_ column: Int) throws(ResultReadError) -> Instant {
        guard let time = Instant(iso8601: cells[column]) else {
            throw wrong("\"\(cells[column])\" is no time")
        }
        return time
    }
}

/// Reads the CSV files of a result folder, as ``ResultTables`` writes them.
enum RecordedTable {
    /// Hands over each row of a file.
    ///
    /// - Parameter header: its first line, without line end.
    static func read(
        _ path: String, header: String, _ files: some FileStore,
        _ body: (RecordedRow) throws(ResultReadError) -> Void
    ) throws(ResultReadError) {
        let content: FileBytes
        do throws(FileError) { content = try files.read(path) } catch { throw ResultReadError(error) }
        let columns = header.split(separator: ",").count
        try content.withBytes { (bytes) throws(ResultReadError) in
            var start = 0
            var line = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                line += 1
                guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
                    throw ResultReadError(path: path, line: line, "not UTF-8 text: the file is damaged")
                }
                start = end + 1
                if line == 1 {
                    if text != header {
                        throw ResultReadError(
                            path: path, line: 1, "its columns are not \(header): another version wrote it")
                    }
                    continue
                }
                let row = RecordedRow(file: path, line: line, cells: cells(text))
                if row.cells.count != columns { throw row.wrong("\(row.cells.count) cells, not \(columns)") }
                try body(row)
            }
            if line == 0 { throw ResultReadError(path: path, "the file is empty") }
        }
    }

    /// The cells of a line by RFC 4180.
    private static func cells(_ line: String) -> [Substring] {
        if !line.utf8.contains(0x22) { return line.split(separator: ",", omittingEmptySubsequences: false) }
        var cells: [Substring] = []
        var cell = ""
        var (isQuoted, hasClosed) = (false, false)
        for character in line {
            switch character {
            case "\"":
                // The second of two quotes within quotes stands for one.
                if !isQuoted && hasClosed { cell.append("\"") }
                (isQuoted, hasClosed) = (!isQuoted, isQuoted)
            case "," where !isQuoted:
                cells.append(Substring(cell))
                (cell, hasClosed) = ("", false)
            default: cell.append(character)
            }
        }
        return cells + [Substring(cell)]
    }
}
