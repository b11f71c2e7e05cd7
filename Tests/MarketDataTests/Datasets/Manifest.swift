import Foundation
import MarketData
import Units

/// What the overview of the recorded data says of one file.
struct ManifestRow {
    /// The path below the folder, without `.gz`.
    let file: String
    /// Stamps of the first and last row, as written; nil where the overview has none.
    let period: (first: String, last: String)?
    /// Rows without header and comments.
    let rows: Int

    /// The rows of the table under `## Overview`.
    static func read(_ text: String) -> [ManifestRow] {
        var rows: [ManifestRow] = []
        var isInside = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("## ") { isInside = line == "## Overview" }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard isInside, cells.count == 6, let count = Int(cells[4]), cells[0].contains("/")
            else { continue }
            let ends = cells[3].components(separatedBy: " .. ")
            let file = cells[0].hasSuffix(".gz") ? String(cells[0].dropLast(3)) : cells[0]
            rows.append(
                ManifestRow(file: file, period: ends.count == 2 ? (ends[0], ends[1]) : nil, rows: count))
        }
        return rows
    }

    /// The instant of a stamp that a clock of a zone showed: `2024-01-01T00:00:00.002`, `2024-01-01`, or
    /// `20240101`.
    static func instant(_ stamp: String, _ zone: ZoneRules) -> Instant? {
        var text = stamp
        if text.count == 8, Int(text) != nil {
            text = "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
        }
        guard let local = Instant(iso8601: text.contains("T") ? text + "Z" : text) else { return nil }
        return zone.instant(ofLocal: local.nanoseconds)
    }
}
