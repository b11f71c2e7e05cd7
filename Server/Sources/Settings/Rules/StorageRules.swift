/// Where things are stored.
enum StorageRules {
    static let all = [tls, password, redis, sharedQueue, sharedLog]

    private static let tls = SettingsRule(
        "database-tls",
        """
        In staging and production PostgreSQL is reached only with sslmode=verify-full, and database.ca-file, \
        database.certificate-file and database.key-file name files that are there and closed to other users.
        """
    ) { context in
        let database = context.settings.database
        guard context.isHardened, context.isRead("database.url"), !context.isBroken("database.url"),
            case .postgres(let server) = database.url.address
        else { return [] }
        var problems: [SettingsProblem] = []
        if server.sslMode != "verify-full" {
            problems.append(
                SettingsProblem(
                    .invalidValue, key: "database.url",
                    (server.sslMode.map { "sslmode is \($0)" } ?? "sslmode is not given")
                        + "; allowed is verify-full alone in \(context.environment.rawValue)",
                    at: context.origin("database.url"), remedy: "add ?sslmode=verify-full to the URL"))
        }
        let files = [
            ("database.ca-file", database.caFile, UInt32(0o007)),
            ("database.certificate-file", database.certificateFile, 0o007),
            ("database.key-file", database.keyFile, 0o037),
        ]
        for (key, path, forbidden) in files {
            guard let path else {
                problems += context.missing(
                    key, because: "a PostgreSQL connection needs it in \(context.environment.rawValue)")
                continue
            }
            if let problem = PrivateFile.problem(with: path, key, forbidden, context) {
                problems.append(problem)
            }
        }
        return problems
    }

    private static let password = SettingsRule(
        "database-password-once",
        "The password of the database stands in its URL or in database.password, not in both."
    ) { context in
        let database = context.settings.database
        guard database.url.password != nil, database.credential.given["password"] != nil else { return [] }
        return [
            context.contradiction(
                "database.password", "a password is given here and in database.url",
                remedy: "keep one of them")
        ]
    }

    private static let redis = SettingsRule("redis-url", "redis.url is given when queue.backend is redis.") {
        context in
        guard context.settings.queue.backend == .redis, context.settings.redis.url == nil else { return [] }
        return context.missing("redis.url", because: "queue.backend is redis")
    }

    private static let sharedQueue = SettingsRule(
        "queue-shared", "queue.backend is not memory when the supervisor also runs a worker or a scheduler."
    ) { context in
        let services = context.settings.supervisor.services
        guard context.settings.queue.backend == .memory,
            services.contains(.worker) || services.contains(.scheduler)
        else { return [] }
        return [
            context.contradiction(
                context.isGiven("queue.backend") ? "queue.backend" : "supervisor.services",
                "a worker or scheduler cannot see the jobs in the memory of the API",
                remedy: "set queue.backend to database or redis")
        ]
    }

    private static let sharedLog = SettingsRule(
        "log-file-shared", "logging.file is not given when the supervisor runs several services."
    ) { context in
        guard context.settings.logging.file != nil, context.settings.supervisor.services.count > 1 else {
            return []
        }
        return [
            context.contradiction(
                "logging.file", "several services would write, and set aside, the same file",
                remedy: "leave it out: each service has its own file in the state folder")
        ]
    }
}

/// Files that only their owner, and where it is said the group, may read.
enum PrivateFile {
    /// What is wrong with a file that must be private; nil when nothing is.
    ///
    /// - Parameter forbidden: the permission bits that must not be set.
    static func problem(
        with path: String, _ key: String, _ forbidden: UInt32, _ context: RuleContext
    ) -> SettingsProblem? {
        func problem(_ message: String, _ remedy: String) -> SettingsProblem {
            SettingsProblem(.file, key: key, message, at: context.origin(key), about: nil, remedy: remedy)
        }
        let shown = Disclosure.guarded(path)
        guard let facts = context.files.facts(path) else {
            return problem("the file \(shown) is not there", "put it there, or correct the path")
        }
        guard facts.isRegularFile else { return problem("\(shown) is no file", "name a file") }
        guard facts.mode & forbidden == 0 else {
            return problem(
                "the file \(shown) is open to other users (mode \(facts.modeText))", "run chmod 600 on it")
        }
        guard facts.isReadable else {
            return problem(
                "the file \(shown) cannot be read by this user", "give this user the right to read it")
        }
        return nil
    }
}
