import Foundation
import TestServers

/// Images and containers apart from all others of this machine: podman and buildah with storage of their own,
/// base images made from Debian's packages, and the Compose files of the project.
final class StackDesk {
    struct Failure: Error, CustomStringConvertible { let description: String }

    static let runsLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"
    static let commit = "0123456789abcdef0123456789abcdef01234567"
    /// Secrets that the build gets, and that no layer may hold.
    static let planted = ["planted-registry-4711", "planted-netrc-4712"]
    static let token = "token-of-the-stack-4711-abcdef"

    let folder: URL
    let port: Int
    let hook: Int
    private let environment: [String]
    private var socket: Process?
    private var isUp = false

    /// An image of the services and base images that are there already, with the storage that holds them: for
    /// trying the rest of the test without building for a quarter of an hour. The folder has
    /// `ct/storage.conf` and `ct/containers.conf`, the image is `localhost/tradewind:trial`.
    static let prepared = ProcessInfo.processInfo.environment["TRADEWIND_TEST_STACK"]

    /// What is not there, when anything is.
    static func missing() -> String? {
        let tools = [
            "buildah", "podman", "runc", "mmdebstrap", "docker-compose", "swift", "python3", "catatonit",
        ]
        return tools.first { Tools.find($0, package: "the Debian package of this name") == nil }
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-stack-\(getpid())")
        (port, hook) = (ServerProcess.freePort(), ServerProcess.freePort())
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = Self.prepared.map { URL(filePath: $0) } ?? folder
        if Self.prepared == nil {
            try manager.createDirectory(at: folder.appending(path: "ct"), withIntermediateDirectories: true)
            // Limits that a process without CAP_SYS_RESOURCE can set, and a runtime for any kind of cgroups.
            try Data(
                """
                [containers]
                default_ulimits = ["nofile=1024:1024","nproc=4096:4096"]
                [engine]
                runtime = "runc"
                cgroup_manager = "cgroupfs"

                """.utf8
            ).write(to: folder.appending(path: "ct/containers.conf"))
            try Data(
                """
                [storage]
                driver = "overlay"
                runroot = "\(folder.path)/ct/run"
                graphroot = "\(folder.path)/ct/graph"

                """.utf8
            ).write(to: folder.appending(path: "ct/storage.conf"))
        }
        environment = [
            "CONTAINERS_CONF=\(configuration.path)/ct/containers.conf",
            "CONTAINERS_STORAGE_CONF=\(configuration.path)/ct/storage.conf",
            "DOCKER_HOST=unix://\(folder.path)/engine.sock",
        ]
    }

    /// Runs a script; what it prints.
    @discardableResult
    func run(_ script: String, minutes: Int = 10) throws -> String {
        let done = try Tools.run(
            ["timeout", "\(minutes * 60)", "sh", "-e", "-c", script], in: folder.path, variables: environment)
        guard done.status == 0 else {
            throw Failure(description: "status \(done.status) of: \(script)\n\(done.output.suffix(3_000))")
        }
        return done.output
    }

    // MARK: Images

    /// Debian from its packages, and the toolchain of this machine on top of it.
    func makeBaseImages() throws {
        let toolchain = try run("readlink -f \"$(command -v swift)\"").split(separator: "\n").last ?? ""
        let usr = toolchain.replacingOccurrences(of: "/bin/swift-driver", with: "")
            .replacingOccurrences(of: "/bin/swift", with: "")
        try run(
            """
            mmdebstrap --variant=minbase --mode=root --include=ca-certificates bookworm rootfs.tar
            podman import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
              rootfs.tar docker.io/library/debian:bookworm-slim
            rm rootfs.tar
            """)
        try run(
            """
            c=$(buildah from --pull-never docker.io/library/debian:bookworm-slim)
            buildah run --isolation chroot --network host "$c" -- sh -c 'apt-get update && \
              apt-get install -y --no-install-recommends binutils gcc git libc6-dev libcurl4 libedit2 \
              libncurses6 libpython3.11 libsqlite3-0 libstdc++-12-dev libxml2 libz3-4 pkg-config tzdata \
              zlib1g-dev'
            m=$(buildah mount "$c")
            cp -a '\(usr)/.' "$m/usr/"
            if [ -e /etc/gitconfig ]; then cp /etc/gitconfig "$m/etc/gitconfig"; fi
            buildah umount "$c"
            buildah commit "$c" docker.io/library/swift:6.3-bookworm
            buildah rm "$c"
            """, minutes: 20)
    }

    /// The production image, as the guide says, from a copy of what the project is made of.
    func buildProduction() throws {
        try Data("{\"registry\": \"\(Self.planted[0])\"}".utf8).write(
            to: folder.appending(path: "registries.json"))
        try Data("machine registry.example login desk password \(Self.planted[1])\n".utf8).write(
            to: folder.appending(path: "netrc"))
        // Where git is told to find sources elsewhere on this machine, the build must see that place, too.
        let places = try run(
            "git config --system --get-regexp '^url\\..*\\.insteadof$' || true"
        ).split(separator: "\n").compactMap { line in
            line.split(separator: " ").first.map { $0.dropFirst(4).dropLast(".insteadof".count) }
        }
        let mounts = Set(places.filter { $0.hasPrefix("/") }.map(String.init)).sorted()
            .map { "--volume \($0):\($0):ro" }
        try run(
            """
            nice -n 19 buildah bud --isolation chroot --network host --pull-never --format docker \
              --target production --tag localhost/tradewind:trial \
              --file '\(DeployFiles.path("Deploy/Container/Dockerfile"))' \
              --build-arg GIT_SHA=\(Self.commit) --build-arg BUILD_DATE=2026-01-02T03:04:05Z \
              --build-arg APP_VERSION=0.1.0 --secret id=netrc,src=netrc \(mounts.joined(separator: " ")) \
              '\(DeployFiles.root.path)'
            """, minutes: 90)
    }

