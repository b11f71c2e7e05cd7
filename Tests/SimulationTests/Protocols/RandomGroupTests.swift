import Accounting
import Simulation
import Testing
import Units

private typealias Chain = ChainFixture

@Suite("Random groups")
struct RandomGroupTests {
    @Test("in random groups the effects are the change of every balance, and nothing is made of nothing")
    func conservation() throws {
        var random = SplitMix64(seed: 631)
        var (done, reverted, notSent, liquidated) = (0, 0, 0, 0)
        for run in 0..<160 {
            let model = try Chain.model(
                gas: .standard, gasToken: run % 3 == 0 ? Chain.usdt : Chain.eth,
                rounding: run % 2 == 0 ? .halfUp : .towardPool, costs: run % 4 != 0,
                flashFee: BasisPoints(millionths: run % 5 == 0 ? 3_333_333 : 0))
            var market = Chain.market(model)
            var state = try Chain.state(
                model, [(Chain.usdt, 50_000 * Chain.dollar), (Chain.eth, 60 * Chain.ether)])
            for step in 0..<60 {
                advance(&market, &random)
                if step % 4 == 0 {
                    _ = try state.transfer(5 * Chain.ether, of: Chain.eth, model: model)
                    _ = try state.transfer(9_000 * Chain.dollar, of: Chain.usdt, model: model)
                }
                let group = AtomicGroup((0...random.integer(in: 0...2)).map { _ in operation(&random) })
                let result = try model.execute(group, on: state, market: market)
                let place = "run \(run), step \(step): \(group.operations) -> \(result.outcome)"
                try expectConserved(model, from: state, result.state, result.effects, place)
                switch result.outcome {
                case .done: done += 1
                case .notSent:
                    notSent += 1
                    #expect(result.state == state && result.effects.isEmpty)
                case .reverted:
                    reverted += 1
                    // Only interest and gas.
                    #expect(result.effects.allSatisfy { $0.operation == -1 }, "\(place)")
                    let units = try model.gas.of(group)
                    #expect(
                        result.gasUnits == units
                            && result.effects.filter { $0.kind == .caused(.gas) }.count == 1, "\(place)")
                }
                state = result.state
                let before = state
                if let liquidation = try model.liquidate(&state, market: market) {
                    liquidated += 1
                    try expectConserved(
                        model, from: before, state, liquidation.effects, "liquidation, " + place)
                    #expect(liquidation.healthFactor < .one)
                }
            }
        }
        #expect(
            done > 1_500 && reverted > 4_000 && notSent > 50 && liquidated > 20,
            "\(done) \(reverted) \(notSent) \(liquidated)")
    }

    private func expectConserved(
        _ model: ChainModel, from before: ChainState, _ after: ChainState, _ effects: [ChainEffect],
        _ place: String
    ) throws {
        let accounts =
            model.tokens.indices.flatMap { [ChainAccount.wallet(TokenKey($0)), .flashLoan(TokenKey($0))] }
            + model.reserves.indices.flatMap {
                [ChainAccount.deposit(ReserveKey($0)), .debt(ReserveKey($0))]
            }
            + model.staking.indices.map { ChainAccount.unstaking(StakingKey($0)) }
        for account in accounts {
            let sum = effects.filter { $0.account == account }.reduce(Int128(0)) { $0 + $1.change }
            let balance = try after.balance(account)
            #expect(balance - (try before.balance(account)) == sum, "\(account), \(place)")
            #expect(balance >= 0, "\(account), \(place)")
        }
        // What an operation moves of a token comes from where it goes to.
        for operation in Set(effects.map(\.operation)) {
            for token in model.tokens.indices {
                let moved = effects.filter {
                    $0.operation == operation && $0.kind == .moved
                        && $0.account.token(model) == TokenKey(token)
                }
                let sum = moved.reduce(Int128(0)) { $0 + ($1.account.isLiability ? -$1.change : $1.change) }
                #expect(sum == 0, "operation \(operation), \(place)")
            }
        }
        for effect in effects where effect.kind == .caused(.dust) {
            #expect(effect.change.magnitude <= 2, "\(effect), \(place)")
        }
    }

    private func advance(_ market: inout ChainMarket, _ random: inout SplitMix64) {
        market.time = market.time + Int(random.integer(in: 1...48)) * Timespan.hour
        market.gasPrice = Int128(random.integer(in: 1_000_000_000...60_000_000_000))
        for place in market.reserves.indices {
            let growth = Int128(random.integer(in: 0...1_000_000)) * 1_000_000_000_000_000_000
            let there = market.reserves[place]
            market.reserves[place].liquidityIndex = Ray(mantissa: there.liquidityIndex.mantissa + growth)
            market.reserves[place].borrowIndex = Ray(mantissa: there.borrowIndex.mantissa + growth * 2)
        }
        let ether = Int128(random.integer(in: 100_000_000_000...500_000_000_000))
        for place in market.stakingRatios.indices {
            let ratio =
                market.stakingRatios[place].mantissa + Int128(random.integer(in: 0...100_000_000_000_000))
            market.stakingRatios[place] = Wad(mantissa: ratio)
            market.oraclePrices[2 + place] = ether * ratio / Chain.ether
        }
        market.oraclePrices[1] = ether
        market.rates[0] = Wad(mantissa: ether * 10_000_000_000)
        market.rates[1] = Wad(mantissa: Int128(random.integer(in: 950...1_050)) * 1_000_000_000_000_000)
    }

    private func operation(_ random: inout SplitMix64) -> ChainOperation {
        let reserve = ReserveKey(Int(random.integer(in: 0...2)))
        let staking = StakingKey(Int(random.integer(in: 0...1)))
        let token = TokenKey(Int(random.integer(in: 0...2)))
        let amount =
            reserve.index == 0
            ? Int128(random.integer(in: 0...9_000_000_000)) : Int128(random.integer(in: 0...Int64.max / 3))
        let quantity: ChainQuantity =
            switch random.next() % 4 {
            case 0: .all
            case 1: .produced
            default: .exact(amount)
            }
        switch random.next() % 16 {
        case 0, 1, 2: return .supply(reserve, quantity)
        case 3: return .withdraw(reserve, quantity)
        case 4, 5, 6: return .borrow(reserve, amount)
        case 7: return .repay(reserve, quantity)
        case 8: return .setEfficiencyMode(random.next() % 2 == 0)
        case 9: return .stake(staking, quantity)
        case 10: return .unstake(staking, quantity)
        case 11: return .claim(staking)
        case 12: return .flashBorrow(token, amount)
        case 13: return .flashRepay(token)
        case 14: return .supply(Chain.ethReserve, .exact(Chain.ether))
        default:
            return .swap(
                PairKey(Int(random.integer(in: 0...2))), random.next() % 2 == 0 ? .sellBase : .buyBase,
                quantity, limit: random.next() % 3 == 0 ? SlippageLimit(rate: .one) : nil)
        }
    }

    @Test("amounts, prices and indices of any size end in a refusal or an error, never in a crash")
    func hostile() throws {
        let model = try Chain.model(gas: .standard, costs: true)
        var random = SplitMix64(seed: 632)
        var thrown = 0
        func wide() -> Int128 {
            let bits = Int128(bitPattern: UInt128(random.next()) << 64 | UInt128(random.next()))
            return random.next() % 8 == 0 ? Int128.max : bits >> Int128(random.next() % 127)
        }
        for _ in 0..<4_000 {
            var market = Chain.market(model)
            market.gasPrice = random.next() % 2 == 0 ? 0 : wide()
            for place in market.reserves.indices where random.next() % 2 == 0 {
                market.reserves[place] = ReserveMarket(
                    liquidityIndex: Ray(mantissa: wide()), borrowIndex: Ray(mantissa: wide()),
                    totalSupplied: wide(), totalBorrowed: wide())
            }
            for place in market.oraclePrices.indices where random.next() % 2 == 0 {
                market.oraclePrices[place] = wide()
            }
            market.rates[0] = Wad(mantissa: wide())
            market.stakingRatios[0] = Wad(mantissa: wide())
            do throws(ArithmeticOverflow) {
                var state = ChainState(model: model)
                for token in model.tokens.indices {
                    _ = try state.transfer(wide(), of: TokenKey(token), model: model)
                }
                for _ in 0..<4 {
                    let group = AtomicGroup([hostileOperation(wide(), &random), operation(&random)])
                    state = try model.execute(group, on: state, market: market).state
                    _ = try model.lendingStanding(state, market: market).availableBorrows
                    _ = try model.liquidate(&state, market: market)
                }
            } catch {
                thrown += 1
            }
        }
        #expect(thrown > 100)
    }

    private func hostileOperation(_ amount: Int128, _ random: inout SplitMix64) -> ChainOperation {
        let reserve = ReserveKey(Int(random.integer(in: -1...4)))
        switch random.next() % 6 {
        case 0: return .supply(reserve, .exact(amount))
        case 1: return .withdraw(reserve, .exact(amount))
        case 2: return .borrow(reserve, amount)
        case 3: return .repay(reserve, .exact(amount))
        case 4: return .stake(StakingKey(0), .exact(amount))
        default:
            return .swap(
                PairKey(0), .sellBase, .exact(amount),
                limit: SlippageLimit(
                    rate: Wad(mantissa: amount),
                    maximum: BasisPoints(millionths: Int64(truncatingIfNeeded: amount))))
        }
    }
}
