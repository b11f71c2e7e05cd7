internal import Glibc
internal import Operations
internal import Settings

/// Looks at this host and hands what it sees to the checks.
struct HostExamination {
    let context: ServerContext
    let survey: SettingsSurvey

    private var settings: ServerSettings { survey.settings.settings }

    /// The rows, in the order in which a person would mend things.
    func rows() async -> [DoctorRow] {
        var rows = [toolchain(), libraries(), disk(), clock(), openFiles()]
        rows += await ports()
        rows += [permissions(), configuration(), database()]
        rows.append(await venues())
        return rows
    }

    private func toolchain() -> DoctorRow {
        HostChecks.toolchain(version: ToolOutput.firstLines(of: ["swift", "--version"], within: 5))
    }

    private func libraries() -> DoctorRow {
        HostChecks.libraries(HostChecks.Library.needed) { access($0, R_OK) == 0 }
    }

    private func disk() -> DoctorRow {
        let path = absolute(settings.state.directory)
        return HostChecks.disk(
            path: path, minimum: ByteCount(Int64(settings.health.minFreeDiskBytes)),
            space: Result { () throws(HostError) in try DiskSpace.of(path) })
    }

    private func clock() -> DoctorRow {
        HostChecks.clock(
            limit: settings.health.maxClockSkew,
            reading: Result { () throws(HostError) in try KernelClock.reading() })
    }

    private func openFiles() -> DoctorRow {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return HostChecks.openFiles(limit: 0)
        }
        return HostChecks.openFiles(limit: UInt64(limit.rlim_cur))
    }

    private func ports() async -> [DoctorRow] {
        var wanted = [("api.port", settings.api.host, settings.api.port)]
        if let port = settings.metrics.port, port != settings.api.port {
            wanted.append(("metrics.port", settings.metrics.host, port))
        }
        var rows: [DoctorRow] = []
        for (key, host, port) in wanted {
            rows.append(
                HostChecks.port(
                    key, host: host, port: port, state: await PortLook.state(host: host, port: port)))
        }
        return rows
    }

    private func permissions() -> DoctorRow {
        let state = absolute(settings.state.directory)
        let entries = [
            entry(state, forbidden: 0o022), entry(absolute(".env"), forbidden: 0o077, mayBeAbsent: true),
        ]
        return SetupChecks.permissions(entries.compactMap { $0 })
    }

    private func entry(_ path: String, forbidden: UInt32, mayBeAbsent: Bool = false) -> SetupChecks.Entry? {
        var facts = stat()
        if stat(path, &facts) == 0 {
            return SetupChecks.Entry(
                path: path, mode: UInt32(facts.st_mode) & 0o7777, isWritable: access(path, W_OK) == 0,
                forbidden: forbidden)
        }
        if mayBeAbsent { return nil }
        return SetupChecks.Entry(path: path, mode: nil, isWritable: isMakeable(path), forbidden: forbidden)
    }

    /// Whether the nearest folder that exists lets this process write.
    private func isMakeable(_ path: String) -> Bool {
        var path = path
        while path.count > 1, access(path, F_OK) != 0 {
            path = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
        }
        return access(path, W_OK) == 0
    }

    private func configuration() -> DoctorRow {
        SetupChecks.configuration(
            environment: survey.settings.environment.rawValue,
            problems: survey.problems?.problems.map(\.description) ?? [])
    }

    private func database() -> DoctorRow {
        let place = settings.database.url.description
        switch settings.database.url.address {
        case .sqlite(let path): return SetupChecks.database(place: place, state: sqlite(absolute(path)))
        case .postgres(let address):
            let state: SetupChecks.DatabaseState =
                PortLook.accepts(host: address.host, port: address.port)
                ? .reachable : .unusable("\(address.host):\(address.port) takes no connections")
            return SetupChecks.database(place: place, state: state)
        }
    }

    /// Source: sqlite.org/fileformat.html section 1.3: the first 16 bytes.
    private func sqlite(_ path: String) -> SetupChecks.DatabaseState {
        guard access(path, F_OK) == 0 else {
            return isMakeable(path) ? .absent : .unusable("this user cannot make the file")
        }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0, access(path, W_OK) == 0 else {
            return .unusable("this user cannot read and write the file")
        }
        defer { close(file) }
        var head = [UInt8](repeating: 0, count: 16)
        let count = head.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        let isDatabase = count == 0 || (count == 16 && head == Array("SQLite format 3\0".utf8))
        return isDatabase ? .sound : .unusable("the file is no SQLite database")
    }

    private func venues() async -> DoctorRow {
        var answers: [SetupChecks.VenueAnswer] = []
        for venue in settings.venues.inUse {
            var reading: Result<ClockReading, HostError>?
            if let url = venue.url {
                let reference = HTTPClockReference(
                    url: url.clockAddress, uptime: SystemClocks.uptime)
                do {
                    reading = .success(try await reference.reading())
                } catch {
                    reading = .failure(error as? HostError ?? HostError("\(error)"))
                }
            }
            answers.append(SetupChecks.VenueAnswer(name: venue.name.rawValue, reading: reading))
        }
        return SetupChecks.venues(answers, limit: settings.health.maxClockSkew)
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : context.workingDirectory + "/" + path
    }
}
