import Operations
import Testing

@Suite struct StartOrderTests {
    func part(_ name: String, needs: [String] = [], fails: Bool = false) -> StartComponent {
        StartComponent(ComponentName(folding: name), needs: needs.map { ComponentName(folding: $0) }) { _ in
            if fails { throw HostError("\(name) is broken") }
        }
    }

    @Test func eachPartStartsAfterThoseItNeedsAndOtherwiseInTheOrderGiven() throws {
        let parts = [
            part("d", needs: ["b", "c"]), part("c", needs: ["a"]), part("x"), part("b", needs: ["a"]),
            part("a"),
        ]
        #expect(try StartOrder.sorted(parts).map(\.name.text) == ["x", "a", "c", "b", "d"])
    }

    @Test func circlesAbsentPartsAndEqualNamesAreRefused() {
        func message(_ parts: StartComponent...) -> String? {
            #expect(throws: StartOrderError.self) { try StartOrder.sorted(parts) }?.description
        }
        #expect(
            message(part("a", needs: ["b"]), part("b", needs: ["a"]), part("c"))
                == "these parts need each other, so none can be first: a, b")
        #expect(message(part("a", needs: ["a"])) == "these parts need each other, so none can be first: a")
        #expect(message(part("a", needs: ["z"])) == "a needs z, which this process does not have")
        #expect(message(part("a"), part("a")) == "two parts are called a")
    }

    @Test func theFirstThatFailsEndsTheStartAndIsNamedWithItsStep() async throws {
        let registry = HealthRegistry(sources: ManualSources().sources())
        let parts = [part("first"), part("second", fails: true), part("third")]
        let failure = await #expect(throws: StartFailure.self) {
            try await StartOrder.start(parts, health: registry)
        }
        #expect(
            failure?.description
                == "the start failed at step 4 of 5, components (second): second is broken")
        #expect(registry.components.map(\.name.text) == ["first", "second"])
        #expect(registry.components.map(\.status) == [.healthy, .notReady])
    }

    @Test func marketDataAreAStepOfTheirOwn() async throws {
        let registry = HealthRegistry(sources: ManualSources().sources())
        let failure = await #expect(throws: StartFailure.self) {
            try await StartOrder.start([part("data-provider", fails: true)], health: registry)
        }
        #expect(failure?.step == .dataProvider)
        #expect(failure?.place == "the start failed at step 3 of 5, data provider (data-provider)")
    }
}
