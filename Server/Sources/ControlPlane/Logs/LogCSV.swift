internal import Storage
internal import Units

/// Stored lines of logs as CSV (RFC 4180), such that no program takes a cell for a formula.
enum LogCSV {
    static let header =
        "logged_at,level,service,logger,event,message,correlation_id,request_id,run_id,"
        + "strategy_id,trace_id,payload\r\n"

    /// `logs-export-YYYYMMDD-HHMMSS.csv`, in UTC.
    static func fileName(_ time: Instant) -> String {
        let digits = time.description.prefix(19).filter { $0.isNumber }
        return "logs-export-\(digits.prefix(8))-\(digits.dropFirst(8)).csv"
    }

    static func append(_ line: StoredLogLine, to bytes: inout [UInt8]) {
        let cells: [String?] = [
            line.loggedAt.description, line.severity.name, line.service, line.logger, line.event,
            line.message, line.correlationID, line.requestID, line.runID, line.strategyID, line.traceID,
            line.payload,
        ]
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(0x2C) }
            if let cell { append(cell, to: &bytes) }
        }
        bytes += [0x0D, 0x0A]
    }

    /// A cell; one that begins as a formula does gets an apostrophe before it (OWASP, "CSV Injection").
    static func append(_ cell: String, to bytes: inout [UInt8]) {
        let isFormula = cell.utf8.first.map { "=+-@\t\r\n".utf8.contains($0) } ?? false
        let isQuoted = cell.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        if isQuoted { bytes.append(0x22) }
        if isFormula { bytes.append(0x27) }
        for byte in cell.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        if isQuoted { bytes.append(0x22) }
    }
}
