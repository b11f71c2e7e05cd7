internal import Logging
internal import Operations
internal import Settings

/// The start of the part of a service that holds its secrets.
///
/// Every secret is read once. Outside local a start without one of them fails and names all that are lacking,
/// as a service that cannot sign or check anything must not look as if it could. In local it starts, says so,
/// and takes the secrets up when they come.
struct SecretsStart {
    let credentials: ServiceCredentials
    let isLocal: Bool
    let health: HealthRegistry
    let logger: Logger

    /// Registers the checks, reads, and tells.
    ///
    /// - Throws: `SecretShortfall`, outside local.
    func run(_ part: ComponentHealth) async throws {
        for check in credentials.checks { try health.register(check) }
        if credentials.owners.isEmpty {
            part.markNotConfigured()
            return
        }
        let credentials = credentials
        part.describe { credentials.facts(at: SystemClocks.now()) }
        let lacking = await credentials.readAll()
        if !isLocal, !lacking.isEmpty { throw SecretShortfall(items: lacking) }
        for item in lacking {
            logger.warning(
                "\(item.sentence); the service starts without them and goes on trying",
                metadata: [
                    "event": "secrets_absent", "owner": "\(item.owner)", "remedy": "\(item.error.remedy)",
                ])
        }
        if lacking.isEmpty { part.recordSuccess() }
    }
}
