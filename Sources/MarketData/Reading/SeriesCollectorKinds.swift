internal import Markets

extension SeriesCollector {
    func takeBar(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        let volumeSlot = hot.pointee.volumeSlot
        if target.isDoubled {
            let bid = (0..<4).contains { cells[$0].decimals < 0 }
            let ask = (4..<8).contains { cells[$0].decimals < 0 }
            if bid || ask {
                return refuse(.oneSided, scanner, bid ? "the bid is absent" : "the ask is absent")
            }
            for index in 0..<4 { placed[index] += placed[index + 4] }
        } else {
            for slot in 0..<4 where cells[slot].decimals < 0 {
                return refuse(.nan, scanner, "'\(scanner.layout.numberRoles[slot])' is empty or NaN")
            }
        }
        var volume: Int64 = 0
        if volumeSlot >= 0 {
            if cells[volumeSlot].decimals >= 0 { volume = placed[volumeSlot] }
            if cells[volumeSlot] == .notANumber {
                _ = refuse(.nan, scanner, "'volume' is NaN; taken as 0")
            }
        }
        let (open, high, low, close) = (placed[0], placed[1], placed[2], placed[3])
        if min(open, high, low, close) <= 0 || volume < 0 {
            return refuse(.negative, scanner, "a price is not positive, or the volume is negative")
        }
        if high < max(open, low, close) || low > min(open, close) {
            return refuse(.highBelowLow, scanner, "the high or low contradicts the other prices")
        }
        let row = target.nextRow
        for index in 0..<4 { row[index * SeriesRows.blockRows] = placed[index] }
        row[4 * SeriesRows.blockRows] = volume
        return true
    }

    func takeQuote(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        let slotCount = hot.pointee.slotCount
        func value(_ slot: Int) -> Int64 { slot >= 0 && cells[slot].decimals >= 0 ? placed[slot] : 0 }
        for slot in 0..<slotCount where cells[slot] == .notANumber {
            return refuse(.nan, scanner, "'\(scanner.layout.numberRoles[slot])' is NaN")
        }
        let (bid, ask) = (value(0), value(1))
        var bidSize = value(hot.pointee.bidSizeSlot)
        var askSize = value(hot.pointee.askSizeSlot)
        if min(bid, ask, bidSize, askSize) < 0 {
            return refuse(.negative, scanner, "a price or size is negative")
        }
        if bid == 0 && ask == 0 { return refuse(.nan, scanner, "both sides are absent") }
        if bid == 0 { bidSize = 0 }
        if ask == 0 { askSize = 0 }
        if (bid == 0 || ask == 0) && spec.oneSided != .keep {
            return refuse(.oneSided, scanner, bid == 0 ? "the bid is absent" : "the ask is absent")
        }
        let row = target.nextRow
        row[0] = bid
        row[SeriesRows.blockRows] = ask
        row[2 * SeriesRows.blockRows] = bidSize
        row[3 * SeriesRows.blockRows] = askSize
        return true
    }

    /// Fills an absent side with the last known one.
    func mergeSides(_ scanner: RowScanner, _ target: SeriesRows) {
        let cells = scanner.numbers
        let last = target.lastQuote
        for (price, size) in [(0, hot.pointee.bidSizeSlot), (1, hot.pointee.askSizeSlot)] {
            let isAbsent =
                cells[price].decimals == -1 || cells[price].decimals >= 0 && cells[price].mantissa == 0
            guard isAbsent, !last.isEmpty else { continue }
            cells[price] = last[price]
            if size >= 0 { cells[size] = last[size] }
        }
        target.lastQuote = (0..<hot.pointee.slotCount).map { cells[$0] }
    }

    func takeTrade(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        for slot in 0..<hot.pointee.slotCount where cells[slot].decimals < 0 {
            return refuse(.nan, scanner, "'\(scanner.layout.numberRoles[slot])' is empty or NaN")
        }
        if placed[0] <= 0 || placed[1] < 0 {
            return refuse(.negative, scanner, "the price is not positive, or the quantity is negative")
        }
        let row = target.nextRow
        row[0] = placed[0]
        row[SeriesRows.blockRows] = placed[1]
        row[2 * SeriesRows.blockRows] = aggressor(scanner)
        return true
    }

    /// 0 the buyer took, 1 the seller took, -1 not known.
    private func aggressor(_ scanner: RowScanner) -> Int64 {
        if makerSlot >= 0, let first = scanner.texts[makerSlot].first {
            switch first | 0x20 {
            case 0x74, 0x31: return 1
            case 0x66, 0x30 | 0x20: return 0
            default: return -1
            }
        }
        if sideSlot >= 0, let first = scanner.texts[sideSlot].first {
            // buy, bid; sell, ask.
            switch first | 0x20 {
            case 0x62: return 0
            case 0x73, 0x61: return 1
            default: return -1
            }
        }
        return -1
    }

    func takeValues(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let cells = scanner.numbers
        let slotCount = hot.pointee.slotCount
        for slot in 0..<slotCount {
            if cells[slot].decimals < 0 {
                return refuse(.nan, scanner, "'\(valueNames[slot])' is empty or NaN")
            }
            if placed[slot] < 0 && (spec.kind == .gas || spec.kind == .index) {
                return refuse(.negative, scanner, "'\(valueNames[slot])' is negative")
            }
        }
        let row = target.nextRow
        for slot in 0..<slotCount { row[slot * SeriesRows.blockRows] = placed[slot] }
        return true
    }
}
