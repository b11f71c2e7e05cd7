internal import Deployment
internal import Glibc
internal import Operations
internal import Settings

/// What must be right on this host before a deployment touches anything.
struct DeployPreparation: Sendable {
    let loaded: LoadedSettings
    let context: ServerContext
    /// The database, absolute.
    let database: String
    let place: DeploymentPlace
    /// The folders of containers; nil for the services of `start`.
    let containers: ContainerPlace?

    /// Room for what a build makes.
    private static let buildBytes: Int64 = 3 << 30
    /// Room for a version and for what the services write meanwhile.
    private static let releaseBytes: Int64 = 512 << 20
    /// Room for what goes into the database meanwhile.
    private static let databaseBytes: Int64 = 64 << 20

    /// What sources never set aside: data, logs and secrets that lie in the clone.
    var protectedPaths: [String] {
        let settings = loaded.settings
        var archive: String?
        if case .folder(let path) = settings.logs.archive.place { archive = path }
        let paths: [String?] = [
            settings.state.directory, database, settings.backup.directory, settings.data.catalogue,
            settings.runs.results, settings.logging.file, archive, ".env", settings.files.settings,
        ]
        return paths.compactMap { $0.map(absolute) }
    }

    func problems(willBuild: Bool) async -> [DeploymentError] {
        var found = space(willBuild: willBuild)
        found += [place.path, folder(of: database)].compactMap(permission)
        if let containers { return found + containers.problems() }
        if let problem = owner() { found.append(problem) }
        if let problem = await port() { found.append(problem) }
        return await found + secrets()
    }

    /// Room on every disk that a deployment writes to.
    private func space(willBuild: Bool) -> [DeploymentError] {
        var facts = stat()
        let size = stat(database, &facts) == 0 ? Int64(facts.st_size) : 0
        let settings = loaded.settings
        // A copy before a migration and a restored one; a backup; a version; what a build makes.
        var needs: [(path: String, bytes: Int64)] = [
            (place.path, Self.releaseBytes),
            (folder(of: database), 2 * size + Self.databaseBytes),
            (absolute(settings.backup.directory ?? settings.state.directory + "/backups"), size),
        ]
        if willBuild {
            let root = context.environment["TRADEWIND_ROOT"] ?? context.workingDirectory
            needs.append((containers == nil ? root : place.path, Self.buildBytes))
        }
        var disks: [(device: dev_t, path: String, bytes: Int64)] = []
        for need in needs {
            let device = device(of: need.path)
            if let index = disks.firstIndex(where: { $0.device == device }) {
                disks[index].bytes += need.bytes
            } else {
                disks.append((device, need.path, need.bytes))
            }
        }
        return disks.compactMap { shortage(of: $0.bytes, at: $0.path) }
    }

    private func shortage(of needed: Int64, at path: String) -> DeploymentError? {
        do throws(HostError) {
            let space = try DiskSpace.of(path)
            guard space.availableBytes < needed else { return nil }
            return DeploymentError(
                .diskFull,
                "a deployment needs \(ByteCount(needed)), and \(ByteCount(space.availableBytes)) are free",
                path: path,
                remedy: "free some space on that disk; old backups are in tradewind backup list")
        } catch {
            return DeploymentError(.file, error.description, path: path, remedy: "see to the folder")
        }
    }

    /// The disk of a path, or of the nearest folder above it that is there.
    private func device(of path: String) -> dev_t {
        var (path, facts) = (path, stat())
        while stat(path, &facts) != 0, path.count > 1 { path = folder(of: path) }
        return facts.st_dev
    }

    /// What the service cannot read when it starts: outside local it would not start without it.
    private func secrets() async -> [DeploymentError] {
        guard loaded.settings.environment != .local else { return [] }
        let sources = SecretSources(loaded, context)
        var found = await sources.serviceCredentials(audit: sources.audit).readAll().map { item in
            DeploymentError(.preflight, item.sentence, remedy: item.error.remedy)
        }
        do { try await sources.close() } catch {
            found.append(
                DeploymentError(
                    .tool, "the connection to where secrets are kept is not closed: \(error)",
                    remedy: "see to it with tradewind doctor, then try again"))
        }
        return found
    }

    private func permission(_ path: String) -> DeploymentError? {
        var path = path
        while path.count > 1, access(path, F_OK) != 0 { path = folder(of: path) }
        guard access(path, W_OK | X_OK) != 0 else { return nil }
        return DeploymentError(
            .preflight, "this user cannot write there", path: path,
            remedy: "run as the user who owns it, or let that user own it: chown")
    }

    /// Files that root makes in somebody's folder could not be written by the service afterwards.
    private func owner() -> DeploymentError? {
        var facts = stat()
        for path in [database, absolute(loaded.settings.state.directory)] {
            guard stat(path, &facts) == 0, facts.st_uid != geteuid() else { continue }
            return DeploymentError(
                .preflight, "it belongs to user \(facts.st_uid), and this is user \(geteuid())", path: path,
                remedy: "run as its owner, or change the owner: chown")
        }
        return nil
    }

    private func port() async -> DeploymentError? {
        let api = loaded.settings.api
        switch await PortLook.state(host: api.host, port: api.port) {
        case .free, .ours: return nil
        case .taken:
            return DeploymentError(
                .preflight, "another program listens on \(api.host):\(api.port)",
                remedy: "end it (ss --listening --tcp --processes names it), or give api.port another number")
        case .notPermitted:
            return DeploymentError(
                .preflight, "this user may not listen on port \(api.port)",
                remedy: "give api.port a number above 1023")
        case .impossible(let reason):
            return DeploymentError(
                .preflight, "nothing can listen on \(api.host):\(api.port): \(reason)",
                remedy: "correct api.host")
        }
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : context.workingDirectory + "/" + path
    }

    private func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
}
