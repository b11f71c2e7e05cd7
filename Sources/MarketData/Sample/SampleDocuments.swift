internal import Units

/// The data-set description and the run files that go with the synthetic markets.
enum SampleDocuments {
    /// All documents, with the dates of a configuration filled in.
    static func files(_ configuration: SampleConfiguration) -> [SampleFile] {
        let documents = runs(configuration) + [("dataset.yaml", dataset(configuration))]
        return documents.map { SampleFile(path: $0.0, bytes: Array($0.1.utf8), rows: 0) }
    }

    private static func dataset(_ configuration: SampleConfiguration) -> String {
        """
        name: sample
        source: made by `tradewind data sample --seed \(configuration.seed) --days \(configuration.days)`
        note: synthetic markets; they say nothing about any real one

        series:
        \(markets)
        \(protocols)
        """
    }

    private static let markets = """
          - file: bars/{venue}_{symbol}_spot_1m.csv
            instrument: "{venue}:spot:{SYMBOL}"
            kind: bars
            timeframe: 1m
          - file: bars/{venue}_{symbol}_spot_1h.csv
            instrument: "{venue}:spot:{SYMBOL}"
            kind: bars
            timeframe: 1h
          - file: bars/{venue}_{symbol}_perp_1m.csv
            instrument: "{venue}:perp:{SYMBOL}"
            kind: bars
            timeframe: 1m
          - file: bars/{venue}_{symbol}_perp_5m.csv
            instrument: "{venue}:perp:{SYMBOL}"
            kind: bars
            timeframe: 5m
          - file: bars/{venue}_{symbol}_perp_1h.csv
            instrument: "{venue}:perp:{SYMBOL}"
            kind: bars
            timeframe: 1h
          - file: signals/{venue}_{symbol}_perp_signals.csv
            instrument: "{venue}:perp:{SYMBOL}"
            kind: signals
          - file: funding/{venue}_{symbol}_funding.csv
            instrument: "{venue}:perp:{SYMBOL}"
            kind: funding
          - file: ticks/{venue}_{symbol}_spot_quotes.csv
            instrument: "{venue}:spot:{SYMBOL}"
            kind: quotes
          - file: ticks/{venue}_{symbol}_spot_trades.csv
            instrument: "{venue}:spot:{SYMBOL}"
            kind: trades
          - file: options/btc_options_30m.csv
            instrument: "sample:option:BTC-{expiry}-{strike}-{right}"
            kind: quotes
            one-sided: keep
            note: USDT per BTC; options on binance:spot:BTCUSDT that expire at 08:00 UTC
        """

    private static let protocols: String = {
        var text = ""
        for reserve in SampleLending.all {
            text += """
                  - file: lending/aave_\(reserve.asset.lowercased())_1h.csv
                    instrument: aave-v3:aToken:\(reserve.asset)
                    kind: index
                    columns:
                      liquidity-index: liquidityIndex
                      variable-borrow-index: variableBorrowIndex
                      supply-rate: currentLiquidityRate
                      borrow-rate: currentVariableBorrowRate
                      utilisation: utilization_rate

                """
        }
        text += """
              - file: lending/aave_weth_1h.csv
                instrument: aave-v3:debtToken:WETH
                kind: index
                columns: {variable-borrow-index: variableBorrowIndex, borrow-rate: currentVariableBorrowRate}

            """
        for (token, issuer, pool) in [("weETH", "etherfi", "curve"), ("wstETH", "lido", "uniswap-v3")] {
            let name = "staking/\(token.lowercased())_eth"
            text += """
                  - file: \(name)_ratio_1h.csv
                    instrument: \(issuer):lst:\(token)
                    kind: ratio
                  - file: \(name)_peg_1h.csv
                    instrument: \(pool):spot:\(token)/ETH
                    kind: ratio
                    columns: {ratio: market_rate, protocol-ratio: protocol_rate}

                """
        }
        for asset in ["USDT", "WETH", "weETH", "wstETH"] {
            text += """
                  - file: chain/oracle_\(asset.lowercased())_usd_1h.csv
                    instrument: aave-oracle:spot:\(asset)/USD
                    kind: ratio

                """
        }
        return text + """
              - file: chain/ethereum_gas_1h.csv
                instrument: ethereum:base:ETH
                kind: gas
                columns: {gas-price: gas_price_gwei, base-fee: base_fee_gwei, priority-fee: priority_fee_gwei}

            """
    }()

    /// Name, strategy, parameters, capital, asset and the data entry of each run file.
    private static func runs(_ configuration: SampleConfiguration) -> [(String, String)] {
        let hour = """
              - {instrument: "binance:spot:BTCUSDT", bars: ../bars/binance_btcusdt_spot_1h.csv, timeframe: 1h}
            """
        let minute = """
              - {instrument: "binance:spot:ETHUSDT", bars: ../bars/binance_ethusdt_spot_1m.csv, timeframe: 1m}
            """
        let ticks = """
              - {instrument: "binance:spot:BTCUSDT", quotes: ../ticks/binance_btcusdt_spot_quotes.csv}
              - {instrument: "binance:spot:BTCUSDT", trades: ../ticks/binance_btcusdt_spot_trades.csv}
            """
        let pool = """
              - {instrument: "aave-v3:aToken:USDT", index: ../lending/aave_usdt_1h.csv}
            """
        return [
            run("sma-cross", "sma-cross", "{fast: 12, slow: 48, quantity: \"1\"}", hour, configuration),
            run(
                "mean-reversion", "mean-reversion", "{lookback: 60, threshold: \"0.01\", quantity: \"10\"}",
                minute, configuration),
            run(
                "quoter", "quoter", "{quantity: \"0.05\", max-position: \"0.5\"}", ticks, configuration,
                commission: "{maker: 0, taker: 4}"),
            basis("btc", configuration), basis("eth", configuration),
            directional("usdt", "BTCUSDT", configuration), directional("btc", "BTCUSD", configuration),
            run("pure-lending", "pure-lending", "{reserve-ratio: \"0.1\"}", pool, configuration),
            run(
                "eth-staking", "eth-staking", "{lst: wsteth}", stake("wstETH", at: "uniswap-v3"),
                configuration, capital: ("30", "ETH")),
            run(
                "eth-leveraged-staking", "eth-leveraged-staking", "{target-ltv: \"0.6\"}",
                stake("weETH", at: "curve") + loan("weETH"), configuration, capital: ("30", "ETH")),
            run(
                "usdt-market-neutral-unlevered", "usdt-market-neutral-unlevered", "{}",
                carry("eth") + "\n" + stake("weETH", at: "curve") + dollar, configuration),
            run(
                "usdt-market-neutral", "usdt-market-neutral", "{target-ltv: \"0.6\"}",
                carry("eth") + "\n" + stake("weETH", at: "curve") + loan("weETH") + dollar, configuration),
        ]
    }

