internal import Operations

/// The programs that carry containers on this host: docker or podman, and Compose.
public struct ContainerTools: Hashable, Sendable {
    /// The engine: the path of `docker` or `podman`.
    public let engine: String
    /// Compose, with its first arguments.
    public let compose: [String]
    /// The environment of all of them.
    public let environment: [String: String]
    /// Whether Compose is of version 1, which with podman does not take up a network that is there.
    public let mustComeDownFirst: Bool

    /// Older ones do not know what the files of this project ask for.
    static let minimumDocker = (20, 10)
    static let minimumPodman = (4, 0)
    static let minimumCompose = (1, 29)

    /// Finds them.
    ///
    /// - Parameters:
    ///   - socket: where podman may serve the interface that Compose speaks, when nobody says otherwise.
    ///   - record: the file that takes what they say.
    /// - Throws: ``DeploymentError`` with code `preflight` naming what is not there or too old.
    public static func find(
        environment: [String: String], socket: String, record: String
    ) throws(DeploymentError) -> ContainerTools {
        var environment = environment
        let engine = try findEngine(environment, record)
        let isPodman = engine.hasSuffix("podman")
        if isPodman, environment["DOCKER_HOST"] == nil {
            environment["DOCKER_HOST"] = "unix://" + socket
            try serve(engine, socket, environment, record)
        }
        let compose = try findCompose(engine, environment, record)
        environment["CONTAINER_ENGINE"] = engine
        return ContainerTools(
            engine: engine, compose: compose.command, environment: environment,
            mustComeDownFirst: isPodman && compose.isFirst)
    }

    /// Docker when its daemon answers, else podman.
    private static func findEngine(
        _ environment: [String: String], _ record: String
    ) throws(DeploymentError) -> String {
        let (docker, podman) = (
            HostTool.find("docker", in: environment), HostTool.find("podman", in: environment)
        )
        if let docker {
            // Its client alone may be there for podman's sake.
            if podman == nil { try check(docker, ["--version"], atLeast: minimumDocker, environment, record) }
            if try attempt([docker], ["version"], environment, record).isDone {
                try check(docker, ["--version"], atLeast: minimumDocker, environment, record)
                return docker
            }
        }
        if let podman {
            try check(podman, ["--version"], atLeast: minimumPodman, environment, record)
            return podman
        }
        guard docker != nil else {
            throw DeploymentError(
                .preflight, "neither docker nor podman is there",
                remedy: "install one (apt-get install podman), or deploy without containers: --native")
        }
        throw DeploymentError(
            .preflight, "docker is there, and its daemon does not answer this user",
            remedy: "start it (systemctl start docker), let this user into its group, or deploy with --native"
        )
    }

    private static func findCompose(
        _ engine: String, _ environment: [String: String], _ record: String
    ) throws(DeploymentError) -> (command: [String], isFirst: Bool) {
        if !engine.hasSuffix("podman") {
            let plugin = try attempt([engine, "compose"], ["version"], environment, record)
            if plugin.isDone { return ([engine, "compose"], false) }
        }
        guard let program = HostTool.find("docker-compose", in: environment) else {
            throw DeploymentError(
                .preflight, "Compose is not there",
                remedy: "install it (apt-get install docker-compose), or deploy without containers: --native")
        }
        let version = try check(
            program, ["version", "--short"], atLeast: minimumCompose, environment, record)
        return ([program], version.0 < 2)
    }

    /// Podman's interface for Compose, for as long as it is used; nothing to do where it is served already.
    private static func serve(
        _ engine: String, _ socket: String, _ environment: [String: String], _ record: String
    ) throws(DeploymentError) {
        let command = """
            if ! [ -S "$1" ] || ! "$0" --url "unix://$1" version >/dev/null 2>&1; then
                rm -f "$1"; "$0" system service --time 600 "unix://$1" >/dev/null 2>&1 &
                for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                    [ -S "$1" ] && exit 0; sleep 0.2
                done
                exit 1
            fi
            """
        let outcome = try attempt(["/bin/sh", "-c", command, engine], [socket], environment, record)
        guard outcome.isDone else {
            throw DeploymentError(
                .preflight, "podman does not serve its interface: \(outcome.reason)", path: socket,
                remedy:
                    "start it, and name it in DOCKER_HOST: podman system service --time 0 unix://\(socket)")
        }
    }

    /// Reads the first two numbers of a version.
    @discardableResult
    private static func check(
        _ program: String, _ arguments: [String], atLeast minimum: (Int, Int),
        _ environment: [String: String], _ record: String
    ) throws(DeploymentError) -> (Int, Int) {
        let outcome = try attempt([program], arguments, environment, record)
        let word = outcome.output.split { !$0.isNumber && $0 != "." }.first { $0.contains(".") } ?? ""
        let numbers = word.split(separator: ".").compactMap { Int($0) }
        guard outcome.isDone, numbers.count >= 2, (numbers[0], numbers[1]) >= minimum else {
            throw DeploymentError(
                .preflight,
                "\(program) is of version \(word.isEmpty ? "unknown" : String(word)); at least "
                    + "\(minimum.0).\(minimum.1) is needed",
                remedy: "install a newer one, or deploy without containers: --native")
        }
        return (numbers[0], numbers[1])
    }

    private static func attempt(
        _ command: [String], _ arguments: [String], _ environment: [String: String], _ record: String
    ) throws(DeploymentError) -> HostTool.Outcome {
        do throws(SupervisionError) {
            return try HostTool(command: command, environment: environment, record: record)
                .run(arguments, within: .seconds(60))
        } catch { throw DeploymentError(error) }
    }
}
