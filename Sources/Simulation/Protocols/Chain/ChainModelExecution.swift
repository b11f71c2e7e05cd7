internal import Accounting
public import Units

extension ChainModel {
    /// Executes a group: all of it or none, by value; `state` itself is never changed.
    ///
    /// The gas is taken first, as the chain does, and stays taken when an operation fails. Interest up to
    /// the market's indices is posted before anything else and also stays.
    /// - Throws: where an amount leaves the range of its type; that ends a run.
    public func execute(
        _ group: AtomicGroup, on state: ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> GroupResult {
        var run = GroupRun(model: self, market: market, state: state)
        func notSent(_ refusal: ChainRefusal) -> GroupResult {
            GroupResult(state: state, effects: [], outcome: .notSent(refusal), gasUnits: 0)
        }
        if let refusal = self.refusal(group, state: state, market: market) { return notSent(refusal) }
        let units = try gas.of(group)
        guard units <= AtomicGroup.gasLimit else { return notSent(.overGasLimit(units: units)) }
        try run.settle()
        if let refusal = try run.payGas(units) { return notSent(refusal) }
        let before = run
        var failure: GroupOutcome?
        if let deadline = group.deadline, market.time > deadline {
            failure = .reverted(.tooLate(deadline: deadline), operation: nil)
        }
        for (place, operation) in group.operations.enumerated() where failure == nil {
            run.begin(place)
            if let refusal = try run.apply(operation) {
                failure = .reverted(refusal, operation: place)
            }
        }
        if failure == nil, let refusal = run.owedFlashLoan {
            failure = .reverted(refusal, operation: nil)
        }
        var kept = failure == nil ? run : before
        try kept.noteOwnSize()
        return GroupResult(
            state: kept.state, effects: kept.effects, outcome: failure ?? .done, gasUnits: units)
    }

    /// Posts interest up to the market's indices, without a transaction.
    public func settle(
        _ state: inout ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> [ChainEffect] {
        precondition(state.fits(self) && market.fits(self), "state and market are of another model")
        var run = GroupRun(model: self, market: market, state: state)
        try run.settle()
        state = run.state
        return run.effects
    }

    /// Why a group is not even sent: it is empty, or names what does not exist.
    private func refusal(
        _ group: AtomicGroup, state: ChainState, market: ChainMarket
    ) -> ChainRefusal? {
        precondition(state.fits(self) && market.fits(self), "state and market are of another model")
        if group.operations.isEmpty { return .emptyGroup }
        for operation in group.operations {
            let isKnown =
                switch operation {
                case .supply(let key, _), .withdraw(let key, _), .borrow(let key, _), .repay(let key, _):
                    holds(key)
                case .stake(let key, _), .unstake(let key, _), .claim(let key): holds(key)
                case .swap(let key, _, _, _): holds(key)
                case .flashBorrow(let key, _), .flashRepay(let key): holds(key)
                case .setEfficiencyMode: true
                }
            if !isKnown { return .unknown("a reserve, token, pair or staking protocol") }
        }
        return nil
    }
}
