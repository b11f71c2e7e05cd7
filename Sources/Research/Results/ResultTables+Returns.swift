internal import Markets
internal import Units

extension ResultTables {
    static let fillsHeader = "time,instrument,side,quantity,price,fee,fee_asset,order_id,cause"
    static let returnsHeader = "time,equity,net_flows,return,benchmark_return"
    static let tradesHeader =
        "entry_time,exit_time,account,instrument,side,quantity,entry_price,exit_price,profit,fees"

    /// `returns.csv`: equity at the end of each period of the statistics, the initial capital first, with the
    /// time-weighted return of the period and that of the benchmark; a return is empty where there is none.
    public static func returns(_ result: BacktestResult) -> TextBuffer {
        let curve = result.equity
        let buffer = TextBuffer(capacity: curve.periods.count * 96 + 64)
        buffer.append(returnsHeader + "\n")
        let decimals = Int(curve.scale.decimals)
        for (index, period) in curve.periods.enumerated() {
            buffer.append(period.time)
            buffer.append(byte: 0x2C)
            buffer.append(decimal: period.equity, decimals: decimals)
            buffer.append(byte: 0x2C)
            buffer.append(decimal: period.netFlows, decimals: decimals)
            buffer.append(byte: 0x2C)
            if index > 0, let value = curve.periodReturns[index - 1] { buffer.append(value.description) }
            buffer.append(byte: 0x2C)
            if index > 0, let value = result.benchmark?.periodReturns[index - 1] {
                buffer.append(value.description)
            }
            buffer.append(byte: 0x0A)
        }
        return buffer
    }

    /// `trades.csv`: every closed round trip in order; prices, profit after fees and fees in the quote asset.
    public static func trades(_ result: BacktestResult) -> TextBuffer {
        let buffer = TextBuffer(capacity: result.roundTrips.count * 160 + 128)
        buffer.append(tradesHeader + "\n")
        for trip in result.roundTrips {
            let instrument = result.instruments[trip.instrument.position]
            buffer.append(trip.entryTime)
            buffer.append(byte: 0x2C)
            buffer.append(trip.exitTime)
            buffer.append(byte: 0x2C)
            buffer.append(TextBuffer.field(result.plan.strategies[trip.strategy].account))
            buffer.append(byte: 0x2C)
            buffer.append(TextBuffer.field(instrument.id.description))
            buffer.append(trip.isLong ? ",LONG," : ",SHORT,")
            buffer.append(
                decimal: Int128(trip.quantity.mantissa), decimals: Int(instrument.quantityScale.decimals))
            for value in [trip.entryPrice, trip.exitPrice, trip.profit, trip.fees] {
                buffer.append(byte: 0x2C)
                buffer.append(decimal: value.mantissa, decimals: Int(value.scale.decimals))
            }
            buffer.append(byte: 0x0A)
        }
        return buffer
    }
}
