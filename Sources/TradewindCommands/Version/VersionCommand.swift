internal import ArgumentParser

/// `tradewind version`.
struct VersionCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print which Tradewind this is.")

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        if format.json {
            try context.output.result("{\"version\": \(JSONEscape.quoted(ProductVersion.text))}\n")
        } else {
            try context.output.result("tradewind \(ProductVersion.text)\n")
        }
    }
}
