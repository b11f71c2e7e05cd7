internal import Events
internal import Operations
internal import StrategyKit

extension StrategyAliases {
    /// Our name of what a client calls a strategy.
    ///
    /// - Throws: ``APIError`` with the nearest names for one that is not there.
    static func resolve(_ name: String, among known: [String]) throws(APIError) -> String {
        if let ours = StrategyAliases.name(of: name, among: known) { return ours }
        let near = nearest(to: name, among: known)
        let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
        throw APIError(
            .notFound,
            "no strategy is called \"\(name.prefix(64))\"\(hint) "
                + "(known are \(known.joined(separator: ", ")))",
            details: .object([JSONMember("known", .list(known.map { .string($0) }))]))
    }
}
