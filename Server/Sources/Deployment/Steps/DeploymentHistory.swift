internal import FoundationEssentials
internal import Operations

/// What came of the deployments of a host, the latest last.
public struct DeploymentHistory: Sendable {
    /// More are not kept: the database holds them all.
    private static let most = 200
    private let file: RecordFile<[DeploymentRecord]>

    /// The history of a host.
    public init(_ place: DeploymentPlace) { file = RecordFile(place.history) }

    /// The records, the latest last; none when there is no file.
    public func read() throws(DeploymentError) -> [DeploymentRecord] {
        do throws(SupervisionError) {
            return try file.read() ?? []
        } catch {
            throw DeploymentError(
                .file, error.message, path: error.path,
                remedy: "move the file away; earlier versions are then not known for a rollback")
        }
    }

    /// Adds a record, unless one of that deployment is there.
    func add(_ record: DeploymentRecord) throws(DeploymentError) {
        let records = try read()
        if records.contains(where: { $0.id == record.id }) { return }
        do throws(SupervisionError) {
            try file.write(Array((records + [record]).suffix(Self.most)))
        } catch { throw DeploymentError(error) }
    }
}
