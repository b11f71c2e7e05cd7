import Events
import Foundation
import Testing
import Units

@Suite struct JSONReaderTests {
    @Test func whatWasWrittenIsReadBack() throws {
        var random = SplitMix64(seed: 9)
        for _ in 0..<500 {
            let value = Self.random(&random, depth: 0)
            #expect(try JSONText(parsing: value.compact) == value)
            #expect(try JSONText(parsing: value.pretty) == value)
        }
    }

    private static func random(_ random: inout SplitMix64, depth: Int) -> JSONText {
        switch random.integer(in: 0...(depth > 4 ? 4 : 6)) {
        case 0: return .null
        case 1: return .flag(random.next() % 2 == 0)
        case 2: return .integer(Int(truncatingIfNeeded: random.next()))
        case 3: return .number((random.unitDouble() - 0.5) * 1e-3)
        case 4:
            let scalars = (0..<random.integer(in: 0...9)).compactMap { _ in
                Unicode.Scalar(UInt32(random.integer(in: 0...0x1F600)))
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5:
            return .list((0..<random.integer(in: 0...4)).map { _ in Self.random(&random, depth: depth + 1) })
        default:
            return .object(
                (0..<random.integer(in: 0...4)).map {
                    JSONMember("k\($0)", Self.random(&random, depth: depth + 1))
                })
        }
    }

    /// Accepted or refused as Foundation does, for texts damaged by one byte.
    @Test func damagedTextsAreRefusedOrReadAsAnotherReaderDoes() throws {
        let good = #"{"a": [1, -2.5e3, true, null, "x\u00e9\n\ud83d\ude00"], "b": {"c": 0}}"#
        var random = SplitMix64(seed: 1)
        for _ in 0..<3_000 {
            var bytes = Array(good.utf8)
            let place = Int(random.integer(in: 0...Int64(bytes.count - 1)))
            switch random.integer(in: 0...2) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = UInt8(random.integer(in: 0x20...0x7E))
            default: bytes.removeSubrange(place...)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let other = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            let own = try? JSONText(parsing: text)
            #expect((own != nil) == (other != nil), "\(text)")
        }
    }

    @Test func refusalsNameTheLine() {
        let cases = [
            ("{\"a\": 1,\n \"b\" 2}", "line 2: a colon is missing after \"b\""),
            ("[1,\n2,\n", "line 3: the text ends too early"), ("[1 2]", "line 1: a comma is missing"),
            ("01", "line 1: not a JSON value"), ("{} x", "line 1: something follows the value"),
            ("\"\\ud800\"", "line 1: half of a surrogate pair"), ("1e999", "line 1: 1e999 is too large"),
            (String(repeating: "[", count: 100_000), "line 1: nested deeper than 64"),
            ("\"a\u{1}\"", "line 1: a control character in a text"), ("", "line 1: the text ends too early"),
        ]
        for (text, message) in cases {
            #expect(throws: JSONError.self, "\(text.prefix(20))") { try JSONText(parsing: text) }
            do { _ = try JSONText(parsing: text) } catch { #expect(error.description == message) }
        }
    }

    @Test func valuesAreTakenByTheirKind() throws {
        let value = try JSONText(parsing: #"{"a": 3, "b": 2.5, "c": "x", "d": [1], "a": 4}"#)
        #expect(value["a"]?.wholeNumber == 3 && value["a"]?.double == 3 && value["b"]?.double == 2.5)
        #expect(value["b"]?.wholeNumber == nil && value["c"]?.text == "x" && value["c"]?.double == nil)
        #expect(value["d"]?.items == [.integer(1)] && value.members?.count == 5 && value["e"] == nil)
    }
}
