/// The payloads of the platform's types.
extension EventSchema {
    static let standard: [EventSchema] =
        ofStrategies + ofData + ofMarkets + ofOrders + ofRuns + ofOperation + ofInterfaces

    private static func text(_ name: String) -> EventField { EventField(name, .text) }
    private static func decimal(_ name: String) -> EventField { EventField(name, .decimal) }
    private static func integer(_ name: String) -> EventField { EventField(name, .integer) }
    private static func time(_ name: String) -> EventField { EventField(name, .time) }
    private static func number(_ name: String) -> EventField { EventField(name, .number) }

    private static func window(_ type: EventType) -> EventSchema {
        EventSchema(
            type, required: [text("symbol"), integer("lookback")],
            optional: [time("as_of"), text("exchange"), text("timeframe"), text("instrument")])
    }

    private static func placement(_ type: EventType) -> EventSchema {
        EventSchema(
            type,
            required: [text("client_order_id"), text("symbol"), text("side"), decimal("qty"), text("type")],
            optional: [
                decimal("limit_price"), decimal("stop_price"), text("exchange"), text("time_in_force"),
                EventField("extended_hours", .flag), EventField("reduce_only", .flag),
                EventField("post_only", .flag), text("instrument"), text("strategy"), text("reason"),
            ])
    }

    private static let ofStrategies = [
        window(.strategyFetchWindow), window(.liveFetchWindow), window(.backtestFetchWindow),
        placement(.strategyPlaceRequest), placement(.livePlaceOrder), placement(.backtestPlaceOrder),
        EventSchema(
            .strategyDecisionMade, required: [text("decision")],
            optional: [text("strategy"), text("symbol"), text("reason"), EventField("detail", .object)]),
    ]

    private static let ofData = [
        EventSchema(
            .dataWindowReady, required: [text("symbol"), EventField("bars", .list)],
            optional: [
                text("timeframe"), time("as_of"), integer("lookback"), EventField("data_ref", .object),
            ]),
        EventSchema(
            .dataWindowChunk, required: [integer("index"), integer("total")],
            optional: [text("of"), text("data"), text("symbol"), EventField("bars", .list)]),
        EventSchema(
            .dataWindowComplete, required: [integer("total")],
            optional: [text("type"), integer("bytes"), text("sha256"), text("symbol")]),
    ]

    private static let ofMarkets = [
        EventSchema(
            .marketQuote, required: [text("symbol"), decimal("bid"), decimal("ask"), time("time")],
            optional: [decimal("bid_size"), decimal("ask_size"), text("exchange"), text("instrument")]),
        EventSchema(
            .marketTrade, required: [text("symbol"), decimal("price"), decimal("size"), time("time")],
            optional: [text("side"), text("trade_id"), text("exchange"), text("instrument")]),
        EventSchema(
            .marketBar,
            required: [
                text("symbol"), text("timeframe"), time("time"), decimal("open"), decimal("high"),
                decimal("low"), decimal("close"), decimal("volume"),
            ], optional: [text("exchange"), text("instrument")]),
        EventSchema(
            .clockTick, required: [time("ts"), text("timeframe"), integer("bar_index")],
            optional: [text("run_id"), EventField("is_backtest", .flag)]),
    ]

    /// Fields that any event of an order may have, beside its id.
    private static let orderFacts = [
        text("symbol"), text("instrument"), text("side"), text("type"), decimal("qty"),
        decimal("limit_price"), decimal("stop_price"), text("time_in_force"), text("exchange"),
        text("venue_order_id"), text("status"), text("strategy"), text("reason"), text("code"),
        decimal("filled_qty"), decimal("remaining_qty"), time("time"), EventField("detail", .object),
    ]

