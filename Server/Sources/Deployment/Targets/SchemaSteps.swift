internal import Events

/// Makes the schema of the database what a version needs: steps that it does not know are taken back by the
/// version that made them, steps that are missing are made by itself.
struct SchemaSteps {
    let release: Release
    /// The version that served before; nil for the first.
    let other: Release?

    /// - Parameter command: runs a command of a version and returns what it printed; the text says what for.
    func run(
        _ command: (Release, [String], String) throws(DeploymentError) -> String
    ) throws(DeploymentError) {
        let status = try command(release, ["migrate", "status", "--json"], "see the schema")
        let unknown: Int
        do throws(JSONError) {
            let steps = try JSONText(parsing: status)["steps"]?.items ?? []
            unknown = steps.filter { $0["state"]?.text == "unknown" }.count
        } catch {
            throw DeploymentError(
                .tool, "what \(release.short) says of the schema is no JSON: \(error)",
                remedy: "run tradewind migrate status")
        }
        if unknown > 0 {
            guard let other else {
                throw DeploymentError(
                    .tool, "the schema has \(unknown) steps that \(release.short) does not know",
                    remedy: "use the version that made them, or restore a backup of this one")
            }
            _ = try command(
                other,
                ["migrate", "down", "--steps", "\(unknown)", "--break-glass", "back to \(release.short)"],
                "take back \(unknown) steps of the schema")
        }
        _ = try command(release, ["migrate", "up"], "migrate the database")
    }
}
