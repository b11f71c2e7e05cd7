import Markets
import Research
import Testing
import Units

/// What a shock is called and what it may be.
@Suite struct ShockTests {
    @Test func eachShockIsReadAndWrittenAlike() throws {
        for text in [
            "price=-30%", "price=+30%", "price=-0.5%", "depeg=2%", "funding-flip", "borrow-rate=80%",
            "gas=20",
            "outage=binance",
        ] {
            #expect(try Shock(text).text == text)
        }
        #expect(try Shock("price=-0.3") == Shock("price=-30%"))
        #expect(try Shock("price=0.1") == Shock("price=+10%"))
    }

    @Test func aShockThatCannotBeIsRefusedWithWhatCan() {
        for (text, words) in [
            ("price=0", "changes nothing"), ("price=-96%", "-95% to 1000%"), ("price=abc", "fraction"),
            ("price", "fraction"), ("depeg=0", "0.01% to 50%"), ("depeg=-2%", "0.01% to 50%"),
            ("gas=1", "2 to 1000"), ("gas=2.5", "whole number"), ("gas=99999999999999999999", "whole number"),
            ("outage=", "names no venue"), ("funding-flip=3", "takes no value"), ("", "there are price"),
            ("storm=1", "there is no shock \"storm\""), ("price=1e400", "fraction"),
        ] {
            do {
                _ = try Shock(text)
                Issue.record("\(text) was read")
            } catch {
                #expect(error.description.contains(words), "\(text): \(error)")
            }
        }
    }
}
