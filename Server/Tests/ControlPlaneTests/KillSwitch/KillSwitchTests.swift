import ControlPlane
import Events
import Foundation
import Logging
import Operations
import Risk
import Storage
import Testing
import Units

@Suite(.timeLimit(.minutes(2))) struct KillSwitchTests {
    let path = "/api/v1/kill-switch"
    let trader = Principal(kind: .user, id: "u1", name: "tess", role: .trader)

    @Test func itLatchesTellsAndIsRecorded() async throws {
        try await LogDesk.run(principal: .local) { (desk) async throws -> Void in
            await desk.control.refresh()
            #expect(try await desk.get(path).value("engaged") == false)
            #expect(!desk.control.gate.isEngaged)
            let engaged = try await desk.post(path + "/engage", #"{"reason":"prices are wrong"}"#)
            #expect(engaged.status == 200 && engaged.json["changed"] as? Bool == true)
            #expect(engaged.json["engaged"] as? Bool == true && engaged.json["by"] as? String == "local")
            #expect(desk.control.gate.reason == "prices are wrong")
            // Again: the first reason stays, and the use is in the audit.
            let again = try await desk.post(path, #"{"engaged":true,"reason":"once more"}"#)
            #expect(again.json["changed"] as? Bool == false)
            #expect(again.json["reason"] as? String == "prices are wrong")
            let released = try await desk.post(path + "/release", #"{"reason":"prices are right"}"#)
            #expect(released.json["engaged"] as? Bool == false && released.json["changed"] as? Bool == true)
            #expect(!desk.control.gate.isEngaged)
            let twice = try await desk.post(path + "/release", #"{"reason":"prices are right"}"#)
            #expect(twice.status == 200 && twice.json["changed"] as? Bool == false)
            let events = try await desk.store.events.read(
                after: .start, limit: 100,
                where: EventFilter(types: [.killSwitchEngaged, .killSwitchReleased]))
            #expect(events.map(\.envelope.type) == [.killSwitchEngaged, .killSwitchReleased])
            #expect(events[0].envelope.payload["engaged_by"]?.text == "local")
            let audit = try await desk.store.read { try $0.audit.records(after: 0, limit: 10) }
            #expect(
                audit.map(\.record.action) == [
                    "kill-switch.engaged", "kill-switch.reaffirmed", "kill-switch.released",
                ])
            #expect(desk.logged.all.contains { $0.contains("kill_switch_engaged") })
        }
    }

    @Test func aTraderEngagesAndOnlyAnAdministratorReleases() async throws {
        try await LogDesk.run(principal: trader) { (desk) async throws -> Void in
            #expect(try await desk.post(path + "/engage", #"{"reason":"news"}"#).status == 200)
            #expect(try await desk.post(path + "/release", #"{"reason":"news"}"#).status == 403)
            #expect(try await desk.post(path, #"{"engaged":false,"reason":"news"}"#).status == 403)
            #expect(try await desk.get(path).value("engaged") == true)
            for body in [
                "{}", #"{"reason":"ab"}"#, #"{"reason":7}"#, #"{"reason":"abc","x":1}"#,
                #"{"reason":"\#(String(repeating: "x", count: 257))"}"#, #"{"reason":"a\nb"}"#,
            ] {
                #expect(try await desk.post(path + "/engage", body).status == 422, "\(body)")
            }
            #expect(try await desk.post(path, #"{"reason":"abc"}"#).status == 422)
        }
    }

    @Test func anotherProcessIsFollowedAndARestartChangesNothing() async throws {
        try await LogDesk.run(principal: .local) { (desk) async throws -> Void in
            let logger = Logger(label: "x") { _ in SwiftLogNoOpLogHandler() }
            let audit = AuditTrail(store: desk.store)
            let fresh = KillSwitchControl(store: desk.store, audit: audit, logger: logger)
            #expect(fresh.gate.isEngaged, "what has not been read yet is engaged")
            await fresh.refresh()
            #expect(!fresh.gate.isEngaged)
            let watch = KillSwitchWatch(fresh, store: desk.store)
            let task = Task { try await watch.run() }
            // Another connection to the same file, as another process has.
            let other = try await SQLiteStore.open(
                desk.store.path, options: StoreOptions(now: SystemClocks.now))
            let actor = AuditActor.system("test", correlationID: "c")
            let began = SystemClocks.uptime()
            _ = try await KillSwitchControl(store: other, audit: AuditTrail(store: other), logger: logger)
                .engage(reason: "from elsewhere", by: actor)
            while !fresh.gate.isEngaged {
                try await Task.sleep(for: .milliseconds(10))
                try #require(SystemClocks.uptime() - began < .seconds(20))
            }
            #expect(fresh.gate.reason == "from elsewhere")
            try await other.close()
            task.cancel()
            try await task.value
            let restarted = KillSwitchControl(store: desk.store, audit: audit, logger: logger)
            await restarted.refresh()
            #expect(restarted.gate.reason == "from elsewhere")
        }
    }

    @Test func whatCannotBeReadIsEngaged() async throws {
        try await LogDesk.run(principal: .local) { (desk) async throws -> Void in
            await desk.control.refresh()
            #expect(!desk.control.gate.isEngaged)
            for value in ["no json", "{}", "{\"engaged\":\"no\"}", "{\"engaged\":true}"] {
                try await desk.store.write { transaction in
                    _ = try transaction.session.execute("DELETE FROM key_values")
                    _ = try transaction.session.execute(
                        "INSERT INTO key_values (name, value, updated_at) VALUES ('kill-switch', ?, 0)",
                        [.text(value)])
                }
                await desk.control.refresh()
                #expect(desk.control.gate.isEngaged, "\(value)")
                #expect(try await desk.get(path).value("engaged") == true)
            }
            // A person may write it anew.
            #expect(try await desk.post(path + "/release", #"{"reason":"checked"}"#).status == 200)
            #expect(!desk.control.gate.isEngaged)
            try await desk.store.close()
            await desk.control.refresh()
            #expect(desk.control.gate.isEngaged)
        }
    }
}
