internal import TradewindCommands

TradewindCommand.main(strategies: [])
