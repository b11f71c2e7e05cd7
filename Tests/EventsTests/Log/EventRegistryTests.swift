import Events
import Testing
import Units

@Suite struct EventRegistryTests {
    private func event(_ type: EventType, _ members: [JSONMember]) -> EventEnvelope {
        EventEnvelope(
            id: EventID(high: 1, low: 1), type: type, correlationID: "c", time: .epoch, producer: "tests",
            payload: .object(members))
    }

    private func code(_ event: EventEnvelope) -> EventProblem.Code? {
        do { try EventRegistry.standard.check(event) } catch { return error.code }
        return nil
    }

    @Test func everyTypeOfThePlatformIsListed() {
        let types = EventRegistry.standard.types.map(\.text)
        for type in [
            "strategy.FetchWindow", "strategy.PlaceRequest", "strategy.DecisionMade", "live.FetchWindow",
            "live.PlaceOrder", "backtest.FetchWindow", "backtest.PlaceOrder", "data.WindowReady",
            "data.WindowChunk", "data.WindowComplete", "market.Quote", "market.Trade", "market.Bar",
            "orders.Created", "orders.PlaceRequest", "orders.Ack", "orders.Placed",
            "orders.PartiallyFilled", "orders.Filled", "orders.Cancelled", "orders.Rejected", "run.Created",
            "run.Started", "run.StopRequested", "run.Stopped", "run.Completed", "run.Heartbeat",
            "run.Error", "clock.Tick", "ui.RunUpdated", "ui.OrderUpdated", "ui.PositionUpdated",
            "ui.AccountUpdated", "run.Progress", "run.Failed", "killswitch.Engaged", "killswitch.Released",
            "audit.Recorded",
        ] {
            #expect(types.contains(type))
        }
    }

    @Test func missingUnknownRepeatedAndWrongFieldsAreNamed() throws {
        let run = JSONMember("run_id", .string("r1"))
        let cases: [([JSONMember], String)] = [
            ([], "run_id"), ([JSONMember("run_id", .integer(1))], "run_id"),
            ([run, JSONMember("speed", .integer(1))], "speed"), ([run, run], "run_id"),
            ([run, JSONMember("start", .string("2024-05-12"))], ""),
            ([run, JSONMember("start", .string("yesterday"))], "start"),
            ([run, JSONMember("attempt", .string("1"))], "attempt"),
        ]
        for (members, field) in cases {
            let event = event(.runStarted, members)
            if field.isEmpty {
                try EventRegistry.standard.check(event)
                continue
            }
            do {
                try EventRegistry.standard.check(event)
                Issue.record("\(members) were accepted")
            } catch {
                #expect(error.code == .payload && error.message.contains("'\(field)'"), "\(error)")
            }
        }
    }

    @Test func optionalFieldsMayBeNullAndRequiredOnesMayNot() {
        let run = JSONMember("run_id", .string("r1"))
        #expect(code(event(.runStarted, [run, JSONMember("mode", .null)])) == nil)
        #expect(code(event(.runStarted, [JSONMember("run_id", .null)])) == .payload)
    }

    @Test func moneyIsDecimalTextAndNeverANumber() {
        func filled(_ price: JSONText) -> EventEnvelope {
            event(
                .ordersFilled,
                [
                    JSONMember("client_order_id", .string("o1")), JSONMember("fill_qty", .string("0.1")),
                    JSONMember("fill_price", price),
                ])
        }
        #expect(code(filled(.string("60000.10"))) == nil)
        #expect(code(filled(.number(60_000.1))) == .payload)
        #expect(code(filled(.string("much"))) == .payload)
    }

    @Test func typesThatAreNotListedPassAndNewOnesCanBeListed() {
        #expect(code(event("desk.Note", [JSONMember("anything", .flag(true))])) == nil)
        var registry = EventRegistry.standard
        registry.register(EventSchema("desk.Note", required: [EventField("text", .text)]))
        #expect(throws: EventProblem.self) { try registry.check(event("desk.Note", [])) }
    }

    @Test func envelopesThatAreTooLongOrHoldControlCharactersAreRefused() {
        func changed(
            type: String = "desk.Note", correlation: String = "c", producer: String = "p",
            run: String? = nil, headers: [String: String] = [:], time: Instant = .epoch
        ) -> EventProblem.Code? {
            code(
                EventEnvelope(
                    id: EventID(high: 1, low: 1), type: EventType(type), runID: run,
                    correlationID: correlation, time: time, producer: producer, headers: headers))
        }
        let long = String(repeating: "x", count: 101)
        #expect(changed() == nil)
        #expect(changed(type: long) == .envelope && changed(producer: long) == .envelope)
        #expect(changed(run: "") == .envelope && changed(run: "a\nb") == .envelope)
        #expect(changed(correlation: String(repeating: "x", count: 201)) == .envelope)
        #expect(changed(headers: ["": "x"]) == .envelope)
        #expect(changed(headers: ["a": String(repeating: "x", count: 1_001)]) == .envelope)
        #expect(changed(headers: ["tradewind-payload": "piece"]) == .envelope)
        #expect(changed(time: .distantPast) == .envelope && changed(time: .distantFuture) == .envelope)
        let many = Dictionary(uniqueKeysWithValues: (0..<33).map { ("k\($0)", "v") })
        #expect(changed(headers: many) == .envelope)
    }
}
