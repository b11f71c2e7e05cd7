internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials
package import Settings

/// How dear it is to compute the hash of a password with scrypt (RFC 7914).
public struct PasswordCost: Hashable, Sendable {
    /// The logarithm of the number of blocks: memory is 128 bytes x `blockSize` x 2 to this.
    public let logRounds: Int
    /// The size of a block, in units of 128 bytes.
    public let blockSize: Int
    /// How often it is all done.
    public let parallelism: Int

    /// A cost; nil outside what is computed here: 32 MiB and 16 times at most.
    public init?(logRounds: Int, blockSize: Int, parallelism: Int) {
        guard (1...18).contains(logRounds), (1...8).contains(blockSize), (1...16).contains(parallelism),
            128 * blockSize << logRounds <= 32 << 20
        else { return nil }
        (self.logRounds, self.blockSize, self.parallelism) = (logRounds, blockSize, parallelism)
    }

    private init(known logRounds: Int, _ blockSize: Int, _ parallelism: Int) {
        (self.logRounds, self.blockSize, self.parallelism) = (logRounds, blockSize, parallelism)
    }

    /// 32 MiB, three times. Source: OWASP Password Storage Cheat Sheet, scrypt: N=2^15, r=8, p=3.
    public static let standard = PasswordCost(known: 15, 8, 3)
    /// For tests alone.
    package static let trifling = PasswordCost(known: 4, 1, 1)
}

/// The hash of a password, with its salt and what it cost, as one text:
/// `$scrypt$ln=15,r=8,p=3$SALT$HASH` with unpadded base64.
package struct PasswordHash: Sendable {
    let cost: PasswordCost
    let salt: [UInt8]
    let hash: [UInt8]

    private static let saltBytes = 16
    private static let hashBytes = 32

    /// Computes the hash of a password, with a new salt.
    package init(of password: Secret, cost: PasswordCost) throws {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        (self.cost, self.salt) = (cost, salt)
        hash = try Self.derive(password, salt, cost)
    }

    /// What belongs to no password: for comparing with it costs the same.
    init(decoyOf cost: PasswordCost) {
        self.cost = cost
        (salt, hash) = (
            [UInt8](repeating: 0, count: Self.saltBytes), [UInt8](repeating: 0, count: Self.hashBytes)
        )
    }

    /// Reads a hash; nil for what is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let numbers = parts[2].split(separator: ",").map { $0.split(separator: "=") }
        guard numbers.count == 3, numbers.allSatisfy({ $0.count == 2 }),
            numbers.map({ $0[0] }) == ["ln", "r", "p"], let rounds = Int(numbers[0][1]),
            let block = Int(numbers[1][1]), let parallelism = Int(numbers[2][1]),
            let cost = PasswordCost(logRounds: rounds, blockSize: block, parallelism: parallelism),
            let salt = Base64Text.decode(parts[3]), let hash = Base64Text.decode(parts[4]),
            hash.count == Self.hashBytes, (8...64).contains(salt.count)
        else { return nil }
        (self.cost, self.salt, self.hash) = (cost, salt, hash)
    }

    /// The hash as text.
    package var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Base64Text.encode(salt))$\(Base64Text.encode(hash))"
    }

    /// Whether it is the hash of a password. How long it takes says nothing about where they differ.
    package func matches(_ password: Secret) throws -> Bool {
        let other = try Self.derive(password, salt, cost)
        return Secret(bytes: other).matches(Secret(bytes: hash))
    }

    package static func derive(_ password: Secret, _ salt: [UInt8], _ cost: PasswordCost) throws -> [UInt8] {
        try password.withBytes { bytes in
            try KDF.Scrypt.deriveKey(
                from: Data(bytes), salt: salt, outputByteCount: hashBytes, rounds: 1 << cost.logRounds,
                blockSize: cost.blockSize, parallelism: cost.parallelism
            ).withUnsafeBytes { Array($0) }
        }
    }
}

/// Base64 without padding, in the common alphabet and in that of URLs.
enum Base64Text {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    /// As in tokens (RFC 4648, 5).
    static func encodeURL(_ bytes: some Sequence<UInt8>) -> String {
        String(
            encode(bytes).map { character in
                switch character {
                case "+": "-"
                case "/": "_"
                default: character
                }
            })
    }

    /// The bytes; nil for what is no base64 of one of the two alphabets, with or without padding.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var common = text.prefix { $0 != "=" }.map { character in
            switch character {
            case "-": Character("+")
            case "_": Character("/")
            default: character
            }
        }
        guard text.utf8.count - common.count <= 2, common.allSatisfy({ $0.isASCII }) else { return nil }
        while common.count % 4 != 0 { common.append("=") }
        return Data(base64Encoded: String(common)).map { Array($0) }
    }
}
