import Foundation

/// A CSV file as text: nothing of the product reads it.
struct PlainTable {
    private let header: [Substring]
    private let rows: [[Substring]]

    /// A file of a folder, with `.gz` or without; lines that begin with `#` are left out.
    init(_ folder: String, _ name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "cat '\(folder)/\(name)'* | gzip -dcf"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("#") }
        rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        header = lines.first?.split(separator: ",") ?? []
    }

    /// Texts of a column by the seconds of another; the first of rows that repeat a time.
    func texts(_ column: Substring, at time: Substring) -> [Int: Substring] {
        guard let value = header.firstIndex(of: column), let stamp = header.firstIndex(of: time) else {
            return [:]
        }
        var texts: [Int: Substring] = [:]
        for row in rows {
            let second = PlainTable.seconds(row[stamp])
            if texts[second] == nil { texts[second] = row[value] }
        }
        return texts
    }

    /// Numbers of a column at a number of decimals.
    func numbers(_ column: Substring, at time: Substring, _ decimals: Int, up: Bool = false) -> [Int: Int128]
    {
        texts(column, at: time).mapValues { PlainTable.number($0, decimals, up: up) }
    }

    /// Seconds since 1970 of `1704067200`, `2024-01-01T00:00:00Z` or `2024-01-01 00:00:00+00:00`.
    static func seconds(_ text: Substring) -> Int {
        if let seconds = Int(text) { return seconds }
        let parts = text.prefix(19).split { "-T: ".contains($0) }.compactMap { Int($0) }
        // Days from the civil date, as Howard Hinnant's "chrono-compatible low-level date algorithms" has it.
        let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
        let (era, yearOfEra) = (year / 400, year % 400)
        let dayOfYear = (153 * (parts[1] + (parts[1] > 2 ? -3 : 9)) + 2) / 5 + parts[2] - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]
    }

    /// `-12.345` or `6.877e-05` at a number of decimals; further ones are rounded half up, or up.
    static func number(_ text: Substring, _ decimals: Int, up: Bool = false) -> Int128 {
        if text.hasPrefix("-") { return -number(text.dropFirst(), decimals) }
        let parts = text.lowercased().split(separator: "e")
        var (digits, shift) = (String(parts[0]), parts.count > 1 ? Int(parts[1])! : 0)
        if let point = digits.firstIndex(of: ".") {
            shift -= digits.distance(from: point, to: digits.endIndex) - 1
            digits.remove(at: point)
        }
        shift += decimals
        if shift >= 0 { return Int128(digits + String(repeating: "0", count: shift))! }
        digits = String(repeating: "0", count: max(0, 1 - shift - digits.count)) + digits
        let rest = digits.suffix(-shift)
        let whole = Int128(digits.dropLast(-shift))!
        let isUp = up ? rest.contains { $0 != "0" } : rest.first! >= "5"
        return isUp ? whole + 1 : whole
    }
}
