import ControlPlane
import Foundation
import Settings
import Testing

/// Passwords and their hashes.
@Suite(.timeLimit(.minutes(1))) struct PasswordTests {
    /// RFC 7914, 12: the second vector, cut to the 32 bytes that are kept.
    @Test func hashesAreThoseOfScrypt() throws {
        let expected =
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        let salt = Data("NaCl".utf8)
        // The salt of the vector has 4 bytes, fewer than are read: computed by the part that both share.
        let cost = try #require(PasswordCost(logRounds: 10, blockSize: 8, parallelism: 16))
        let derived = try PasswordHash.derive(Secret("password"), Array(salt), cost)
        #expect(derived.map { String(format: "%02x", $0) }.joined() == expected)
    }

    @Test func aHashIsOfItsPasswordAlone() throws {
        let cost = PasswordCost.trifling
        let hash = try PasswordHash(of: Secret("correct horse"), cost: cost).text
        #expect(hash.hasPrefix("$scrypt$ln=4,r=1,p=1$"))
        #expect(try Self.matches("correct horse", hash) == true)
        for wrong in ["correct hors", "correct horse ", "Correct horse", ""] {
            #expect(try Self.matches(wrong, hash) == false)
        }
        #expect(try PasswordHash(of: Secret("correct horse"), cost: cost).text != hash)
        let standard = try PasswordHash(of: Secret("x"), cost: .standard).text
        #expect(standard.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
    }

    private static func matches(_ password: String, _ hash: String) throws -> Bool? {
        guard let hash = PasswordHash(hash) else { return nil }
        return try hash.matches(Secret(password))
    }

    @Test func whatIsNoHashIsRefusedAndDearOnesToo() throws {
        let hash = try PasswordHash(of: Secret("x"), cost: .trifling).text
        let parts = hash.split(separator: "$").map(String.init)
        for wrong in [
            "", "$", "$$$$", "plain text", "$bcrypt$\(parts[1])$\(parts[2])$\(parts[3])",
            "$scrypt$ln=30,r=8,p=1$\(parts[2])$\(parts[3])", "$scrypt$ln=15,r=9,p=1$\(parts[2])$\(parts[3])",
            "$scrypt$ln=-1,r=8,p=1$\(parts[2])$\(parts[3])", "$scrypt$ln=4,r=1,p=99$\(parts[2])$\(parts[3])",
            "$scrypt$ln=4,r=1$\(parts[2])$\(parts[3])", "$scrypt$\(parts[1])$\(parts[2])$AAAA",
            "$scrypt$\(parts[1])$!$\(parts[3])", hash + "$x",
        ] {
            #expect(try Self.matches("x", wrong) == nil, "\(wrong)")
        }
        #expect(PasswordCost(logRounds: 16, blockSize: 8, parallelism: 1) == nil)
        #expect(PasswordCost(logRounds: 15, blockSize: 8, parallelism: 1) != nil)
    }

    @Test func namesOfUsersAreTheSameInAnyCase() {
        #expect(UserRules.name("Ada.Lovelace@desk-1") == "ada.lovelace@desk-1")
        for wrong in ["", "a b", "-a", ".a", "a/b", "a\u{0}", "ä", String(repeating: "a", count: 65), "@a"] {
            #expect(UserRules.name(wrong) == nil, "\(wrong)")
        }
    }

    /// However many come, as many hashes as allowed are computed, as many wait as may, and the rest is told
    /// at once.
    @Test func hashesAreComputedAFewAtATime() async throws {
        let slow = try #require(PasswordCost(logRounds: 14, blockSize: 8, parallelism: 2))
        let hasher = PasswordHasher(
            cost: slow, concurrent: 1,
            maximumWaiting: 3)
        let codes = await withTaskGroup(of: String.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do {
                        _ = try await hasher.hash(Secret("x"))
                        return "done"
                    } catch { return (error as? APIError)?.code.rawValue ?? "\(error)" }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(codes) == ["done", "throttling.backpressure"], "\(Set(codes))")
        #expect((1...12).contains(codes.filter { $0 == "done" }.count), "\(codes)")
        // Afterwards everything is free again.
        _ = try await hasher.hash(Secret("x"))
    }
}
