/// Backups.
public struct BackupSettings: Sendable {
    /// The folder that holds them; nil: `backups` in the state folder.
    public let directory: String?
    /// How often the service makes one; zero: never.
    public let interval: Duration
    /// How many of the latest are kept.
    public let keepLatest: Int
    /// Of how many days the last one is kept.
    public let keepDaily: Int
    /// Of how many weeks the last one is kept.
    public let keepWeekly: Int

    init(_ reader: SettingsReader) {
        let reader = reader.section("backup", "Copies of the database.", services: [.api])
        directory = reader.optional(
            "directory", .path,
            "The folder of backups; when not given, backups in the folder of state.directory.")
        interval = reader.value(
            "interval", .duration(.zero...(.seconds(30 * 86_400))), "24h",
            "How often the service makes a backup; 0s: only when asked for.")
        keepLatest = reader.value(
            "keep-latest", .integer(1...1000), "7", "How many of the latest backups are kept.")
        keepDaily = reader.value(
            "keep-daily", .integer(0...1000), "7", "Of how many days the last backup is kept.")
        keepWeekly = reader.value(
            "keep-weekly", .integer(0...1000), "4", "Of how many weeks the last backup is kept.")
    }
}
