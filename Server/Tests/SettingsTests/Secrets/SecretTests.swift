import Foundation
import Settings
import Testing

@Suite struct SecretTests {
    static let value = "s3cr3t-Va1ue-0123456789"
    private let secret = Secret(SecretTests.value)

    /// All that Swift makes text of by itself.
    private func shown(_ any: some Any) -> [String] {
        var dumped = ""
        dump(any, to: &dumped)
        var printed = ""
        print(any, to: &printed)
        var debugged = ""
        debugPrint(any, to: &debugged)
        return [dumped, printed, debugged, "\(any)", String(describing: any), String(reflecting: any)]
    }

    private struct Holder {
        let name = "key"
        let secret: Secret
        let others: [Secret?]
        let byName: [String: Secret]
    }

    private struct Failure: Error {
        let secret: Secret
    }

    @Test func nothingThatMakesTextShowsTheValue() {
        let holder = Holder(secret: secret, others: [secret, nil], byName: ["a": secret])
        for text in shown(secret) + shown(holder) + shown([secret]) + shown(Optional(secret))
            + shown(Failure(secret: secret)) + shown(secret as Any)
        {
            #expect(!text.contains(Self.value))
            #expect(text.contains("secret"))
        }
        #expect("\(secret)" == "<secret>")
        #expect(Failure(secret: secret).localizedDescription.contains(Self.value) == false)
    }

    @Test func aMirrorHasNoChildren() {
        #expect(Mirror(reflecting: secret).children.isEmpty)
        let inner = Mirror(reflecting: Failure(secret: secret)).children.first?.value
        #expect(inner.map { Mirror(reflecting: $0).children.isEmpty } == true)
    }

    @Test func itIsNeitherEncodableNorEquatableNorHashable() {
        let any: Any = secret
        #expect(!(any is any Encodable))
        #expect(!(any is any Decodable))
        #expect(!(any is any Equatable))
        #expect(!(any is any Hashable))
        #expect(!(any is any Comparable))
        #expect(!(any is any LosslessStringConvertible))
        #expect(!(any is any TextOutputStreamable))
    }

    @Test func itMatchesTheSameBytesAndNoOthers() {
        #expect(secret.matches(Secret(Self.value)))
        #expect(secret.matches(Secret(bytes: Array(Self.value.utf8))))
        for index in Self.value.utf8.indices {
            var bytes = Array(Self.value.utf8)
            bytes[Self.value.utf8.distance(from: Self.value.utf8.startIndex, to: index)] ^= 1
            #expect(!secret.matches(Secret(bytes: bytes)))
        }
        #expect(!secret.matches(Secret(Self.value + "x")))
        #expect(!secret.matches(Secret(String(Self.value.dropLast()))))
        #expect(Secret("").matches(Secret("")))
        #expect(!Secret("").matches(secret))
    }

    @Test func itHandsOutExactlyTheBytesItWasGiven() {
        let bytes = (0..<256).map { UInt8($0) }
        let secret = Secret(bytes: bytes)
        #expect(secret.withBytes { Array($0) } == bytes)
        #expect(secret.byteCount == 256)
        #expect(Secret("  a\n").withText { $0 } == "  a\n")
        #expect(Secret("").isEmpty)
        #expect(!Secret(" ").isEmpty)
    }

    @Test func itsBytesAreOverwrittenBeforeTheyAreFreed() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: Array(repeating: UInt8(7), count: 64))
        SecretStorage.overwrite(UnsafeMutableRawBufferPointer(rebasing: buffer[8..<56]))
        #expect(
            Array(buffer) == Array(repeating: 7, count: 8) + Array(repeating: 0, count: 48)
                + Array(repeating: 7, count: 8))
    }

    /// Reads what was the secret's memory after its release: the allocator may have written over its
    /// beginning.
    @Test func nothingOfTheValueIsLeftInItsMemory() {
        var address: UnsafeRawPointer?
        let long = String(repeating: "sensitive", count: 500)
        do {
            let secret = Secret(long)
            secret.withBytes { address = $0.baseAddress }
            #expect(secret.withBytes { $0.contains(UInt8(ascii: "v")) })
        }
        guard let address else { return }
        let left = UnsafeRawBufferPointer(start: address, count: 4500).dropFirst(64).filter {
            $0 == UInt8(ascii: "v")
        }
        #expect(left.count < 50)
    }
}
