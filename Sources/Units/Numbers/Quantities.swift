/// A price of one unit of an instrument: an integer at the instrument's price scale.
///
/// Two prices compare and subtract only within one instrument. `Price + Amount` does not compile.
public struct Price: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The integer: the price is `mantissa / 10^priceScale` of the instrument.
    public var mantissa: Int64

    /// A price from its integer at the instrument's price scale.
    @inlinable public init(mantissa: Int64) { self.mantissa = mantissa }

    @inlinable public static func < (a: Price, b: Price) -> Bool { a.mantissa < b.mantissa }

    /// Exact decimal value, given the instrument's price scale.
    public func decimal(_ scale: Scale) -> ExactDecimal {
        ExactDecimal(mantissa: Int128(mantissa), scale: scale)
    }
}

/// A signed quantity of an instrument: an integer at the instrument's quantity scale.
///
/// Positive buys or is long, negative sells or is short, where a sign has meaning.
public struct Quantity: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The integer: the quantity is `mantissa / 10^quantityScale` of the instrument.
    public var mantissa: Int64

    /// A quantity from its integer at the instrument's quantity scale.
    @inlinable public init(mantissa: Int64) { self.mantissa = mantissa }

    /// No quantity.
    public static let zero = Quantity(mantissa: 0)

    @inlinable public static func < (a: Quantity, b: Quantity) -> Bool { a.mantissa < b.mantissa }

    /// The quantity with the other sign.
    @inlinable public static prefix func - (a: Quantity) -> Quantity { Quantity(mantissa: -a.mantissa) }

    /// The quantity without its sign.
    @inlinable public var magnitude: Quantity { Quantity(mantissa: abs(mantissa)) }

    /// The sum, or nil when it does not fit.
    @inlinable public func adding(_ other: Quantity) -> Quantity? {
        let (sum, overflow) = mantissa.addingReportingOverflow(other.mantissa)
        return overflow ? nil : Quantity(mantissa: sum)
    }

    /// Exact decimal value, given the instrument's quantity scale.
    public func decimal(_ scale: Scale) -> ExactDecimal {
        ExactDecimal(mantissa: Int128(mantissa), scale: scale)
    }
}

/// An amount of an asset: an integer at the asset's ledger scale (18 decimals for ETH, so 128 bits).
public struct Amount: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The integer: the amount is `units / 10^scale` of the asset.
    public var units: Int128

    /// An amount from its integer at the asset's ledger scale.
    @inlinable public init(units: Int128) { self.units = units }

    /// Nothing.
    public static let zero = Amount(units: 0)

    @inlinable public static func < (a: Amount, b: Amount) -> Bool { a.units < b.units }

    /// Exact decimal value, given the asset's ledger scale.
    public func decimal(_ scale: Scale) -> ExactDecimal { ExactDecimal(mantissa: units, scale: scale) }
}

/// A fraction in hundredths of a percent, to a millionth of a basis point.
public struct BasisPoints: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Millionths of a basis point: 10 basis points are 10,000,000.
    public let millionths: Int64

    /// How many ``millionths`` make the whole (a fraction of 1): `10^10`.
    public static let whole: Int128 = 10_000_000_000

    /// A fraction from millionths of a basis point.
    public init(millionths: Int64) { self.millionths = millionths }

    /// A fraction from a decimal number of basis points with at most six decimals; nil otherwise.
    public init?(_ decimal: ExactDecimal) {
        guard let mantissa = decimal.exactMantissa(at: Scale(6)), let value = Int64(exactly: mantissa)
        else { return nil }
        millionths = value
    }

    /// Zero.
    public static let zero = BasisPoints(millionths: 0)

    public static func < (a: BasisPoints, b: BasisPoints) -> Bool { a.millionths < b.millionths }

    /// The decimal number of basis points.
    public var decimal: ExactDecimal { ExactDecimal(mantissa: Int128(millionths), scale: Scale(6)) }
}
