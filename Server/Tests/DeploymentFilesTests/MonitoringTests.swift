import Foundation
import Testing

/// The metrics that the service exports, read from where they are declared.
enum ExportedMetrics {
    static let names: Set<String> = {
        let files = (try? DeployFiles.names(under: "Server/Sources", suffix: ".swift")) ?? []
        var names: Set<String> = []
        for file in files {
            guard let text = try? DeployFiles.text(file) else { continue }
            names.formUnion(Self.names(in: text))
            // One that the page itself adds.
            if file.hasSuffix("/PrometheusText.swift") || file.hasSuffix("/MetricsRegistry.swift") {
                names.formUnion(text.matches(of: /tradewind_[a-z0-9_]+/).map { String($0.0) })
            }
        }
        return names
    }()

    /// A label `events.lag` of a counter is exposed as `tradewind_events_lag_total`, of a gauge in seconds as
    /// `tradewind_events_lag_seconds`, of a histogram with three endings.
    static func names(in source: String) -> Set<String> {
        var names: Set<String> = []
        for piece in source.components(separatedBy: "MetricDescription(").dropFirst() {
            let body = piece.components(separatedBy: "MetricDescription(")[0]
            guard let found = body.firstMatch(of: /^\s*("([a-z.]+)"|Self\.([a-zA-Z]+)),\s*\.([a-z]+)/) else {
                continue
            }
            var label = found.2.map(String.init) ?? ""
            if let constant = found.3,
                let value = source.firstMatch(of: try! Regex("static let \(constant) = \"([a-z.]+)\""))
            {
                label = String(value.output[1].substring ?? "")
            }
            let unit = body.prefix(400).firstMatch(of: /unit: \.([a-z]+)/).map { "_" + $0.1 } ?? ""
            let name = "tradewind_" + label.replacingOccurrences(of: ".", with: "_") + unit
            switch found.4 {
            case "counter": names.insert(name + "_total")
            case "histogram": names.formUnion(["_bucket", "_sum", "_count"].map { name + $0 })
            default: names.insert(name)
            }
        }
        return names
    }
}

/// An alert as it stands in the rules.
struct AlertRule {
    let name: String
    let expression: String
    let labels: [String: String]
    let annotations: [String: String]

    static func all() throws -> [AlertRule] {
        try rules("Deploy/Monitoring/rules/alerts.yml").compactMap { rule in
            guard let name = rule["alert"] as? String else { return nil }
            return AlertRule(
                name: name, expression: rule["expr"] as? String ?? "",
                labels: rule["labels"] as? [String: String] ?? [:],
                annotations: rule["annotations"] as? [String: String] ?? [:])
        }
    }

    static func rules(_ file: String) throws -> [[String: Any]] {
        let groups = try #require(try DeployFiles.yaml(file)["groups"] as? [[String: Any]])
        return groups.flatMap { $0["rules"] as? [[String: Any]] ?? [] }
    }

    /// Names that a rule of recording gives.
    static func recorded() throws -> Set<String> {
        Set(try rules("Deploy/Monitoring/rules/recording.yml").compactMap { $0["record"] as? String })
    }
}

/// A dashboard for Grafana.
struct GrafanaDashboard {
    let file: String
    let content: [String: Any]

    static func all() throws -> [GrafanaDashboard] {
        try DeployFiles.names(under: "Deploy/Monitoring/grafana", suffix: ".json").map { file in
            let data = Data(try DeployFiles.text(file).utf8)
            let content = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            return GrafanaDashboard(file: file, content: try #require(content))
        }
    }

    var panels: [[String: Any]] { content["panels"] as? [[String: Any]] ?? [] }

    /// Each expression with the title of its panel.
    var expressions: [(title: String, expression: String)] {
        panels.flatMap { panel in
            (panel["targets"] as? [[String: Any]] ?? []).map { target in
                (panel["title"] as? String ?? "", target["expr"] as? String ?? "")
            }
        }
    }
}

@Suite struct MonitoringTests {
    /// Names of metrics of ours in an expression, recorded ones apart.
    private func names(in expression: String) -> (metrics: Set<String>, recorded: Set<String>) {
        // What stands in quotes is a value of a label.
        let bare = expression.replacing(/"[^"]*"/, with: "")
        let words = bare.matches(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/).map { String($0.0) }
        return (
            Set(words.filter { $0.hasPrefix("tradewind_") && !$0.contains(":") }),
            Set(words.filter { $0.contains(":") && $0.contains("tradewind_") })
        )
    }

