internal import Operations
internal import Settings
internal import Storage
internal import TradewindCommands

/// The archive of the logs by the settings of this host: wiring only.
struct LogArchiveDesk {
    let archiver: LogArchiver
    private let clients: [DirectHTTPClient]

    /// The archive that the settings name; ``close()`` must be called before it is released.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process, where keys may stand.
    ///   - redactor: learns them.
    /// - Throws: `CommandFailure` when the settings name none.
    init(
        _ settings: ServerSettings, store: any TransactionalStore, environment: [String: String],
        workingDirectory: String, redactor: Redactor
    ) throws(CommandFailure) {
        func absolute(_ path: String) -> String {
            path.hasPrefix("/") ? path : workingDirectory + "/" + path
        }
        let archive = settings.logs.archive
        let folder = absolute(settings.state.directory) + "/logs-archive"
        let destination: any LogArchiveDestination
        switch archive.place {
        case nil: throw Self.noArchive
        case .folder(let path):
            (destination, clients) = (FolderLogArchive(absolute(path)), [])
        case .bucket(let bucket, let prefix):
            let aws = settings.secrets.aws
            let address = ObjectAddress(
                bucket: bucket, region: archive.region ?? aws.region ?? "us-east-1",
                endpoint: archive.endpoint)
            let (keys, objects) = (
                DirectHTTPClient(), DirectHTTPClient(authorities: archive.caFile.map(absolute))
            )
            let chain = AWSCredentialChain(
                given: AWSCredentials(aws), environment: environment, region: address.region,
                endpoint: aws.endpoint?.withoutParameters,
                transport: HTTPSecretTransport(
                    client: keys, time: .system, jitter: Jitter(SystemRandomNumbers())),
                time: .system, redactor: redactor)
            let store = ObjectStore(
                address, credentials: { () throws(SecretError) in try await chain.current() },
                client: objects, time: .system)
            destination = BucketLogArchive(
                store, prefix: prefix, folder: folder + "/drafts",
                description: archive.destination ?? "s3://" + bucket)
            clients = [keys, objects]
        }
        archiver = LogArchiver(
            store: store, destination: destination, lock: folder + "/lock", now: SystemClocks.now)
    }

    /// Closes connections.
    func close() async throws {
        for client in clients { try await client.shutdown() }
    }

    private static let noArchive = CommandFailure(
        .wrongConfiguration, code: "no-log-archive", message: "the settings name no archive of the logs",
        remedy: "set logs.archive.destination to a folder or to s3://bucket/prefix")
}

extension CommandFailure {
    /// What a failure of the archive means to a user: 74 for files, 69 for a store that does not answer or
    /// refuses, and for another process that is at it.
    init(_ error: LogArchiveError) {
        let status: ExitStatus =
            switch error.code {
            case .file, .diskFull: .outputFailed
            case .unavailable, .refused, .busy: .unavailable
            default: .failed
            }
        self.init(
            status, code: error.code.rawValue, message: error.message, file: error.path,
            remedy: error.remedy)
    }
}
