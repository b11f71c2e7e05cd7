import Foundation
import TestServers

/// Images and containers apart from all others of this machine: podman and buildah with storage of their own,
/// and base images made from Debian's packages.
final class StackDesk {
    struct Failure: Error, CustomStringConvertible { let description: String }

    static let runsLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"
    /// Secrets that the build gets, and that no layer may hold; made up at each run, as layers of the build
    /// hold the sources of this very file.
    static let planted = ["registry-\(UUID().uuidString)", "netrc-\(UUID().uuidString)"]

    let folder: URL
    /// The storage of images.
    let storage: String
    private let environment: [String]

    /// A storage that has the base images and the images beside the service already, kept from an earlier
    /// run, for trying the rest of the test at once. The folder has `ct/storage.conf` and
    /// `ct/containers.conf`.
    static let prepared = ProcessInfo.processInfo.environment["TRADEWIND_TEST_STACK"]

    /// Why the stack cannot be built here; nil when it can.
    static func missing() -> String? {
        if geteuid() != 0 { return "the right to mount file systems, which root has," }
        let tools = [
            "buildah", "podman", "runc", "mmdebstrap", "docker-compose", "swift", "python3", "catatonit",
            "git",
        ]
        return tools.first { Tools.find($0, package: "the Debian package of this name") == nil }
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-stack-\(getpid())")
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = (Self.prepared.map { URL(filePath: $0) } ?? folder).appending(path: "ct")
        storage = configuration.appending(path: "graph").path
        if Self.prepared == nil {
            try manager.createDirectory(at: configuration, withIntermediateDirectories: true)
            // Limits that a process without CAP_SYS_RESOURCE can set, and a runtime for any kind of cgroups.
            try Data(
                """
                [containers]
                default_ulimits = ["nofile=1024:1024","nproc=4096:4096"]
                [engine]
                runtime = "runc"
                cgroup_manager = "cgroupfs"

                """.utf8
            ).write(to: configuration.appending(path: "containers.conf"))
            try Data(
                """
                [storage]
                driver = "overlay"
                runroot = "\(configuration.path)/run"
                graphroot = "\(storage)"

                """.utf8
            ).write(to: configuration.appending(path: "storage.conf"))
        }
        environment = [
            "CONTAINERS_CONF=\(configuration.path)/containers.conf",
            "CONTAINERS_STORAGE_CONF=\(configuration.path)/storage.conf",
        ]
    }

    /// How a script ended, with all that it printed.
    func attempt(_ script: String, minutes: Int = 10) throws -> ToolRun {
        try Tools.run(
            ["timeout", "\(minutes * 60)", "sh", "-e", "-c", script], in: folder.path, variables: environment)
    }

    /// Runs a script that must do what it is asked for; what it prints.
    @discardableResult
    func run(_ script: String, minutes: Int = 10) throws -> String {
        let done = try attempt(script, minutes: minutes)
        guard done.status == 0 else {
            throw Failure(description: "status \(done.status) of: \(script)\n\(done.output.suffix(3_000))")
        }
        return done.output
    }

    /// A program with the storage of this desk, not yet started; what it prints goes nowhere.
    func process(_ script: String) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = environment + ["sh", "-c", "exec " + script]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
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
            buildah umount "$c"
            buildah commit "$c" docker.io/library/swift:6.3-bookworm
            buildah rm "$c"
            """, minutes: 20)
    }

    /// Caddy, Prometheus and Alertmanager from Debian, in the place of their makers' images.
    func makeSideImages() throws {
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

    /// The lines of `deploy.env` by which an image is built here: without a registry, from where Git is told
    /// to find sources on this machine, and with secrets that must not stay.
    func buildVariables() throws -> [String: String] {
        let (registries, netrc) = (folder.appending(path: "registries.json"), folder.appending(path: "netrc"))
        try Data(
            """
            {"registries": {}, "version": 1,
             "authentication": {"\(Self.planted[0]).example": {"type": "basic"}}}
            """.utf8
        ).write(to: registries)
        try Data("machine registry.example login desk password \(Self.planted[1])\n".utf8).write(to: netrc)
        let places = try run(
            "git config --system --get-regexp '^url\\..*\\.insteadof$' || true"
        ).split(separator: "\n").compactMap { line in
            line.split(separator: " ").first.map { $0.dropFirst(4).dropLast(".insteadof".count) }
        }
        let shared = places.filter { $0.hasPrefix("/") }.map(String.init) + ["/etc/gitconfig"]
        let mounts = Set(shared).filter { FileManager.default.fileExists(atPath: $0) }.sorted()
            .map { "--volume \($0):\($0):ro" }
        let options = ["--isolation chroot --network host --pull-never"] + mounts
        return [
            "BUILD_OPTIONS": options.joined(separator: " "), "BUILD_REGISTRIES": registries.path,
            "BUILD_NETRC": netrc.path,
        ]
    }

    /// Bytes of an image.
    func size(of image: String) throws -> Int {
        let text = try run("podman image inspect --format '{{.Size}}' \(image)")
        return text.split(separator: "\n").compactMap { Int($0) }.last ?? 0
    }

    /// Removes everything.
    func close() {
        if Self.prepared == nil { _ = try? run("podman rmi --all --force; buildah rm --all") }
        try? FileManager.default.removeItem(at: folder)
    }
}
