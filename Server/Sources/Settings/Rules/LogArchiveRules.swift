/// The archive of the logs.
enum LogArchiveRules {
    static let all = [destination, source]

    private static let destination = SettingsRule(
        "log-archive-destination",
        """
        logs.archive.destination is a folder or s3://bucket/prefix; for a bucket logs.archive.region, \
        secrets.aws.region or logs.archive.endpoint is given, and outside local an endpoint that is not on \
        this host is https.
        """
    ) { context in
        let archive = context.settings.logs.archive
        let key = "logs.archive.destination"
        guard archive.isEnabled, context.isRead(key), !context.isBroken(key) else { return [] }
        switch archive.place {
        case .folder: return []
        case nil:
            return [
                SettingsProblem(
                    .invalidValue, key: key, "it is neither a folder nor a bucket that can be",
                    at: context.origin(key),
                    remedy: "write a path, or s3://bucket/prefix with the name of the bucket as it is")
            ]
        case .bucket: break
        }
        var problems: [SettingsProblem] = []
        let region = archive.region ?? context.settings.secrets.aws.region
        if region == nil && archive.endpoint == nil && !context.isBroken("logs.archive.endpoint") {
            problems += context.missing(
                "logs.archive.region", because: "logs.archive.destination is a bucket")
        }
        if let endpoint = archive.endpoint, endpoint.scheme == "http", context.environment != .local,
            !SettingHost.isLoopback(endpoint.host)
        {
            problems.append(
                context.contradiction(
                    "logs.archive.endpoint", "logs would leave this host in clear text",
                    remedy: "use https; logs.archive.ca-file names an authority of your own"))
        }
        return problems
    }

    private static let source = SettingsRule(
        "log-archive-source", "logs.ingest is true when logs.archive.destination is given."
    ) { context in
        let logs = context.settings.logs
        guard logs.archive.isEnabled, !logs.isEnabled, context.isRead("logs.ingest"),
            context.areSound("logs.ingest", "logs.archive.destination")
        else { return [] }
        return [
            context.contradiction(
                "logs.ingest", "what is not read into storage cannot be archived from there",
                remedy: "set it to true, or leave logs.archive.destination out")
        ]
    }
}
