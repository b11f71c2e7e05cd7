import Foundation
import Glibc
import TestServers

/// A host on which `tradewind deploy` finds shell scripts in the place of the programs that carry containers.
final class ScriptedHost {
    private let desk: ServiceDesk
    private let folder: String

    /// - Parameter programs: the programs that the host has, by name; each script may write to `$0.calls`.
    init(_ programs: [String: String]) throws {
        desk = try ServiceDesk()
        folder = desk.path + "/programs"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, script) in programs {
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: folder + "/" + name))
            chmod(folder + "/" + name, 0o755)
        }
    }

    /// Writes variables of the environment local.
    func write(_ variables: String) throws {
        let place = desk.path + "/.tradewind/containers/local"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(variables.utf8).write(to: URL(filePath: place + "/deploy.env"))
    }

    /// `tradewind deploy` with these words.
    func deploy(_ words: [String]) throws -> ServiceDesk.Answer {
        let project = URL(filePath: #filePath).pathComponents.dropLast(5).joined(separator: "/").dropFirst()
        return try desk.run(
            ["deploy"] + words,
            ["PATH": folder, "TRADEWIND_ROOT": String(project), "DOCKER_HOST": "unix:///none"])
    }

    /// The lines that a program wrote about how it was called.
    func calls(of program: String) -> [Substring] {
        let data = FileManager.default.contents(atPath: "\(folder)/\(program).calls") ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
    }

    func end() { desk.end() }
}
