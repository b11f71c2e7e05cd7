internal import ArgumentParser
internal import ControlPlane
internal import FoundationEssentials
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind health`.
struct HealthCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the running service how it is.",
        discussion: """
            Asks the service at the address of the settings (api.host, api.port). Exit code 0 when it is ready, 1 when \
            it runs and is not ready, 69 when there is none.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        // Only the address is needed; that another setting became wrong must not hide how the service is.
        let survey = SettingsLoader.survey(service: .api, sources: settings.sources(context))
        let api = survey.settings.settings.api
        let endpoint = HealthEndpoint(listening: api.host, port: api.port, path: "")
        let live = try await ask(endpoint, HealthRoutes.live[0])
        let ready = try await ask(endpoint, HealthRoutes.ready[0])
        let page = try HealthAnswers(live: live.body, ready: ready.body, from: endpoint.url)
        let isReady = ready.status == 200
        if format.json {
            let parts = [("health", live.text), ("readiness", ready.text)]
            let members = parts.map { "\(JSONEscape.quoted($0.0)): \($0.1)" }.joined(separator: ", ")
            try context.output.result("{\"ready\": \(isReady), \(members)}\n")
        } else {
            try context.output.result(page.text(address: endpoint.url))
        }
        if !isReady { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private func ask(_ endpoint: HealthEndpoint, _ path: String) async throws(CommandFailure)
        -> HTTPInquiry.Answer
    {
        do {
            return try await HTTPInquiry.get(endpoint.url + path, timeout: .seconds(5))
        } catch {
            throw CommandFailure(
                .unavailable, code: "no-service", message: "no service answers: \(error)",
                remedy: "start it with tradewind start; tradewind status says whether it should run")
        }
    }
}

extension HTTPInquiry.Answer {
    /// The body without its line end.
    fileprivate var text: String { String(decoding: body, as: UTF8.self).split(separator: "\n").joined() }
}

/// The two pages of a service, as far as people are shown them.
struct HealthAnswers {
    private struct Live: Decodable {
        let service: String
        let environment: String?
        let executionMode: String
        let uptimeSeconds: Int64

        enum CodingKeys: String, CodingKey {
            case service, environment
            case executionMode = "execution_mode"
            case uptimeSeconds = "uptime_seconds"
        }
    }

    private struct Ready: Decodable {
        struct Check: Decodable {
            let status: String
            let reason: String?
            let remedy: String
        }

        let status: String
        let checks: [String: Check]
    }

    private let live: Live
    private let ready: Ready

    /// - Throws: a failure with exit code 69 when the pages are not those of this product.
    init(live: [UInt8], ready: [UInt8], from address: String) throws(CommandFailure) {
        do {
            self.live = try JSONDecoder().decode(Live.self, from: Data(live))
            self.ready = try JSONDecoder().decode(Ready.self, from: Data(ready))
        } catch {
            throw CommandFailure(
                .unavailable, code: "other-service",
                message: "what answers at \(address) is not a service of tradewind",
                remedy:
                    "see which process listens there (ss --listening --tcp --processes), or correct api.port")
        }
    }

    /// A line about the service, then one for each check, and the remedy of those that fail.
    func text(address: String) -> String {
        let uptime = Duration.seconds(live.uptimeSeconds).shortText
        let place = live.environment.map { " in \($0)" } ?? ""
        var lines = [
            "\(live.service) at \(address)\(place), mode \(live.executionMode), up \(uptime): \(shown)"
        ]
        let width = ready.checks.keys.map(\.count).max() ?? 0
        for name in ready.checks.keys.sorted() {
            guard let check = ready.checks[name] else { continue }
            let padded = name + String(repeating: " ", count: width - name.count)
            lines.append("  \(padded)  \(check.reason.map { "not ready: " + $0 } ?? "ready")")
            if check.reason != nil {
                lines.append("  \(String(repeating: " ", count: width))  remedy: \(check.remedy)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var shown: String { ready.status == "ready" ? "ready" : "not ready" }
}
