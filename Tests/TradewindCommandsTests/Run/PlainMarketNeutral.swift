/// `usdt-market-neutral` and its mode without a loan, of `Examples/runs`, computed a second time: integers,
/// the texts of the CSV files and the rules of the guide, hour by hour, without anything of the product.
/// Money is USDT at 8 decimals, ether and weETH are wei, values have 28 decimals as in the ledger.
struct PlainMarketNeutral {
    typealias Integer = Int128

    static let hour = 3_600
    static let ether: Integer = 1_000_000_000_000_000_000
    /// What one unit of USDT is worth, at 28 decimals.
    static let dollar: Integer = 100_000_000_000_000_000_000
    static let billion: Integer = 1_000_000_000
    static let spotLot: Integer = 10_000_000_000_000
    /// Binance, Bybit.
    static let lots: [Integer] = [1_000_000_000_000_000, 10_000_000_000_000_000]
    /// Fees of takers in millionths; spot, then the two.
    static let spotFee: Integer = 1_000
    static let fees: [Integer] = [500, 550]

    // MARK: What the files say, by seconds since 1970

    let spot: Bars
    let perpetuals: [Bars]
    let funding: [[Int: Integer]]
    let etherPrices: [Int: Integer]
    let tokenPrices: [Int: Integer]
    let dollarPrices: [Int: Integer]
    let poolRates: [Int: Integer]
    let gasPrices: [Int: Integer]
    let supplyIndices: [Int: Integer]
    let borrowIndices: [Int: Integer]
    let (start, end): (Int, Int)
    let hasLoan: Bool

    struct Bars {
        let opens: [Int: Integer]
        let closes: [Int: Integer]

        init(_ folder: String, _ name: String) throws {
            let table = try PlainTable(folder, name)
            opens = table.numbers("open", at: "timestamp", 2)
            closes = table.numbers("close", at: "timestamp", 2)
        }
    }

    // MARK: What is held and owed

    /// Money in the wallet and at the two venues, and what the shorts were sold for.
    var wallet: Integer = 10_000_000_000_000
    var cash: [Integer] = [0, 0]
    var proceeds: [Integer] = [0, 0]
    /// Sold short, in hundred-millionths.
    var shorts: [Integer] = [0, 0]
    var atVenue: Integer = 0
    var inWallet: Integer = 0
    var tokens: Integer = 0
    /// Ether owed, and both sides of the loan as the pool keeps them, over its indices.
    var debt: Integer = 0
    var scaledTokens: Integer = 0
    var scaledDebt: Integer = 0

    // MARK: What is known

    /// Prices in cents: of the spot, and the marks of the two.
    var price: Integer?
    var marks: [Integer?] = [nil, nil]
    var closedAt = [0, 0, 0]
    var etherPrice: Integer = 0
    var tokenPrice: Integer = 0
    var dollarPrice: Integer = 0
    var gasPrice: Integer = 0
    var poolRate: Integer = 0
    /// ETH for a weETH at 18 decimals, by the oracle; 0 before the first.
    var ratio: Integer = 0
    var supplyIndex: Integer = 0
    var borrowIndex: Integer = 0
    /// The largest fall of the pool's rate below the ratio so far, in billionths.
    var worstFall: Integer = 0

    // MARK: What is going on

    enum Stage: Int { case exit, bringOut, reduce, move, extend, bringIn, stake, done }
    struct Plan {
        var stage: Stage
        let isStakeOnly: Bool
        /// Ether to hold, and to be short of at the two.
        let spot: Integer
        let shorts: [Integer]
    }
    /// An order of hundred-millionths: place 0 and 1 are perpetuals, 2 is the spot.
    struct Order {
        let place: Int
        let isBuy: Bool
        let quantity: Integer
    }
    var plan: Plan?
    var orders: [Order] = []
    var hasEntered = false
    var sizedEquity: Integer = 0
    var mayTrade = false
    var wasRefused = false
    var hasChosenMode = false

    /// Change of equity by cause, at 28 decimals.
    private(set) var causes: [String: Integer] = [:]
    private(set) var fills = 0

