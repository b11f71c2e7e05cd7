import Accounting
import Foundation
import Simulation
import Testing
import Units

private typealias Chain = ChainFixture

@Suite("Lending over recorded indices")
struct RecordedIndexTests {
    /// The recorded days of a reserve, or nil where the shared data are absent.
    private static func days(_ symbol: String) -> [(liquidity: Ray, borrow: Ray)]? {
        // Tests/SimulationTests/Protocols/RecordedIndexTests.swift is four levels below the package.
        let beside = URL(fileURLWithPath: #filePath + "/../../../../../shared").standardized.path
        let roots = [ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"], beside].compactMap { $0 }
        let file = roots.flatMap { [$0, $0 + "/data"] }.map { $0 + "/defi/aave_v3_\(symbol)_rates_daily.csv" }
            .first { FileManager.default.fileExists(atPath: $0) }
        guard let file, let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard let header = lines.first, let liquidity = header.firstIndex(of: "liquidityIndex"),
            let borrow = header.firstIndex(of: "variableBorrowIndex")
        else { return nil }
        func ray(_ text: Substring) -> Ray? { ExactDecimal(text).flatMap { Ray($0) } }
        return lines.dropFirst().compactMap { row in
            guard let first = ray(row[liquidity]), let second = ray(row[borrow]) else { return nil }
            return (first, second)
        }
    }

    /// Expected units were computed apart from the first and the last index, with integers of any size.
    @Test(
        "fifty tokens lent and seven borrowed for 415 days are what first and last index say, to the unit",
        arguments: [
            ("wsteth", Int128(50_037_358_624_350_156_184), Int128(7_037_319_834_346_731_266)),
            ("weeth", 50_047_784_742_478_247_126, 7_133_964_011_155_656_428),
        ])
    func wholeSeries(symbol: String, deposit: Int128, debt: Int128) throws {
        guard let days = Self.days(symbol) else {
            print("the shared data are absent: recorded indices of \(symbol) are not tried")
            return
        }
        #expect(days.count == 415)
        let model = try Chain.model()
        var market = Chain.market(model)
        let key = Chain.wstethReserve
        var state = try Chain.state(model, [(Chain.wsteth, 50 * Chain.ether)])
        (market.reserves[3].liquidityIndex, market.reserves[3].borrowIndex) = days[0]
        let borrowed = 7 * Chain.ether + 123
        let opening = try model.done(
            [.supply(key, .all), .borrow(key, borrowed)], on: &state, market: market)
        var sums: [Cause: Int128] = [:]
        for effect in opening {
            if case .caused(let cause) = effect.kind, effect.account == .deposit(key) {
                sums[cause, default: 0] += effect.change
            }
        }
        for day in days.dropFirst() {
            (market.reserves[3].liquidityIndex, market.reserves[3].borrowIndex) = day
            for effect in try model.settle(&state, market: market) where effect.account == .deposit(key) {
                guard case .caused(let cause) = effect.kind else { continue }
                sums[cause, default: 0] += effect.change
                #expect(effect.change > 0)
            }
        }
        #expect(state.lending[3].deposit == deposit)
        #expect(state.lending[3].debt == debt)
        // Posted day by day, it is the same to the unit: nothing is lost to rounding on the way.
        #expect(sums[.supplyInterest, default: 0] + sums[.dust, default: 0] == deposit - 50 * Chain.ether)
    }
}
