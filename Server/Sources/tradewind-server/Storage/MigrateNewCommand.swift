internal import ArgumentParser
internal import Events
internal import Foundation
internal import Storage
internal import TradewindCommands

/// `tradewind migrate new`.
struct MigrateNewCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make the file of a new step, for developers of tradewind.",
        discussion: """
            Works in a clone: writes Server/Sources/Storage/Migrations/NNNN-name.swift with the next free \
            number, and adds it to the list. Fill in both directions, and build.
            """)

    @Argument(help: "What the step does, lower case with hyphens: order-tags.")
    var name: String
    @OptionGroup var format: ServerOutputFormat

    func validate() throws {
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        guard name.utf8.count <= 60, name.first?.isLetter == true,
            words.allSatisfy({ word in
                !word.isEmpty
                    && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
            })
        else { throw ValidationError("a step is named with lower-case words and hyphens, as in order-tags") }
    }

    func run(_ context: ServerContext) async throws {
        let folder = try folder(context)
        if let known = Migration.all.first(where: { $0.name == name }) {
            throw CommandFailure(
                .usage, code: "migration-name", message: "there is a step \(known.title) already",
                remedy: "give another name")
        }
        let entries = try files { try FileManager.default.contentsOfDirectory(atPath: folder) }
        let numbers = entries.compactMap { Int($0.prefix(4)) } + Migration.all.map(\.number)
        let number = (numbers.max() ?? 0) + 1
        let step = Migration(number: number, name: name, up: "", down: "")
        let file = "\(folder)/\(step.title).swift"
        let list = "\(folder)/Migration+All.swift"
        let listed = try addition(to: list)
        try files {
            try Data(source(step).utf8).write(to: URL(filePath: file), options: .withoutOverwriting)
            try Data(listed.utf8).write(to: URL(filePath: list))
        }
        let json = JSONText.object([
            JSONMember("file", .string(file)), JSONMember("step", .string(step.title)),
        ])
        try context.output.result(
            format.json
                ? json.compact + "\n"
                : "\(file)\nfill in both directions, build, and try them: migrate up, migrate down\n"
        )
    }

    /// The folder of the steps, in the clone that the working directory or this executable lies in.
    private func folder(_ context: ServerContext) throws -> String {
        let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        for start in [context.workingDirectory, executable] {
            var place = URL(filePath: start)
            while place.path != "/" {
                let folder = place.path + "/Server/Sources/Storage/Migrations"
                if FileManager.default.fileExists(atPath: folder + "/Migration+All.swift") { return folder }
                place.deleteLastPathComponent()
            }
        }
        throw CommandFailure(
            .usage, code: "no-clone",
            message: "a new step is written in a clone of tradewind, and this is none",
            remedy: "run it in the folder of a clone")
    }

    private var constant: String {
        let words = name.split(separator: "-")
        return words.enumerated().map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }
            .joined()
    }

    private func source(_ step: Migration) -> String {
        """
        extension Migration {
            /// \(name.replacing("-", with: " ").capitalizingFirst): say here what the step is for.
            static let \(constant) = Migration(
                number: \(step.number), name: "\(step.name)",
                up: \"""
                    CREATE TABLE example (
                        id TEXT PRIMARY KEY
                    ) STRICT;
                    \""",
                down: \"""
                    DROP TABLE example;
                    \""")
        }

        """
    }

    /// The list with the new constant in it.
    private func addition(to list: String) throws -> String {
        let text = try files { try String(contentsOfFile: list, encoding: .utf8) }
        guard let end = text.range(of: "\n    ]", options: .backwards) else {
            throw CommandFailure(
                .badData, code: "migration-list", message: "\(list) does not end its list as expected",
                remedy: "add \(constant) to it by hand")
        }
        let comma = text[..<end.lowerBound].hasSuffix(",") ? "" : ","
        return text.replacingCharacters(in: end, with: "\(comma)\n        \(constant),\n    ]")
    }

    private func files<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as CommandFailure { throw error } catch {
            throw CommandFailure(
                .outputFailed, code: "output", message: error.localizedDescription,
                remedy: "see to the folder of the clone")
        }
    }
}

extension String {
    fileprivate var capitalizingFirst: String { prefix(1).uppercased() + dropFirst() }
}