    init(_ folder: String, hasLoan: Bool, start: String, end: String) throws {
        self.hasLoan = hasLoan
        spot = try Bars(folder, "cex/bybit_ethusdt_spot_1h.csv")
        perpetuals = try ["binance", "bybit"].map { try Bars(folder, "cex/\($0)_ethusdt_perp_1h.csv") }
        funding = try ["binance", "bybit"].map {
            try PlainTable(folder, "cex/\($0)_ethusdt_funding.csv").numbers(
                "funding_rate", at: "funding_timestamp", 12)
        }
        func daily(_ name: String, _ column: Substring) throws -> [Int: Integer] {
            try PlainTable(folder, "defi/\(name).csv").numbers(column, at: "timestamp", 8)
        }
        etherPrices = try daily("aave_v3_weth_rates_daily", "price")
        tokenPrices = try daily("aave_v3_weeth_rates_daily", "price")
        dollarPrices = try daily("aave_oracle_usdt_usd_daily", "oracle_price_usd")
        poolRates = try PlainTable(folder, "defi/weeth_eth_dex_peg_hourly.csv").numbers(
            "market_rate", at: "timestamp", 18)
        gasPrices = try PlainTable(folder, "defi/ethereum_gas_prices_hourly.csv").numbers(
            "gas_price_gwei", at: "timestamp", 9, up: true)
        func index(_ name: String, _ column: Substring) throws -> [Int: Integer] {
            try PlainTable(folder, "defi/\(name).csv").numbers(column, at: "timestamp", 27)
        }
        supplyIndices = try index("aave_v3_weeth_rates_daily", "liquidityIndex")
        borrowIndices = try index("aave_v3_weth_rates_daily", "variableBorrowIndex")
        (self.start, self.end) = (PlainTable.seconds(start[...]), PlainTable.seconds(end[...]))
    }

    // MARK: Arithmetic

    static func halfEven(_ a: Integer, _ b: Integer) -> Integer {
        var (quotient, rest) = (a / b, a % b)
        if rest < 0 { (quotient, rest) = (quotient - 1, rest + b) }
        return 2 * rest > b || 2 * rest == b && quotient % 2 != 0 ? quotient + 1 : quotient
    }

    static func up(_ a: Integer, _ b: Integer) -> Integer { a <= 0 ? a / b : (a + b - 1) / b }

    mutating func book(_ cause: String, _ value: Integer) { causes[cause, default: 0] += value }

    /// What a wei of ether and of weETH are worth, at 28 decimals.
    var etherMark: Integer { (price ?? 0) * 100_000_000 }
    var tokenMark: Integer {
        let ofEther = Self.halfEven(10_000_000_000 * ratio, Self.ether)
        return Self.halfEven(ofEther * (price ?? 0), 100)
    }
    func shortMark(_ place: Int) -> Integer { (marks[place] ?? 0) * Self.ether }

    /// Equity at 28 decimals.
    var value: Integer {
        var money = wallet
        for place in [0, 1] { money += cash[place] + proceeds[place] }
        return money * Self.dollar + (atVenue + inWallet - debt) * etherMark + tokens * tokenMark
            - shorts[0] * shortMark(0) - shorts[1] * shortMark(1)
    }

    var equity: Integer { Self.halfEven(value, Self.dollar) }
    /// All ether, staked or not, less what is owed.
    var long: Integer { atVenue + inWallet + tokens * ratio / Self.ether - debt }

    /// Margin with unrealised profit, and the value of the short.
    func margin(_ place: Int) -> (equity: Integer, notional: Integer) {
        let notional = Self.halfEven(shorts[place] * (marks[place] ?? 0), 100)
        return (cash[place] + proceeds[place] - notional, notional)
    }

    // MARK: Time

    /// Hour by hour to the end.
    mutating func run() {
        let last = end / Self.hour
        var first = last
        for bars in perpetuals + [spot] { first = min(first, (bars.closes.keys.min() ?? end) / Self.hour) }
        for hour in first...last {
            let now = hour * Self.hour
            takeBars(at: now)
            if now < end { takeValues(at: now) }
            decide(at: now)
            if now < end { fill(at: now) }
        }
    }

