internal import Accounting
internal import Events
internal import MarketData
internal import Units

/// Reads `summary.json`.
enum RecordedSummary {
    /// The summary of a backtest that a path names: its result folder, or the file itself.
    static func read(_ path: String, _ files: some FileStore) throws(ResultReadError) -> RecordedFields {
        let summary = try any(path, files)
        if let kind = summary.object["kind"]?.text {
            throw ResultReadError(
                path: path, "it holds a \(kind.prefix(40)), not a backtest",
                remedy: "name a folder that backtest --output wrote")
        }
        // Told at once, before something half of it is used.
        for key in ["run_id", "name", "log_hash", "attribution", "statistics"] { _ = try summary.value(key) }
        return summary
    }

    /// The summary that a path names, of whatever kind.
    static func any(_ path: String, _ files: some FileStore) throws(ResultReadError) -> RecordedFields {
        let (isFolder, file): (Bool, String)
        let isThere: Bool
        do throws(FileError) {
            isFolder = try files.entry(path)?.isDirectory ?? false
            file = isFolder ? FilePath.join(path, ResultFolder.mark) : path
            isThere = try files.entry(file) != nil
        } catch {
            throw ResultReadError(error)
        }
        if isFolder && !isThere {
            throw ResultReadError(
                path: path, "the folder holds no \(ResultFolder.mark)",
                remedy: "name a folder that backtest --output wrote")
        }
        return try object(file, files)
    }

    /// The object that a file of JSON holds.
    static func object(_ path: String, _ files: some FileStore) throws(ResultReadError) -> RecordedFields {
        let content: FileBytes
        do throws(FileError) { content = try files.read(path) } catch { throw ResultReadError(error) }
        guard let text = content.text else { throw ResultReadError(path: path, "it is not UTF-8 text") }
        let value: JSONText
        do throws(JSONError) {
            value = try JSONText(parsing: text)
        } catch {
            throw ResultReadError(
                path: path, line: error.line, "it is not JSON, \(error.reason): the file is damaged")
        }
        return try RecordedFields(value, file: path)
    }
}

extension RecordedFields {
    /// Puts the figures of a summary into a result.
    func fill(_ result: inout BacktestResult) throws(ResultReadError) {
        (result.start, result.end) = (try time("start"), try time("end"))
        result.steps = try count("steps")
        result.initialEquity = try money("initial_equity")
        result.finalEquity = try money("final_equity")
        result.netFlows = try money("net_flows")
        result.tradeCount = try count("trades")
        result.fillCount = try count("fills")
        result.fees = try money("fees")
        result.attribution = try RecordedFields.attribution(try fields("attribution"))
        result.attributionResidual = try money("attribution_residual")
        result.finalPositions = try positions()
        result.risk = try riskSummary()
        result.data = try dataSummary()
        guard let hash = Digest(hexadecimal: try text("log_hash")) else { throw wrong("log_hash", "no hash") }
        result.logHash = hash
        if object["sub_accounts"] != nil { result.subAccounts = try subAccounts() }
    }

    private static func attribution(_ fields: RecordedFields) throws(ResultReadError) -> [ExactDecimal] {
        var amounts: [ExactDecimal] = []
        for cause in Cause.attributed { amounts.append(try fields.money(cause.key)) }
        return amounts
    }

    private func positions() throws(ResultReadError) -> [FinalPosition] {
        var positions: [FinalPosition] = []
        for one in try list("final_positions") {
            positions.append(
                FinalPosition(
                    instrument: try one.text("instrument"), quantity: try one.money("quantity"),
                    mark: try one.money("mark"), value: try one.money("value")))
        }
        return positions
    }

    private func riskSummary() throws(ResultReadError) -> RiskSummary {
        let fields = try fields("risk")
        var risk = RiskSummary()
        risk.worstHealthFactor = try fields.number("worst_health_factor")
        risk.worstMarginRatio = try fields.number("worst_margin_ratio")
        risk.maxAbsDelta = try fields.number("max_abs_delta")
        risk.liquidations = try fields.count("liquidations")
        return risk
    }

    func dataSummary() throws(ResultReadError) -> DataSummary {
        let fields = try fields("data")
        var warnings: [String] = []
        for item in try fields.items("warnings") {
            guard let warning = item.text else { throw fields.wrong("warnings", "no list of texts") }
            warnings.append(warning)
        }
        return DataSummary(
            series: try fields.count("series"), rows: try fields.count("rows"),
            first: try fields.time("first"), last: try fields.time("last"), warnings: warnings)
    }

    private func subAccounts() throws(ResultReadError) -> [SubAccountResult] {
        var accounts: [SubAccountResult] = []
        for one in try list("sub_accounts") {
            accounts.append(
                SubAccountResult(
                    account: try one.text("account"), initialEquity: try one.money("initial_equity"),
                    finalEquity: try one.money("final_equity"),
                    attribution: try RecordedFields.attribution(try one.fields("attribution")),
                    tradeCount: try one.count("trades"), fillCount: try one.count("fills")))
        }
        return accounts
    }
}
