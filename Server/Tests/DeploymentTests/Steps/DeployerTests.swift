import Deployment
import Synchronization
import TestServers
import Testing

/// The steps of a deployment over a host in memory, with a fault at every call.
@Suite struct DeployerTests {
    private let order = Deployer.Order(environment: "local", actor: "tester")

    /// Calls of an update that goes well.
    private func callsOfAnUpdate() async throws -> Int {
        let (world, folder) = (DeploymentWorld(), try ScratchFolder())
        let place = DeploymentPlace(folder.path)
        try place.create()
        _ = try await world.deployer(place).update(order)
        return world.state.withLock { $0.calls }
    }

    @Test func anUpdateServesTheNewVersionAndKeepsLocalChanges() async throws {
        let (world, folder) = (DeploymentWorld(), try ScratchFolder())
        let place = DeploymentPlace(folder.path)
        try place.create()
        let record = try #require(try await world.deployer(place).update(order))
        #expect(record.result == .done && record.from == "old" && record.to == "new")
        world.state.withLock { state in
            #expect(state.serving?.commit == "new" && state.isRunning)
            #expect(state.database.schema == ["0001", "0002"] && state.database.events == 101)
            #expect(state.clone.commit == "new" && state.clone.changes.isEmpty)
            #expect(state.stashes["stash-0"] == DeploymentWorld.Clone().changes)
            #expect(state.backups["backup-0"] == DeploymentWorld.Database())
            #expect(state.violations.isEmpty && state.records == [record])
        }
        #expect(try place.unfinished() == nil)
        #expect(try DeploymentHistory(place).read() == [record])
    }

    @Test func theVersionThatServesAlreadyIsNotDeployedAgain() async throws {
        let (world, folder) = (DeploymentWorld(), try ScratchFolder())
        let place = DeploymentPlace(folder.path)
        try place.create()
        _ = try await world.deployer(place).update(order)
        #expect(try await world.deployer(place, at: 60).update(order) == nil)
        #expect(world.state.withLock { $0.records.count } == 1)
    }

    @Test(arguments: ["build", "settings", "migrate", "start", "examine"])
    func aVersionThatIsBrokenLeavesEverythingAsItWas(step: String) async throws {
        let (world, folder) = (DeploymentWorld(), try ScratchFolder())
        let place = DeploymentPlace(folder.path)
        try place.create()
        world.state.withLock { $0.brokenSteps = [step] }
        let error = await #expect(throws: DeploymentError.self) {
            _ = try await world.deployer(place).update(order)
        }
        #expect(error?.message.contains("\(step) is broken") == true)
        world.state.withLock { expectAsBefore($0, "\(step) is broken") }
        #expect(try place.unfinished() == nil)
        let touched = ["migrate", "start", "examine"].contains(step)
        #expect(try DeploymentHistory(place).read().map(\.result) == [touched ? .rolledBack : .failed])
        // Mended, it is deployed.
        world.state.withLock { $0.brokenSteps = [] }
        #expect(try await world.deployer(place, at: 60).update(order)?.result == .done)
        world.state.withLock { #expect($0.violations.isEmpty && $0.serving?.commit == "new") }
    }

    /// At every call of an update: it fails, or the deployer is killed there. One more call of `update`, with
    /// nothing wrong, must bring the new version into service and lose nothing.
    @Test func whateverFailsOrIsKilledTheNextCallFinishesTheWork() async throws {
        let calls = try await callsOfAnUpdate()
        #expect(calls > 14)
        for fault in DeploymentWorld.Fault.allCases {
            for call in 1...calls {
                let (world, folder) = (DeploymentWorld(), try ScratchFolder())
                let place = DeploymentPlace(folder.path)
                try place.create()
                world.state.withLock { $0.fault = (call, fault) }
                var failed = false
                do { _ = try await world.deployer(place).update(order) } catch { failed = true }
                let what = "\(fault) at call \(call), \(world.state.withLock { $0.faulted ?? "?" })"
                let isKilled = fault == .killedBefore || fault == .killedAfter
                world.state.withLock { state in
                    if failed && !isKilled { expectAsBefore(state, what) }
                }
                world.revive()
                _ = try await world.deployer(place, at: 60).update(order)
                world.state.withLock { state in
                    #expect(state.serving?.commit == "new" && state.isRunning, "\(what)")
                    #expect(state.violations.isEmpty, "\(what): \(state.violations)")
                    #expect(state.database.schema == ["0001", "0002"], "\(what)")
                    #expect(state.clone.commit == "new", "\(what)")
                    let everything = Array(state.stashes.values) + [state.clone.changes]
                    #expect(everything.contains(DeploymentWorld.Clone().changes), "\(what)")
                    let databases = state.replaced + [state.database]
                    #expect(databases.contains { $0.events >= 101 }, "\(what)")
                    #expect(state.database.events >= 100, "\(what)")
                }
                #expect(try place.unfinished() == nil, "\(what)")
            }
        }
    }

