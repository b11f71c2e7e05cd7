public import Units

/// One step of the schema, in both directions.
///
/// Each stands in a file `Storage/Migrations/NNNN-name.swift` as a constant in an extension of this type, and
/// is listed in ``all``. Portable SQL: STRICT tables, statements that end with a semicolon at a line's end.
public struct Migration: Hashable, Sendable {
    /// Its place in the order, from 1.
    public let number: Int
    /// What it does, as in `event-log`.
    public let name: String
    /// The statements that make the step.
    public let up: String
    /// The statements that undo it.
    public let down: String

    /// A step.
    public init(number: Int, name: String, up: String, down: String) {
        (self.number, self.name, self.up, self.down) = (number, name, up, down)
    }

    /// SHA-256 of both directions: an applied step must never read differently.
    public var checksum: Digest {
        var stream = SHA256Stream()
        stream.update("up\n\(up)\ndown\n\(down)\n")
        return stream.snapshot()
    }

    /// The number with four digits and the name: `0001-event-log`.
    public var title: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-" + name
    }
}
