import Deployment
import Foundation
import TestServers

/// A host that deploys containers from a fresh clone of this project, whose remote gets versions from the
/// tests.
final class DeployedStack {
    /// What a version does wrong.
    enum Flaw: String, CaseIterable {
        /// Its image cannot be built.
        case build
        /// It refuses the settings.
        case settings
        /// Its Compose file cannot be read.
        case compose
        /// It takes a step of the schema and fails.
        case migrate
        /// It ends as soon as it is started.
        case start
        /// It says that it is another version.
        case version
        /// Its proxy does not start.
        case proxy
        /// It serves, and cannot carry a backtest out.
        case backtest
    }

    let desk: StackDesk
    let port: Int
    let hook: Int
    private(set) var token = ""

    /// Clones the commit of this project that is checked out, with one on top of it, and writes the variables
    /// of the environment local.
    init(_ desk: StackDesk) throws {
        self.desk = desk
        (port, hook) = (ServerProcess.freePort(), ServerProcess.freePort())
        try desk.run(
            """
            git clone --quiet --bare '\(DeployFiles.root.path)' remote.git
            git -C remote.git update-ref refs/heads/deployed \
              "$(git -C '\(DeployFiles.root.path)' rev-parse HEAD)"
            git -C remote.git symbolic-ref HEAD refs/heads/deployed
            git clone --quiet --branch deployed remote.git author
            git -C author config user.name author
            git -C author config user.email author@localhost
            # Without CAP_SYS_RESOURCE no container gets limits of its own.
            sed -i '/ulimits:/,+1d' author/Deploy/Compose/*.yaml
            git -C author commit --quiet --all --message 'limits of this machine'
            git -C author push --quiet origin deployed
            git clone --quiet remote.git clone
            mkdir -p clone/.tradewind/containers/local/secrets/alerting
            echo 'http://172.30.92.1:\(hook)/alerts' > \
              clone/.tradewind/containers/local/secrets/alerting/webhook-url
            chown -R 10001:10001 clone/.tradewind/containers/local/secrets
            chmod -R go= clone/.tradewind/containers/local/secrets
            """)
        var variables = try desk.buildVariables()
        for name in ["ALERTMANAGER_IMAGE", "PROMETHEUS_IMAGE"] { variables[name] = "localhost/local-prom" }
        variables["PROXY_IMAGE"] = "localhost/local-caddy"
        variables["HTTP_PORT"] = "\(port)"
        variables["TRADEWIND_SUBNET"] = "172.30.92.0/24"
        variables["TRADEWIND_PROXY_ADDRESS"] = "172.30.92.250"
        try write(variables.map { "\($0.key)=\($0.value)\n" }.sorted().joined(), "deploy.env")
    }

    var clone: String { desk.folder.appending(path: "clone").path }
    /// The folder of the environment.
    var local: String { clone + "/.tradewind/containers/local" }
    var place: DeploymentPlace { DeploymentPlace(local + "/deployment") }

