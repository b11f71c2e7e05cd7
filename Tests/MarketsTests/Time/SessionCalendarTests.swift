import Markets
import Testing
import Units

@Suite("Sessions of a market")
struct SessionCalendarTests {
    @Test("the session at or after a moment is what looking at each one finds")
    func lookups() {
        var random = SplitMix64(seed: 71)
        for _ in 0..<60 {
            var (sessions, clock): ([MarketSession], Int64) = ([], 0)
            for day in 0..<Int(random.integer(in: 0...40)) {
                let open = clock + random.integer(in: 0...5)
                clock = open + random.integer(in: 1...9)
                sessions.append(
                    MarketSession(
                        day: day, open: Instant(nanoseconds: open), close: Instant(nanoseconds: clock)))
            }
            let calendar = SessionCalendar(name: "test", sessions: sessions)
            for moment in -2...clock + 2 {
                let time = Instant(nanoseconds: moment)
                let expected = sessions.first { $0.close > time }
                #expect(calendar.session(atOrAfter: time) == expected)
                #expect(calendar.isOpen(at: time) == sessions.contains { $0.open <= time && time < $0.close })
            }
        }
    }
}
