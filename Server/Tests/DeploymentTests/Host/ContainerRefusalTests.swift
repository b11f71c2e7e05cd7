import Foundation
import TestServers
import Testing

/// What `tradewind deploy` says where containers cannot be had: before anything is started, with the remedy.
@Suite struct ContainerRefusalTests {
    private func answer(_ programs: [String: String], _ words: [String] = ["start"]) throws
        -> ServiceDesk.Answer
    {
        let host = try ScriptedHost(programs)
        defer { host.end() }
        return try host.deploy(words)
    }

    @Test func withoutAnEngineItSaysWhatToInstall() throws {
        let answer = try answer([:])
        #expect(
            answer.status == 78 && answer.errors.contains("neither docker nor podman"), "\(answer.errors)")
        #expect(answer.errors.contains("--native"))
    }

    @Test(arguments: [
        ("docker", "echo 'Docker version 19.3.8, build afacb8b'", "19.3.8", "20.10"),
        ("podman", "echo 'podman version 3.4.4'", "3.4.4", "4.0"),
        ("docker", "exit 1", "unknown", "20.10"),
    ])
    func anEngineThatIsTooOldIsNamed(name: String, script: String, version: String, least: String) throws {
        let answer = try answer([name: script])
        #expect(answer.status == 78, "\(answer.errors)")
        #expect(answer.errors.contains("is of version \(version); at least \(least)"), "\(answer.errors)")
    }

    @Test func aDaemonThatDoesNotAnswerIsNotTakenForAnEngine() throws {
        let client = "[ \"$1\" = --version ] && { echo 'Docker version 26.1.0, build x'; exit 0; }; exit 1"
        let alone = try answer(["docker": client])
        #expect(alone.status == 78 && alone.errors.contains("daemon does not answer"), "\(alone.errors)")
        // Then podman is, where it is there.
        let both = try answer(["docker": client, "podman": "echo podman version 3.0.1"])
        #expect(both.errors.contains("podman is of version 3.0.1"), "\(both.errors)")
    }

    @Test func anEngineWithoutComposeIsNotEnough() throws {
        let answer = try answer([
            "docker": "[ \"$1\" = compose ] && exit 1; echo 'Docker version 26.1.0, build x'"
        ])
        #expect(answer.status == 78 && answer.errors.contains("Compose is not there"), "\(answer.errors)")
        let old = [
            "docker": "[ \"$1\" = compose ] && exit 1; echo 'Docker version 26.1.0, build x'",
            "docker-compose": "echo 1.25.0",
        ]
        let second = try self.answer(old)
        #expect(second.status == 78 && second.errors.contains("1.25.0; at least 1.29"), "\(second.errors)")
    }

    /// Compose refuses files with a variable that has no value; which version is meant is known only after
    /// the first start.
    @Test func whatWasNeverStartedIsLookedAtAndStoppedAllTheSame() throws {
        let engine = """
            case "$*" in
                *--project-name*)
                    [ -n "$TRADEWIND_VERSION" ] || { echo 'Missing mandatory value' >&2; exit 15; } ;;
                ps*) ;;
                *) echo 'Docker version 26.1.0, build x' ;;
            esac
            """
        let stop = try answer(["docker": engine], ["stop"])
        #expect(stop.status == 0 && stop.output.contains("stopped, nothing yet"), "\(stop.errors)")
        let start = try answer(["docker": engine, "git": "exit 3"], ["start"])
        #expect(!start.errors.contains("Missing mandatory value"), "\(start.errors)")
        #expect(
            start.errors.contains("git rev-parse failed"), "it has got as far as the sources: \(start.errors)"
        )
    }
}
