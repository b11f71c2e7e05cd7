internal import Markets
internal import StrategyKit
internal import Units

/// The parameters of a basis strategy as integers, checked.
struct BasisSettings: Hashable {
    /// One venue of the hedge: its share at ``Ratio/scale``, above zero.
    struct Share: Hashable {
        let venue: Venue
        let weight: Ratio
    }

    var shares: [Share] = []
    var spotVenue = Venue.wallet
    var marginTarget = Ratio.zero
    var maximumLeverage = Ratio.zero
    var reserve = Ratio.zero
    var unhedged: ExactDecimal?
    /// Funding rates at ``FundingMean/scale``.
    var entryFunding: Int128 = 0
    var exitFunding: Int128 = 0
    var intervals = 1
    var halfExit = Ratio.zero
    var fullExit = Ratio.zero
    var critical = Ratio.zero
    var deltaTolerance = Ratio.zero
    var deviation = Ratio.zero
    var throttle = Timespan.zero
    /// Whether closing waits for the shorts to be bought back before it asks to sell the spot.
    var closesShortsFirst = false

    /// Reads complete parameters; every problem at once.
    static func read(_ parameters: Parameters) -> (settings: BasisSettings, problems: [ParameterProblem]) {
        var reader = BasisSettingsReader(parameters: parameters)
        reader.read()
        return (reader.settings, reader.problems)
    }
}

/// Turns parameters into settings and gathers what is wrong with them.
private struct BasisSettingsReader {
    let parameters: Parameters
    var settings = BasisSettings()
    var problems: [ParameterProblem] = []

    mutating func read() {
        readHedge()
        settings.marginTarget = fraction("margin-ratio-target")
        settings.maximumLeverage = fraction("max-leverage")
        settings.reserve = fraction("reserve-ratio")
        settings.halfExit = fraction("half-exit-ratio")
        settings.fullExit = fraction("full-exit-ratio")
        settings.critical = fraction("critical-ratio")
        settings.deltaTolerance = fraction("delta-tolerance")
        settings.deviation = fraction("position-deviation-threshold")
        settings.entryFunding = rate("entry-funding")
        settings.exitFunding = rate("exit-funding")
        settings.intervals = integer("funding-intervals")
        settings.closesShortsFirst = parameters.text("unwind") == "shorts-first"
        settings.throttle = integer("throttle-seconds") * Timespan.second
        settings.unhedged = parameters.entries.contains { $0.name == "unhedged" } ? decimal("unhedged") : nil
        compare()
    }

    private mutating func readHedge() {
        for (name, weight) in parameters.weights("hedge") where !weight.isZero {
            guard let venue = Venue(name) else {
                problems.append(ParameterProblem("hedge", "\"\(name)\" is not the name of a venue"))
                continue
            }
            if settings.shares.contains(where: { $0.venue == venue }) {
                problems.append(ParameterProblem("hedge", "\(name) is there twice"))
                continue
            }
            settings.shares.append(BasisSettings.Share(venue: venue, weight: fraction(weight, of: "hedge")))
        }
        let name = parameters.text("spot-venue") ?? ""
        if let venue = Venue(name) {
            settings.spotVenue = venue
        } else {
            problems.append(ParameterProblem("spot-venue", "\"\(name)\" is not the name of a venue"))
        }
    }

    /// What figures get wrong together, or against what the strategy needs.
    private mutating func compare() {
        let least = MarginBands.least
        if isFine("margin-ratio-target"), settings.marginTarget < least {
            refuse(
                "margin-ratio-target",
                "\(settings.marginTarget) is below \(least), which a short needs to stand at a ratio of 0.2 "
                    + "after an adverse move of 20 %")
        } else if isFine("margin-ratio-target", "max-leverage"),
            settings.marginTarget.times(settings.maximumLeverage) < .one
        {
            refuse(
                "max-leverage",
                "\(settings.maximumLeverage) is below 1 / \(settings.marginTarget), the leverage of shorts "
                    + "with that margin-ratio-target")
        }
        if isFine("exit-funding", "entry-funding"), settings.exitFunding > settings.entryFunding {
            refuse("exit-funding", "is above entry-funding, so that each entry would be left at once")
        }
        let bands = [
            ("critical-ratio", settings.critical, "full-exit-ratio", settings.fullExit),
            ("full-exit-ratio", settings.fullExit, "half-exit-ratio", settings.halfExit),
        ]
        for (name, value, next, limit) in bands where isFine(name, next) && value > limit {
            refuse(name, "\(value) is above \(next), \(limit)")
        }
        if isFine("half-exit-ratio"), settings.halfExit >= least {
            refuse(
                "half-exit-ratio",
                "\(settings.halfExit) is not below \(least), under which margin is restored first")
        }
    }

    private func isFine(_ names: String...) -> Bool {
        !problems.contains { names.contains($0.name) }
    }

    private mutating func refuse(_ name: String, _ message: String) {
        problems.append(ParameterProblem(name, message))
    }

    private mutating func decimal(_ name: String) -> ExactDecimal {
        do throws(ParameterProblem) {
            return try parameters.decimal(name)
        } catch {
            problems.append(error)
            return .zero
        }
    }

    private mutating func fraction(_ name: String) -> Ratio { fraction(decimal(name), of: name) }

    private mutating func fraction(_ decimal: ExactDecimal, of name: String) -> Ratio {
        guard let fraction = Ratio(decimal) else {
            refuse(name, "\(decimal) has more than \(Ratio.scale) decimals")
            return .zero
        }
        return fraction
    }

    private mutating func rate(_ name: String) -> Int128 {
        let given = decimal(name)
        guard let mantissa = given.exactMantissa(at: FundingMean.scale) else {
            refuse(name, "\(given) has more than \(FundingMean.scale) decimals")
            return 0
        }
        return mantissa
    }

    private mutating func integer(_ name: String) -> Int {
        do throws(ParameterProblem) {
            return try parameters.integer(name)
        } catch {
            problems.append(error)
            return 1
        }
    }
}