    /// The same, but the next call only looks whether something is to be taken up.
    @Test func whateverIsKilledTheOldVersionServesAfterRecovery() async throws {
        let calls = try await callsOfAnUpdate()
        for fault in [DeploymentWorld.Fault.killedBefore, .killedAfter] {
            for call in 1...calls {
                let (world, folder) = (DeploymentWorld(), try ScratchFolder())
                let place = DeploymentPlace(folder.path)
                try place.create()
                world.state.withLock { $0.fault = (call, fault) }
                do { _ = try await world.deployer(place).update(order) } catch { _ = error }
                world.revive()
                try await world.deployer(place, at: 60).recover()
                let what = "\(fault) at call \(call), \(world.state.withLock { $0.faulted ?? "?" })"
                world.state.withLock { state in
                    if state.serving?.commit == "new" {
                        #expect(state.isRunning && state.database.schema == ["0001", "0002"], "\(what)")
                    } else {
                        expectAsBefore(state, what)
                    }
                }
                #expect(try place.unfinished() == nil, "\(what)")
                #expect(try await world.deployer(place, at: 120).recover() == nil, "\(what)")
            }
        }
    }

    /// Killed on the way back as well, at every call of it.
    @Test func theWayBackMayBeKilledTooAtEveryCall() async throws {
        for first in ["migrate", "examine"] {
            for call in 12...32 {
                for fault in [DeploymentWorld.Fault.fails, .killedBefore, .killedAfter] {
                    let (world, folder) = (DeploymentWorld(), try ScratchFolder())
                    let place = DeploymentPlace(folder.path)
                    try place.create()
                    world.state.withLock { state in
                        state.brokenSteps = [first]
                        state.fault = (call, fault)
                    }
                    do { _ = try await world.deployer(place).update(order) } catch { _ = error }
                    world.revive()
                    try await world.deployer(place, at: 60).recover()
                    let what = "\(first) broken, \(fault) at call \(call)"
                    world.state.withLock { expectAsBefore($0, what) }
                    #expect(try place.unfinished() == nil, "\(what)")
                }
            }
        }
    }

    @Test func aRollbackGoesBackToTheVersionAndTheSchemaBeforeAndKeepsTheData() async throws {
        let (world, folder) = (DeploymentWorld(), try ScratchFolder())
        let place = DeploymentPlace(folder.path)
        try place.create()
        _ = try await world.deployer(place).update(order)
        world.state.withLock { $0.database.events += 50 }
        let record = try await world.deployer(place, at: 60).rollback(order)
        #expect(record.result == .done && record.from == "new" && record.to == "old")
        world.state.withLock { state in
            #expect(state.serving?.commit == "old" && state.isRunning)
            #expect(state.database.schema == ["0001"] && state.database.events == 152)
            #expect(state.clone.commit == "old" && state.violations.isEmpty)
        }
        // The version before the first deployment is not known.
        let error = await #expect(throws: DeploymentError.self) {
            _ = try await world.deployer(place, at: 120).rollback(order)
        }
        #expect(error?.code == .source)
    }

    @Test func aRestorePutsTheBackupInPlaceAndAFailedOneTakesItBack() async throws {
        for fails in [false, true] {
            let (world, folder) = (DeploymentWorld(), try ScratchFolder())
            let place = DeploymentPlace(folder.path)
            try place.create()
            world.state.withLock { state in
                state.backups["good"] = DeploymentWorld.Database(schema: ["0001"], events: 40)
                if fails { state.brokenSteps = ["examine"] }
            }
            do {
                let record = try await world.deployer(place).restore("good", order)
                #expect(!fails && record.result == .done)
            } catch {
                #expect(fails && error.code == .rolledBack)
            }
            world.state.withLock { state in
                // One more was recorded by what was started.
                #expect(state.database.events == (fails ? 101 : 41))
                #expect(state.isRunning && state.serving?.commit == "old" && state.violations.isEmpty)
            }
        }
    }

    @Test func theJournalOfAnotherVersionIsRefusedAndNamed() async throws {
        let (world, folder) = (DeploymentWorld(), try ScratchFolder())
        let place = DeploymentPlace(folder.path)
        try place.create()
        try folder.write("{}\nsha256 00\n", to: "journal")
        let error = await #expect(throws: DeploymentError.self) {
            _ = try await world.deployer(place).update(order)
        }
        #expect(error?.path == folder.path + "/journal")
        #expect(world.state.withLock { $0.calls } == 0)
    }

    private func expectAsBefore(_ state: DeploymentWorld.State, _ what: String) {
        #expect(state.serving?.commit == "old" && state.isRunning, "\(what)")
        #expect(state.clone == DeploymentWorld.Clone(), "\(what)")
        #expect(state.database.schema == ["0001"] && state.database.events >= 100, "\(what)")
        #expect(state.violations.isEmpty, "\(what): \(state.violations)")
    }
}