    private func expectKnown(_ expression: String, _ place: String) throws {
        let (metrics, recorded) = names(in: expression)
        let unknown = metrics.subtracting(ExportedMetrics.names)
        #expect(unknown.isEmpty, "\(place): the service exports no \(unknown.sorted())")
        let unrecorded = recorded.subtracting(try AlertRule.recorded())
        #expect(unrecorded.isEmpty, "\(place): no rule records \(unrecorded.sorted())")
    }

    @Test func theMetricsOfTheServiceAreFound() {
        let known = [
            "tradewind_events_lag", "tradewind_http_requests_total", "tradewind_events_stream_clients",
            "tradewind_http_request_duration_seconds_bucket", "tradewind_process_resident_memory_bytes",
            "tradewind_disk_free_bytes", "tradewind_orders_refused_total", "tradewind_build_info",
        ]
        for name in known { #expect(ExportedMetrics.names.contains(name), "\(name)") }
    }

    @Test func everyMetricInARuleIsOneThatTheServiceExports() throws {
        for file in ["alerts", "recording"] {
            for rule in try AlertRule.rules("Deploy/Monitoring/rules/\(file).yml") {
                try expectKnown(rule["expr"] as? String ?? "", "\(rule["alert"] ?? rule["record"] ?? "")")
            }
        }
    }

    @Test func everyMetricOnADashboardIsOneThatTheServiceExports() throws {
        let dashboards = try GrafanaDashboard.all()
        #expect(dashboards.count == 3)
        for dashboard in dashboards {
            for (title, expression) in dashboard.expressions {
                try expectKnown(expression, "\(dashboard.file), \(title)")
            }
        }
    }

    @Test func everyAlertSaysHowBadItIsAndHasARunbook() throws {
        let alerts = try AlertRule.all()
        #expect(alerts.count >= 15)
        #expect(Set(alerts.map(\.name)).count == alerts.count)
        var pages: Set<String> = []
        for alert in alerts {
            #expect(["critical", "warning"].contains(alert.labels["severity"]), "\(alert.name)")
            for key in ["summary", "description"] {
                #expect(!(alert.annotations[key] ?? "").isEmpty, "\(alert.name) has no \(key)")
            }
            let page = try #require(alert.annotations["runbook_url"], "\(alert.name)")
            #expect(page.hasPrefix("Documentation/runbooks/"), "\(alert.name)")
            let text = try DeployFiles.text(page)
            #expect(text.contains("`\(alert.name)`"), "\(page) does not name \(alert.name)")
            for part in ["## Meaning", "## First look", "## Causes", "## Verify"] {
                #expect(text.contains("\n\(part)\n"), "\(page) has no part \(part)")
            }
            pages.insert(page)
        }
        let all = try DeployFiles.names(under: "Documentation/runbooks", suffix: ".md")
        #expect(Set(all) == pages, "a page belongs to no alert, or two alerts share one")
    }

    /// `promtool test rules` runs them; here only that none is forgotten.
    @Test func everyAlertIsTestedBothWays() throws {
        var speaking: Set<String> = []
        var silent: Set<String> = []
        for file in try DeployFiles.names(under: "Deploy/Monitoring/tests", suffix: ".yml") {
            for test in try DeployFiles.yaml(file)["tests"] as? [[String: Any]] ?? [] {
                for expectation in test["alert_rule_test"] as? [[String: Any]] ?? [] {
                    let name = expectation["alertname"] as? String ?? ""
                    let isSilent = (expectation["exp_alerts"] as? [Any] ?? []).isEmpty
                    if isSilent { silent.insert(name) } else { speaking.insert(name) }
                }
            }
        }
        let names = Set(try AlertRule.all().map(\.name))
        #expect(speaking == names)
        #expect(silent == names)
    }

    @Test func dashboardsHavePanelsThatDoNotOverlap() throws {
        for dashboard in try GrafanaDashboard.all() {
            #expect((dashboard.content["uid"] as? String ?? "").hasPrefix("tradewind-"))
            var taken: Set<String> = []
            for panel in dashboard.panels {
                let place = try #require(panel["gridPos"] as? [String: Int])
                let (x, y) = (place["x"] ?? 0, place["y"] ?? 0)
                for column in x..<(x + (place["w"] ?? 0)) {
                    for row in y..<(y + (place["h"] ?? 0)) {
                        let isFree = taken.insert("\(column),\(row)").inserted
                        #expect(isFree && column < 24, "\(dashboard.file): \(panel["title"] ?? "")")
                    }
                }
                if panel["type"] as? String != "row" {
                    #expect(!(panel["targets"] as? [Any] ?? []).isEmpty, "\(panel["title"] ?? "")")
                }
            }
        }
    }
}
