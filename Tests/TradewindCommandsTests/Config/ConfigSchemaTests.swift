import Foundation
import Testing
import TradewindCommands

/// What commands print, held against the schemas that `config schema` prints, by another implementation.
@Suite struct ConfigSchemaTests {
    /// Command lines whose object each schema describes.
    private static let printed: [String: [[String]]] = [
        "result": [["backtest", "run.yaml"], ["backtest", "run.yaml", "--set", "parameters.slow=30"]],
        "sweep": [
            ["sweep", "run.yaml", "--grid", "fast=2..4", "--grid", "slow=3..6"],
            ["sweep", "run.yaml", "--grid", "fast=2..90", "--search", "model", "--budget", "9"],
            // No point has a Sharpe ratio, and none is the best.
            ["sweep", "run.yaml", "--grid", "slow=700..702"],
        ],
        "walk-forward": [
            ["walk-forward", "run.yaml", "--train", "6d", "--test", "2d", "--monte-carlo", "3"],
            ["walk-forward", "run.yaml", "--folds", "3", "--embargo", "1%", "--choose", "plateau"],
        ].map { $0 + ["--grid", "fast=2..4", "--grid", "slow=5..8"] },
        "audit": [["audit-backtest", "run.yaml", "--cuts", "2"]],
        "stress": [
            ["stress", "run.yaml"], ["stress", "run.yaml", "--shock", "price=-30%", "--for", "2d"],
            ["stress", "run.yaml", "--shock", "gas=20"],
        ],
    ]

    @Test(arguments: printed.keys.sorted())
    func whatIsPrintedFitsItsSchemaAndNothingElseDoes(_ kind: String) throws {
        let folder = try CommandFolder()
        _ = try folder.writeExample(bars: 480)
        let schema = folder.run(["config", "schema", kind]).result
        var documents: [(text: String, isRight: Bool)] = []
        for arguments in try #require(Self.printed[kind]) {
            let words = arguments.map { $0 == "run.yaml" ? folder.path + "/run.yaml" : $0 }
            let outcome = folder.run(words + ["--json"])
            #expect(outcome.status == 0, "\(outcome)")
            documents.append((outcome.result, true))
            documents += try damaged(outcome.object).map { ($0, false) }
        }
        #expect(documents.count > 30)
        guard let answers = try SchemaValidation.run(documents.map(\.text), against: schema, in: folder)
        else { return }
        for (document, answer) in zip(documents, answers) {
            #expect(answer == document.isRight, "\(document.text.prefix(400))")
        }
    }

    /// The object without each of its keys, with each renamed, and with each of another type.
    private func damaged(_ object: [String: Any]) throws -> [String] {
        var all: [[String: Any]] = []
        for (key, value) in object {
            var without = object
            without[key] = nil
            all.append(without)
            without[key + "s"] = value
            all.append(without)
            var wrong = object
            wrong[key] = [["a list": "of what it is not"]]
            all.append(wrong)
        }
        return try all.map { object in
            String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        }
    }

    @Test func anUnknownKindIsRefusedWithTheKnownOnes() throws {
        let outcome = try CommandFolder().run(["config", "schema", "audits"])
        #expect(outcome.status == 64)
        for kind in ["run", "result", "sweep", "walk-forward", "audit", "stress"] {
            #expect(outcome.remark.contains(kind), "\(outcome.remark)")
        }
    }
}

/// Validation by Python's jsonschema.
enum SchemaValidation {
    /// Whether each document fits; nil, with a message, where the package is not installed.
    static func run(_ documents: [String], against schema: String, in folder: CommandFolder) throws -> [Bool]?
    {
        try folder.write(schema, to: "schema.json")
        try folder.write(
            documents.map { $0.replacing("\n", with: " ") }.joined(separator: "\n"), to: "documents")
        let script = """
            import json, sys
            try:
                import jsonschema
            except ImportError:
                sys.exit(3)
            schema = json.load(open("schema.json"))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for line in open("documents"):
                print(1 if validator.is_valid(json.loads(line)) else 0)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus == 3 || process.terminationStatus == 127 {
            print("skipped: validation by Python needs python3 with jsonschema")
            return nil
        }
        #expect(process.terminationStatus == 0)
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map { $0 == "1" }
    }
}
