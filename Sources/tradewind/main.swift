internal import TradewindCommands

TradewindCommand.main()
