internal import Events
internal import Hummingbird
internal import NIOCore
internal import Operations
internal import StrategyKit
internal import TradewindCommands
internal import Units

/// Reads the named values of a body or a query strictly, and gathers everything that is wrong with them, so
/// that a client hears of all of it at once.
struct FieldReader {
    private let fields: [JSONMember]
    /// Whether every value came as text, as in a query.
    private let isText: Bool
    private let what: String
    private var known: [String] = []
    private(set) var problems: [RunProblem] = []

    /// The values of a query.
    init(query request: Request) {
        (isText, what) = (true, "parameter")
        var fields: [JSONMember] = []
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = FieldReader.decoded(parts[0]),
                let value = FieldReader.decoded(parts.count > 1 ? parts[1] : "")
            else {
                problems.append(
                    RunProblem(key: String(parts[0].prefix(64)), message: "is not percent-encoded UTF-8"))
                continue
            }
            fields.append(JSONMember(name, .string(value)))
        }
        self.fields = fields
        refuseRepeated()
    }

    /// The members of a body.
    ///
    /// - Throws: ``APIError`` for a body that is no object.
    init(body: JSONText) throws(APIError) {
        (isText, what) = (false, "key")
        guard let members = body.members else {
            throw APIError(.validationFailed, "the body must be a JSON object")
        }
        fields = members
        refuseRepeated()
    }

    private mutating func refuseRepeated() {
        var seen: Set<String> = []
        for field in fields where !seen.insert(field.key).inserted {
            problems.append(RunProblem(key: field.key, message: "stands there twice"))
        }
    }

    /// A text with its percent signs and pluses undone; nil for one that is no UTF-8.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x2B {
                bytes.append(0x20)
            } else if byte == 0x25 {
                let digits = rest.prefix(2)
                guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                    let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    // MARK: Values

    /// Notes that something is wrong.
    mutating func refuse(_ key: String, _ message: String, remedy: String? = nil) {
        problems.append(RunProblem(key: key, message: message, remedy: remedy))
    }

    /// A value as it stands; nil where it is absent or null.
    mutating func value(_ name: String, isRequired: Bool = false) -> JSONText? {
        known.append(name)
        let found = fields.first { $0.key == name }?.value
        if found == nil || found == .null {
            if isRequired { refuse(name, "is missing") }
            return nil
        }
        return found
    }

    /// A text of at most so many characters.
    mutating func text(
        _ name: String, isRequired: Bool = false, allowed: [String] = [], limit: Int = 256
    ) -> String? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard let text = value.text else {
            refuse(name, "must be a text")
            return nil
        }
        if !allowed.isEmpty && !allowed.contains(text) {
            let near = NearestName.find(text, among: allowed).map { "; did you mean \"\($0)\"?" } ?? ""
            refuse(name, "is \"\(text.prefix(64))\"; allowed: \(allowed.joined(separator: ", "))\(near)")
            return nil
        }
        guard (1...limit).contains(text.count), !text.unicodeScalars.contains(where: { $0.value < 0x20 })
        else {
            refuse(name, "must be 1 to \(limit) characters without control characters")
            return nil
        }
        return text
    }

    /// Several texts: with commas in a query, a list in a body.
    mutating func list(_ name: String, allowed: [String] = [], limit: Int = 100) -> [String] {
        guard let value = value(name) else { return [] }
        let texts: [String]
        if isText, let text = value.text {
            texts = text.split(separator: ",").map(String.init)
        } else if let items = value.items, items.allSatisfy({ $0.text != nil }) {
            texts = items.compactMap(\.text)
        } else {
            refuse(name, "must be a list of texts")
            return []
        }
        if texts.isEmpty || texts.count > limit { refuse(name, "must have 1 to \(limit) entries") }
        for text in texts where !allowed.isEmpty && !allowed.contains(text) {
            let near = NearestName.find(text, among: allowed).map { "; did you mean \"\($0)\"?" } ?? ""
            refuse(name, "holds \"\(text.prefix(64))\"; allowed: \(allowed.joined(separator: ", "))\(near)")
        }
        return texts
    }

    /// A whole number of a range.
    mutating func integer(_ name: String, _ range: ClosedRange<Int>, default fallback: Int) -> Int {
        guard let value = value(name) else { return fallback }
        let number = isText ? value.text.flatMap { FieldReader.wholeNumber($0) } : value.wholeNumber
        guard let number, range.contains(number) else {
            refuse(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }

    private static func wholeNumber(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// Yes or no.
    mutating func flag(_ name: String, default fallback: Bool) -> Bool {
        guard let value = value(name) else { return fallback }
        if case .flag(let flag) = value { return flag }
        if isText, value.text == "true" || value.text == "false" { return value.text == "true" }
        refuse(name, "must be true or false")
        return fallback
    }

    /// Money: a number, or better its decimal text.
    mutating func amount(_ name: String, isRequired: Bool = false) -> ExactDecimal? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        let text: String? =
            switch value {
            case .string(let text): text
            case .integer, .number, .decimal: value.compact
            default: nil
            }
        guard let amount = text.flatMap({ ExactDecimal($0) }) else {
            refuse(name, "must be a decimal number, as \"100000\"")
            return nil
        }
        return amount
    }

    /// A moment in ISO 8601; one without a zone is taken as UTC, a date as its midnight.
    mutating func moment(_ name: String, isRequired: Bool = false) -> Instant? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard let text = value.text, text.utf8.count <= 64,
            let moment = Instant(iso8601: text) ?? Instant(iso8601: text + "Z")
                ?? Instant(iso8601: text + "T00:00:00Z")
        else {
            refuse(name, "must be a moment in ISO 8601, as 2024-05-12T00:00:00Z")
            return nil
        }
        return moment
    }

    /// An object.
    mutating func object(_ name: String, isRequired: Bool = false) -> JSONText? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        if value.members != nil { return value }
        refuse(name, "must be an object")
        return nil
    }

    /// Page and size of a list.
    mutating func page(_ limits: PageLimits) -> Page {
        Page(
            number: integer("page", 1...PageLimits.maximumPage, default: 1),
            size: integer("page_size", 1...limits.maximum, default: min(limits.standard, limits.maximum)))
    }

    /// Ends the reading: what was not asked for is refused, too.
    ///
    /// - Throws: ``APIError`` with everything that is wrong.
    mutating func finish() throws(APIError) {
        for field in fields where !known.contains(field.key) {
            let near = NearestName.find(field.key, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            let list = known.isEmpty ? "none is taken here" : "known are \(known.joined(separator: ", "))"
            refuse(String(field.key.prefix(64)), "is no known \(what)\(near) (\(list))")
        }
        if !problems.isEmpty { throw APIError(RunProblems(problems: problems)) }
    }
}

