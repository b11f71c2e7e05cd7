/// What the scanner found at its place in a file.
enum ScannedRow {
    /// A row of data; its cells are in the scanner's slots.
    case row
    /// A line starting with `#` behind the header.
    case comment
    /// The header once more.
    case strayHeader
    /// A row with another number of cells than the header has columns.
    case cellCount(Int)
    /// A time that cannot be read.
    case badTime
    /// The end of the file.
    case end
}

/// Reads a file row by row into slots: the plain case in one pass over the bytes, anything odd by a slower
/// general path.
final class RowScanner {
    let source: TextSource
    private(set) var header: CSVHeader
    private(set) var layout: RowLayout
    /// The line of the last row, from 1.
    var line: Int { hot.pointee.line }
    /// The bytes of the header row.
    private(set) var headerBytes: [UInt8] = []
    /// Comment lines before the header.
    private(set) var leadingComments = 0

    /// Numbers of the last row by slot.
    let numbers: UnsafeMutablePointer<DecimalCell>
    /// Texts of the last row by slot; they point into the buffer and hold until the next row is read.
    let texts: UnsafeMutablePointer<UnsafeBufferPointer<UInt8>>
    /// The bytes of the last row, without its line end.
    var rowBytes: UnsafeBufferPointer<UInt8> { hot.pointee.row }
    /// What changes with each row.
    let hot: UnsafeMutablePointer<Hot>

    /// What changes with each row; behind a pointer, since every access to a class's own variables would be
    /// checked for exclusivity at run time, which took half of the time of an import.
    struct Hot {
        /// The start of the text that is not yet read.
        var cursor: UnsafeMutablePointer<UInt8>
        /// The end of the text in the buffer.
        var end: UnsafeMutablePointer<UInt8>
        var line = 0
        var nextLine = 1
        /// The time column and the time of the last row.
        var time: TimeColumn
        /// Nanoseconds to add to the time of the last row.
        var milliseconds: Int64 = 0
        var row = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var columnCount = 0
    }

    private let actions: UnsafeMutablePointer<UInt8>
    private let slots: UnsafeMutablePointer<Int>
    private let maximumDecimals: Int
    private var cells: [UnsafeMutableBufferPointer<UInt8>] = []
    private static let slotLimit = 64
    private static let columnLimit = 4096

    /// Opens a file and reads its header.
    init(
        _ files: any FileStore, _ path: String, format: TimeFormat, zone: ZoneRules, maximumDecimals: Int
    ) throws(MarketDataError) {
        source = try TextSource(files, path)
        numbers = .allocate(capacity: RowScanner.slotLimit)
        numbers.initialize(repeating: .empty, count: RowScanner.slotLimit)
        texts = .allocate(capacity: RowScanner.slotLimit)
        texts.initialize(repeating: .init(start: nil, count: 0), count: RowScanner.slotLimit)
        actions = .allocate(capacity: RowScanner.columnLimit)
        slots = .allocate(capacity: RowScanner.columnLimit)
        hot = .allocate(capacity: 1)
        hot.initialize(
            to: Hot(cursor: source.start, end: source.end, time: TimeColumn(format: format, zone: zone)))
        self.maximumDecimals = maximumDecimals
        header = CSVHeader(names: [], line: 0)
        layout = RowLayout(header: header)
        try readHeader()
    }

    deinit {
        hot.deinitialize(count: 1)
        hot.deallocate()
        numbers.deallocate()
        texts.deallocate()
        actions.deallocate()
        slots.deallocate()
    }

    /// Sets what is read from each column.
    ///
    /// - Precondition: made for ``header``.
    func use(_ layout: RowLayout) throws(MarketDataError) {
        precondition(layout.actions.count == header.names.count, "the layout is the header's")
        guard layout.numberRoles.count <= RowScanner.slotLimit,
            layout.textColumns.count <= RowScanner.slotLimit
        else {
            throw MarketDataError(
                code: "columns", file: source.path, line: header.line,
                message: "more than \(RowScanner.slotLimit) columns are to be read",
                remedy: "declare fewer columns, or read the file as several series")
        }
        self.layout = layout
        hot.pointee.columnCount = layout.actions.count
        for index in layout.actions.indices {
            actions[index] = layout.actions[index].rawValue
            slots[index] = layout.slots[index]
        }
    }

    // MARK: Header

