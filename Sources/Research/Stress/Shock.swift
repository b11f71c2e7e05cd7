public import Markets
public import Units

/// Something bad that may happen to a run, applied to its recorded series or to a venue.
///
/// Strategies see a shocked run as they see any other: every row keeps its time, so nothing is known earlier
/// than before.
public enum Shock: Hashable, Sendable {
    /// Prices change by a fraction of themselves within an hour, evenly, and stay changed: -0.3 is a fall of
    /// 30 percent. All prices in dollars and national currencies move, so the whole market does; prices of
    /// one asset in another stay.
    case price(BasisPoints)
    /// Liquid staking tokens lose a fraction of their price in every other asset within an hour, stay there
    /// for the shock's time and come back within an hour. Their oracle follows.
    case depeg(BasisPoints)
    /// Funding rates change their sign for the shock's time.
    case fundingFlip
    /// Debts of lending protocols cost so much more a year (1 is 100 percentage points) for the shock's time;
    /// deposits earn nothing of it.
    case borrowRate(BasisPoints)
    /// Gas costs so many times as much for the shock's time.
    case gas(Int)
    /// Nobody reaches a venue for the shock's time.
    case outage(Venue)

    /// The name: `price`, `depeg`, `funding-flip`, `borrow-rate`, `gas`, `outage`.
    public var name: String {
        switch self {
        case .price: "price"
        case .depeg: "depeg"
        case .fundingFlip: "funding-flip"
        case .borrowRate: "borrow-rate"
        case .gas: "gas"
        case .outage: "outage"
        }
    }

    /// Name and size as ``init(_:)`` reads them: `price=-30%`, `outage=binance`.
    public var text: String {
        switch self {
        case .price(let change): "price=" + (change > .zero ? "+" : "") + Shock.percent(change)
        case .depeg(let loss): "depeg=" + Shock.percent(loss)
        case .fundingFlip: "funding-flip"
        case .borrowRate(let rate): "borrow-rate=" + Shock.percent(rate)
        case .gas(let factor): "gas=\(factor)"
        case .outage(let venue): "outage=\(venue)"
        }
    }

    /// How long it lasts where nothing is said; nil for good.
    public var usualSpan: Timespan? {
        switch self {
        case .price: nil
        case .depeg, .fundingFlip: 7 * .day
        case .borrowRate: 3 * .day
        case .gas, .outage: .day
        }
    }

    /// Reads `price=-30%`, `depeg=5%`, `funding-flip`, `borrow-rate=80%`, `gas=20`, `outage=VENUE`. A percent
    /// sign divides by 100; without one a number is a fraction.
    ///
    /// - Throws: what is wrong with the text, as a sentence.
    public init(_ text: String) throws(ShockProblem) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (name, value) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        switch name {
        case "price":
            let change = try Shock.fraction(value, text, from: -9_500_000_000, to: 100_000_000_000)
            if change == .zero { throw ShockProblem("\"\(text)\" changes nothing") }
            self = .price(change)
        case "depeg": self = .depeg(try Shock.fraction(value, text, from: 1_000_000, to: 5_000_000_000))
        case "borrow-rate":
            self = .borrowRate(try Shock.fraction(value, text, from: 1_000_000, to: 100_000_000_000))
        case "funding-flip":
            if parts.count > 1 { throw ShockProblem("\"\(text)\": funding-flip takes no value") }
            self = .fundingFlip
        case "gas":
            guard let factor = Int(value), (2...1_000).contains(factor) else {
                throw ShockProblem("\"\(text)\": the factor is a whole number from 2 to 1000, as in gas=20")
            }
            self = .gas(factor)
        case "outage":
            guard let venue = Venue(value) else {
                throw ShockProblem("\"\(text)\" names no venue; write for example outage=binance")
            }
            self = .outage(venue)
        default:
            throw ShockProblem(
                "there is no shock \"\(name)\"; there are price, depeg, funding-flip, borrow-rate, gas and "
                    + "outage")
        }
    }

    /// A fraction within bounds, in millionths of a basis point.
    private static func fraction(
        _ value: String, _ text: String, from least: Int64, to most: Int64
    ) throws(ShockProblem) -> BasisPoints {
        let isPercent = value.hasSuffix("%")
        let digits = isPercent ? String(value.dropLast()) : value
        let scale = Scale(isPercent ? 8 : 10)
        guard let number = ExactDecimal(digits), let mantissa = number.exactMantissa(at: scale),
            let exact = Int64(exactly: mantissa), (least...most).contains(exact)
        else {
            let range =
                "\(percent(BasisPoints(millionths: least))) to \(percent(BasisPoints(millionths: most)))"
            throw ShockProblem("\"\(text)\": the size is a fraction or a percentage from \(range)")
        }
        return BasisPoints(millionths: exact)
    }

    /// A fraction as percent, exact: `-30%`.
    static func percent(_ fraction: BasisPoints) -> String {
        ExactDecimal(mantissa: Int128(fraction.millionths), scale: Scale(8)).description + "%"
    }
}

/// A shock that cannot be: what is wrong, as a sentence.
public struct ShockProblem: Error, Hashable, CustomStringConvertible {
    /// What is wrong, as a sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
