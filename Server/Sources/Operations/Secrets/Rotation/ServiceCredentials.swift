public import Events
public import ServiceLifecycle
public import Settings
public import Units

/// The credentials of one service, by whose they are. As a part of the service's group it keeps them fresh
/// until the group stops.
public struct ServiceCredentials: Service {
    private let entries: [(owner: SecretOwner, credential: RotatingCredential)]

    /// The credentials, each owner once.
    public init(_ entries: [(owner: SecretOwner, credential: RotatingCredential)]) {
        self.entries = entries
    }

    /// The credential of an owner; nil when this service has none of it. It gives each request what is right
    /// at that moment, and is never to be read once and kept.
    public subscript(_ owner: SecretOwner) -> RotatingCredential? {
        entries.first { $0.owner == owner }?.credential
    }

    /// Whose credentials there are.
    public var owners: [SecretOwner] { entries.map(\.owner) }

    /// A readiness check of each.
    public var checks: [ReadinessCheck] { entries.map { $0.credential.readinessCheck() } }

    /// Reads all of them for the first time, all at once, and returns what cannot be read, in the order of
    /// the owners.
    public func readAll() async -> [SecretShortfall.Item] {
        await withTaskGroup(of: (Int, SecretError?).self) { group in
            for (index, entry) in entries.enumerated() {
                group.addTask {
                    do throws(SecretError) {
                        _ = try await entry.credential.current()
                        return (index, nil)
                    } catch {
                        return (index, error)
                    }
                }
            }
            var errors: [Int: SecretError] = [:]
            for await (index, error) in group { errors[index] = error }
            return entries.indices.compactMap { index in
                errors[index].map { SecretShortfall.Item(owner: entries[index].owner, error: $0) }
            }
        }
    }

    /// Looks at the sources as the schedule of each says, until the service stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for entry in entries { group.addTask { await entry.credential.keepFresh() } }
                // Those from the environment are done at once; the service is not.
                group.addTask {
                    while !Task.isCancelled {
                        do { try await Task.sleep(for: .seconds(3600)) } catch { return }
                    }
                }
            }
        }
    }

    /// What health shows of each beside its check: version, place, age and lease; never a value.
    public func facts(at now: Instant) -> JSONText {
        .object(entries.map { JSONMember($0.owner.description, $0.credential.status.facts(at: now)) })
    }
}

/// Secrets that cannot be read at the start of a service.
public struct SecretShortfall: Error, Sendable, CustomStringConvertible {
    /// What is wrong with those of one owner.
    public struct Item: Sendable {
        /// Whose they are.
        public let owner: SecretOwner
        /// Why they cannot be read.
        public let error: SecretError

        /// One sentence.
        public var sentence: String {
            "the secrets of \(owner) cannot be read: \(error.source.map { "\($0) " } ?? "")\(error.message)"
        }
    }

    /// At least one.
    public let items: [Item]

    /// A shortfall.
    public init(items: [Item]) { self.items = items }

    public var description: String {
        items.map { "\($0.sentence); \($0.error.remedy)" }.joined(separator: ". ")
    }
}

extension CredentialStatus {
    /// Version, place, age and lease; never a value.
    func facts(at now: Instant) -> JSONText {
        let places = Set(origins.values.map(\.description)).sorted()
        return .object([
            JSONMember("usable", .flag(isUsable)), JSONMember("version", .optional(version?.text)),
            JSONMember("edition", .integer(Int(edition))),
            JSONMember("sources", .list(places.map { .string($0) })),
            JSONMember("stored_at", .optional(storedAt?.description)),
            JSONMember("age_seconds", Self.seconds(from: storedAt, to: now)),
            JSONMember("confirmed_at", .optional(confirmedAt?.description)),
            JSONMember("confirmed_seconds_ago", Self.seconds(from: confirmedAt, to: now)),
            JSONMember(
                "lease",
                lease.map { given in
                    let whole = given.lease.duration.components.seconds
                    let passed = max(0, now.since(given.since).nanoseconds / 1_000_000_000)
                    return .object([
                        JSONMember("seconds", .integer(Int(whole))),
                        JSONMember("remaining_seconds", .integer(Int(max(0, whole - passed)))),
                        JSONMember("renewable", .flag(given.lease.isRenewable)),
                    ])
                } ?? .null
            ),
        ])
    }

    private static func seconds(from start: Instant?, to now: Instant) -> JSONText {
        start.map { .integer(Int(max(0, now.since($0).nanoseconds / 1_000_000_000))) } ?? .null
    }
}
