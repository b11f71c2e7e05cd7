/// A number of bytes, for people.
public struct ByteCount: Hashable, Sendable, CustomStringConvertible {
    /// The number.
    public let bytes: Int64

    /// A number of bytes.
    public init(_ bytes: Int64) { self.bytes = bytes }

    /// With one decimal from 1 KiB on: `1.5 GiB`, `512 bytes`.
    public var description: String {
        let magnitude = bytes.magnitude
        var unit: UInt64 = 1 << 40
        for name in ["TiB", "GiB", "MiB", "KiB"] {
            if magnitude >= unit {
                let tenths = magnitude / (unit / 16) * 10 / 16
                return (bytes < 0 ? "-" : "") + "\(tenths / 10).\(tenths % 10) \(name)"
            }
            unit >>= 10
        }
        return "\(bytes) bytes"
    }
}
