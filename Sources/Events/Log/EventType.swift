/// What kind of event it is, as in `run.Started`: the area, a point, and what happened.
public struct EventType: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The text.
    public let text: String

    /// A type from its text.
    public init(_ text: String) { self.text = text }

    /// A type written as a literal.
    public init(stringLiteral text: String) { self.text = text }

    /// What stands before the first point: `run` of `run.Started`.
    public var area: Substring { text.prefix { $0 != "." } }

    /// The text.
    public var description: String { text }

    public static func < (a: EventType, b: EventType) -> Bool { a.text < b.text }
}

/// Whether something happened, or is asked for.
public enum EventKind: String, Hashable, Sendable, CaseIterable {
    /// Something happened.
    case event = "evt"
    /// Something is asked for.
    case command = "cmd"
}

extension EventType {
    /// A strategy asks for a window of bars.
    public static let strategyFetchWindow: EventType = "strategy.FetchWindow"
    /// A strategy asks for an order.
    public static let strategyPlaceRequest: EventType = "strategy.PlaceRequest"
    /// A strategy decided.
    public static let strategyDecisionMade: EventType = "strategy.DecisionMade"
    /// The window of a live run.
    public static let liveFetchWindow: EventType = "live.FetchWindow"
    /// The order of a live run.
    public static let livePlaceOrder: EventType = "live.PlaceOrder"
    /// The window of a backtest.
    public static let backtestFetchWindow: EventType = "backtest.FetchWindow"
    /// The order of a backtest.
    public static let backtestPlaceOrder: EventType = "backtest.PlaceOrder"
    /// A window of bars is there.
    public static let dataWindowReady: EventType = "data.WindowReady"
    /// One piece of a payload that is too large for one event.
    public static let dataWindowChunk: EventType = "data.WindowChunk"
    /// All pieces of a payload are there.
    public static let dataWindowComplete: EventType = "data.WindowComplete"
    /// Best bid and ask.
    public static let marketQuote: EventType = "market.Quote"
    /// A trade in the market.
    public static let marketTrade: EventType = "market.Trade"
    /// A bar.
    public static let marketBar: EventType = "market.Bar"
    /// An order exists here.
    public static let ordersCreated: EventType = "orders.Created"
    /// An order is to go to its venue.
    public static let ordersPlaceRequest: EventType = "orders.PlaceRequest"
    /// The venue has received an order.
    public static let ordersAck: EventType = "orders.Ack"
    /// An order rests at its venue.
    public static let ordersPlaced: EventType = "orders.Placed"
    /// A part of an order was filled.
    public static let ordersPartiallyFilled: EventType = "orders.PartiallyFilled"
    /// An order was filled.
    public static let ordersFilled: EventType = "orders.Filled"
    /// An order was cancelled.
    public static let ordersCancelled: EventType = "orders.Cancelled"
    /// An order was rejected.
    public static let ordersRejected: EventType = "orders.Rejected"
    /// Orders of a run as they stand, many at once.
    public static let ordersRecorded: EventType = "orders.Recorded"
    /// A run exists.
    public static let runCreated: EventType = "run.Created"
    /// A run waits for its turn.
    public static let runQueued: EventType = "run.Queued"
    /// A run has started.
    public static let runStarted: EventType = "run.Started"
    /// A run is to stop.
    public static let runStopRequested: EventType = "run.StopRequested"
    /// A run was stopped.
    public static let runStopped: EventType = "run.Stopped"
    /// A run has come to its end.
    public static let runCompleted: EventType = "run.Completed"
    /// A run failed.
    public static let runFailed: EventType = "run.Failed"
    /// A run lives.
    public static let runHeartbeat: EventType = "run.Heartbeat"
    /// Something in a run went wrong.
    public static let runError: EventType = "run.Error"
    /// How far a run is.
    public static let runProgress: EventType = "run.Progress"
    /// A run and its results were deleted.
    public static let runDeleted: EventType = "run.Deleted"
    /// A bar of the clock began.
    public static let clockTick: EventType = "clock.Tick"
    /// Trading is stopped.
    public static let killSwitchEngaged: EventType = "killswitch.Engaged"
    /// Trading may go on.
    public static let killSwitchReleased: EventType = "killswitch.Released"
    /// Somebody changed something.
    public static let auditRecorded: EventType = "audit.Recorded"
    /// Settings were read at the start of a service.
    public static let configLoaded: EventType = "config.Loaded"
    /// Settings changed while a service ran.
    public static let configChanged: EventType = "config.Changed"
    /// For user interfaces: a run changed.
    public static let uiRunUpdated: EventType = "ui.RunUpdated"
    /// For user interfaces: an order changed.
    public static let uiOrderUpdated: EventType = "ui.OrderUpdated"
    /// For user interfaces: a position changed.
    public static let uiPositionUpdated: EventType = "ui.PositionUpdated"
    /// For user interfaces: the account changed.
    public static let uiAccountUpdated: EventType = "ui.AccountUpdated"
}
