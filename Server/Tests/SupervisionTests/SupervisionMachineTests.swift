import Operations
import Settings
import Testing
import Units

@Suite struct SupervisionMachineTests {
    static func policy() -> SupervisionPolicy { .standard }

    /// A machine with one service that runs as process 1 and has been ready at time zero.
    static func ready(
        mode: ExecutionMode = .backtest, policy: SupervisionPolicy = policy()
    ) -> (SupervisionMachine) {
        var machine = SupervisionMachine(services: MachineWorld.definitions(1), mode: mode, policy: policy)
        _ = machine.handle(.begin, at: .zero)
        _ = machine.handle(.spawned(service: 0, pid: 1), at: .zero)
        _ = machine.handle(.checked(service: 0, pid: 1, well), at: .zero)
        return machine
    }

    static let well = HealthAnswer(problem: nil, holdsPositions: nil)
    static let unwell = HealthAnswer(problem: "no", holdsPositions: nil)

    @Test func aServiceThatEndsIsStartedAgainAfter5Then10Then20SecondsAndThenNoMore() {
        var machine = Self.ready()
        var now = Duration.seconds(1)
        var pid: Int32 = 1
        for wait in [5, 10, 20] {
            let actions = machine.handle(.ended(service: 0, pid: pid, .signal(11)), at: now)
            #expect(!actions.contains(.spawn(service: 0)))
            #expect(machine.deadline == now + .seconds(wait))
            #expect(machine.handle(.timePassed, at: now + .seconds(wait) - .milliseconds(1)) == [])
            now += .seconds(wait)
            #expect(machine.handle(.timePassed, at: now) == [.spawn(service: 0)])
            pid += 1
            _ = machine.handle(.spawned(service: 0, pid: pid), at: now)
        }
        let last = machine.handle(.ended(service: 0, pid: pid, .status(1)), at: now)
        #expect(last.last == .finish)
        #expect(machine.tracks[0].word == "gave-up")
        #expect(machine.tracks[0].restarts == 3)
        #expect(machine.deadline == nil)
    }

    @Test func beingWellForTheStableTimeResetsTheCountAndAShorterTimeDoesNot() {
        for (wellFor, expected) in [(Duration.seconds(29), 10), (.seconds(30), 5)] {
            var machine = Self.ready()
            _ = machine.handle(.ended(service: 0, pid: 1, .status(1)), at: .seconds(100))
            _ = machine.handle(.timePassed, at: .seconds(105))
            _ = machine.handle(.spawned(service: 0, pid: 2), at: .seconds(105))
            _ = machine.handle(.checked(service: 0, pid: 2, Self.well), at: .seconds(105))
            let later = .seconds(105) + wellFor
            _ = machine.handle(.timePassed, at: later)
            _ = machine.handle(.ended(service: 0, pid: 2, .status(1)), at: later)
            #expect(machine.deadline == later + .seconds(expected))
        }
    }

    @Test func aServiceRestartedTooOftenStaysStoppedHoweverWellItWasInBetween() {
        var policy = Self.policy()
        policy.maximumRestarts = 4
        var machine = Self.ready(policy: policy)
        var now = Duration.seconds(100)
        var pid: Int32 = 1
        for _ in 0..<4 {
            _ = machine.handle(.ended(service: 0, pid: pid, .status(1)), at: now)
            now += .seconds(5)
            _ = machine.handle(.timePassed, at: now)
            pid += 1
            _ = machine.handle(.spawned(service: 0, pid: pid), at: now)
            _ = machine.handle(.checked(service: 0, pid: pid, Self.well), at: now)
            now += .seconds(60)
            _ = machine.handle(.timePassed, at: now)
        }
        _ = machine.handle(.ended(service: 0, pid: pid, .status(1)), at: now)
        #expect(machine.tracks[0].word == "gave-up")
    }

    @Test func threeFailedChecksInARowAreAFailureAndTwoAreNot() {
        var machine = Self.ready()
        #expect(machine.handle(.timePassed, at: .seconds(30)) == [.check(service: 0, pid: 1)])
        for (time, expected) in [(30, false), (60, false), (90, true)] {
            let actions = machine.handle(.checked(service: 0, pid: 1, Self.unwell), at: .seconds(time))
            #expect(actions.contains(.terminate(service: 0, pid: 1)) == expected)
            _ = machine.handle(.timePassed, at: .seconds(time + 30))
        }
        #expect(machine.tracks[0].word == "stopping")
        _ = machine.handle(.ended(service: 0, pid: 1, .status(0)), at: .seconds(125))
        #expect(machine.deadline == .seconds(130), "it failed, so it comes back")
    }

