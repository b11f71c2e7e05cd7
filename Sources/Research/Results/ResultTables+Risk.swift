internal import Units

extension ResultTables {
    static let riskHeader =
        "time,gross,net,net_delta,net_delta_usd,margin_ratio,health_factor,loan_to_value,"
        + "liquidation_distance,funding"
    static let rebalancesHeader = "time,account,action,reason,net_delta,margin_ratio,health_factor"

    /// `risk.csv`: exposure, margins and loans over a run with contracts or protocols, in spans of which the
    /// extremes stay; a figure that does not apply is empty.
    public static func risk(_ result: BacktestResult) -> TextBuffer {
        let points = result.riskCurve?.points ?? []
        let buffer = TextBuffer(capacity: points.count * 160 + 128)
        buffer.append(riskHeader + "\n")
        for point in points {
            buffer.append(point.time)
            let figures: [Double?] = [
                point.gross, point.net, point.netDelta, point.netDeltaInDollars, point.marginRatio,
                point.healthFactor, point.loanToValue, point.liquidationDistance, point.funding,
            ]
            for figure in figures { append(figure, to: buffer) }
            buffer.append(byte: 0x0A)
        }
        return buffer
    }

    /// `rebalances.csv`: what strategies changed and why, with the account as it was before.
    public static func rebalances(_ result: BacktestResult) -> TextBuffer {
        let buffer = TextBuffer(capacity: result.rebalances.count * 96 + 96)
        buffer.append(rebalancesHeader + "\n")
        for line in result.rebalances {
            buffer.append(line.time)
            buffer.append(byte: 0x2C)
            buffer.append(TextBuffer.field(line.account))
            buffer.append("," + line.action + "," + line.reason)
            for figure in [line.netDelta, line.marginRatio, line.healthFactor] {
                append(figure, to: buffer)
            }
            buffer.append(byte: 0x0A)
        }
        return buffer
    }

    private static func append(_ figure: Double?, to buffer: TextBuffer) {
        buffer.append(byte: 0x2C)
        if let figure { buffer.append(figure == 0 ? "0" : figure.description) }
    }
}