    /// Writes a file of the environment's folder.
    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(local)/\(name)"))
    }

    // MARK: Using it

    /// `./tradewind deploy` with these words in the clone; its exit status, and all that it says.
    func deploy(_ words: String, minutes: Int = 10) throws -> ToolRun {
        try desk.attempt("cd clone && exec ./tradewind deploy \(words)", minutes: minutes)
    }

    func git(_ words: String) throws -> String {
        try desk.run("git -C clone \(words)").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Asks through the proxy; status and body.
    func ask(_ path: String, method: String = "GET", body: String? = nil, isKnown: Bool = false) async -> (
        status: Int, body: String
    ) {
        var headers = ["Content-Type": "application/json"]
        if isKnown { headers["Authorization"] = "Bearer \(token)" }
        let answer = try? await HTTPQuestion.send(
            method, "http://localhost:\(port)\(path)", headers: headers, body: body)
        return (answer?.status ?? 0, String(decoding: answer?.body ?? Data(), as: UTF8.self))
    }

    /// Reads the token that the first start made.
    func takeToken() throws {
        let object = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: local + "/secrets/api.json")))
        token = (object as? [String: String])?["token"] ?? ""
    }

    /// The commit that serves, as the service says through the proxy; nil when nothing serves.
    func served() async -> String? {
        let answer = await ask("/version")
        let object = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        return (object as? [String: Any])?["git_sha"] as? String
    }

    /// The address of a service within the network.
    func address(of service: String) throws -> String {
        let text = try desk.run(
            """
            podman inspect tradewind-local_\(service)_1 \
              --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'
            """)
        return String(text.split(separator: "\n").last ?? "")
    }

    /// What must not change by a deployment: secrets, settings, and which variables were written.
    func fingerprint() throws -> String {
        try desk.run(
            """
            cd '\(local)'
            sha256sum secrets/*.json secrets/alerting/* config/*
            stat --format '%n %u %g %a' data logs secrets secrets/*
            grep -v '^TRADEWIND_VERSION=\\|^GIT_SHA=' deploy.env | sha256sum
            """)
    }

    /// Ends everything: as far as it goes, whatever state a failed test left.
    func close() {
        for environment in ["local", "staging"] { _ = try? deploy("\(environment) stop") }
        _ = try? desk.run(
            """
            podman rm --all --force
            # In brackets, as the line of this very script would fit otherwise.
            pkill -f '[p]odman system service.*\(desk.folder.path)' || true
            pkill -KILL -f '[c]onmon.*\(desk.folder.path)' || true
            """)
    }

    // MARK: Versions

    /// Makes the next version and offers it.
    ///
    /// - Returns: its commit.
    func publish(_ flaw: Flaw? = nil, note: String) throws -> String {
        try desk.run(
            "git -C author checkout --quiet --detach \(sound) && printf '%s\\n' '\(note)' > author/NOTE")
        switch flaw {
        case nil: break
        case .build:
            try desk.run("echo 'RUN exit 7' >> author/Deploy/Container/Dockerfile")
        case .compose:
            try desk.run("echo 'services: [this, is, no, map]' >> author/Deploy/Compose/local.yaml")
        case .proxy:
            try desk.run("echo 'this is no directive {' >> author/Deploy/Proxy/Caddyfile")
        case .settings: try replaceService("config", #"echo "a key that is not known" >&2; exit 78"#)
        case .migrate:
            try replaceService(
                "migrate",
                """
                [ "$2" = up ] || exec /opt/tradewind/tradewind-server "$@"
                /opt/tradewind/tradewind-server migrate down --steps 1 --break-glass drill
                exit 1
                """
            )
        case .start: try replaceService("serve", "echo it does not start >&2; exit 69")
        case .backtest: try replaceService("try-backtest", "echo the books do not close >&2; exit 1")
        case .version:
            let stamp = "/opt/tradewind/tradewind-build-stamp"
            try addToImage(
                "RUN echo \(String(repeating: "7", count: 40)) > \(stamp) \\&\\& "
                    + "echo 2026-01-01T00:00:00Z >> \(stamp)")
        }
        try desk.run(
            """
            git -C author add --all
            git -C author commit --quiet --message '\(note)'
            git -C author push --quiet --force origin HEAD:refs/heads/deployed
            """)
        let commit = try desk.run("git -C author rev-parse HEAD").trimmingCharacters(
            in: .whitespacesAndNewlines)
        if flaw == nil { sound = commit }
        return commit
    }

    /// The last version without a flaw, which the next one is made from.
    private var sound = "HEAD"

    /// A script that stands where the service is started from, and does something else for one command.
    private func replaceService(_ command: String, _ does: String) throws {
        let script = """
            #!/bin/sh
            if [ "$1" = \(command) ]; then \(does); fi
            exec /opt/tradewind/tradewind-server "$@"

            """
        try Data(script.utf8).write(to: desk.folder.appending(path: "author/Deploy/Container/flaw"))
        try addToImage(
            "COPY Deploy/Container/flaw /opt/flaw\\nRUN rm /usr/local/bin/tradewind-server \\&\\& "
                + "install -m 755 /opt/flaw /usr/local/bin/tradewind-server")
    }

    /// Adds instructions to the production image, before it stops being root.
    private func addToImage(_ lines: String) throws {
        try desk.run(
            #"sed -i '/^FROM runtime AS production/,$ s|^USER 10001:10001|\#(lines)\n&|' "#
                + "author/Deploy/Container/Dockerfile")
    }
}