    /// Caddy, Prometheus and Alertmanager from Debian, in the place of their makers' images.
    func makeSideImages() throws {
        if Self.prepared != nil { return }
        try run(
            """
            mkdir -p side
            printf '%s\\n' 'FROM docker.io/library/debian:bookworm-slim' \
              'RUN apt-get update && apt-get install -y --no-install-recommends caddy curl' > side/caddy
            printf '%s\\n' 'FROM docker.io/library/debian:bookworm-slim' \
              'RUN apt-get update && apt-get install -y --no-install-recommends prometheus \
            prometheus-alertmanager' 'ENTRYPOINT ["prometheus"]' > side/prom
            for name in caddy prom; do
                buildah bud --isolation chroot --network host --pull-never --format docker \
                  --tag "localhost/local-$name" --file "side/$name" side
            done
            """)
    }

    /// Bytes of an image.
    func size(of image: String) throws -> Int {
        let text = try run("podman image inspect --format '{{.Size}}' \(image)")
        return text.split(separator: "\n").compactMap { Int($0) }.last ?? 0
    }

    // MARK: The stack

    func up() throws {
        try run(
            """
            mkdir -p st/data/stack/proxy st/data/stack/prometheus st/data/stack/alertmanager \
              st/data/stack/log-shipping st/logs st/config st/secrets/alerting
            cp '\(DeployFiles.path("Deploy/Compose/config/local.yaml"))' st/config/tradewind.yaml
            printf '{"token": "\(Self.token)"}' > st/secrets/api.json
            printf '{"signing-keys": "a:%s", "audit-key": "audit-key-of-the-stack"}' \
              "$(head -c 32 /dev/urandom | base64)" > st/secrets/auth.json
            echo 'http://172.30.91.1:\(hook)/alerts' > st/secrets/alerting/webhook-url
            chmod 0600 st/secrets/*.json st/secrets/alerting/*
            chmod 0700 st/secrets st/secrets/alerting
            chown -R 10001:10001 st
            """)
        let variables = [
            "TRADEWIND_VERSION": "trial", "TRADEWIND_IMAGE": "localhost/tradewind",
            "TRADEWIND_DATA": folder.path + "/st/data", "TRADEWIND_LOGS": folder.path + "/st/logs",
            "TRADEWIND_CONFIG": folder.path + "/st/config", "TRADEWIND_SECRETS": folder.path + "/st/secrets",
            "TRADEWIND_UID": "10001", "TRADEWIND_GID": "10001", "HTTP_PORT": "\(port)",
            "PROXY_IMAGE": "localhost/local-caddy", "PROMETHEUS_IMAGE": "localhost/local-prom",
            "ALERTMANAGER_IMAGE": "localhost/local-prom",
        ]
        let text = variables.map { "\($0.key)=\($0.value)\n" }.sorted().joined()
        try Data(text.utf8).write(to: folder.appending(path: "deploy.env"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            environment + ["podman", "system", "service", "-t", "0", "unix://\(folder.path)/engine.sock"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        socket = process
        try run("for i in $(seq 1 50); do if [ -S engine.sock ]; then exit 0; fi; sleep 0.1; done; exit 1")
        isUp = true
        try run(compose + " up --detach")
    }

    var compose: String {
        """
        docker-compose --env-file deploy.env --project-name tradewind-test \
          --file '\(DeployFiles.path(ComposeFiles.base))' \
          --file '\(DeployFiles.path(ComposeFiles.overlay("local")))'
        """
    }

    /// The address of a service within the network.
    func address(of service: String) throws -> String {
        let text = try run(
            """
            podman inspect tradewind-test_\(service)_1 \
              --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'
            """)
        return String(text.split(separator: "\n").last ?? "")
    }

    /// Asks through the proxy; status and body.
    func ask(_ path: String, method: String = "GET", body: String? = nil, isKnown: Bool = false) async -> (
        status: Int, body: String
    ) {
        var headers = ["Content-Type": "application/json"]
        if isKnown { headers["Authorization"] = "Bearer \(Self.token)" }
        let answer = try? await HTTPQuestion.send(
            method, "http://localhost:\(port)\(path)", headers: headers, body: body)
        return (answer?.status ?? 0, String(decoding: answer?.body ?? Data(), as: UTF8.self))
    }

    /// Ends everything and removes it.
    func close() {
        if isUp { _ = try? run(compose + " down --volumes") }
        if let socket, socket.isRunning {
            socket.terminate()
            socket.waitUntilExit()
        }
        if Self.prepared == nil { _ = try? run("podman rmi --all --force; buildah rm --all") }
        try? FileManager.default.removeItem(at: folder)
    }
}
