/// What a compiled time-zone file says: the offset before the first change, and the changes.
///
/// Source: RFC 9636, "The Time Zone Information Format (TZif)", sections 3.1 to 3.3; versions 1 to 4.
struct CompiledZone {
    /// Seconds east of UTC before the first change.
    let firstOffset: Int64
    /// Changes of the offset, ascending, those of the footer's rule included.
    let changes: [OffsetChange]

    /// Reads a file's bytes. No input traps.
    static func parse(name: String, bytes: [UInt8]) throws(ZoneError) -> CompiledZone {
        var reader = ZoneReader(zone: name, bytes: bytes)
        var header = try reader.header()
        var timeSize = 4
        if header.version >= 0x32 {
            try reader.skip(header.blockSize(timeSize: 4))
            header = try reader.header()
            timeSize = 8
        }
        let block = try reader.block(header, timeSize: timeSize)
        var changes = block.changes
        if timeSize == 8, let rule = try reader.footer() {
            let last = changes.last
            let year = last.map { PosixZoneRule.year(ofSecond: $0.time) } ?? 1678
            for change in rule.changes(from: year) where change.time > (last?.time ?? Int64.min) {
                changes.append(change)
            }
        }
        return CompiledZone(firstOffset: block.firstOffset, changes: changes)
    }
}

/// Counts of one data block.
private struct ZoneHeader {
    let version: UInt8
    /// In the file's order: UT indicators, standard indicators, leap seconds, transitions, types, name bytes.
    let counts: [Int]

    var leaps: Int { counts[2] }
    var times: Int { counts[3] }
    var types: Int { counts[4] }
    var nameBytes: Int { counts[5] }

    /// Bytes of the data block.
    func blockSize(timeSize: Int) -> Int {
        times * timeSize + times + types * 6 + nameBytes + leaps * (timeSize + 4) + counts[1] + counts[0]
    }
}

/// Reads the parts of a compiled time-zone file in order; every step is bounds-checked.
private struct ZoneReader {
    let zone: String
    let bytes: [UInt8]
    var index = 0

    init(zone: String, bytes: [UInt8]) { (self.zone, self.bytes) = (zone, bytes) }

    func fail(_ problem: String) -> ZoneError {
        ZoneError(zone: zone, problem: "not a valid compiled time-zone file: \(problem)")
    }

    mutating func skip(_ count: Int) throws(ZoneError) {
        guard count >= 0, count <= bytes.count - index else { throw fail("it is cut off") }
        index += count
    }

    /// A signed big-endian integer of 4 or 8 bytes.
    mutating func integer(_ size: Int) throws(ZoneError) -> Int64 {
        let start = index
        try skip(size)
        var value: UInt64 = bytes[start] & 0x80 != 0 ? UInt64.max : 0
        for byte in bytes[start..<index] { value = value << 8 | UInt64(byte) }
        return Int64(bitPattern: value)
    }

    mutating func header() throws(ZoneError) -> ZoneHeader {
        let start = index
        try skip(20)
        guard bytes[start..<(start + 4)].elementsEqual("TZif".utf8) else {
            throw fail("it does not begin with TZif")
        }
        let version = bytes[start + 4]
        guard version == 0 || (0x32...0x39).contains(version) else {
            throw fail("unknown version \(version)")
        }
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = try integer(4)
            // More than any real zone has; keeps sums far from overflow.
            guard (0...1_000_000).contains(count) else { throw fail("a count of \(count)") }
            counts.append(Int(count))
        }
        return ZoneHeader(version: version, counts: counts)
    }

    mutating func block(_ header: ZoneHeader, timeSize: Int) throws(ZoneError) -> CompiledZone {
        guard header.types > 0, header.types <= 256 else { throw fail("\(header.types) local time types") }
        guard header.leaps == 0 else { throw fail("it counts leap seconds; use the zone without them") }
        guard header.blockSize(timeSize: timeSize) <= bytes.count - index else { throw fail("it is cut off") }
        var times: [Int64] = []
        for _ in 0..<header.times {
            let time = try integer(timeSize)
            if let last = times.last, time <= last { throw fail("changes are not in ascending order") }
            times.append(time)
        }
        let kinds = bytes[index..<(index + header.times)]
        try skip(header.times)
        var offsets: [Int64] = []
        for _ in 0..<header.types {
            let offset = try integer(4)
            try skip(2)
            // The bounds of RFC 9636, section 3.2.
            guard (-89_999...93_599).contains(offset) else { throw fail("an offset of \(offset) s") }
            offsets.append(offset)
        }
        try skip(header.nameBytes + header.counts[1] + header.counts[0])
        var changes: [OffsetChange] = []
        for (time, kind) in zip(times, kinds) {
            guard Int(kind) < offsets.count else {
                throw fail("a change to a local time type that is not listed")
            }
            changes.append(OffsetChange(time: time, offset: offsets[Int(kind)]))
        }
        return CompiledZone(firstOffset: offsets[0], changes: changes)
    }

    /// The rule for later years between two line feeds; nil when it is empty.
    mutating func footer() throws(ZoneError) -> PosixZoneRule? {
        guard index < bytes.count, bytes[index] == 0x0A else { throw fail("its footer is missing") }
        let rest = bytes[(index + 1)...]
        guard let end = rest.firstIndex(of: 0x0A) else { throw fail("its footer is cut off") }
        if end == rest.startIndex { return nil }
        guard let rule = PosixZoneRule(Array(rest[..<end])) else {
            throw fail("its footer is no rule for later years")
        }
        return rule
    }
}
