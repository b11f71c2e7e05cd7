public import Markets

/// The roles that columns play in each kind of series, and the header names known for them.
///
/// A header is searched without regard to case, and `_`, `-` and blanks count as the same, in the order of
/// the lists here: the first name found wins. A declared column wins over all.
public enum ColumnRoles {
    /// Names of the time column, best first. A first column without a name is taken last of all.
    public static let time = [
        "ts", "timestamp", "time", "timestamp_utc", "datetime", "open_time", "opentime",
        "funding_timestamp", "funding_time", "fundingtime", "calc_time", "local_time_ns", "date",
        "date_utc", "day", "targetdate",
    ]

    /// Names of a column with milliseconds since midnight, beside a column with the date.
    public static let milliseconds = ["ms"]

    /// The roles of a kind with their known names; value kinds (funding, index, ratio, gas) take any
    /// further declared role as one more value.
    public static func known(_ kind: SeriesKind) -> [(role: String, names: [String])] {
        switch kind {
        case .bars:
            return [
                ("open", ["open", "o"]), ("high", ["high", "h"]), ("low", ["low", "l"]),
                ("close", ["close", "c"]),
                ("volume", ["volume", "vol", "v", "base_volume", "qty"]),
            ]
                + sides.flatMap { side in
                    ["open", "high", "low", "close"].map { ("\(side)-\($0)", ["\(side)_\($0)"]) }
                }
        case .quotes:
            return [
                ("bid", ["bid", "bid_price", "best_bid", "best_bid_price", "bids[0].price"]),
                ("ask", ["ask", "ask_price", "best_ask", "best_ask_price", "asks[0].price"]),
                ("bid-size", ["bid_size", "bid_qty", "bid_amount", "best_bid_qty", "bids[0].amount"]),
                ("ask-size", ["ask_size", "ask_qty", "ask_amount", "best_ask_qty", "asks[0].amount"]),
            ]
        case .trades:
            return [
                ("price", ["price", "px"]),
                ("quantity", ["quantity", "qty", "size", "amount", "volume"]),
                ("side", ["side", "taker_side", "aggressor"]),
                ("buyer-is-maker", ["buyer_is_maker", "is_buyer_maker", "buyer_maker"]),
            ]
        case .funding, .index, .ratio, .gas, .mark, .signals: return values(kind)
        }
    }

    /// The roles of kinds whose rows are values.
    private static func values(_ kind: SeriesKind) -> [(role: String, names: [String])] {
        switch kind {
        case .bars, .quotes, .trades: return []
        case .funding:
            return [
                (
                    "rate",
                    [
                        "funding_rate", "fundingrate", "rate", "last_funding_rate", "real_funding_rate",
                        "value",
                    ]
                )
            ]
        case .index:
            return [
                ("liquidity-index", ["liquidity_index", "liquidityindex", "supply_index"]),
                (
                    "variable-borrow-index",
                    ["variable_borrow_index", "variableborrowindex", "borrow_index"]
                ),
                ("index", ["index_price", "indexprice"]),
            ]
        case .ratio:
            return [
                (
                    "ratio",
                    [
                        "ratio", "rate", "exchange_rate", "oracle_price_usd", "oracle_price_eth",
                        "market_rate", "protocol_rate", "price", "value",
                    ]
                )
            ]
        case .gas:
            return [("gas-price", ["gas_price_gwei", "gas_price", "gwei", "price", "value"])]
        case .mark:
            return [
                ("mark", ["mark_price", "markprice", "mark", "close", "price", "value"]),
                ("high", ["high"]), ("low", ["low"]),
            ]
        case .signals:
            return [
                ("signal", ["signal", "direction", "prediction", "side"]),
                ("confidence", ["confidence", "probability", "score"]),
                ("stop-loss", ["stop_loss", "stoploss", "sl"]),
                ("take-profit", ["take_profit", "takeprofit", "tp"]),
                ("deviation", ["deviation", "sd", "std", "sigma"]),
            ]
        }
    }

    /// The roles that a kind cannot do without; for bars also met by all of `bid-open` ... `ask-close`.
    public static func required(_ kind: SeriesKind) -> [String] {
        switch kind {
        case .bars: ["open", "high", "low", "close"]
        case .quotes: ["bid", "ask"]
        case .trades: ["price", "quantity"]
        case .signals: ["signal", "confidence"]
        case .funding, .index, .ratio, .gas, .mark: []
        }
    }

    /// Whether a kind's values are free: any name is a role.
    public static func takesNamedValues(_ kind: SeriesKind) -> Bool {
        switch kind {
        case .bars, .quotes, .trades, .signals: false
        case .funding, .index, .ratio, .gas, .mark: true
        }
    }

    package static let sides = ["bid", "ask"]
}
