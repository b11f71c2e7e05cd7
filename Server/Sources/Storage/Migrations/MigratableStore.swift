/// A store whose schema can be changed.
public protocol MigratableStore: Store, AnyObject {
    /// The place of the database, for people; its file, where it is one.
    var location: String { get }

    /// Writers that wait for their turn now.
    var waitingWriters: Int { get }

    /// Runs a body in a transaction that shares with nobody and has no time limit.
    func writeAlone<T: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> T
    ) async throws -> T

    /// Copies everything to where copies before a step of the schema belong, and verifies the copy.
    ///
    /// - Parameter label: what the copy is made before, for its name.
    /// - Returns: the copy; nil for an engine whose copies are made by its own tools.
    func backupBeforeMigration(_ label: String) async throws -> String?

    /// Checks that the whole database is readable and consistent.
    ///
    /// - Throws: ``StorageError`` with code `corrupt` naming the first thing that is wrong.
    func checkIntegrity() async throws
}
