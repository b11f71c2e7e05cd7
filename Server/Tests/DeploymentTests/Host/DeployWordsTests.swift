import TestServers
import Testing

/// The words of the command, by the real executable: what is asked for is seen in what it refuses.
@Suite struct DeployWordsTests {
    @Test(arguments: [
        ["ci"], ["local", "everything"], ["start", "local"], ["api", "production"], ["update", "now"],
        ["local", "all", "start", "start"],
    ])
    func wordsInAnotherOrderAreRefused(words: [String]) throws {
        let desk = try ServiceDesk()
        defer { desk.end() }
        let answer = try desk.run(["deploy"] + words + ["--native"])
        #expect(answer.status == 64, "\(words): \(answer.errors)")
    }

    @Test(arguments: [
        ["status"], ["local", "status"], ["api", "status"], ["local", "all", "status"],
        ["backend", "status"], ["dev", "frontend", "status"],
    ])
    func eachWordMayBeLeftOut(words: [String]) throws {
        let desk = try ServiceDesk()
        defer { desk.end() }
        let answer = try desk.run(["deploy"] + words + ["--native"])
        #expect(
            answer.status == 0 && answer.output.contains("no deployment is recorded here"), "\(answer.errors)"
        )
    }
}
