internal import Synchronization

/// Removes every secret value it has been told of from text that leaves the process.
///
/// A value is found as it is, and also when it arrives as base64 or base64url at any of the three alignments
/// (as in `Basic` of `user:secret`), in hexadecimal, percent-encoded or escaped in JSON, each up to twice and
/// on top of each other. Values replaced by a newer one stay known.
///
/// How short values are treated: fewer than ``minimumLength`` bytes are not looked for, as they would blank
/// every text; fewer than ``freeLength`` only where they stand as a word of their own, and hexadecimal and
/// base64 only whole.
///
/// What it knows is kept once, in memory that is overwritten when a value is forgotten or the redactor goes.
///
/// Redact before shortening a text: the half of a secret is not recognised. Safe to use from any thread.
public final class Redactor: Sendable {
    /// The shortest value that is looked for at all, in bytes.
    public static let minimumLength = 4
    /// From this length on, in bytes, a value is found in the middle of a word too.
    public static let freeLength = 8
    /// How many values are known at most; the oldest is forgotten for a newer one beyond that.
    public static let maximumValues = 4096
    /// Of a longer value only this many bytes are looked for, from its beginning; what follows goes with it.
    public static let maximumLength = 16_384
    /// What stands in place of a value.
    public static let replacement = "[redacted]"

    private let known: Mutex<Known>

    private struct Known {
        var values: [KnownValue] = []
        var patterns = SecretPatterns(values: [])

        mutating func learn(_ bytes: UnsafeRawBufferPointer) {
            if values.contains(where: { $0.matches(bytes) }) { return }
            let value = KnownValue(bytes)
            values.append(value)
            if values.count > Redactor.maximumValues {
                values.removeFirst(values.count - Redactor.maximumValues)
                patterns = SecretPatterns(values: values)
            } else {
                patterns.add(value)
            }
        }
    }

    /// A redactor that knows no value yet.
    public init() {
        known = Mutex(Known())
    }

    /// Remembers the values, also when they are replaced later. Values already known cost nothing.
    public func learn(_ secrets: [Secret]) {
        known.withLock { known in
            for secret in secrets {
                secret.withBytes { bytes in SecretParts.forEach(in: bytes) { known.learn($0) } }
            }
        }
    }

    /// Remembers the value.
    public func learn(_ secret: Secret) {
        learn([secret])
    }

    /// The text with ``replacement`` in place of every known value, in whatever form it arrives.
    public func redact(_ text: String) -> String {
        let patterns = known.withLock { $0.patterns }
        guard !patterns.isEmpty else { return text }
        let bytes = Array(text.utf8)
        let ranges = Self.hidden(in: bytes, patterns: patterns)
        if ranges.isEmpty { return text }
        return String(decoding: Self.replacing(ranges, in: bytes), as: UTF8.self)
    }

    /// The bytes with ``replacement`` in place of every known value, for what is no text yet.
    public func redact(_ bytes: [UInt8]) -> [UInt8] {
        let patterns = known.withLock { $0.patterns }
        guard !patterns.isEmpty else { return bytes }
        return Self.replacing(Self.hidden(in: bytes, patterns: patterns), in: bytes)
    }

    /// The ranges of the bytes that show a value, sorted, none touching another.
    private static func hidden(in bytes: [UInt8], patterns: SecretPatterns) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for view in DecodedView.all(of: bytes) {
            for range in patterns.matches(in: view.bytes) {
                ranges.append(view.source(of: range))
            }
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var merged: [Range<Int>] = []
        for range in ranges {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    private static func replacing(_ ranges: [Range<Int>], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for range in ranges {
            result += bytes[position..<range.lowerBound]
            result += Self.replacement.utf8
            position = range.upperBound
        }
        return result + bytes[position...]
    }
}
