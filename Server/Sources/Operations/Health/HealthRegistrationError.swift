/// Why a check or a component cannot be registered.
public struct HealthRegistrationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable word.
    public enum Code: String, Hashable, Sendable {
        /// The name is taken.
        case duplicateName = "duplicate-name"
        /// There are as many as the registry holds.
        case tooMany = "too-many"
    }

    /// A stable word.
    public let code: Code
    /// The name that could not be registered.
    public let name: ComponentName

    /// One sentence.
    public var description: String {
        switch code {
        case .duplicateName: "\(name) is registered already; each check and component has a name of its own"
        case .tooMany: "\(name) cannot be registered, as there are \(HealthRegistry.maximumChecks) already"
        }
    }
}
