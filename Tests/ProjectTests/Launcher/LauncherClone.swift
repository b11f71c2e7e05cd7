import Foundation

/// A clone with the real launcher and a compiler of paper: it notes each build and makes a shell script that
/// prints its arguments and its folder, so that the launcher's decisions are tested in milliseconds.
final class LauncherClone {
    let folder: TemporaryFolder
    var environment: [String: String]

    init() throws {
        folder = try TemporaryFolder(named: "a clone with blanks")
        environment = ["HOME": folder.url.path, "PATH": folder.url.path + "/toolchain:/usr/bin:/bin"]
        guard let launcher = ProjectTree.text("tradewind") else { throw CocoaError(.fileNoSuchFile) }
        try folder.write(launcher, to: "tradewind", isExecutable: true)
        try folder.write("// one\n", to: "Package.swift")
        try folder.write("let a = 1\n", to: "Sources/tradewind/main.swift")
        try install(version: "6.3.1", at: "toolchain")
        // Shared with the compiler of paper, which appends a line at each build.
        environment["BUILDS"] = folder.url.path + "/builds"
        try folder.write("", to: "builds")
    }

    /// Writes a compiler that says it has this version.
    func install(version: String, at path: String) throws {
        let script = """
            #!/bin/sh
            case "$*" in
                --version) echo "Swift version \(version) (swift-RELEASE)"; exit ;;
                format*|test*)
                    echo "$*" >>"$BUILDS"
                    echo "Test run with 3 tests passed"
                    case "$*" in *"${FAILING-nothing}"*) echo "x recorded an issue here"; exit 1 ;; esac
                    exit ;;
                build*--build-tests*)
                    echo "$*" >>"$BUILDS"
                    case "$*" in *"${BROKEN-nothing}"*) exit 1 ;; *) exit ;; esac ;;
                # The services' tests bring executables of their own.
                *Server*show-executables*) echo ResearchCommand; echo tradewind-server; exit ;;
                *show-executables*) echo my-desk; echo "tradewind (tradewind)"; exit ;;
            esac
            while [ $# -gt 0 ]; do
                case $1 in
                    --package-path) package=$2; shift ;;
                    --product) product=$2; shift ;;
                    --show-bin-path) echo "$package/.build/release"; exit ;;
                esac
                shift
            done
            echo "$product" >>"$BUILDS"
            if grep -q broken -r "$package/Sources"; then echo "main.swift:1: error: broken"; exit 1; fi
            mkdir -p "$package/.build/release"
            printf '#!/bin/sh\\nprintf "%%s|" "$(pwd)" "$@"\\nexit ${STATUS-0}\\n' \\
                >"$package/.build/release/$product"
            chmod +x "$package/.build/release/$product"
            """
        try folder.write(script + "\n", to: path + "/swift", isExecutable: true)
    }

    var builds: Int {
        get throws { try folder.read("builds").split(separator: "\n").count }
    }

    func start(_ arguments: [String], from other: URL? = nil, as name: String = "tradewind") throws
        -> RunningCommand
    {
        try ShellCommand.start(
            folder.url.appendingPathComponent(name), arguments, in: other ?? folder.url,
            environment: environment)
    }

    func run(_ arguments: [String], from other: URL? = nil, as name: String = "tradewind") throws
        -> ShellCommand
    {
        try start(arguments, from: other, as: name).finish()
    }
}
