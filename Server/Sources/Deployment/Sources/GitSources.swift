internal import Glibc
internal import Operations

/// A clone on this host. Local changes become a commit before another version is checked out, whatever
/// they are: changed, staged, removed, untracked, and ignored files that the other version has under the
/// same name.
public struct GitSources: DeploymentSources {
    /// How Git is used.
    public struct Options: Sendable {
        /// The clone, absolute.
        public var root: String
        /// The branch that is deployed; nil for the remote's own choice.
        public var branch: String?
        /// Folders and files that are never set aside, absolute: data, logs, secrets.
        public var protected: [String]
        /// The environment of Git.
        public var environment: [String: String]
        /// The file that takes what Git says.
        public var record: String
        /// Open files that Git gets: the lock of the deployment.
        public var inherited: [Int32]

        /// Options.
        public init(
            root: String, branch: String?, protected: [String], environment: [String: String], record: String,
            inherited: [Int32]
        ) {
            (self.root, self.branch, self.protected) = (root, branch, protected)
            (self.environment, self.record, self.inherited) = (environment, record, inherited)
        }
    }

    private static let remote = "origin"
    private static let fallbackBranch = "master"
    private static let label = "tradewind deployment "
    private let options: Options

    /// A clone.
    public init(_ options: Options) {
        var options = options
        // Nobody answers a question, whatever the remote asks for; messages are read by people and by us.
        options.environment["GIT_TERMINAL_PROMPT"] = "0"
        options.environment["LC_ALL"] = "C"
        options.environment["GIT_OPTIONAL_LOCKS"] = "0"
        self.options = options
    }

    public func problems() async -> [DeploymentError] {
        do throws(DeploymentError) {
            try removeStaleLock()
            let top = try git(["rev-parse", "--show-toplevel"]).line
            guard top == realPath(options.root) else {
                return [
                    DeploymentError(
                        .source, "the folder is not the top of a clone", path: options.root,
                        remedy: "clone the project, and run this from the clone")
                ]
            }
            _ = try git(["remote", "get-url", Self.remote])
            for state in ["MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD"]
            where access(try git(["rev-parse", "--git-path", state]).absolute(in: options.root), F_OK) == 0 {
                return [
                    DeploymentError(
                        .source, "a merge or rebase is under way in the clone", path: options.root,
                        remedy: "finish or abort it, then run the same command again")
                ]
            }
            return []
        } catch {
            return [error]
        }
    }

    public func position() async throws(DeploymentError) -> SourcePosition {
        let commit = try git(["rev-parse", "HEAD"]).line
        let branch = try attempt(["symbolic-ref", "--quiet", "--short", "HEAD"])
        return SourcePosition(commit: commit, branch: branch.status == 0 ? branch.output.line : nil)
    }

    // MARK: The version

    public func resolve(_ reference: String?) async throws(DeploymentError) -> String {
        let branch = try branchToDeploy()
        _ = try git([
            "fetch", "--quiet", "--no-write-fetch-head", Self.remote,
            "+refs/heads/\(branch):refs/remotes/\(Self.remote)/\(branch)",
        ])
        let wanted = reference ?? "refs/remotes/\(Self.remote)/\(branch)"
        for name in [wanted, "refs/remotes/\(Self.remote)/\(wanted)"] {
            let found = try attempt([
                "rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}",
            ])
            if found.status == 0 { return found.output.line }
        }
        throw DeploymentError(
            .source, "there is no commit \(wanted)", path: options.root,
            remedy: "name a commit or a branch of \(Self.remote)")
    }

    private func branchToDeploy() throws(DeploymentError) -> String {
        if let branch = options.branch { return branch }
        let known = try attempt(["symbolic-ref", "--quiet", "--short", "refs/remotes/\(Self.remote)/HEAD"])
        if known.status == 0, let name = known.output.line.split(separator: "/", maxSplits: 1).last {
            return String(name)
        }
        // Prints `ref: refs/heads/main<TAB>HEAD`.
        let asked = try attempt(["ls-remote", "--symref", Self.remote, "HEAD"])
        let line = asked.output.split(separator: "\n").first { $0.hasPrefix("ref: refs/heads/") }
        guard asked.status == 0, let line else { return Self.fallbackBranch }
        return String(line.dropFirst("ref: refs/heads/".count).prefix { $0 != "\t" })
    }

