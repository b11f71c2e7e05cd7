import HTTPTypes
import Hummingbird
import Logging
import Operations
import ServiceLifecycle
import Settings

/// The path at which a service says that it is alive.
public enum HealthRoute {
    /// `/health`, answered without asking anything the service depends on.
    public static let path = "/health"
}