    private func readHeader() throws(MarketDataError) {
        while true {
            guard try hasCompleteRow() else { throw emptyFile() }
            let p = hot.pointee.cursor
            if leadingComments == 0 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF {
                hot.pointee.cursor = p + 3
                continue
            }
            guard isBlank(p) || p.pointee == 0x23 else { break }
            if p.pointee == 0x23 { leadingComments += 1 }
            skipLine()
        }
        let row = try tokenise()
        let isText = row.allSatisfy { cell in
            cell.allSatisfy { $0 >= 0x20 || $0 == 0x09 } && String(validating: cell, as: UTF8.self) != nil
        }
        guard isText else {
            throw MarketDataError(
                code: "not-csv", file: source.path, line: line, message: "this is not CSV text",
                remedy: "give a CSV file, plain or gzip, with the names of its columns in the first line")
        }
        let names = row.map { RowScanner.trimmed(String(decoding: $0, as: UTF8.self)) }
        guard names.count <= RowScanner.columnLimit else {
            throw MarketDataError(
                code: "not-csv", file: source.path, line: line, message: "there are \(names.count) columns",
                remedy: "at most \(RowScanner.columnLimit) are read")
        }
        header = CSVHeader(names: names, line: line)
        headerBytes = Array(rowBytes)
        if names.filter({ RowScanner.isNumber($0) }).count * 2 > names.count {
            throw MarketDataError(
                code: "no-header", file: source.path, line: line,
                message: "the first line holds values, not the names of columns",
                remedy: "add a first line with the names, as: ts,open,high,low,close,volume")
        }
        try use(RowLayout(header: header))
    }

    private static func trimmed(_ text: String) -> String {
        var view = text[...]
        while let first = view.unicodeScalars.first, first == " " || first == "\t" { view = view.dropFirst() }
        while let last = view.unicodeScalars.last, last == " " || last == "\t" { view = view.dropLast() }
        return String(view)
    }

    private static func isNumber(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { DecimalCell.parse($0, maximumDecimals: 18).decimals >= 0 }
    }

    private func emptyFile() -> MarketDataError {
        MarketDataError(
            code: "empty", file: source.path,
            message: leadingComments > 0 ? "the file holds only comments" : "the file is empty",
            remedy: "give a CSV file with a line of column names and rows below it")
    }

    // MARK: Rows

    /// Reads the next row; empty lines are passed over.
    func next() throws(MarketDataError) -> ScannedRow {
        while true {
            let p = hot.pointee.cursor
            if p == hot.pointee.end {
                guard try hasCompleteRow() else { return .end }
                continue
            }
            if p.pointee == 0x0A {
                skipLine()
                continue
            }
            if p.pointee != 0x23 && scanPlain(hot) { return .row }
            guard try hasCompleteRow() else { return .end }
            if isBlank(hot.pointee.cursor) {
                skipLine()
                continue
            }
            if hot.pointee.cursor.pointee == 0x23 {
                hot.pointee.line = hot.pointee.nextLine
                skipLine()
                return .comment
            }
            return try scanOdd()
        }
    }

    /// The plain case; false, with nothing consumed, when anything is odd or the row is not complete.
    private func scanPlain(_ hot: UnsafeMutablePointer<Hot>) -> Bool {
        let start = hot.pointee.cursor
        let (actions, slots, numbers) = (actions, slots, numbers)
        var p = start
        let last = hot.pointee.columnCount - 1
        hot.pointee.milliseconds = 0
        var column = 0
        while column <= last {
            switch actions[column] {
            case RowLayout.Action.number.rawValue:
                guard RowScanner.plainNumber(&p, into: numbers + slots[column]) else { return false }
            case RowLayout.Action.skip.rawValue:
                if p.pointee == 0x22 { return false }
                p = RowScanner.cellEnd(p)
            case RowLayout.Action.time.rawValue:
                // A mixture of spellings is judged by the general path, which reads the cell again.
                guard hot.pointee.time.parse(&p), !hot.pointee.time.isMixed else { return false }
            case RowLayout.Action.milliseconds.rawValue:
                var cell = DecimalCell.empty
                guard RowScanner.plainNumber(&p, into: &cell), takeMilliseconds(cell) else { return false }
            default:
                if p.pointee == 0x22 { return false }
                let from = p
                p = RowScanner.cellEnd(p)
                texts[slots[column]] = UnsafeBufferPointer(start: from, count: p - from)
            }
            if column < last {
                guard p.pointee == 0x2C else { return false }
                p += 1
            }
            column += 1
        }
        let rowEnd = p
        if p.pointee == 0x0D { p += 1 }
        guard p.pointee == 0x0A, p < hot.pointee.end else { return false }
        hot.pointee.row = UnsafeBufferPointer(start: start, count: rowEnd - start)
        hot.pointee.cursor = p + 1
        hot.pointee.line = hot.pointee.nextLine
        hot.pointee.nextLine += 1
        return true
    }

