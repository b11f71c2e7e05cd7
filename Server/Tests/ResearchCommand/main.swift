internal import TradewindCommands

// The command `tradewind`, built beside the tests that need sample data.
TradewindCommand.main(strategies: [])
