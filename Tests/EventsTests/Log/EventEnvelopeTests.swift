import Events
import Testing
import Units

@Suite struct EventEnvelopeTests {
    private let event = EventEnvelope(
        id: EventID(high: 1, low: 2), kind: .command, type: .livePlaceOrder, runID: "r1",
        correlationID: "c1", causationID: EventID(high: 3, low: 4), traceID: "t1",
        time: Instant(iso8601: "2024-05-12T00:00:00.5Z") ?? .epoch, producer: "tests",
        headers: ["b": "2", "a": "1"],
        payload: .object([JSONMember("z", .integer(1)), JSONMember("a", .string("x"))]))

    private let text = """
        {"id":"00000000-0000-0001-0000-000000000002","kind":"cmd","type":"live.PlaceOrder","version":"1",\
        "run_id":"r1","corr_id":"c1","causation_id":"00000000-0000-0003-0000-000000000004","trace_id":"t1",\
        "ts":"2024-05-12T00:00:00.5Z","producer":"tests","headers":{"a":"1","b":"2"},\
        "payload":{"z":1,"a":"x"}}
        """

    @Test func theStoredTextHasItsFieldsInOneOrder() throws {
        #expect(event.canonicalText == text)
        #expect(try EventEnvelope(canonicalText: text) == event)
    }

    @Test func theChainIsSHA256OverTheHashBeforeAndTheText() {
        var chain = EventChain()
        // By sha256sum, over 32 zero bytes and the text above.
        #expect(
            chain.add(text).hash.description
                == "1f51c713363621adff906c6f12f4e8681e4b2526ed74a57fe571d09b1ab65343")
        #expect(
            chain.add("second").hash.description
                == "199c665c5423e15744e28fd517b483597cb9efd5a8f4cf7eef86d81881ca0313")
        #expect(chain.end.offset == EventOffset(2))
    }

    @Test func aDerivedEventKeepsRunAndCorrelationAndNamesItsCause() {
        let derived = EventEnvelope(
            derivedFrom: event, id: EventID(high: 9, low: 9), type: .ordersCreated, time: .epoch,
            producer: "orders")
        #expect(derived.causationID == event.id && derived.id != event.id && derived.kind == .event)
        #expect(derived.correlationID == "c1" && derived.runID == "r1" && derived.traceID == "t1")
        #expect(derived.headers.isEmpty)
    }

    @Test(arguments: [
        "", "[]", "{}", "null", "{\"id\":1}",
        "{\"id\":\"00000000-0000-0001-0000-000000000002\",\"kind\":\"evt\"}",
    ])
    func whatIsNoEnvelopeIsRefused(_ text: String) {
        #expect(throws: EventProblem.self) { try EventEnvelope(canonicalText: text) }
    }

    @Test func anyByteOfAnEnvelopeMayBeChangedWithoutACrash() {
        var random = SplitMix64(seed: 11)
        let bytes = Array(text.utf8)
        for _ in 0..<3_000 {
            var changed = bytes
            changed[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            if random.next() % 3 == 0 { changed.removeLast(Int(random.next() % UInt64(bytes.count))) }
            do {
                let read = try EventEnvelope(canonicalText: String(decoding: changed, as: UTF8.self))
                // What is read can be written, and is the same then.
                #expect(try EventEnvelope(canonicalText: read.canonicalText) == read)
            } catch { #expect(error.code == .malformed) }
        }
    }

    @Test func fieldsThatAreUnknownOrOfAnotherKindAreRefused() {
        for (part, other) in [
            ("\"kind\":\"cmd\"", "\"kind\":\"order\""), ("\"version\":\"1\"", "\"version\":1"),
            ("\"ts\":\"2024", "\"ts\":\"x2024"), ("{\"a\":\"1\",", "{\"a\":\"1\",\"a\":\"1\","),
            ("{\"a\":\"1\",", "{\"a\":1,"), ("\"payload\":{", "\"odd\":1,\"payload\":{"),
            ("\"payload\":{\"z\":1,\"a\":\"x\"}", "\"payload\":[]"),
        ] {
            #expect(text.contains(part))
            #expect(throws: EventProblem.self, "\(other)") {
                try EventEnvelope(canonicalText: text.replacing(part, with: other))
            }
        }
    }
}
