internal import ArgumentParser

/// `--json`, on every command that prints something.
struct OutputFormat: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON object on standard output; also for a failure.")
    var json = false
}
