/// Planted snippets: each rule must fire on its bad ones and stay silent on its good ones.
struct TidySample: Sendable, CustomStringConvertible {
    let rule: String
    let bad: [String]
    let good: [String]
    /// Where the snippet pretends to stand.
    var path = "Sources/Units/Sample.swift"

    var description: String { rule }

    static let all: [TidySample] = ambient + writing + sizes

    private static let ambient: [TidySample] = [
        TidySample(
            rule: "ambient-clock",
            bad: [
                "let now = Date()", "let clock = ContinuousClock()", "let t = time(nil)",
                "print(\"\\(Date())\")",
            ],
            good: [
                "let now = \"Date()\"", "// ContinuousClock is banned", "let now = myDate()", "time(at: 3)",
            ]),
        TidySample(
            rule: "system-clock", bad: ["usleep(3)", "Glibc.clock_gettime(a, b)"],
            good: ["func usleep() -> Int", "engine.usleep(3)", "let musleep = musleep(3)"]),
        TidySample(
            rule: "ambient-identity",
            bad: ["let id = UUID()", "var h = Hasher()", "key.hashValue", "SystemRandomNumberGenerator()"],
            good: ["func hash(into hasher: inout Hasher)", "let id = EventID(sequence)"]),
        TidySample(
            rule: "hidden-task",
            bad: ["Task { run() }", "Task.detached { }", "await withTaskGroup(of: a) {}"],
            good: ["struct SweepTask { }", "let task = tasks[0]"]),
        TidySample(
            rule: "system-call",
            bad: ["let f = open(path, O_RDONLY)", "fopen(a, b)", "let d = Glibc.open(path, 0)", "print(1)"],
            good: ["file.open(path)", "func open(_ path: String)", "reopen(a)", "// open(path)"]),
        TidySample(
            rule: "ambient-file", bad: ["FileManager.default", "CommandLine.arguments"],
            good: ["files.read(path)"]),
        TidySample(
            rule: "unseeded-randomness",
            bad: ["Int.random(in: 0..<3)", "a.shuffled()", "a.randomElement()", "x.random(\n  in: 0..<2)"],
            good: [
                "Int.random(in: 0..<3, using: &g)", "a.shuffled(using: &g)",
                "x.random(\n in: r,\n using: &g)",
            ]),
        TidySample(
            rule: "foundation", bad: ["import Foundation", "public import FoundationEssentials"],
            good: ["// import Foundation", "import Units"]),
    ]

    private static let writing: [TidySample] = [
        TidySample(
            rule: "swallowed-error", bad: ["let a = try? read()"],
            good: ["let a = try read()", "let ratio = isTry ? 1 : 2"]),
        TidySample(
            rule: "crash", bad: ["fatalError(\"no\")", "let a = try! read()"],
            good: ["precondition(a > 0)", "throw FatalError()"]),
        TidySample(
            rule: "loose-end", bad: ["// TO" + "DO: later", "let a = 1  // FIX" + "ME"],
            good: ["// to do this, first do that"]),
        TidySample(
            rule: "wrapping-operator", bad: ["let a = b &+ c", "a &*= 3", "a = b &- c"],
            good: ["let a = b & c", "let ok = a && b", "if byte &- 0x30 <= 9 {}"]),
        TidySample(
            rule: "binary-floating-point", bad: ["var price: Double", "let a: [Float] = []"],
            good: ["/// A Double would not do.", "let doubled = 2 * a"],
            path: "Sources/Accounting/Sample.swift"),
        TidySample(
            rule: "unordered-iteration",
            bad: [
                "let totals: [String: Int] = [:]\nfor (name, total) in totals { write(name) }",
                "var seen = Set<Int>()\nfor item in seen { write(item) }",
                "for key in book.keys { write(key) }",
                "var a = [String: Int]()\nfor v in a {}", "let a: [String: [Int]]\nfor v in a {}",
                "var a: [Int: Int]\nfor v in self.a.values { write(v) }",
                "var a: [Int: Int]\nlet text = a.map { \"\\($0)\" }",
            ],
            good: [
                "let totals: [String: Int] = [:]\nfor (name, total) in totals.sorted(by: order) {}",
                "let list: [Int] = []\nfor item in list {}",
                "let columns: [[Int]] = []\nfor column in columns {}",
                "for key in book.keys.sorted() { write(key) }",
                "// Unordered: the sum is exact.\nfor key in book.keys { sum += key }",
                "var a: [Int: [Int]]\nfor v in a[3] {}",
                "for value in column.values { write(value) }",
                "var a: [Int: Int]\nlet a = [1]\nfor v in a {}",
                "let a: [(year: Int, day: Int)] = []\nfor v in a {}",
            ]),
        TidySample(
            rule: "unexplained-unsafety",
            bad: ["\nfinal class A: @unchecked Sendable {\n}", "\nnonisolated(unsafe) var a = 1\n"],
            good: ["// Guarded by `lock`.\nfinal class A: @unchecked Sendable {}", "struct A: Sendable {}"]),
        TidySample(
            rule: "vague-name", bad: ["struct OrderManager {}", "enum MathUtils {}", "class TestHelper {}"],
            good: ["struct OrderBook {}", "let manager = 1"]),
        TidySample(
            rule: "undocumented",
            bad: ["public let a = 1", "/// A.\n\npublic struct A {}", "@inlinable\npublic func a() {}"],
            good: [
                "/// A.\npublic let a = 1", "/// A.\n@inlinable\npublic func a() {}", "let a = 1",
                "public import Units", "public static func < (a: A, b: A) -> Bool { true }",
                "/// A.\npublic protocol A {\n}\nextension A {\n    public func b() {}\n}",
            ]),
    ]

    private static let sizes: [TidySample] = [
        TidySample(
            rule: "long-function",
            bad: [
                "func a() {\n" + String(repeating: "    run()\n", count: 69) + "}",
                "init(\n    a: Int\n)\n    throws\n{\n" + String(repeating: "    run()\n", count: 66) + "}",
            ],
            good: [
                "func a() {\n" + String(repeating: "    run()\n", count: 68) + "}",
                "protocol A {\n    func a()\n    func b() -> Int\n}\nenum B {\n"
                    + String(repeating: "    case a\n", count: 80) + "}",
                "var a = 1\nlet b = [\n" + String(repeating: "    { 1 },\n", count: 80) + "]",
            ]),
        TidySample(
            rule: "long-file", bad: [String(repeating: "let a = 1\n", count: 501)],
            good: [String(repeating: "let a = 1\n", count: 500)]),
        TidySample(
            rule: "long-line", bad: ["// " + String(repeating: "x", count: 108)],
            good: ["// " + String(repeating: "x", count: 107), "// " + String(repeating: "é", count: 107)]),
    ]
}