    private static let ofOrders =
        [.ordersPlaceRequest, .ordersAck, .ordersPlaced, .ordersCancelled].map { (type: EventType) in
            EventSchema(type, required: [text("client_order_id")], optional: orderFacts)
        } + [
            EventSchema(
                .ordersCreated,
                required: [
                    text("client_order_id"), text("symbol"), text("side"), decimal("qty"), text("type"),
                ],
                optional: orderFacts.filter { !["symbol", "side", "qty", "type"].contains($0.name) }),
            EventSchema(
                .ordersRejected, required: [text("client_order_id"), text("reason")],
                optional: orderFacts.filter { $0.name != "reason" }),
        ]
        + [.ordersPartiallyFilled, .ordersFilled].map { (type: EventType) in
            EventSchema(
                type, required: [text("client_order_id"), decimal("fill_qty"), decimal("fill_price")],
                optional: orderFacts + [
                    text("fill_id"), decimal("fee"), text("fee_asset"), decimal("average_price"),
                ])
        } + [
            EventSchema(
                .ordersRecorded, required: [text("run_id"), EventField("orders", .list)], optional: [])
        ]

    private static let ofRuns = [
        EventSchema(
            .runCreated, required: [text("run_id"), text("mode"), text("strategy")],
            optional: [
                text("name"), EventField("config", .object), text("created_by"), text("share_class"),
                decimal("initial_equity"), time("start"), time("end"),
            ]),
        EventSchema(.runQueued, required: [text("run_id")], optional: [integer("position")]),
        EventSchema(
            .runStarted, required: [text("run_id")],
            optional: [text("mode"), text("strategy"), time("start"), time("end"), integer("attempt")]),
        EventSchema(
            .runStopRequested, required: [text("run_id")], optional: [text("reason"), text("requested_by")]),
        EventSchema(.runStopped, required: [text("run_id")], optional: [text("reason"), number("percent")]),
        EventSchema(
            .runCompleted, required: [text("run_id")],
            optional: [
                decimal("final_equity"), number("total_return"), integer("fills"), integer("trades"),
                number("sharpe"), number("max_drawdown"), text("log_hash"), number("elapsed_seconds"),
                EventField("summary", .object),
            ]),
        EventSchema(
            .runFailed, required: [text("run_id"), text("reason")],
            optional: [text("code"), text("remedy"), EventField("problems", .list), integer("exit_code")]),
        EventSchema(.runHeartbeat, required: [text("run_id")], optional: [time("time"), number("percent")]),
        EventSchema(
            .runError, required: [text("message")],
            optional: [text("run_id"), text("code"), EventField("detail", .object)]),
        EventSchema(
            .runProgress, required: [text("run_id"), number("percent"), time("time"), decimal("equity")],
            optional: [
                number("drawdown"), integer("orders"), integer("fills"), EventField("curve", .list),
                EventField("prices", .list), EventField("recent_fills", .list), integer("events"),
                number("events_per_second"), EventField("exposure", .object),
                EventField("attribution", .object), EventField("positions", .list),
            ]),
        EventSchema(.runDeleted, required: [text("run_id")], optional: [text("deleted_by"), text("reason")]),
    ]

    private static let ofOperation = [
        EventSchema(
            .killSwitchEngaged, required: [text("reason")],
            optional: [text("engaged_by"), text("scope"), time("time")]),
        EventSchema(
            .killSwitchReleased, required: [text("reason")],
            optional: [text("released_by"), text("scope"), time("time")]),
        EventSchema(
            .auditRecorded, required: [text("action"), text("actor")],
            optional: [
                text("subject"), text("subject_kind"), text("outcome"), text("reason"), text("address"),
                integer("record"), text("record_hash"), EventField("before", .any), EventField("after", .any),
                EventField("detail", .object),
            ]),
        EventSchema(
            .configLoaded, required: [text("service"), text("environment")],
            optional: [text("version"), text("mode"), text("hash"), EventField("notes", .list)]),
        EventSchema(
            .configChanged, required: [text("key")],
            optional: [
                EventField("before", .any), EventField("after", .any), text("changed_by"), text("reason"),
            ]),
    ]

    private static let ofInterfaces = [
        EventSchema(
            .uiRunUpdated, required: [text("run_id")], optional: [text("status"), number("percent")]),
        EventSchema(
            .uiOrderUpdated, required: [text("client_order_id")], optional: [text("run_id"), text("status")]),
        EventSchema(
            .uiPositionUpdated, required: [text("instrument")], optional: [text("run_id"), decimal("qty")]),
        EventSchema(
            .uiAccountUpdated, required: [], optional: [text("run_id"), decimal("equity"), text("asset")]),
    ]
}
