import Events
import Foundation
import Research
import RunFiles
import StrategyKit
import Testing
import Units

@Suite struct JSONSchemaTests {
    /// Every key of the reader's table stands in the schema at the same place, with its summary.
    @Test func everyKeyOfTheReaderIsInTheSchema() throws {
        let schema = JSONSchema.runFile(strategies: sampleStrategies.descriptors)
        var count = 0
        try compare(RunFileShape.root, schema, "", &count)
        #expect(count > 50, "\(count)")
    }

    private func compare(_ map: MapShape, _ schema: JSONText, _ path: String, _ count: inout Int) throws {
        #expect(schema["additionalProperties"] == .flag(false), "\(path)")
        for key in map.descriptions {
            let property = try #require(schema["properties"]?[key.name], "\(path).\(key.name)")
            #expect(property["description"] == .string(key.summary))
            count += 1
            try compare(key.shape, property, "\(path).\(key.name)", &count)
        }
    }

    private func compare(_ shape: ValueShape, _ schema: JSONText, _ path: String, _ count: inout Int) throws {
        switch shape {
        case .scalar, .parameters: break
        case .map(let map): try compare(map, schema, path, &count)
        case .named(_, let value):
            try compare(value, try #require(schema["additionalProperties"]), path, &count)
        case .list(let item): try compare(item, try #require(schema["items"]), path, &count)
        case .either(let shapes):
            guard case .list(let schemas)? = schema["oneOf"] else {
                Issue.record("\(path) has no oneOf")
                return
            }
            for (shape, schema) in zip(shapes, schemas) { try compare(shape, schema, path, &count) }
        }
    }

    @Test func theReaderAndTheSchemaAgreeOnExamples() throws {
        let good = [fullRunFile, RunFileReaderTests.short]
        let changes = [
            ("name: everything", "nam: everything"), ("fast: 3", "fats: 3"), ("fill: vwap", "fill: vwp"),
            ("mode: bold", "mode: blod"), ("maker: -0.5, taker", "basis-points: 1, taker"),
            ("maker: -0.5, ", ""), ("order: 5ms", "order: 5"), ("seed: 42", "seed: x"),
            ("lot: 0.00001", "lots: 1"), ("binance:perp:BTC", "binance:perpetual:BTC"),
            ("asset: USDT", "assets: USDT"), ("bars: btc.csv, ", ""), ("strategy: sample-cross\n", ""),
            ("capital: {amount: \"100000.5\", asset: USDT}", "capital: 3"),
            ("start: 2024-01-01", "start: yesterday"), ("adjust: total-return", "adjust: all"),
            ("strategy: sample-cross", "strategy: sample-crss"), ("timeframe: 1m", "timeframe: minute"),
        ]
        let bad = changes.map { fullRunFile.replacing($0.0, with: $0.1) }
        for text in bad { #expect(text != fullRunFile && !problems(text).isEmpty) }
        let schema = JSONSchema.runFile(strategies: sampleStrategies.descriptors).compact
        guard let answers = try validate(good + bad, schema) else { return }
        for (index, answer) in answers.enumerated() {
            #expect(answer == (index < good.count), "\((good + bad)[index])")
        }
    }

    @Test func aPrintedResultFitsTheSchemaOfResults() throws {
        let plan = try readRun(fullRunFile).plan
        let result = BacktestResult.empty(plan)
        let printed = result.summary(
            RunIdentity(runID: "r", elapsedSeconds: 0.5), statistics: BacktestStatistics(result))
        guard case .object(let members) = printed,
            case .list(let required)? = JSONSchema.result["required"]
        else {
            Issue.record("not objects")
            return
        }
        #expect(members.map { JSONText.string($0.key) } == required)
        let wrong = printed.compact.replacing("\"fills\":0", with: "\"fills\":-1")
        guard let answers = try validate([printed.compact, wrong], JSONSchema.result.compact) else { return }
        #expect(answers == [true, false])
    }

    /// Whether each document fits a schema, by another implementation: Python's jsonschema. Nil, with a
    /// message, where that is not installed.
    ///
    /// Scalars of YAML are taken as text, as the reader does.
    private func validate(_ documents: [String], _ schema: String) throws -> [Bool]? {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        try schema.write(to: folder.appendingPathComponent("schema"), atomically: true, encoding: .utf8)
        for (index, text) in documents.enumerated() {
            try text.write(
                to: folder.appendingPathComponent("document-\(index)"), atomically: true, encoding: .utf8)
        }
        let script = """
            import json, sys
            try:
                import jsonschema, yaml
            except ImportError:
                sys.exit(3)
            schema = json.load(open("schema"))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for index in range(\(documents.count)):
                text = open("document-%d" % index).read()
                value = json.loads(text) if text.startswith("{") else yaml.load(text, yaml.BaseLoader)
                print(1 if validator.is_valid(value) else 0)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus == 3 || process.terminationStatus == 127 {
            print("skipped: validation by Python needs python3 with jsonschema and yaml")
            return nil
        }
        #expect(process.terminationStatus == 0)
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map { $0 == "1" }
    }
}
