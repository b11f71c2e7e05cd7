internal import Glibc
internal import Settings

/// Processes of services and their records.
extension Supervisor {
    /// Finds the process of a service that an earlier supervisor left running. One that runs otherwise than
    /// planned, as in another mode, is ended.
    func takeOver(_ service: Int) {
        let definition = plan.services[service]
        endLeftovers(of: definition, hasEnded: false)
        guard let found = runningProcess(of: definition) else { return }
        let process = ServiceProcess(identity: found, isChild: false, table: table)
        if table.arguments(of: found.pid) == definition.command {
            processes[service] = process
            inputs.append(.adopted(service: service, pid: found.pid))
            return
        }
        log.write(
            "error", event: "stranger-ended", service: definition.name,
            "process \(found.pid) holds the lock of \(definition.name) but runs otherwise than planned; "
                + "it is ended"
        )
        ProcessEnding.end(process, grace: definition.grace)
    }

    /// Kills what an earlier process of a service started and left behind.
    private func endLeftovers(of definition: ServiceDefinition, hasEnded: Bool) {
        let inspection = ServiceInspection(folder: folder, table: table)
        do {
            for identity in try inspection.leftovers(of: definition.name, hasEnded: hasEnded) {
                log.write(
                    "error", event: "leftover-ended", service: definition.name,
                    "process \(identity.pid) was left behind by \(definition.name) and is killed")
                ServiceProcess(identity: identity, isChild: false, table: table).send(SIGKILL)
            }
        } catch {
            log.write("error", event: "state-file", service: definition.name, error.description)
        }
    }

    /// The process that holds the lock of a service; nil when none does.
    private func runningProcess(of definition: ServiceDefinition) -> ProcessIdentity? {
        do {
            return try ServiceInspection(folder: folder, table: table).process(of: definition.name)
        } catch {
            log.write("error", event: "state-file", service: definition.name, error.description)
            return nil
        }
    }

    /// Starts a process that holds the lock of its service.
    func spawn(_ service: Int) {
        let definition = plan.services[service]
        do throws(SupervisionError) {
            endLeftovers(of: definition, hasEnded: true)
            guard let lock = try lockWhenFree(definition) else {
                let holders = table.holders(of: folder.lock(of: definition.name)).map(String.init)
                let who = holders.isEmpty ? "another process" : "process " + holders.joined(separator: ", ")
                inputs.append(
                    .spawnFailed(
                        service: service, reason: "\(who) still holds the lock of \(definition.name)"))
                return
            }
            if let endpoint = definition.health, endpoint.isTaken {
                let reason = "\(endpoint.address):\(endpoint.port) is taken by another process"
                inputs.append(.spawnFailed(service: service, reason: reason))
                return
            }
            let order = ProcessSpawner.Order(
                command: definition.command, environment: environment,
                output: folder.log(of: definition.name),
                inherited: [lock.descriptor])
            let pid = try ProcessSpawner.spawn(order)
            // Its number stays its own until this process waits for it, so what is found is it or nothing.
            let identity =
                table.identity(of: pid)
                ?? ProcessIdentity(pid: pid, startTicks: 0, bootID: "", executable: definition.command[0])
            processes[service] = ServiceProcess(identity: identity, isChild: true, table: table)
            inputs.append(.spawned(service: service, pid: pid))
        } catch {
            inputs.append(.spawnFailed(service: service, reason: error.description))
        }
    }

    /// Waits a moment for what an ended process left behind and what was killed with it.
    private func lockWhenFree(_ definition: ServiceDefinition) throws(SupervisionError) -> LockFile? {
        for attempt in 0..<20 {
            if let lock = try LockFile.acquire(folder.lock(of: definition.name)) { return lock }
            if attempt < 19 { usleep(10_000) }
        }
        return nil
    }

    /// Writes who the supervisor is. It is found by its lock as well, so a full disk does no harm.
    func recordItself() {
        guard let identity = table.identity(of: getpid()) else { return }
        do {
            try RecordFile<ProcessIdentity>(folder.supervisorRecord).write(identity)
        } catch {
            log.write("error", event: "state-file", service: nil, error.description)
        }
    }

    /// Writes the records that have changed; those that could not be written are tried again in later rounds.
    func writeRecords(again: Bool) {
        for service in plan.services.indices {
            let track = machine.tracks[service]
            var record = records[service]
            record.process = processes[service]?.identity
            (record.phase, record.restarts) = (track.word, track.restarts)
            let hasChanged = record != records[service]
            records[service] = record
            if hasChanged { unwritten.insert(service) }
            guard unwritten.contains(service), again || hasChanged else { continue }
            do {
                try RecordFile<ServiceRecord>(folder.record(of: plan.services[service].name)).write(record)
                unwritten.remove(service)
            } catch {
                if hasChanged {
                    log.write(
                        "error", event: "state-file", service: plan.services[service].name, error.description)
                }
            }
        }
    }
}
