/// A value that must never be seen: a key, a password, a token.
///
/// It cannot be printed, logged, reflected, encoded or compared by accident. `print`, `dump`,
/// `String(describing:)`, interpolation and a mirror all show `<secret>`; it is neither `Codable` nor
/// `Equatable` nor `Hashable`; its bytes are reached through ``withBytes(_:)`` and ``withText(_:)`` alone, so
/// that a reader finds each place that looks.
///
/// The bytes live outside Swift's copied values, once for all copies, and are overwritten when the last copy
/// is gone. What Swift itself copies on the way in and out, as the `String` it was read from, cannot be
/// overwritten.
public struct Secret: Sendable {
    private let storage: SecretStorage

    /// The secret of these bytes.
    public init(bytes: some Sequence<UInt8>) {
        storage = SecretStorage(bytes: Array(bytes))
    }

    /// The secret of the UTF-8 bytes of a text, exactly as given: nothing is trimmed.
    public init(_ text: String) {
        storage = SecretStorage(bytes: Array(text.utf8))
    }

    /// How many bytes it has, which tells nothing more than whether it is empty or suspiciously short.
    public var byteCount: Int { storage.buffer.count }

    /// Whether it has no bytes at all.
    public var isEmpty: Bool { byteCount == 0 }

    /// Hands the bytes to `body`. The buffer is valid during the call only; do not copy it where it outlives
    /// the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage.buffer))
    }

    /// Hands the value as text to `body`, for an interface that takes a `String`. Bytes that are no UTF-8
    /// become replacement characters. The text is a copy that cannot be overwritten: prefer
    /// ``withBytes(_:)``.
    public func withText<Result, Failure: Error>(
        _ body: (String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(String(decoding: storage.buffer, as: UTF8.self))
    }

    /// Whether both hold the same bytes. The time it takes depends on the lengths alone, not on where they
    /// differ.
    public func matches(_ other: Secret) -> Bool {
        other.withBytes { matches($0) }
    }

    /// Whether it holds these bytes, in a time that depends on the lengths alone.
    public func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == byteCount else { return false }
        var difference: UInt8 = 0
        for index in 0..<bytes.count {
            difference |= storage.buffer[index] ^ bytes[index]
        }
        return difference == 0
    }
}

// What Swift shows of a secret, whoever asks.
extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What stands in every text instead of the value.
    public static let placeholder = "<secret>"

    public var description: String { Self.placeholder }
    public var debugDescription: String { Self.placeholder }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
