internal import ArgumentParser
internal import MarketData
internal import RunFiles

/// `tradewind data import`: files into a catalogue.
struct DataImportCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Build or update a catalogue from the files of a data-set description.",
        discussion: """
            Files match with or without .gz; absent ones are warnings. Importing the same files again \
            changes nothing. A stop at any moment leaves the catalogue as it was.
            """)

    @Argument(help: "Data-set descriptions (YAML).")
    var descriptions: [String]

    @Option(help: "The folder that the files of the descriptions are in.")
    var source: String

    @Option(help: "The folder of the catalogue.")
    var catalogue = CatalogueFolder.standard

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        var problems: [FailureProblem] = []
        var read: [(file: String, description: DatasetDescription)] = []
        for file in descriptions {
            let content: FileBytes
            do {
                content = try context.files.read(file)
            } catch {
                problems.append(
                    FailureProblem(
                        code: "description", message: error.message, file: error.path, remedy: error.remedy))
                continue
            }
            do {
                guard let text = content.text else {
                    problems.append(
                        FailureProblem(
                            code: "description", message: "the file is not text in UTF-8", file: file,
                            remedy: "name a YAML text file such as those in Examples/datasets"))
                    continue
                }
                read.append((file, try DatasetDescription(yaml: text)))
            } catch {
                problems += error.problems.map {
                    FailureProblem(
                        code: "description", message: $0.message, file: file, line: $0.line,
                        remedy: $0.remedy)
                }
            }
        }
        guard problems.isEmpty else { throw CommandFailure(.wrongConfiguration, problems: problems) }
        let importer = CatalogueImport(files: context.files, directory: catalogue, source: source)
        for (file, description) in read {
            let result = try importer.run(description, file: file)
            for warning in result.warnings { context.output.remark("warning: \(warning)") }
            try context.output.result(
                format.json ? json(description, result) : text(description, result))
        }
    }

    private func text(_ description: DatasetDescription, _ result: ImportResult) -> String {
        var text = "\(description.name): \(result.entries.count) series, \(result.rows) rows "
        text += "(\(result.written) written, \(result.unchanged) unchanged) in \(catalogue)\n"
        let noted = result.entries.filter { !$0.warnings.isEmpty }.count
        if noted > 0 {
            text += "\(noted) series have warnings; see them with: "
            text += "tradewind data list --warnings --catalogue \(catalogue)\n"
        }
        return text
    }

    private func json(_ description: DatasetDescription, _ result: ImportResult) -> String {
        let warnings = result.warnings.map(JSONEscape.quoted).joined(separator: ", ")
        let series = result.entries.map(CatalogueJSON.object).joined(separator: ",\n")
        return "{\"name\": \(JSONEscape.quoted(description.name)), "
            + "\"catalogue\": \(JSONEscape.quoted(catalogue)), \"written\": \(result.written), "
            + "\"unchanged\": \(result.unchanged), \"rows\": \(result.rows), "
            + "\"warnings\": [\(warnings)], \"series\": [\n\(series)\n]}\n"
    }
}
