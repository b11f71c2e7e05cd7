/// A change that breaks one rule, and what must then be reported: code and key of each problem.
struct Mistake: Sendable {
    let rule: String
    let fixture: Fixture
    let expected: [String]

    init(_ rule: String, _ base: Fixture, _ expected: String..., change: (inout Fixture) -> Void) {
        (self.rule, self.expected) = (rule, expected)
        fixture = base.with(change)
    }
}