    mutating func takeBars(at now: Int) {
        for place in [0, 1] {
            guard let close = perpetuals[place].closes[now - Self.hour] else { continue }
            let before = shortMark(place)
            marks[place] = close
            closedAt[place] = now
            book("price", -shorts[place] * (shortMark(place) - before))
        }
        guard let close = spot.closes[now - Self.hour] else { return }
        let (ofEther, ofTokens) = (etherMark, tokenMark)
        price = close
        closedAt[2] = now
        book("price", (atVenue + inWallet - debt) * (etherMark - ofEther) + tokens * (tokenMark - ofTokens))
    }

    mutating func takeValues(at now: Int) {
        if now >= start { mayTrade = true }
        dollarPrice = dollarPrices[now] ?? dollarPrice
        poolRate = poolRates[now] ?? poolRate
        gasPrice = gasPrices[now] ?? gasPrice
        etherPrice = etherPrices[now] ?? etherPrice
        tokenPrice = tokenPrices[now] ?? tokenPrice
        for place in [0, 1] {
            guard let rate = funding[place][now], shorts[place] != 0 else { continue }
            let amount = Self.halfEven(shorts[place] * (marks[place] ?? 0) * rate, 100_000_000_000_000)
            cash[place] += amount
            book("funding", amount * Self.dollar)
        }
        guard etherPrice > 0, tokenPrice > 0 else { return }
        let before = tokenMark
        ratio = (2 * tokenPrice * Self.ether + etherPrice) / (2 * etherPrice)
        book("staking", tokens * (tokenMark - before))
        if hasLoan { accrue(at: now) }
    }

    // MARK: Orders

    /// At the opens of the bars that begin now, a basis point worse.
    mutating func fill(at now: Int) {
        var waiting: [Order] = []
        for order in orders {
            let bars = order.place == 2 ? spot : perpetuals[order.place]
            guard let open = bars.opens[now] else {
                waiting.append(order)
                continue
            }
            let reference = open * 10_000
            let slip = Self.up(reference, 10_000)
            fill(order, reference, order.isBuy ? reference + slip : reference - slip)
            fills += 1
        }
        orders = waiting
    }

    mutating func fill(_ order: Order, _ reference: Integer, _ paid: Integer) {
        let sign: Integer = order.isBuy ? 1 : -1
        let (quantity, place) = (order.quantity, order.place)
        let notional = Self.halfEven(quantity * paid, 1_000_000)
        let plain = Self.halfEven(quantity * reference, 1_000_000)
        let rate = place == 2 ? Self.spotFee : Self.fees[place]
        let fee = Self.halfEven(quantity * paid * rate, 1_000_000_000_000)
        book("slippage", -sign * (notional - plain) * Self.dollar)
        book("fees", -fee * Self.dollar)
        book("price", -sign * plain * Self.dollar)
        if place == 2 {
            let wei = sign * quantity * 10_000_000_000
            book("price", wei * etherMark)
            atVenue += wei
            cash[1] -= sign * notional + fee
            return
        }
        book("price", sign * quantity * shortMark(place))
        let closing = order.isBuy ? min(shorts[place], quantity) : 0
        var realized: Integer = 0
        if closing > 0 {
            let part = Self.halfEven(proceeds[place] * closing, shorts[place])
            realized = part - (closing == quantity ? notional : Self.halfEven(closing * paid, 1_000_000))
        }
        proceeds[place] += -sign * notional - realized
        shorts[place] -= sign * quantity
        cash[place] += realized - fee
    }

    // MARK: Decisions

    mutating func decide(at now: Int) {
        guard price != nil, marks[0] != nil, marks[1] != nil, ratio > 0, poolRate > 0 else { return }
        if wasRefused { (plan, wasRefused) = (nil, false) }
        if poolRate < ratio {
            worstFall = max(worstFall, Self.up((ratio - poolRate) * Self.billion, ratio))
        }
        // Neither a bought-back short nor a reduction happens in this run.
        for place in [0, 1] {
            let (equity, notional) = margin(place)
            precondition(notional == 0 || equity * 10 >= notional * 2, "margin stays above 0.2")
        }
        if !orders.isEmpty { return }
        if closedAt.contains(where: { now - $0 >= Self.hour }) {
            plan = nil
            return
        }
        if plan == nil { makePlan() }
        while let stage = plan?.stage {
            plan?.stage = Stage(rawValue: stage.rawValue + 1) ?? .done
            if stage == .done {
                plan = nil
                return
            }
            if act(stage) { return }
        }
    }