    /// Where a plain cell ends: at a comma, a line end or a zero byte.
    @inline(__always)
    private static func cellEnd(_ start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var p = start
        while p.pointee != 0x2C && p.pointee != 0x0A && p.pointee != 0x0D && p.pointee != 0 { p += 1 }
        return p
    }

    /// Digits with at most one point and a minus sign, at most 18 digits.
    @inline(__always)
    private static func plainNumber(
        _ p: inout UnsafeMutablePointer<UInt8>, into cell: UnsafeMutablePointer<DecimalCell>
    ) -> Bool {
        let whole = DigitRun(at: p)
        guard whole.count > 0 else { return anyNumber(&p, into: cell) }
        let point = p + whole.count
        if point.pointee != 0x2E {
            cell.pointee = DecimalCell(mantissa: whole.value, decimals: 0)
            p = point
            return true
        }
        let part = DigitRun(at: point + 1)
        guard part.count > 0 else { return anyNumber(&p, into: cell) }
        // At most seven digits and seven more.
        cell.pointee = DecimalCell(
            mantissa: whole.value * part.power + part.value, decimals: Int8(truncatingIfNeeded: part.count))
        p = point + 1 + part.count
        return true
    }

    /// As ``plainNumber(_:into:)``, digit by digit.
    private static func anyNumber(
        _ p: inout UnsafeMutablePointer<UInt8>, into cell: UnsafeMutablePointer<DecimalCell>
    ) -> Bool {
        var negative = false
        if p.pointee == 0x2D {
            negative = true
            p += 1
        }
        let start = p
        var value: UInt64 = 0
        var digit = p.pointee &- 0x30
        while digit <= 9 {
            value = value &* 10 &+ UInt64(digit)
            p += 1
            digit = p.pointee &- 0x30
        }
        var digits = p - start
        var decimals = 0
        if p.pointee == 0x2E {
            p += 1
            let point = p
            digit = p.pointee &- 0x30
            while digit <= 9 {
                value = value &* 10 &+ UInt64(digit)
                p += 1
                digit = p.pointee &- 0x30
            }
            decimals = p - point
            digits += decimals
        }
        guard digits > 0 && digits <= 18 else { return false }
        let signed = Int64(bitPattern: value)
        cell.pointee = DecimalCell(mantissa: negative ? -signed : signed, decimals: Int8(decimals))
        return true
    }

    /// Takes a number of milliseconds, with decimals, as nanoseconds.
    private func takeMilliseconds(_ cell: DecimalCell) -> Bool {
        guard cell.decimals >= 0, cell.decimals <= 6 else { return false }
        let unit = DecimalCell.powers[6 - Int(cell.decimals)]
        let (result, overflow) = cell.mantissa.multipliedReportingOverflow(by: unit)
        hot.pointee.milliseconds = result
        return !overflow
    }

    // MARK: The general path

    private func scanOdd() throws(MarketDataError) -> ScannedRow {
        let row = try tokenise()
        if isHeader(row) { return .strayHeader }
        guard row.count == header.names.count else { return .cellCount(row.count) }
        hot.pointee.milliseconds = 0
        for (column, cell) in row.enumerated() {
            switch layout.actions[column] {
            case .skip: break
            case .number:
                numbers[layout.slots[column]] = DecimalCell.parse(
                    UnsafeBufferPointer(cell), maximumDecimals: maximumDecimals)
            case .time:
                guard parseTime(cell) else { return .badTime }
            case .milliseconds:
                let number = DecimalCell.parse(UnsafeBufferPointer(cell), maximumDecimals: 6)
                guard takeMilliseconds(number) else { return .badTime }
            case .text: texts[layout.slots[column]] = UnsafeBufferPointer(cell)
            }
        }
        return .row
    }

    private func isHeader(_ row: [UnsafeMutableBufferPointer<UInt8>]) -> Bool {
        guard row.count == header.names.count, !header.names.allSatisfy(\.isEmpty) else { return false }
        return zip(row, header.names).allSatisfy { cell, name in
            RowScanner.trimmed(String(decoding: cell, as: UTF8.self)) == name
        }
    }

