import Testing
import Units

@Suite("SHA-256")
struct SHA256Tests {
    private static func digest(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) }
    }

    @Test("it gives the vectors of FIPS 180-4")
    func vectors() {
        let cases: [([UInt8], String)] = [
            ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                [UInt8](repeating: 0x61, count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
        for (bytes, expected) in cases { #expect(Self.digest(bytes).description == expected) }
    }

    @Test("pieces and snapshots do not change the digest")
    func pieces() {
        var random = SplitMix64(seed: 41)
        let bytes = (0..<5_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var stream = SHA256Stream()
        var offset = 0
        while offset < bytes.count {
            let end = min(bytes.count, offset + Int(random.integer(in: 0...150)))
            bytes[offset..<end].withUnsafeBytes { stream.update($0) }
            offset = end
            #expect(stream.snapshot() == Self.digest(Array(bytes[..<end])))
        }
        var text = SHA256Stream()
        text.update("ab")
        text.update("")
        text.update("c")
        #expect(text.snapshot() == Self.digest(Array("abc".utf8)))
    }

    @Test("digests are read from 64 hexadecimal digits and nothing else")
    func hexadecimal() {
        let digest = Self.digest([1, 2, 3])
        #expect(Digest(hexadecimal: digest.description) == digest)
        #expect(Digest(hexadecimal: digest.description.uppercased()) == digest)
        #expect(Digest(hexadecimal: String(digest.description.dropLast())) == nil)
        #expect(Digest(hexadecimal: String(digest.description.dropLast()) + "g") == nil)
        #expect(Digest(hexadecimal: digest.description + "0") == nil)
    }
}
