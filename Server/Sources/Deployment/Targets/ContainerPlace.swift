internal import FoundationEssentials
internal import Glibc

/// The folders and the variables of a container deployment on this host, one set for each environment, by
/// default in `.tradewind/containers/ENVIRONMENT`.
///
/// The file `deploy.env` belongs to whoever runs the host: names of images, the domain, ports, limits and
/// folders are changed there. A deployment adds lines that are missing, and replaces those that say which
/// version is meant.
public struct ContainerPlace: Hashable, Sendable {
    /// Its folder, absolute.
    public let path: String
    /// `local`, `staging` or `production`.
    public let environment: String
    /// The sources, absolute.
    public let root: String

    /// The folders of an environment.
    public init(_ path: String, environment: String, root: String) {
        (self.path, self.environment, self.root) = (path, environment, root)
    }

    /// The file of variables.
    public var variablesFile: String { path + "/deploy.env" }
    /// The name under which containers of this host belong together.
    public var project: String { "tradewind-\(environment)" }

    /// The variables of the file; the values that a new one gets where there is none.
    public func variables() throws(DeploymentError) -> [String: String] {
        var found = standard
        guard let bytes = try BackupFile.read(variablesFile) else { return found }
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw DeploymentError(
                    .preflight, "the line \"\(parts[0])\" gives no variable", path: variablesFile,
                    remedy: "write NAME=value, without quotes")
            }
            found[String(parts[0])] = String(parts[1])
        }
        return found
    }

    private var standard: [String: String] {
        [
            "TRADEWIND_IMAGE": "localhost/tradewind", "TRADEWIND_DATA": path + "/data",
            "TRADEWIND_LOGS": path + "/logs", "TRADEWIND_CONFIG": path + "/config",
            "TRADEWIND_SECRETS": path + "/secrets", "TRADEWIND_UID": "\(owner.user)",
            "TRADEWIND_GID": "\(owner.group)", "APP_DOMAIN": "localhost", "ACME_EMAIL": "", "HTTP_PORT": "80",
            "HTTPS_PORT": "443", "BASIC_AUTH_HASH": "",
        ]
    }

    /// Who containers run as: whoever deploys, and for root a user of no other rights.
    private var owner: (user: uid_t, group: gid_t) {
        geteuid() == 0 ? (10_001, 10_001) : (geteuid(), getegid())
    }

    /// Makes what is not there: folders with their owner, lines of the file of variables, the settings, and
    /// for local the secrets of the service.
    ///
    /// - Parameter random: bytes that nobody can foretell.
    public func prepare(random: (Int) -> [UInt8]) throws(DeploymentError) {
        try BackupFile.makeFolder(path)
        let values = try variables()
        // Compose reads no value that is not in the file. What somebody wrote there stays as it is.
        let written = String(decoding: try BackupFile.read(variablesFile) ?? [], as: UTF8.self)
        let missing = standard.keys.sorted().filter { name in
            !written.split(separator: "\n").contains { $0.hasPrefix(name + "=") }
        }
        if !missing.isEmpty {
            let end = written.isEmpty || written.hasSuffix("\n") ? "" : "\n"
            try replaceVariables(written + end + missing.map { "\($0)=\(standard[$0] ?? "")\n" }.joined())
        }
        let user = uid_t(values["TRADEWIND_UID"] ?? "") ?? owner.user
        let group = gid_t(values["TRADEWIND_GID"] ?? "") ?? owner.group
        let (data, secrets) = (values["TRADEWIND_DATA"] ?? "", values["TRADEWIND_SECRETS"] ?? "")
        let config = values["TRADEWIND_CONFIG"] ?? ""
        let parts = ["proxy", "prometheus", "alertmanager", "log-shipping"].map { "\(data)/stack/\($0)" }
        for folder in [data, data + "/stack", values["TRADEWIND_LOGS"] ?? "", secrets, secrets + "/alerting"]
            + parts
        {
            let isNew = access(folder, F_OK) != 0
            try BackupFile.makeFolder(folder)
            if isNew, chown(folder, user, group) != 0 { throw .system("giving the folder its owner", folder) }
        }
        try BackupFile.makeFolder(config)
        chmod(config, 0o755)
        let settings = config + "/tradewind.yaml"
        if access(settings, F_OK) != 0 {
            try BackupFile.copy("\(root)/Deploy/Compose/config/\(environment).yaml", to: settings)
            chmod(settings, 0o644)
        }
        guard environment == "local" else { return }
        // Outside local nobody but the owner of the host chooses secrets.
        try makeSecret(
            secrets + "/api.json", "{\"token\": \"\(hexadecimal(random(32)))\"}\n", user, group)
        try makeSecret(
            secrets + "/auth.json",
            "{\"signing-keys\": \"local:\(base64(random(32)))\", "
                + "\"audit-key\": \"\(hexadecimal(random(32)))\"}\n",
            user, group)
    }

    private func makeSecret(
        _ file: String, _ text: String, _ user: uid_t, _ group: gid_t
    ) throws(DeploymentError) {
        guard access(file, F_OK) != 0 else { return }
        try BackupFile.write(Array(text.utf8), to: file)
        if chown(file, user, group) != 0 { throw .system("giving the file its owner", file) }
    }

    /// Settings for commands on this host, as `--set` takes them: those of the container, with the folders as
    /// this host has them.
    public func settings() throws(DeploymentError) -> [String] {
        let values = try variables()
        let (data, secrets) = (values["TRADEWIND_DATA"] ?? "", values["TRADEWIND_SECRETS"] ?? "")
        return [
            "files.settings=\(values["TRADEWIND_CONFIG"] ?? "")/tradewind.yaml",
            "files.environments=\(root)/Deploy/Environments", "state.directory=\(data)",
            "database.url=sqlite:///\(data)/tradewind.db", "data.catalogue=\(data)/catalogue",
            "api.secret-path=\(secrets)/api.json", "auth.secret-path=\(secrets)/auth.json",
        ]
    }

    /// What is wrong with the folders: an owner other than the one that containers run as.
    public func problems() -> [DeploymentError] {
        let values: [String: String]
        do throws(DeploymentError) { values = try variables() } catch { return [error] }
        let user = uid_t(values["TRADEWIND_UID"] ?? "") ?? owner.user
        var found: [DeploymentError] = []
        for name in ["TRADEWIND_DATA", "TRADEWIND_LOGS", "TRADEWIND_SECRETS"] {
            let folder = values[name] ?? ""
            var facts = stat()
            guard stat(folder, &facts) == 0 else {
                found.append(
                    DeploymentError(
                        .preflight, "the folder \(name) is not there", path: folder,
                        remedy: "make it, owned by user \(user), or correct \(variablesFile)"))
                continue
            }
            if facts.st_uid != user {
                found.append(
                    DeploymentError(
                        .preflight, "it belongs to user \(facts.st_uid), and containers run as user \(user)",
                        path: folder, remedy: "chown \(user) \(folder), or change TRADEWIND_UID"))
            }
        }
        for name in ["api.json", "auth.json"] {
            let file = "\(values["TRADEWIND_SECRETS"] ?? "")/\(name)"
            if access(file, R_OK) != 0 {
                found.append(
                    DeploymentError(
                        .preflight, "this file of secrets is missing or cannot be read", path: file,
                        remedy: "write it as Documentation/deployment.md says, with mode 0600"))
            }
        }
        return found
    }

    /// Replaces the lines that say which version is meant, and leaves all others as they are.
    func setVersion(_ values: [(String, String)]) throws(DeploymentError) {
        let bytes = try BackupFile.read(variablesFile) ?? []
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        for (name, value) in values {
            lines.removeAll { $0.hasPrefix(name + "=") }
            lines.append("\(name)=\(value)")
        }
        try replaceVariables(lines.joined(separator: "\n") + "\n")
    }

    private func replaceVariables(_ text: String) throws(DeploymentError) {
        let draft = variablesFile + ".new"
        unlink(draft)
        try BackupFile.write(Array(text.utf8), to: draft)
        if rename(draft, variablesFile) != 0 { throw .system("replacing", variablesFile) }
        try BackupFile.syncFolder(path)
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