    @Test func aLiveProcessIsLeftAloneUnlessItSaidThatItHoldsNothing() {
        for holds in [true, false, nil] {
            var machine = Self.ready(mode: .live)
            var actions: [SupervisionMachine.Action] = []
            for _ in 0..<5 {
                let answer = HealthAnswer(problem: "stream stale", holdsPositions: holds)
                actions += machine.handle(.checked(service: 0, pid: 1, answer), at: .seconds(30))
            }
            #expect(actions.contains(.terminate(service: 0, pid: 1)) == (holds == false))
            let isTold = actions.filter { action in
                if case .note(_, .leftAlone) = action { return true }
                return false
            }
            #expect(isTold.count == (holds == false ? 0 : 1), "said once")
            // Dead it is started again, whatever it held.
            _ = machine.handle(.ended(service: 0, pid: 1, .signal(9)), at: .seconds(31))
            #expect(machine.deadline == .seconds(36))
        }
    }

    @Test func whatALiveProcessSaidOfPositionsIsForgottenOnceItNoLongerAnswers() {
        var machine = Self.ready(mode: .live)
        let holdsNothing = HealthAnswer(problem: nil, holdsPositions: false)
        _ = machine.handle(.checked(service: 0, pid: 1, holdsNothing), at: .seconds(30))
        for time in [60, 90, 120] {
            let actions = machine.handle(.checked(service: 0, pid: 1, Self.unwell), at: .seconds(time))
            #expect(!actions.contains(.terminate(service: 0, pid: 1)))
        }
        #expect(machine.tracks[0].word == "left-alone")
        // Well again, it is as any other.
        _ = machine.handle(.checked(service: 0, pid: 1, Self.well), at: .seconds(150))
        #expect(machine.tracks[0].word == "ready")
    }

    @Test func aServiceThatIsNotReadyInTimeIsStartedAgainUnlessItMayHoldPositions() {
        for mode in [ExecutionMode.paper, .live] {
            var machine = SupervisionMachine(
                services: MachineWorld.definitions(1), mode: mode, policy: Self.policy())
            _ = machine.handle(.begin, at: .zero)
            _ = machine.handle(.spawned(service: 0, pid: 1), at: .zero)
            for time in [1, 30, 59] {
                let actions = machine.handle(.checked(service: 0, pid: 1, Self.unwell), at: .seconds(time))
                #expect(!actions.contains(.terminate(service: 0, pid: 1)), "it has 60 s to start")
            }
            #expect(machine.tracks[0].word == "starting")
            let late = machine.handle(.timePassed, at: .seconds(60))
            #expect(late.contains(.terminate(service: 0, pid: 1)) == (mode == .paper))
            #expect(machine.tracks[0].word == (mode == .paper ? "stopping" : "left-alone"))
        }
    }

    @Test func onlyFailedChecksInARowAreAFailureAndOnlyAnUnbrokenTimeIsStable() {
        var machine = Self.ready()
        _ = machine.handle(.ended(service: 0, pid: 1, .status(1)), at: .seconds(100))
        _ = machine.handle(.timePassed, at: .seconds(105))
        _ = machine.handle(.spawned(service: 0, pid: 2), at: .seconds(105))
        for round in 0..<10 {
            for (second, answer) in [(0, Self.well), (10, Self.unwell), (20, Self.unwell)] {
                let now = Duration.seconds(105 + 30 * round + second)
                let actions = machine.handle(.checked(service: 0, pid: 2, answer), at: now)
                #expect(!actions.contains(.terminate(service: 0, pid: 2)))
                _ = machine.handle(.timePassed, at: now)
            }
        }
        // Never well for 30 s without a break, so the first failure still counts.
        #expect(machine.tracks[0].attempts == 1)
        _ = machine.handle(.ended(service: 0, pid: 2, .status(1)), at: .seconds(500))
        #expect(machine.deadline == .seconds(510))
    }

    @Test func restartsLongerAgoThanTheWindowDoNotCount() {
        for (pause, expected) in [(Duration.seconds(1800), "waiting"), (.seconds(1799), "gave-up")] {
            var policy = Self.policy()
            policy.maximumRestarts = 2
            var machine = Self.ready(policy: policy)
            // Restarts at 0, 1800 and so on: of three the first is an hour ago when the next one is due.
            var now = Duration.seconds(100)
            for pid in 1...2 as ClosedRange<Int32> {
                _ = machine.handle(.ended(service: 0, pid: pid, .status(1)), at: now - .seconds(5))
                _ = machine.handle(.timePassed, at: now)
                _ = machine.handle(.spawned(service: 0, pid: pid + 1), at: now)
                _ = machine.handle(.checked(service: 0, pid: pid + 1, Self.well), at: now)
                _ = machine.handle(.timePassed, at: now + .seconds(60))
                now += pause
            }
            _ = machine.handle(.ended(service: 0, pid: 3, .status(1)), at: now)
            #expect(machine.tracks[0].word == expected)
        }
    }