    mutating func makePlan() {
        guard !hasEntered || isOff else {
            if hasLoan, adjust() { return }
            let free = inWallet + atVenue
            if hasEntered, tokens > 0, free > 0, free > long / 100 {
                plan = Plan(
                    stage: .bringIn, isStakeOnly: true, spot: long,
                    shorts: shorts.map { $0 * 10_000_000_000 })
            }
            return
        }
        guard let target = fullTarget else { return }
        plan = Plan(stage: .exit, isStakeOnly: false, spot: target.spot, shorts: target.shorts)
        sizedEquity = equity
    }

    /// Whether a margin ratio left 0.44 to 1.5, net delta is above 0.5 %, equity moved by 2 %, or the staked
    /// leg is off its size by 10 %.
    var isOff: Bool {
        for place in [0, 1] {
            let (own, notional) = margin(place)
            if notional > 0 && (own * 100 < notional * 44 || own * 10 > notional * 15) { return true }
        }
        let net = abs(long - (shorts[0] + shorts[1]) * 10_000_000_000)
        let worth = net * (price ?? 0) / 1_000_000_000_000
        if net > Self.lots[1] && worth * 1_000 > equity * 5 { return true }
        if abs(equity - sizedEquity) * 100 > sizedEquity * 2 { return true }
        guard let target = fullTarget else { return false }
        return abs(long - target.spot) * 10 > target.spot
    }

    /// A tenth of equity is kept; of the rest half buys ether, the other half is margin.
    var fullTarget: (spot: Integer, shorts: [Integer])? {
        let kept = Self.up(equity, 10)
        let money = (equity - kept) / 2 * Self.billion / 1_005_000_000
        let total = money * 1_000_000_000_000 / (price ?? 1)
        var parts = Self.lots.map { total / 2 / $0 * $0 }
        parts[0] += (total - parts[0] - parts[1]) / Self.lots[0] * Self.lots[0]
        let sum = parts[0] + parts[1]
        return sum > 0 ? (sum / Self.spotLot * Self.spotLot, parts) : nil
    }

    /// Does a stage; whether something was asked for that is waited for.
    mutating func act(_ stage: Stage) -> Bool {
        guard let plan else { return false }
        switch stage {
        case .exit:
            let surplus = long - plan.spot - inWallet - atVenue
            guard surplus >= Self.spotLot, tokens > 0 else { return false }
            let net = tokens * ratio / Self.ether - debt
            let part = Self.product(tokens, surplus, over: net, .up)
            if hasLoan {
                unwind(part, repaying: Self.product(debt, surplus, over: net, .up))
            } else {
                payGas(180_000)
                sell(part)
            }
            return true
        case .bringOut:
            let lacking = min(long - plan.spot - atVenue, inWallet)
            guard lacking >= Self.spotLot else { return false }
            (inWallet, atVenue) = (inWallet - lacking, atVenue + lacking)
            return true
        case .reduce:
            for place in [0, 1] {
                ask(place, isBuy: true, shorts[place] * 10_000_000_000 - plan.shorts[place])
            }
            ask(2, isBuy: false, min(long - plan.spot, atVenue))
            return !orders.isEmpty
        case .move: return plan.isStakeOnly ? false : move(plan)
        case .extend:
            guard !plan.isStakeOnly else { return false }
            hasEntered = true
            ask(2, isBuy: true, plan.spot - long)
            for place in [0, 1] {
                ask(place, isBuy: false, plan.shorts[place] - shorts[place] * 10_000_000_000)
            }
            return !orders.isEmpty
        case .bringIn:
            guard atVenue >= Self.spotLot else { return false }
            (inWallet, atVenue) = (inWallet + atVenue, 0)
            return true
        case .stake:
            guard inWallet >= Self.ether / 100 else { return false }
            if hasLoan {
                stakeWithLoan()
                return true
            }
            payGas(150_000)
            let got = inWallet * Self.ether / ratio
            book("dust", got * tokenMark - inWallet * etherMark)
            (inWallet, tokens) = (0, tokens + got)
            return true
        case .done: return false
        }
    }

