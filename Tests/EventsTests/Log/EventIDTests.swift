import Events
import Testing
import Units

@Suite struct EventIDTests {
    @Test func anIdIsReadBackFromItsText() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            let id = EventID(high: random.next(), low: random.next())
            #expect(EventID(id.description) == id)
            #expect(EventID(id.description.uppercased()) == id)
        }
        #expect(
            EventID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210).description
                == "01234567-89ab-cdef-fedc-ba9876543210")
    }

    @Test(arguments: [
        "", "0", "01234567-89ab-cdef-fedc-ba987654321", "01234567-89ab-cdef-fedc-ba98765432100",
        "0123456789abcdeffedcba9876543210", "01234567-89ab-cdef-fedc-ba987654321g",
        "01234567+89ab-cdef-fedc-ba9876543210", "-1234567-89ab-cdef-fedc-ba9876543210", "\u{FF10}",
    ])
    func whatIsNoIdIsNotReadAsOne(_ text: String) {
        #expect(EventID(text) == nil)
    }

    @Test func derivedIdsDependOnNameAndSequenceAlone() {
        let ids = ["a", "b"].flatMap { name in (0..<50).map { EventID(derivedFrom: name, sequence: $0) } }
        #expect(Set(ids).count == 100)
        // SHA-256 of "a" and eight zero bytes, with version 8 and variant 2 set; by sha256sum.
        #expect(ids[0].description == "50edc262-3446-80eb-92c9-cabf9297150b")
        let isMarked = ids.allSatisfy { $0.high & 0xF000 == 0x8000 && $0.low >> 62 == 0b10 }
        #expect(isMarked)
        let random = EventID(randomHigh: .max, low: 0)
        #expect(random.description == "ffffffff-ffff-4fff-8000-000000000000")
    }
}
