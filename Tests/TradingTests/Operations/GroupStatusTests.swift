import Markets
import Testing
import Trading
import Units

/// The life of an atomic group, against a table written out here.
@Suite struct GroupStatusTests {
    private static let allowed: [GroupStatus: [GroupStatus]] = [
        .pending: [.submitted, .refused], .submitted: [.executed, .reverted, .expired], .executed: [],
        .reverted: [], .expired: [], .refused: [],
    ]

    private static func group(at status: GroupStatus) throws -> SubmittedGroup {
        var group = SubmittedGroup(
            id: GroupID(7), strategy: 0,
            group: OperationGroup(
                .entryFull, [DeFiOperation(.supply, .all, through: InstrumentIndex(0))]),
            askedAt: Instant(nanoseconds: 5))
        switch status {
        case .pending: break
        case .submitted, .refused: try group.move(to: status)
        case .executed, .reverted, .expired:
            try group.move(to: .submitted)
            try group.move(to: status)
        }
        return group
    }

    @Test func everyTransitionThatDoesNotFollowIsRefusedAndChangesNothing() throws {
        for from in GroupStatus.allCases {
            for to in GroupStatus.allCases {
                var group = try Self.group(at: from)
                if Self.allowed[from]?.contains(to) == true {
                    try group.move(to: to, failure: .unhealthy, operation: 3)
                    #expect(group.status == to)
                    #expect(group.failure == .unhealthy)
                    #expect(group.failedOperation == 3)
                } else {
                    let before = group
                    #expect(throws: IllegalGroupTransition.self) {
                        try group.move(to: to)
                    }
                    #expect(group == before)
                }
            }
            #expect(from.isTerminal == (Self.allowed[from]?.isEmpty == true))
        }
    }

    @Test func aGroupMayBeTakenUpForHalfAnHourWhereNothingElseIsSaid() throws {
        let group = try Self.group(at: .pending)
        #expect(group.deadline == Instant(nanoseconds: 5 + 1_800_000_000_000))
        #expect(group.group.slippageLimit.decimal == ExactDecimal(50))
    }

    @Test func namesAreStableAndDiffer() {
        #expect(Set(GroupFailure.allCases.map(\.name)).count == GroupFailure.allCases.count)
        #expect(Set(OperationKind.allCases.map(\.name)).count == 12)
        #expect(
            PositionAction.allCases.map(\.name) == [
                "entry-full", "entry-partial", "exit-partial", "exit-full", "sell-dust",
            ])
    }
}
