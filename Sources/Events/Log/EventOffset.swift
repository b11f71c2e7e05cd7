/// The place of an event in the log: 1 for the first, without gaps.
public struct EventOffset: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// The place, from 1; 0 stands before the first.
    public let value: Int64

    /// A place; anything below 0 counts as before the first.
    public init(_ value: Int64) { self.value = max(0, value) }

    /// Before the first event.
    public static let start = EventOffset(0)

    /// The place after this one; stays at the last representable one.
    public var next: EventOffset { value == Int64.max ? self : EventOffset(value + 1) }

    /// Events after another place up to this one; 0 when this one is not after it.
    public func count(after other: EventOffset) -> Int { Int(max(0, value - other.value)) }

    /// The number.
    public var description: String { "\(value)" }

    public static func < (a: EventOffset, b: EventOffset) -> Bool { a.value < b.value }
}
