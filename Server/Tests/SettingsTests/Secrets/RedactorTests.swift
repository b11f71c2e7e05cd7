import Foundation
import Settings
import Testing
import Units

@Suite struct RedactorTests {
    private func redactor(_ values: String...) -> Redactor {
        let redactor = Redactor()
        redactor.learn(values.map { Secret($0) })
        return redactor
    }

    /// A value with all that encodings treat apart.
    static let value = "aB3+/=&\"\\ \u{1}é~zz%41-Key"

    @Test func itHidesAValueAsItIs() {
        let redactor = redactor("topsecretkey")
        #expect(redactor.redact("key=topsecretkey;") == "key=[redacted];")
        #expect(redactor.redact("xtopsecretkeyxtopsecretkey") == "x[redacted]x[redacted]")
        #expect(redactor.redact("topsecretke topsecretkez") == "topsecretke topsecretkez")
        #expect(redactor.redact("") == "")
    }

    @Test func aRedactorThatKnowsNothingChangesNothing() {
        #expect(Redactor().redact("anything \\u0041 %41") == "anything \\u0041 %41")
    }

    /// The encodings by Foundation, which shares no code with ours.
    static func encodings(of value: String) -> [String: String] {
        let bytes = Data(value.utf8)
        let json = String(decoding: try! JSONEncoder().encode([value]), as: UTF8.self)
        let escaped = String(json.dropFirst(2).dropLast(2))
        let twice = String(decoding: try! JSONEncoder().encode([escaped]), as: UTF8.self)
        let strict = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let percent = value.addingPercentEncoding(withAllowedCharacters: strict)!
        let base64 = bytes.base64EncodedString()
        return [
            "plain": value, "json": escaped, "json twice": String(twice.dropFirst(2).dropLast(2)),
            "percent": percent, "percent lower": percent.replacingOccurrences(of: "%2B", with: "%2b"),
            "percent all": bytes.map { String(format: "%%%02x", $0) }.joined(),
            "percent twice": percent.addingPercentEncoding(withAllowedCharacters: strict)!,
            "form": percent.replacingOccurrences(of: "%20", with: "+"),
            "query": value.addingPercentEncoding(withAllowedCharacters: .urlHostAllowed)!,
            "base64": base64,
            "base64 in json": base64.replacingOccurrences(of: "/", with: "\\/"),
            "base64 in a query": base64.addingPercentEncoding(withAllowedCharacters: strict)!,
            "base64url": base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(
                of: "/", with: "_"
            )
            .replacingOccurrences(of: "=", with: ""),
            "hex": bytes.map { String(format: "%02x", $0) }.joined(),
            "HEX": bytes.map { String(format: "%02X", $0) }.joined(),
            "escaped": value.unicodeScalars.map { String(format: "\\u%04x", $0.value) }.joined(),
        ]
    }

    @Test(arguments: encodings(of: value).keys.sorted())
    func itHidesAValueInEveryEncoding(_ name: String) throws {
        let encoded = try #require(Self.encodings(of: Self.value)[name])
        let redactor = redactor(Self.value)
        #expect(redactor.redact("before (\(encoded)) after") == "before ([redacted]) after")
    }

    @Test func itHidesAValueInsideLongerBase64AtEveryAlignment() {
        let value = "Zq9-secret-value-77"
        let redactor = redactor(value)
        for before in ["", "u", "us", "user:", "user:x"] {
            for after in ["", "!", "!!", "!!!"] {
                let encoded = Data((before + value + after).utf8).base64EncodedString()
                let shown = redactor.redact("Authorization: Basic \(encoded)")
                #expect(shown == "Authorization: Basic [redacted]", "\(before)|\(after)")
            }
        }
    }

    @Test func aNewerValueDoesNotMakeItForgetTheOldOne() {
        let redactor = redactor("first-value-1")
        redactor.learn(Secret("second-value-2"))
        #expect(redactor.redact("first-value-1 second-value-2") == "[redacted] [redacted]")
    }

