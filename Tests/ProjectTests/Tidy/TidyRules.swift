/// The rules that ban words. Those that need to understand more stand in files of their own.
extension TidyRule {
    static let all: [TidyRule] =
        ambient + [
            unseededRandomness, noFoundation, noSwallowedErrors, noCrashes, noLooseEnds, wrappingOperators,
            noBinaryFloatingMoney, unorderedIteration, explainedUnsafety, longFunctions, longFiles, longLines,
            vagueNames, undocumentedPublic,
        ]

    /// Time, randomness, identifiers, tasks and files enter a library through its parameters.
    static let ambient: [TidyRule] = [
        banning(
            [
                "Date()", "Date.now", "ContinuousClock", "SuspendingClock", "Task.sleep", "ProcessInfo",
                "DispatchTime",
                "time(nil", "time(&",
            ], name: "ambient-clock", advice: "time enters through a parameter", scope: .libraries),
        banningFunctions(
            ["clock_gettime", "gettimeofday", "usleep", "nanosleep"], name: "system-clock",
            advice: "time enters through a parameter", scope: .libraries),
        banning(
            ["UUID()", "SystemRandomNumberGenerator", "Hasher()", ".hashValue", "ObjectIdentifier("],
            name: "ambient-identity",
            advice: "it differs from process to process: derive it from the inputs and the sequence",
            scope: .libraries),
        banning(
            [
                "Task {", "Task(", "Task.detached", "withTaskGroup", "withThrowingTaskGroup", "DispatchQueue",
                "pthread_create",
            ], name: "hidden-task", advice: "parallel work is handed in by the commands", scope: .libraries),
        banningFunctions(
            ["open", "fopen", "socket", "connect", "opendir", "unlink", "getenv", "setenv", "print"],
            name: "system-call", advice: "files, sockets, environment and terminal belong to the commands",
            scope: .libraries),
        banning(
            ["FileManager", "FileHandle", "URLSession", "CommandLine."], name: "ambient-file",
            advice: "file access is handed in by the commands", scope: .libraries),
    ]

    /// `.random(in:)` and `.shuffled()` draw from the system unless a generator is handed to them.
    static let unseededRandomness = TidyRule(
        name: "unseeded-randomness", advice: "pass the run's generator as `using:`", scope: .libraries
    ) { source in
        [".random(", ".shuffled(", ".shuffle(", ".randomElement("].flatMap { needle in
            source.occurrences(of: needle).filter { offset in
                let open = offset + needle.utf8.count - 1
                let call = source.codeBytes[open..<source.end(ofGroupAt: open)]
                return !String(decoding: call, as: UTF8.self).contains("using:")
            }
            .map { source.line(at: $0) }
        }
        .sorted()
    }

    static let noFoundation = TidyRule(
        name: "foundation", advice: "it costs start-up time: use the standard library or the C library",
        scope: .researchSources
    ) { source in
        Declarations(source).imports.filter { $0.module.hasPrefix("Foundation") }.map(\.line)
    }

    static let noSwallowedErrors = banning(
        ["try?"], name: "swallowed-error", advice: "handle the error or let it pass", scope: .sources)

    static let noCrashes = banning(
        ["fatalError(", "try!"], name: "crash", advice: "throw an error that says what to do",
        scope: .sources)

    /// Looks at comments too, as that is where such notes stand.
    static let noLooseEnds = TidyRule(
        name: "loose-end", advice: "finish it, or write down where the work is kept", scope: .everything
    ) { source in
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        return source.lines.indices.filter { index in
            marks.contains { mark in source.lines[index].contains(mark) }
        }
        .map { $0 + 1 }
    }

    /// Arithmetic that wraps hides an overflow; hashing and random numbers want it, and `byte &- 0x30 <= 9`
    /// asks whether a byte is a digit. Services count what may wrap after centuries, and no money.
    static let wrappingOperators = TidyRule(
        name: "wrapping-operator", advice: "use the reporting-overflow operations and throw",
        scope: .researchSources
    ) { source in
        let isFree = ["Sources/Units/Random/", "Sources/Units/Hashing/"].contains {
            source.path.hasPrefix($0)
        }
        if isFree { return [] }
        let operators = ["&+", "&-", "&*"]
        return source.code.indices.filter { index in
            let line = source.code[index].replacing("&- 0x30", with: "")
            return operators.contains { line.contains($0) }
        }
        .map { $0 + 1 }
    }

    /// Money, prices and quantities are exact; statistics are not made in these targets.
    static let noBinaryFloatingMoney = banning(
        ["Double", "Float", "Float32", "Float64", "CGFloat"], name: "binary-floating-point",
        advice: "amounts are fixed point here", scope: .targets(["Accounting", "Trading", "Events"]))

    static let vagueNames = TidyRule(
        name: "vague-name", advice: "name it after what it holds or does", scope: .everything
    ) { source in
        let vague = ["Util", "Helper", "Manager"]
        let file = source.path.split(separator: "/").last.map(String.init) ?? ""
        if vague.contains(where: file.contains) { return [1] }
        let kinds = ["struct ", "class ", "enum ", "protocol ", "actor ", "typealias "]
        return source.code.indices.filter { index in
            let line = source.code[index]
            return kinds.contains { kind in
                guard let range = line.firstRange(of: kind) else { return false }
                let name = line[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                return vague.contains { name.contains($0) }
            }
        }
        .map { $0 + 1 }
    }
}