    mutating func ask(_ place: Int, isBuy: Bool, _ wei: Integer) {
        let lot = place == 2 ? Self.spotLot : Self.lots[place]
        if wei >= lot {
            orders.append(Order(place: place, isBuy: isBuy, quantity: wei / lot * lot / 10_000_000_000))
        }
    }

    // MARK: Money

    /// Money to where it is needed: the spot venue first, then the other, then the wallet.
    mutating func move(_ plan: Plan) -> Bool {
        var needs: [(lack: Integer, spare: Integer)] = [(0, 0)]
        for place in [1, 0] {
            let worth = Self.up(plan.shorts[place] * (marks[place] ?? 0), 1_000_000_000_000)
            var cost: Integer = 0
            if place == 1, plan.spot > long {
                cost = Self.up((plan.spot - long) * (price ?? 0), 1_000_000_000_000)
                cost += Self.up(cost * 5, 1_000)
            }
            let own = margin(place).equity
            let lack = max(0, worth + cost - own, cost - cash[place])
            needs.append((lack, lack > 0 ? 0 : max(0, min(own - worth, cash[place]) - cost)))
        }
        let kept = equity / 10
        needs[0] = (0, max(0, wallet - kept))
        var moves = Self.even(needs)
        for move in moves { needs[move.from].spare -= move.amount }
        moves += Self.even([(max(0, kept - wallet), 0), (0, needs[1].spare), (0, needs[2].spare)])
        moves.removeAll { $0.amount < max(1, equity / 1_000) }
        if moves.isEmpty { return false }
        if !mayTrade {
            wasRefused = true
            return true
        }
        for move in moves {
            for (place, change) in [(move.from, -move.amount), (move.to, move.amount)] {
                if place == 0 { wallet += change } else { cash[2 - place] += change }
            }
        }
        return true
    }

    static func even(
        _ places: [(lack: Integer, spare: Integer)]
    ) -> [(from: Int, to: Int, amount: Integer)] {
        let lack = places.reduce(0) { $0 + $1.lack }
        let spare = places.reduce(0) { $0 + $1.spare }
        if lack == 0 || spare == 0 { return [] }
        var left = places.map(\.spare)
        var moves: [(from: Int, to: Int, amount: Integer)] = []
        for (to, place) in places.enumerated() {
            var open = spare >= lack ? place.lack : place.lack * spare / lack
            for from in places.indices where from != to && open > 0 && left[from] > 0 {
                let amount = min(open, left[from])
                moves.append((from, to, amount))
                (left[from], open) = (left[from] - amount, open - amount)
            }
        }
        return moves
    }

    // MARK: The chain

    /// Gas in USDT of six decimals at the oracle's prices, each step rounded up.
    mutating func payGas(_ units: Integer) {
        let worth = Self.up(units * gasPrice * etherPrice, Self.ether)
        let paid = Self.up(worth * 1_000_000, dollarPrice) * 100
        wallet -= paid
        book("gas", -paid * Self.dollar)
    }

    /// weETH in the pool: 20, 24 or 35 basis points up to 10,000, 100,000 dollars and above.
    mutating func sell(_ sold: Integer) {
        let gross = sold * poolRate / Self.ether
        let worth = Self.up(sold * tokenPrice, Self.ether)
        let points: Integer = worth <= 1_000_000_000_000 ? 20 : worth <= 10_000_000_000_000 ? 24 : 35
        let cost = Self.up(gross * points, 10_000)
        book("price", gross * etherMark - sold * tokenMark)
        book("slippage", -cost * etherMark)
        (tokens, inWallet) = (tokens - sold, inWallet + gross - cost)
    }

    /// A value of 28 decimals without trailing zeros.
    static func text(_ value: Integer) -> String {
        var digits = String(value.magnitude)
        digits = String(repeating: "0", count: max(0, 29 - digits.count)) + digits
        var fraction = digits.suffix(28)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = digits.dropLast(28)
        return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }
}