    // MARK: Local changes

    public func setAside(for commit: String, label: String) async throws(DeploymentError) -> String? {
        let changed = try changes() + collisions(with: commit)
        let paths = Set(changed).filter { !isProtected($0) }.sorted()
        if paths.isEmpty { return nil }
        let list = options.record + ".paths-\(getpid())"
        unlink(list)
        defer { unlink(list) }
        try BackupFile.write(Array((paths.joined(separator: "\0") + "\0").utf8), to: list)
        _ = try git([
            "stash", "push", "--quiet", "--all", "--message", Self.label + label,
            "--pathspec-from-file=\(list)", "--pathspec-file-nul",
        ])
        guard let made = try findNow(label) else {
            throw DeploymentError(
                .source, "local changes cannot be set aside: Git made no stash of them", path: options.root,
                remedy: "commit or move them, then run the same command again")
        }
        // Nothing that drops stashes loses it.
        _ = try git(["update-ref", Self.keptReference(label), made])
        return made
    }

    public func findSetAside(_ label: String) async throws(DeploymentError) -> String? { try findNow(label) }

    private func findNow(_ label: String) throws(DeploymentError) -> String? {
        let list = try git(["stash", "list", "--format=%H %s"])
        for line in list.split(separator: "\n") where line.hasSuffix(Self.label + label) {
            return String(line.prefix(40))
        }
        let kept = try attempt(["rev-parse", "--verify", "--quiet", Self.keptReference(label)])
        return kept.status == 0 ? kept.output.line : nil
    }

    public func remedy(for setAside: String) -> String {
        // As a shell takes it, whatever is in the name of the folder.
        let root = "'" + options.root.replacing("'", with: "'\\''") + "'"
        return "git -C \(root) stash apply \(setAside)"
    }

    private static func keptReference(_ label: String) -> String { "refs/tradewind/set-aside/\(label)" }
    private static func earlierReference(_ label: String) -> String { "refs/tradewind/before/\(label)" }

    /// Paths that differ from the commit or are not known to it, relative to the clone.
    private func changes() throws(DeploymentError) -> [String] {
        let text = try git(["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"])
        return text.split(separator: "\0").map { String($0.dropFirst(3)) }
    }

