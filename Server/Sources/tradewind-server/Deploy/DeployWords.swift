internal import Settings

/// The words of `tradewind deploy`: an environment, services and an action, each of which may be left out.
struct DeployWords: Hashable {
    /// What is deployed.
    enum Services: String, CaseIterable {
        /// The API with the dashboard.
        case api
        /// The proxy.
        case web
        /// All of it.
        case all
    }

    /// What is done.
    enum Action: String, CaseIterable {
        case start, stop, restart, status, logs, update, rollback, backup, restore
    }

    /// A word that is none of them, or stands where it may not.
    struct Problem: Error, Hashable {
        let sentence: String
    }

    var environment = DeploymentEnvironment.local
    var services = Services.all
    var action = Action.start

    /// Reads the words: `production`, `production update`, `api`, `api logs`, `local all start`.
    ///
    /// A first word that is no environment means local.
    init(_ words: [String]) throws(Problem) {
        var rest = words[...]
        if let word = rest.first, let environment = DeploymentEnvironment(name: word) {
            if environment == .ci { throw Problem(sentence: "nothing is deployed to ci") }
            self.environment = environment
            rest.removeFirst()
        }
        if let word = rest.first, let services = Self.services(word) {
            self.services = services
            rest.removeFirst()
        }
        if let word = rest.first, let action = Action(rawValue: word) {
            self.action = action
            rest.removeFirst()
        }
        guard let word = rest.first else { return }
        throw Problem(
            sentence: """
                "\(word)" is not expected there: an environment (local, staging, production), services (api, \
                web, all) and an action (\(Action.allCases.map(\.rawValue).joined(separator: ", "))) follow \
                each other, and each may be left out
                """)
    }

    private static func services(_ word: String) -> Services? {
        switch word {
        case "backend": .api
        case "frontend": .web
        default: Services(rawValue: word)
        }
    }
}