    @Test func shortValuesAreHiddenAsWordsOnlyAndVeryShortOnesNotAtAll() {
        let redactor = redactor("pass", "abc", "1", "")
        #expect(
            redactor.redact("a pass, not a passport or bypass_pass")
                == "a [redacted], not a passport or bypass_pass")
        #expect(redactor.redact("abc 1") == "abc 1")
        #expect(redactor.redact("x=\(Data("pass".utf8).base64EncodedString());") == "x=[redacted];")
    }

    @Test func theLinesOfAKeyAreHiddenOneByOne() {
        let lines = [
            "-----BEGIN PRIVATE KEY-----", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0w",
            "awIBAQQgevZzL1gdAFr88hb2",
        ]
        let redactor = redactor(lines.joined(separator: "\n") + "\n")
        #expect(redactor.redact("log: \(lines[1])") == "log: [redacted]")
        #expect(redactor.redact("log: \(lines[2])") == "log: [redacted]")
        #expect(redactor.redact(lines.joined(separator: "\\n")) == "[redacted]")
        #expect(redactor.redact(lines[0]) == lines[0])
    }

    @Test func blanksAroundAValueDoNotHideItFromTheRedactor() {
        #expect(redactor(" wrapped-in-blanks\n").redact("<wrapped-in-blanks>") == "<[redacted]>")
    }

    @Test func overlappingValuesAreHiddenTogether() {
        #expect(redactor("abcdefghij", "fghijklmno").redact("-abcdefghijklmno-") == "-[redacted]-")
    }

    /// Random values in random surroundings and encodings: never a trace of eight bytes of it.
    @Test func noRandomValueComesThrough() throws {
        var random = SplitMix64(seed: 20_261_121)
        let alphabet = Array("abcXYZ0189+/=_-~%\\\"&? é€\n\t{}:")
        for round in 0..<300 {
            let length = 8 + Int(random.next() % 40)
            var value = ""
            for _ in 0..<length { value.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
            let trimmed = value.trimmingCharacters(in: .whitespacesAndNewlines)
            guard trimmed.utf8.count >= Redactor.freeLength else { continue }
            let redactor = redactor(value)
            for (name, encoded) in Self.encodings(of: trimmed) {
                let filler = String(repeating: "pq ", count: Int(random.next() % 5))
                let text = "\(filler)<\(encoded)>\(filler)"
                let shown = redactor.redact(text)
                #expect(!shown.contains(encoded), "round \(round), \(name)")
                #expect(shown.contains(Redactor.replacement), "round \(round), \(name)")
            }
        }
    }

    /// Bytes that are no text, escapes that end too early: whatever comes, it comes back.
    @Test func brokenInputPassesThroughUnharmed() {
        let redactor = redactor("topsecretkey")
        var random = SplitMix64(seed: 7)
        let pieces: [[UInt8]] = [
            Array("topsecretke".utf8), Array("\\u00".utf8), Array("%".utf8), Array("%4".utf8),
            Array("\\".utf8),
            Array("\\ud83d".utf8), Array("\\ud83d\\u0041".utf8), [0xFF, 0xC3], [0], Array("%ff%C3".utf8),
        ]
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<(random.next() % 8) { bytes += pieces[Int(random.next() % UInt64(pieces.count))] }
            bytes.append(UInt8(ascii: "!"))
            #expect(redactor.redact(bytes) == bytes)
        }
    }

    @Test func aTextThatRepeatsAValueCostsLittleMore() {
        let redactor = redactor("topsecretkey")
        let once = Data("topsecretkey.....".utf8)
        var long = Data()
        for _ in 0..<20_000 { long += once }
        let clock = ContinuousClock()
        let time = clock.measure { #expect(redactor.redact(long.base64EncodedString()) == "[redacted]") }
        #expect(time < .seconds(20))
    }
}
