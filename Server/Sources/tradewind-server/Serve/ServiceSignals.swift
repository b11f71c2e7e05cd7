internal import Logging
internal import Operations
internal import ServiceLifecycle

/// Tells the service manager that the service lives, as often as it wants to hear, and everybody that it is
/// stopping as soon as it is.
struct ServiceSignals: Service {
    let acceptingWork: ReadinessFlag
    let notifier: SystemNotifier?
    let logger: Logger

    func run() async throws {
        let interval = notifier?.watchdogInterval ?? .seconds(3_600)
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                while !Task.isCancelled {
                    notifier?.watchdog()
                    do { try await Task.sleep(for: interval) } catch { return }
                }
            }
        } onGracefulShutdown: {
            acceptingWork.set(.notReady(reason: "the service is stopping"))
            notifier?.stopping()
            logger.notice("stopping: requests may finish", metadata: ["event": "service_stopping"])
        }
    }
}