/// How long the pages of a list may be.
struct PageLimits: Hashable, Sendable {
    /// When nobody says.
    var standard: Int
    /// At most.
    var maximum: Int

    static let maximumPage = 1_000_000
}

/// A page of a list.
struct Page: Hashable, Sendable {
    /// From 1.
    let number: Int
    /// Entries.
    let size: Int

    var offset: Int { (number - 1) * size }

    /// The object of a list.
    func json(_ name: String, _ entries: [JSONText], total: Int) -> JSONText {
        .object([
            JSONMember(name, .list(entries)), JSONMember("page", .integer(number)),
            JSONMember("page_size", .integer(size)), JSONMember("total", .integer(total)),
            JSONMember("pages", .integer((total + size - 1) / size)),
        ])
    }
}

extension Request {
    /// The body as JSON; an empty one is an empty object where that is allowed.
    ///
    /// - Throws: ``APIError`` for a body that is no JSON, no UTF-8, too deep, or of another kind.
    func jsonBody(_ context: APIContext, mayBeEmpty: Bool = false) async throws -> JSONText {
        let buffer = try await body.collect(upTo: context.maxUploadSize)
        if buffer.readableBytes == 0 && mayBeEmpty { return .object([]) }
        if let kind = headers[.contentType] {
            let media = kind.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
            guard media == "application/json" || media.hasSuffix("+json") else {
                throw APIError(.unsupportedMediaType, "the body must be application/json")
            }
        }
        guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
            throw APIError(.requestMalformed, "the body is not UTF-8 text")
        }
        do throws(JSONError) { return try JSONText(parsing: text) } catch {
            throw APIError(
                .requestMalformed, "the body is not JSON: \(error.reason)",
                details: .object([JSONMember("line", .integer(error.line))]))
        }
    }
}
