internal import Crypto
internal import FoundationEssentials

/// A value in a file, with a checksum: one line of JSON and one line of SHA-256, so that a person can read it
/// and a damaged one is not taken for true.
package struct RecordFile<Value: Codable & Sendable>: Sendable {
    package let path: String

    /// The file at a path.
    package init(_ path: String) { self.path = path }

    /// Replaces the value.
    package func write(_ value: Value) throws(SupervisionError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body: [UInt8]
        do {
            body = Array(try encoder.encode(value))
        } catch {
            throw SupervisionError(
                .cannotWrite, "it cannot be written as JSON: \(error)", path: path, remedy: "report it")
        }
        try DurableFile.write(body + [0x0A] + Self.checksumLine(body), to: path)
    }

    /// The value; nil when there is no file.
    ///
    /// - Throws: ``SupervisionError/Code/corrupted`` when the file is not as it was written.
    package func read() throws(SupervisionError) -> Value? {
        guard let bytes = try DurableFile.read(path) else { return nil }
        guard let end = bytes.firstIndex(of: 0x0A) else { throw corrupted("its checksum is missing") }
        let body = Array(bytes[..<end])
        if Array(bytes[(end + 1)...]) != Self.checksumLine(body) {
            throw corrupted("its checksum is another")
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(body))
        } catch {
            throw corrupted("its content is not known to this version")
        }
    }

    private func corrupted(_ reason: String) -> SupervisionError {
        SupervisionError(
            .corrupted, "the file is damaged: \(reason)", path: path,
            remedy: "what runs is found without it; it is written anew by the next start")
    }

    private static func checksumLine(_ body: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return Array("sha256 ".utf8)
            + SHA256.hash(data: body).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] } + [0x0A]
    }
}