    /// Reads a time from a copy with zeros behind it, as the cell's neighbours are not its own.
    private func parseTime(_ cell: UnsafeMutableBufferPointer<UInt8>) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { copy in
            guard let base = copy.baseAddress, let from = cell.baseAddress else { return false }
            copy.initialize(repeating: 0)
            var (start, count) = (from, cell.count)
            while count > 0 && (start.pointee == 0x20 || start.pointee == 0x09) {
                start += 1
                count -= 1
            }
            while count > 0 && (start[count - 1] == 0x20 || start[count - 1] == 0x09) { count -= 1 }
            guard count > 0 && count < 64 else { return false }
            base.update(from: start, count: count)
            var p = base
            return hot.pointee.time.parse(&p) && p == base + count
        }
    }

    /// Cuts the row at the start of the buffer into cells and consumes it. The row is complete.
    private func tokenise() throws(MarketDataError) -> [UnsafeMutableBufferPointer<UInt8>] {
        hot.pointee.line = hot.pointee.nextLine
        let start = hot.pointee.cursor
        guard let end = rowEnd() else {
            throw MarketDataError(
                code: "not-csv", file: source.path, line: line, message: "a quote is not closed",
                remedy: "close the quote, or remove it")
        }
        var stop = end
        if stop > start && stop[-1] == 0x0D { stop -= 1 }
        hot.pointee.row = UnsafeBufferPointer(start: start, count: stop - start)
        cells.removeAll(keepingCapacity: true)
        var p = start
        while true {
            let (cell, next) = cutCell(p, stop)
            cells.append(cell)
            guard next < stop else { break }
            p = next + 1
        }
        // Line ends inside quotes count as lines.
        var lines = 1
        var q = start
        while q < end {
            if q.pointee == 0x0A { lines += 1 }
            q += 1
        }
        hot.pointee.nextLine += lines
        hot.pointee.cursor = min(end + 1, hot.pointee.end)
        return cells
    }

    /// The cell at `p`, unquoted in place, and where it ends: at a comma or at `stop`.
    private func cutCell(
        _ p: UnsafeMutablePointer<UInt8>, _ stop: UnsafeMutablePointer<UInt8>
    ) -> (UnsafeMutableBufferPointer<UInt8>, UnsafeMutablePointer<UInt8>) {
        guard p < stop, p.pointee == 0x22 else {
            var q = p
            while q < stop && q.pointee != 0x2C { q += 1 }
            return (UnsafeMutableBufferPointer(start: p, count: q - p), q)
        }
        var (read, write) = (p + 1, p)
        while read < stop {
            if read.pointee == 0x22 {
                if read + 1 < stop && read[1] == 0x22 {
                    read += 1
                } else {
                    read += 1
                    break
                }
            }
            write.pointee = read.pointee
            write += 1
            read += 1
        }
        // Text behind the closing quote belongs to the cell.
        while read < stop && read.pointee != 0x2C {
            write.pointee = read.pointee
            write += 1
            read += 1
        }
        return (UnsafeMutableBufferPointer(start: p, count: write - p), read)
    }

    /// Where the row at the start of the buffer ends: at its line end, or at the end of the file; nil when
    /// more text is needed.
    private func rowEnd() -> UnsafeMutablePointer<UInt8>? {
        var p = hot.pointee.cursor
        let end = hot.pointee.end
        var (isQuoted, isCellStart) = (false, true)
        while p < end {
            let byte = p.pointee
            if isQuoted {
                if byte == 0x22 { isQuoted = false }
            } else if byte == 0x22 && (isCellStart || p[-1] == 0x22) {
                isQuoted = true
            } else if byte == 0x0A {
                return p
            }
            isCellStart = byte == 0x2C
            p += 1
        }
        return source.isAtEnd && !isQuoted ? end : nil
    }

    /// Reads on until the row at the start of the buffer is complete.
    ///
    /// - Returns: false at the end of the file.
    private func hasCompleteRow() throws(MarketDataError) -> Bool {
        while hot.pointee.cursor == hot.pointee.end || rowEnd() == nil {
            if source.isAtEnd { return hot.pointee.cursor != hot.pointee.end }
            source.consume(to: hot.pointee.cursor)
            try source.fill(line: hot.pointee.nextLine)
            (hot.pointee.cursor, hot.pointee.end) = (source.start, source.end)
        }
        return true
    }

    private func isBlank(_ start: UnsafeMutablePointer<UInt8>) -> Bool {
        var p = start
        let end = hot.pointee.end
        while p < end && (p.pointee == 0x20 || p.pointee == 0x0D || p.pointee == 0x09) { p += 1 }
        return p == end || p.pointee == 0x0A
    }

    /// Consumes up to and with the next line end.
    private func skipLine() {
        var p = hot.pointee.cursor
        let end = hot.pointee.end
        while p < end && p.pointee != 0x0A { p += 1 }
        hot.pointee.nextLine += 1
        hot.pointee.cursor = min(p + 1, end)
    }
}
