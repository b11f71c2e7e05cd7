internal import Events
internal import Operations

/// Looks from outside whether a service that was started does what it must.
struct ServiceExamination {
    /// `http://127.0.0.1:8000`.
    let address: String
    /// Whether it shows the dashboard.
    let hasDashboard: Bool
    /// Whether a proxy asks for a password before it shows pages.
    var hasPassword = false

    /// Health, readiness of every component, the commit, and the page of the dashboard.
    ///
    /// - Parameter commit: the commit that must serve; one that is no 40 digits is not compared.
    func run(expecting commit: String) async throws(DeploymentError) {
        _ = try await get("/health")
        let detailed = try await object("/health/detailed")
        let failing = (detailed["components"]?.members ?? []).filter { Self.fails($0.value) }.map(\.key)
        guard detailed["components"] != nil, failing.isEmpty else {
            throw failure("/health/detailed", "says that \(failing.joined(separator: ", ")) fails")
        }
        let served = try await object("/version")["git_sha"]?.text
        guard commit.utf8.count != 40 || served == commit else {
            throw failure("/version", "says \(served ?? "nothing") and not \(commit)")
        }
        if hasDashboard { try await page() }
    }

    /// Whether a component cannot do its work. An engaged kill switch keeps everybody from trading, and
    /// nobody from deploying.
    private static func fails(_ component: JSONText) -> Bool {
        switch component["status"]?.text {
        case "unhealthy": return true
        case "not_ready":
            let checks = component["readiness_checks"]?.members ?? []
            return checks.filter { $0.value == .flag(false) }.map(\.key) != ["kill_switch"]
        default: return false
        }
    }

    /// The page of the dashboard.
    func page() async throws(DeploymentError) {
        let page = try await get("/", expecting: hasPassword ? 401 : 200)
        if hasPassword { return }
        guard String(decoding: page.body.prefix(4096), as: UTF8.self).lowercased().contains("<html") else {
            throw failure("/", "is not the page of the dashboard")
        }
    }

    private func get(
        _ path: String, expecting status: Int = 200
    ) async throws(DeploymentError) -> HTTPInquiry.Answer {
        let answer: HTTPInquiry.Answer
        do throws(HostError) {
            answer = try await HTTPInquiry.get(address + path, timeout: .seconds(10))
        } catch {
            throw failure(path, "does not answer: \(error)")
        }
        guard answer.status == status else { throw failure(path, "answers \(answer.status)") }
        return answer
    }

    private func object(_ path: String) async throws(DeploymentError) -> JSONText {
        let answer = try await get(path)
        do throws(JSONError) {
            return try JSONText(parsing: String(decoding: answer.body, as: UTF8.self))
        } catch {
            throw failure(path, "is no JSON: \(error)")
        }
    }

    private func failure(_ path: String, _ what: String) -> DeploymentError {
        DeploymentError(
            .tool, "\(address)\(path) \(what)", remedy: "see tradewind logs, and tradewind doctor")
    }
}