    /// Ignored files that a commit has under the same name: checking it out would replace them.
    private func collisions(with commit: String) throws(DeploymentError) -> [String] {
        let ignored = try git(["ls-files", "--others", "--ignored", "--exclude-standard", "-z"])
            .split(separator: "\0")
        if ignored.isEmpty { return [] }
        let tracked = Set(
            try git(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit]).split(separator: "\0"))
        return ignored.filter { tracked.contains($0) }.map(String.init)
    }

    private func isProtected(_ path: String) -> Bool {
        let absolute = "\(options.root)/\(path)"
        return options.protected.contains { absolute == $0 || absolute.hasPrefix($0 + "/") }
    }

    // MARK: Moving

    public func checkOut(_ commit: String, label: String) async throws(DeploymentError) {
        let branch = try branchToDeploy()
        // Commits of the branch that nobody has fetched stay reachable.
        let local = try attempt(["rev-parse", "--verify", "--quiet", "refs/heads/\(branch)"])
        if local.status == 0 {
            _ = try git(["update-ref", Self.earlierReference(label), local.output.line])
        }
        _ = try git(["checkout", "--quiet", "-B", branch, commit])
    }

    public func goBack(to position: SourcePosition, with setAside: String?) async throws(DeploymentError) {
        let now = try await self.position()
        if now != position {
            if let branch = position.branch {
                _ = try git(["checkout", "--quiet", "-B", branch, position.commit])
            } else {
                _ = try git(["checkout", "--quiet", "--detach", position.commit])
            }
        }
        guard let setAside else { return }
        if try !isApplied(setAside) {
            // What an interrupted way back brought already, and whatever came since: Git writes over neither.
            if try !changes().isEmpty {
                _ = try await self.setAside(for: position.commit, label: "before-\(setAside.prefix(12))")
            }
            let outcome = try attempt(["stash", "apply", "--quiet", "--index", setAside])
            if outcome.status != 0 {
                throw DeploymentError(
                    .source, "local changes do not come back by themselves: \(outcome.reason)",
                    path: options.root, remedy: "they are kept: \(remedy(for: setAside))")
            }
        }
        try drop(setAside)
    }

    /// Whether the clone has everything that was set aside.
    private func isApplied(_ setAside: String) throws(DeploymentError) -> Bool {
        // A stash of untracked files has them in a third parent.
        for tree in [setAside, setAside + "^3"] {
            let exists = try attempt(["rev-parse", "--verify", "--quiet", tree])
            if exists.status != 0 { continue }
            let same = try attempt(["diff", "--quiet", tree, "--"])
            let own = tree.hasSuffix("^3")
            if !own && same.status != 0 { return false }
            if own {
                for name in try git(["ls-tree", "-r", "-z", "--name-only", tree]).split(separator: "\0")
                where access("\(options.root)/\(name)", F_OK) != 0 { return false }
            }
        }
        return true
    }

    /// Takes a stash that was applied again off the list.
    private func drop(_ setAside: String) throws(DeploymentError) {
        let list = try git(["stash", "list", "--format=%gd %H"])
        for line in list.split(separator: "\n") where line.hasSuffix(setAside) {
            let name = line.prefix { $0 != " " }
            _ = try git(["stash", "drop", "--quiet", String(name)])
            return
        }
    }

    // MARK: Git

    private func git(_ arguments: [String]) throws(DeploymentError) -> String {
        let outcome = try attempt(arguments)
        guard outcome.status == 0 else {
            throw DeploymentError(
                .source, "git \(arguments.first ?? "") failed: \(outcome.reason)", path: options.root,
                remedy: "run git \(arguments.joined(separator: " ")) in the clone")
        }
        return outcome.output
    }

    private func attempt(_ arguments: [String]) throws(DeploymentError) -> HostTool.Outcome {
        guard let program = HostTool.find("git", in: options.environment) else {
            throw DeploymentError(
                .tool, "git is not there", remedy: "apt-get install git, or put it into PATH")
        }
        let settings = [
            "core.hooksPath=/dev/null", "user.name=tradewind", "user.email=tradewind@localhost",
            "core.quotePath=false", "advice.detachedHead=false",
        ]
        let tool = HostTool(
            command: [program, "-C", options.root] + settings.flatMap { ["-c", $0] },
            environment: options.environment, record: options.record, inherited: options.inherited)
        do throws(SupervisionError) {
            return try tool.run(arguments, within: .seconds(600))
        } catch { throw DeploymentError(error) }
    }

    /// Removes the lock of an index that a killed Git left: every Git of a deployment holds its lock, and a
    /// Git of somebody else is seen in the table of processes.
    private func removeStaleLock() throws(DeploymentError) {
        let path = try git(["rev-parse", "--git-path", "index.lock"]).absolute(in: options.root)
        guard access(path, F_OK) == 0 else { return }
        let running = ProcessTable().pids(ofProgram: "git")
        guard running.isEmpty else {
            throw DeploymentError(
                .source, "another git (process \(running[0])) is at work in the clone", path: path,
                remedy: "wait for it, then run the same command again")
        }
        unlink(path)
    }

    private func realPath(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

extension String {
    /// Without its line end.
    fileprivate var line: String { String(prefix { $0 != "\n" }) }

    /// A path that Git printed, absolute.
    fileprivate func absolute(in folder: String) -> String {
        line.hasPrefix("/") ? line : folder + "/" + line
    }
}
