public import Units

/// Bytes of a text file that grows at its end, with fast writers of numbers and times.
public final class TextBuffer {
    private var memory: UnsafeMutableRawBufferPointer
    private var count = 0
    private var cachedDay = Int.min
    private var cachedDate: [UInt8] = []

    /// An empty buffer with room for `capacity` bytes; it grows by itself.
    public init(capacity: Int) {
        memory = .allocate(byteCount: max(4096, capacity), alignment: 16)
    }

    deinit { memory.deallocate() }

    /// The bytes so far, valid until the next write and while the buffer lives.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// The bytes so far as a text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Empties the buffer; its room stays.
    public func removeAll() { count = 0 }

    /// Appends one byte.
    @inline(__always)
    public func append(byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count += 1
    }

    /// Appends bytes.
    public func append(_ bytes: [UInt8]) {
        reserve(bytes.count)
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: source)
        }
        count += bytes.count
    }

    /// Appends a text.
    public func append(_ text: String) {
        var text = text
        text.withUTF8 { source in
            reserve(source.count)
            UnsafeMutableRawBufferPointer(rebasing: memory[count...])
                .copyMemory(from: UnsafeRawBufferPointer(source))
            count += source.count
        }
    }

    /// Appends a whole number.
    public func append(_ value: UInt64) { append(decimal: Int128(value), decimals: 0) }

    /// Appends the canonical text of `mantissa / 10^decimals`, as ``ExactDecimal``'s.
    public func append(decimal mantissa: Int128, decimals: Int) {
        reserve(48)
        if mantissa < 0 { put(0x2D) }
        var rest = mantissa.magnitude
        var decimals = decimals
        if rest == 0 {
            put(0x30)
            return
        }
        var end = count + 46
        let last = end
        // Digits are written backwards, the wide ones by parts that fit a machine word.
        if rest <= UInt128(UInt64.max) {
            var word = UInt64(truncatingIfNeeded: rest)
            while decimals > 0 && word % 10 == 0 { (word, decimals) = (word / 10, decimals - 1) }
            digits(of: &word, until: 0, &end, &decimals)
        } else {
            while decimals > 0 && rest % 10 == 0 { (rest, decimals) = (rest / 10, decimals - 1) }
            while rest > UInt128(UInt64.max) {
                let (quotient, part) = rest.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
                var word = UInt64(truncatingIfNeeded: part)
                digits(of: &word, until: 18, &end, &decimals)
                rest = quotient
            }
            var word = UInt64(truncatingIfNeeded: rest)
            digits(of: &word, until: 0, &end, &decimals)
        }
        // Leading zeros of a fraction: 0.05.
        while decimals > 0 { digit(0, &end, &decimals) }
        if memory[end] == 0x2E {
            end -= 1
            memory[end] = 0x30
        }
        move(from: end, to: last)
    }

    /// Appends the ISO 8601 text of a moment, as ``Instant``'s.
    public func append(_ time: Instant) {
        let day = time.day
        if day != cachedDay {
            cachedDay = day
            cachedDate = Array((CivilDate(day: day).description + "T").utf8)
        }
        append(cachedDate)
        reserve(24)
        let nanoseconds = time.since(Instant(day: day)).nanoseconds
        let seconds = Int(nanoseconds / 1_000_000_000)
        put(two: seconds / 3600)
        put(0x3A)
        put(two: seconds / 60 % 60)
        put(0x3A)
        put(two: seconds % 60)
        var fraction = nanoseconds % 1_000_000_000
        if fraction != 0 {
            put(0x2E)
            var unit: Int64 = 100_000_000
            while fraction != 0 {
                put(0x30 + UInt8(fraction / unit))
                fraction %= unit
                unit /= 10
            }
        }
        put(0x5A)
    }

    /// Bytes of a field of a CSV file by RFC 4180: quoted where it holds a comma, a quote or a line end.
    public static func field(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let plain = bytes.allSatisfy { $0 != 0x2C && $0 != 0x22 && $0 != 0x0A && $0 != 0x0D }
        if plain { return bytes }
        var quoted: [UInt8] = [0x22]
        for byte in bytes {
            if byte == 0x22 { quoted.append(0x22) }
            quoted.append(byte)
        }
        quoted.append(0x22)
        return quoted
    }

    // MARK: Bytes

    @inline(__always)
    private func reserve(_ more: Int) {
        if count + more > memory.count { grow(more) }
    }

    @inline(never)
    private func grow(_ more: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(memory.count * 2, count + more), alignment: 16)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }

    @inline(__always)
    private func put(_ byte: UInt8) {
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    private func put(two value: Int) {
        put(0x30 + UInt8(value / 10))
        put(0x30 + UInt8(value % 10))
    }

    @inline(__always)
    private func digit(_ value: UInt8, _ end: inout Int, _ decimals: inout Int) {
        end -= 1
        memory[end] = 0x30 + value
        decimals -= 1
        if decimals == 0 {
            end -= 1
            memory[end] = 0x2E
        }
    }

    /// Digits of a word from the last to the first, at least `least` of them.
    @inline(__always)
    private func digits(of word: inout UInt64, until least: Int, _ end: inout Int, _ decimals: inout Int) {
        var done = 0
        while word != 0 || done < least {
            let (quotient, remainder) = word.quotientAndRemainder(dividingBy: 10)
            digit(UInt8(truncatingIfNeeded: remainder), &end, &decimals)
            word = quotient
            done += 1
        }
    }

    @inline(__always)
    private func move(from start: Int, to end: Int) {
        for index in start..<end { memory[count + index - start] = memory[index] }
        count += end - start
    }
}
