internal import Markets

extension SeriesCollector {
    /// Puts the number of a row's direction where its other numbers are: 1 long, -1 short, 0 neutral, 2 hold.
    /// False, with a finding, for a word that is none of them.
    func readDirection(_ scanner: RowScanner) -> Bool {
        let text = String(decoding: scanner.texts[sideSlot], as: UTF8.self)
        let word = text.lowercased().split(whereSeparator: \.isWhitespace).joined()
        let number: Int64
        switch word {
        case "long", "buy", "up", "1", "+1", "1.0": number = 1
        case "short", "sell", "down", "-1", "-1.0": number = -1
        case "neutral", "flat", "none", "0", "0.0": number = 0
        case "hold": number = 2
        default:
            return refuse(
                .badNumber, scanner,
                "'signal' is \"\(text.prefix(24))\", which is none of long, short, neutral and hold")
        }
        scanner.numbers[0] = DecimalCell(mantissa: number, decimals: 0)
        return true
    }

    /// Takes a signal whose numbers were placed. Prices and deviation may be empty, which is stored as 0.
    func takeSignal(_ scanner: RowScanner, _ target: SeriesRows) -> Bool {
        let (cells, roles) = (scanner.numbers, scanner.layout.numberRoles)
        let direction = cells[0].mantissa
        var (stop, take): (Int64, Int64) = (0, 0)
        for slot in 1..<hot.pointee.slotCount {
            let role = roles[slot]
            if cells[slot].decimals < 0 {
                if role == "confidence" || cells[slot] == .notANumber {
                    return refuse(.nan, scanner, "'\(role)' is empty or NaN")
                }
                placed[slot] = 0
            }
            if placed[slot] < 0 { return refuse(.negative, scanner, "'\(role)' is negative") }
            switch role {
            case "confidence":
                if cells[slot].mantissa > DecimalCell.powers[Int(cells[slot].decimals)] {
                    return refuse(.badNumber, scanner, "'confidence' is above 1: write it as a fraction")
                }
            case "stop-loss": stop = placed[slot]
            case "take-profit": take = placed[slot]
            default: break
            }
        }
        if stop > 0 && take > 0 && (direction == 1 && stop >= take || direction == -1 && stop <= take) {
            return refuse(
                .highBelowLow, scanner, "'stop-loss' and 'take-profit' are on the wrong sides of each other")
        }
        let row = target.nextRow
        for slot in 0..<hot.pointee.slotCount { row[slot * SeriesRows.blockRows] = placed[slot] }
        return true
    }
}