    /// A run by a forecaster's signals: in a linear contract with USDT, or in an inverse one with BTC, for
    /// which the prices of the linear one stand in.
    private static func directional(
        _ money: String, _ symbol: String, _ configuration: SampleConfiguration
    ) -> (String, String) {
        let isInverse = money == "btc"
        let key = "binance:perp:\(symbol)"
        let data = """
              - {instrument: "\(key)", bars: ../bars/binance_btcusdt_perp_5m.csv, timeframe: 5m}
              - {instrument: "\(key)", signals: ../signals/binance_btcusdt_perp_signals.csv}
              - {instrument: "\(key)", funding: ../funding/binance_btcusdt_funding.csv}
            """
        let contract = isInverse ? "settlement: inverse, size: 100" : "settlement: linear"
        let lot = isInverse ? "1" : "0.001"
        let terms = "instruments: {\"\(key)\": {lot: \"\(lot)\", contract: {\(contract)}}}"
        return run(
            "ml-directional-\(money)", "ml-directional-\(money)", "{signal-threshold: \"0.8\"}", data,
            configuration, commission: "{basis-points: 2}",
            capital: isInverse ? ("2", "BTC") : ("100000", "USDT"), more: terms)
    }

    /// What a stake needs: the oracle's prices, the pool where its token is sold, gas.
    private static func stake(_ token: String, at pool: String) -> String {
        let name = token.lowercased()
        let peg = "../staking/\(name)_eth_peg_1h.csv"
        return """
              - {instrument: "aave-oracle:spot:WETH/USD", ratio: ../chain/oracle_weth_usd_1h.csv}
              - {instrument: "aave-oracle:spot:\(token)/USD", ratio: ../chain/oracle_\(name)_usd_1h.csv}
              - {instrument: "\(pool):spot:\(token)/ETH", ratio: \(peg), columns: {ratio: market_rate}}
              - instrument: "ethereum:base:ETH"
                gas: ../chain/ethereum_gas_1h.csv
                columns: {gas-price: gas_price_gwei}
            """
    }

    /// What a loan of ETH against a token needs.
    private static func loan(_ token: String) -> String {
        """

          - {instrument: "aave-v3:aToken:\(token)", index: ../lending/aave_\(token.lowercased())_1h.csv}
          - {instrument: "aave-v3:debtToken:WETH", index: ../lending/aave_weth_1h.csv}
        """
    }

    /// The oracle's price of USDT, in which gas is paid.
    private static let dollar = """

          - {instrument: "aave-oracle:spot:USDT/USD", ratio: ../chain/oracle_usdt_usd_1h.csv}
        """

    /// A basis run of a coin over three venues: spot, perpetuals and their funding.
    private static func basis(_ coin: String, _ configuration: SampleConfiguration) -> (String, String) {
        run(
            "\(coin)-basis", "\(coin)-basis",
            "{entry-funding: \"0.00005\", exit-funding: \"-0.0001\", funding-intervals: 3}",
            carry(coin), configuration)
    }

    /// Spot, perpetuals and their funding of a coin over three venues.
    private static func carry(_ coin: String) -> String {
        let symbol = coin.uppercased() + "USDT"
        let spot = "binance_\(coin)usdt_spot_1h.csv"
        var data = """
              - {instrument: "binance:spot:\(symbol)", bars: ../bars/\(spot), timeframe: 1h}

            """
        for venue in ["binance", "bybit", "okx"] {
            let name = "\(venue)_\(coin)usdt"
            data += """
                  - {instrument: "\(venue):perp:\(symbol)", bars: ../bars/\(name)_perp_1h.csv, timeframe: 1h}
                  - {instrument: "\(venue):perp:\(symbol)", funding: ../funding/\(name)_funding.csv}

                """
        }
        return String(data.dropLast())
    }

    private static func run(
        _ file: String, _ strategy: String, _ parameters: String, _ data: String,
        _ configuration: SampleConfiguration, commission: String = "{basis-points: 5}",
        capital: (amount: String, asset: String) = ("100000", "USDT"), more: String = ""
    ) -> (String, String) {
        let text = """
            name: sample-\(file)
            strategy: \(strategy)
            parameters: \(parameters)
            capital: {amount: "\(capital.amount)", asset: \(capital.asset)}
            execution:
              fill: next-open
              commission: \(commission)
            seed: \(configuration.seed)\(more.isEmpty ? "" : "\n" + more)
            data:
            \(data)

            """
        return ("runs/\(file).yaml", text)
    }
}