    @Test func whatIsSaidOfAProcessThatIsNoLongerTheServicesOwnChangesNothing() {
        var machine = Self.ready()
        _ = machine.handle(.ended(service: 0, pid: 1, .status(1)), at: .seconds(1))
        _ = machine.handle(.timePassed, at: .seconds(6))
        _ = machine.handle(.spawned(service: 0, pid: 2), at: .seconds(6))
        #expect(machine.handle(.ended(service: 0, pid: 1, .status(1)), at: .seconds(6)).count <= 1)
        #expect(machine.tracks[0].pid == 2)
        _ = machine.handle(.checked(service: 0, pid: 1, Self.well), at: .seconds(6))
        #expect(machine.tracks[0].word == "starting", "the answer was that of the process before")
        _ = machine.handle(.adopted(service: 0, pid: 9), at: .seconds(6))
        _ = machine.handle(.spawned(service: 0, pid: 9), at: .seconds(6))
        #expect(machine.tracks[0].pid == 2)
        // The same while one is being ended.
        _ = machine.handle(.stopRequested, at: .seconds(7))
        _ = machine.handle(.ended(service: 0, pid: 1, .status(1)), at: .seconds(7))
        #expect(machine.tracks[0].word == "stopping")
    }

    @Test func aWrongConfigurationIsNotTriedAgain() {
        for status in [64, 78] as [Int32] {
            var machine = Self.ready()
            let actions = machine.handle(.ended(service: 0, pid: 1, .status(status)), at: .seconds(1))
            #expect(actions.last == .finish)
            #expect(machine.tracks[0].word == "gave-up")
        }
    }

    @Test func whatDoesNotEndInTimeIsKilled() {
        var machine = Self.ready()
        let actions = machine.handle(.stopRequested, at: .seconds(1))
        #expect(actions.contains(.terminate(service: 0, pid: 1)))
        #expect(machine.deadline == .seconds(31))
        #expect(machine.handle(.timePassed, at: .seconds(31)).contains(.kill(service: 0, pid: 1)))
        #expect(machine.handle(.ended(service: 0, pid: 1, .signal(9)), at: .seconds(31)).last == .finish)
        #expect(machine.tracks[0].word == "stopped")
    }

    @Test func anAdoptedProcessIsNotStartedAgainAndOthersNeedNotWaitForIt() {
        var machine = SupervisionMachine(
            services: MachineWorld.definitions(2), mode: .paper, policy: Self.policy())
        _ = machine.handle(.adopted(service: 0, pid: 7), at: .zero)
        let actions = machine.handle(.begin, at: .zero)
        #expect(actions.contains(.spawn(service: 1)) && !actions.contains(.spawn(service: 0)))
        #expect(actions.contains(.check(service: 0, pid: 7)))
    }

    @Test(arguments: [ExecutionMode.backtest, .paper, .live])
    func whateverHappensNothingRunsTwiceAndOrderIsKept(_ mode: ExecutionMode) {
        for seed in 0..<400 as Range<UInt64> {
            let count = Int(seed % 4) + 1
            var world = MachineWorld(services: count, mode: mode, seed: seed)
            var machine = SupervisionMachine(
                services: MachineWorld.definitions(count), mode: mode, policy: Self.policy())
            world.feed(.begin, to: &machine)
            let stopAt = Int(world.random.next() % 400)
            for round in 0..<400 {
                if round == stopAt { world.feed(.stopRequested, to: &machine) }
                world.step(&machine)
            }
            // Whatever is left obeys SIGKILL, so the stop must come to its end.
            for _ in 0..<2000 where !world.isFinished { world.step(&machine) }
            #expect(world.isFinished, "seed \(seed)")
            #expect(world.faults == [], "seed \(seed)")
            checkWaits(world, seed)
        }
    }

    /// Between a failure and the next start of a service lies exactly the wait that was announced.
    private func checkWaits(_ world: MachineWorld, _ seed: UInt64) {
        for (service, event, time) in world.events {
            guard case .failed(_, let attempt, let wait) = event else { continue }
            #expect(wait == [.seconds(5), .seconds(10), .seconds(20)][attempt - 1])
            let next = world.spawns.first { $0.service == service && $0.at > time }
            if let next { #expect(next.at >= time + wait, "seed \(seed)") }
        }
    }
}
