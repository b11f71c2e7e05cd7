internal import HTTPTypes
internal import Synchronization

/// Header fields that layers want on the answer to a request, whether it succeeds or fails.
final class ResponseNotes: Sendable {
    private let fields = Mutex(HTTPFields())

    /// Sets a field.
    func set(_ name: HTTPField.Name, _ value: String) { fields.withLock { $0[name] = value } }

    /// Writes all of them.
    func write(to headers: inout HTTPFields) {
        for field in fields.withLock({ $0 }) { headers[field.name] = field.value }
    }
}
