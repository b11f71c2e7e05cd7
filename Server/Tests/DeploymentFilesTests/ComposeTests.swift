import Foundation
import Testing

@Suite struct ComposeTests {
    @Test func onlyTheProxyIsPublished() throws {
        for file in [ComposeFiles.base, "Deploy/Compose/dev.yaml"]
            + ComposeFiles.environments.map(ComposeFiles.overlay)
        {
            for (name, service) in try ComposeFiles.services(file) {
                let ports = service["ports"] as? [Any] ?? []
                #expect(ports.isEmpty || name == "proxy", "\(file): \(name) is published")
                #expect(service["network_mode"] == nil && service["privileged"] == nil, "\(file): \(name)")
            }
        }
    }

    /// Published at one address that can be set: of this host alone in local.
    @Test func theProxyListensWhereItShould() throws {
        let local = try ComposeFiles.services(ComposeFiles.overlay("local"))["proxy"]?["ports"] as? [String]
        #expect(local == ["${PROXY_BIND:-127.0.0.1}:${HTTP_PORT:-80}:8080"])
        for environment in ["staging", "production"] {
            let file = ComposeFiles.overlay(environment)
            let ports = try ComposeFiles.services(file)["proxy"]?["ports"] as? [String]
            #expect(
                ports == [
                    "${PROXY_BIND:-0.0.0.0}:${HTTP_PORT:-80}:8080",
                    "${PROXY_BIND:-0.0.0.0}:${HTTPS_PORT:-443}:8443",
                ])
        }
    }

    @Test func everyServiceIsShutIn() throws {
        for (name, service) in try ComposeFiles.services(ComposeFiles.base) {
            #expect(service["cap_drop"] as? [String] == ["ALL"], "\(name)")
            #expect(service["read_only"] as? Bool == true, "\(name)")
            #expect(service["security_opt"] as? [String] == ["no-new-privileges:true"], "\(name)")
            let user = service["user"] as? String ?? ""
            #expect(user.hasPrefix("${TRADEWIND_UID:?") && user.contains(":${TRADEWIND_GID:?"), "\(name)")
            let added = service["cap_add"] as? [String] ?? []
            #expect(added.isEmpty || (name == "proxy" && added == ["NET_BIND_SERVICE"]), "\(name)")
            for temporary in service["tmpfs"] as? [String] ?? [] {
                #expect(temporary.contains("noexec") && temporary.contains("nosuid"), "\(name)")
            }
        }
    }

    @Test func everyServiceHasLimitsAndIsWatched() throws {
        let services = try ComposeFiles.services(ComposeFiles.base)
        #expect(
            Set(services.keys) == ["api", "proxy", "prometheus", "alertmanager", "log-shipping"])
        for (name, service) in services {
            for key in ["mem_limit", "cpus", "pids_limit", "healthcheck", "stop_grace_period", "tmpfs"] {
                #expect(service[key] != nil, "\(name) has no \(key)")
            }
            #expect(service["restart"] as? String == "unless-stopped", "\(name)")
            #expect(service["stop_grace_period"] as? String == "30s", "\(name)")
            let logging = try #require(service["logging"] as? [String: Any], "\(name)")
            #expect(logging["driver"] as? String == "json-file", "\(name)")
            let options = logging["options"] as? [String: String]
            #expect(options == ["max-size": "10m", "max-file": "5"], "\(name)")
            let health = try #require(service["healthcheck"] as? [String: Any], "\(name)")
            #expect(health["interval"] as? String == "30s", "\(name)")
            #expect(health["timeout"] as? String == "5s", "\(name)")
            #expect(health["retries"] as? Int == 3, "\(name)")
            #expect(health["start_period"] as? String == "15s", "\(name)")
        }
    }

    /// Ports of the service: health and metrics answer on 8001 everywhere, and both names lead to it.
    @Test func theServiceAnswersOnPort8001InEveryEnvironment() throws {
        let networks = try ComposeFiles.services(ComposeFiles.base)["api"]?["networks"] as? [String: Any]
        let aliases = (networks?["app"] as? [String: Any])?["aliases"] as? [String]
        #expect(aliases == ["tradewind"])
        for environment in ComposeFiles.environments {
            let api = try ComposeFiles.services(ComposeFiles.overlay(environment))["api"]
            let variables = try #require(api?["environment"] as? [String: Any])
            #expect(variables["TRADEWIND_ENVIRONMENT"] as? String == environment)
            if environment == "local" {
                #expect(variables["TRADEWIND_API__PORT"] as? String == "${API_PORT:-8000}")
                #expect(variables["TRADEWIND_METRICS__PORT"] as? String == "8001")
            } else {
                #expect(variables["TRADEWIND_API__PORT"] as? String == "${API_PORT:-8001}")
            }
        }
        let scraped = try DeployFiles.text("Deploy/Monitoring/prometheus.yml")
        #expect(scraped.contains(#"targets: ["tradewind:8001"]"#))
    }

    @Test func everyVariableIsExplainedAtTheTopAndEveryExplainedOneIsUsed() throws {
        let base = try DeployFiles.text(ComposeFiles.base)
        let head = base.components(separatedBy: "\nx-hardened")[0]
        let explained = Set(head.matches(of: #/#   ([A-Z][A-Z_]+)  /#).map { String($0.1) })
        var used: Set<String> = []
        for file in try DeployFiles.names(under: "Deploy/Compose", suffix: ".yaml") {
            used.formUnion(ComposeFiles.variables(in: try DeployFiles.text(file)))
        }
        #expect(explained == used)
        #expect(explained.count > 25)
    }

    @Test func theExampleGivesWhatMustBeGiven() throws {
        let text = try DeployFiles.text("Deploy/Compose/deploy.env.example")
        var given: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            given[parts[0]] = parts.dropFirst().joined(separator: "=")
        }
        for name in ComposeFiles.needed.keys { #expect(!(given[name] ?? "").isEmpty, "\(name)") }
        let base =
            try DeployFiles.text(ComposeFiles.base) + DeployFiles.text(ComposeFiles.overlay("production"))
        #expect(Set(given.keys).isSubset(of: ComposeFiles.variables(in: base)))
    }

    /// Nothing that is written gets lost with a container: it is mounted from the host.
    @Test func whatIsKeptIsMountedFromTheHost() throws {
        for (name, service) in try ComposeFiles.services(ComposeFiles.base) {
            for volume in service["volumes"] as? [String] ?? [] {
                let isOfHost = volume.hasPrefix("${TRADEWIND_")
                let isOfProject = volume.hasPrefix("../")
                #expect(isOfHost || isOfProject, "\(name): \(volume)")
                if isOfProject || volume.contains("TRADEWIND_SECRETS") || volume.contains("TRADEWIND_CONFIG")
                {
                    #expect(volume.hasSuffix(":ro"), "\(name) may write to \(volume)")
                }
            }
        }
        #expect(try DeployFiles.yaml(ComposeFiles.base)["volumes"] == nil)
    }

    @Test func theSettingsOfEachEnvironmentNameNoSecret() throws {
        for environment in ComposeFiles.environments {
            let settings = try DeployFiles.yaml("Deploy/Compose/config/\(environment).yaml")
            #expect(settings["environment"] as? String == environment)
            let api = try #require(settings["api"] as? [String: Any])
            #expect(api["secret-path"] as? String == "/run/secrets/tradewind/api.json")
            #expect(api["token"] == nil)
            let auth = try #require(settings["auth"] as? [String: Any])
            #expect(auth["signing-keys"] == nil && auth["audit-key"] == nil)
        }
    }
}
