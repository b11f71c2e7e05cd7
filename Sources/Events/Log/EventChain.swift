internal import Units

/// The chain of hashes: each is SHA-256 over the one before it and the stored bytes of its event.
public struct EventChain: Hashable, Sendable {
    /// The place and hash of the last event.
    public private(set) var end: EventCheckpoint

    /// A chain that goes on after a place.
    public init(after checkpoint: EventCheckpoint = .genesis) { end = checkpoint }

    /// Adds the stored bytes of the next event.
    ///
    /// - Returns: its place and hash.
    @discardableResult
    public mutating func add(_ bytes: UnsafeRawBufferPointer) -> EventCheckpoint {
        var stream = SHA256Stream()
        end.hash.bytes.withUnsafeBytes { stream.update($0) }
        stream.update(bytes)
        end = EventCheckpoint(offset: end.offset.next, hash: stream.snapshot())
        return end
    }

    /// Adds the stored text of the next event.
    @discardableResult
    public mutating func add(_ text: String) -> EventCheckpoint {
        var text = text
        return text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }
}
