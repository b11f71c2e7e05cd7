internal import Accounting
public import MarketData
internal import Markets
internal import Units

/// The CSV files of a result folder. Columns as in the documentation of results; times are ISO 8601 UTC,
/// money, prices and quantities canonical decimals.
public enum ResultTables {
    /// `equity.csv`: the thinned curve. `drawdown` is the fraction below the preceding peak, moved along
    /// with deposits and withdrawals; empty where it is not defined.
    public static func equity(_ curve: EquityCurve) -> TextBuffer {
        let buffer = TextBuffer(capacity: curve.points.count * 72 + 64)
        buffer.append("time,equity,cash,drawdown\n")
        let decimals = Int(curve.scale.decimals)
        for (point, drawdown) in zip(curve.points, curve.pointDrawdowns) {
            buffer.append(point.time)
            buffer.append(byte: 0x2C)
            buffer.append(decimal: point.equity, decimals: decimals)
            buffer.append(byte: 0x2C)
            buffer.append(decimal: point.cash, decimals: decimals)
            buffer.append(byte: 0x2C)
            if let drawdown { buffer.append(drawdown == 0 ? "0" : drawdown.description) }
            buffer.append(byte: 0x0A)
        }
        return buffer
    }

    /// `fills.csv`: every fill in order.
    ///
    /// - Parameter orderPrefix: what stands before `-` and the order's number in `order_id`: the first 8
    ///   hexadecimal digits of the hash of the inputs.
    public static func fills(_ result: BacktestResult, orderPrefix: String) -> TextBuffer {
        let buffer = TextBuffer(capacity: result.fills.count * 128 + 96)
        buffer.append(fillsHeader + "\n")
        let names = result.instruments.map { TextBuffer.field($0.id.description) + [0x2C] }
        let prefix = TextBuffer.field(orderPrefix) + [0x2D]
        let sides: [[UInt8]] = [Array("BUY,".utf8), Array("SELL,".utf8)]
        for fill in result.fills {
            let instrument = result.instruments[fill.instrument.position]
            buffer.append(fill.time)
            buffer.append(byte: 0x2C)
            buffer.append(names[fill.instrument.position])
            buffer.append(fill.side == .buy ? sides[0] : sides[1])
            buffer.append(
                decimal: Int128(fill.quantity.mantissa), decimals: Int(instrument.quantityScale.decimals))
            buffer.append(byte: 0x2C)
            buffer.append(
                decimal: Int128(fill.price.mantissa), decimals: Int(instrument.fillPriceScale.decimals))
            buffer.append(byte: 0x2C)
            buffer.append(decimal: fill.fee.units, decimals: Int(fill.feeAsset.ledgerScale.decimals))
            buffer.append(byte: 0x2C)
            buffer.append(fill.feeAsset.symbol)
            buffer.append(byte: 0x2C)
            buffer.append(prefix)
            buffer.append(fill.order)
            buffer.append(byte: 0x2C)
            buffer.append(TextBuffer.field(fill.cause))
            buffer.append(byte: 0x0A)
        }
        return buffer
    }

    /// `ledger.csv`: every posting in order, handed over piece by piece, as there may be millions. `order_id`
    /// is empty where no order stands behind it.
    ///
    /// - Parameter orderPrefix: as for ``fills(_:orderPrefix:)``.
    public static func ledger(
        _ result: BacktestResult, orderPrefix: String, _ write: ResultFile.Writer
    ) throws(FileError) {
        let buffer = TextBuffer(capacity: 1 << 20)
        buffer.append("time,sequence,account,asset,amount,cause,order_id\n")
        let accounts = result.accounts.map {
            TextBuffer.field($0.name) + [0x2C] + TextBuffer.field($0.asset) + [0x2C]
        }
        let decimals = result.accounts.map { Int($0.scale.decimals) }
        let causes = Cause.allCases.map { [0x2C] + Array($0.key.utf8) + [0x2C] }
        let prefix = TextBuffer.field(orderPrefix) + [0x2D]
        for (number, line) in result.ledger.enumerated() {
            buffer.append(line.time)
            buffer.append(byte: 0x2C)
            buffer.append(line.transaction)
            buffer.append(byte: 0x2C)
            buffer.append(accounts[line.account.position])
            buffer.append(decimal: line.amount.units, decimals: decimals[line.account.position])
            buffer.append(causes[Int(line.cause.rawValue)])
            if line.order != 0 {
                buffer.append(prefix)
                buffer.append(line.order)
            }
            buffer.append(byte: 0x0A)
            if number % 8192 == 8191 {
                try write(buffer.bytes)
                buffer.removeAll()
            }
        }
        try write(buffer.bytes)
    }
}

extension EquityCurve {
    /// Fraction below the preceding peak at each of ``points``; a flow moves the peak in the proportion in
    /// which it moved equity. Nil where the peak is not above zero.
    public var pointDrawdowns: [Double?] {
        var result: [Double?] = []
        result.reserveCapacity(points.count)
        var peak = -Double.infinity
        var flows: Int128 = 0
        for point in points {
            let equity = WideArithmetic.approximateDouble(point.equity)
            if point.netFlows != flows {
                let moved =
                    WideArithmetic.approximateDouble(point.netFlows) - WideArithmetic.approximateDouble(flows)
                let before = equity - moved
                peak = before > 0 && equity > 0 ? max(peak, before) * equity / before : equity
                flows = point.netFlows
            }
            peak = max(peak, equity)
            result.append(peak > 0 ? 1 - equity / peak : nil)
        }
        return result
    }
}
