#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The fields of a JSON object, each text as a secret; nested ones have their names joined by a point.
public enum SecretFields {
    /// Deeper objects than this are refused.
    static let maximumDepth = 16
    /// More fields than this are refused.
    static let maximumFields = 1000

    /// What becomes of lists, which are no fields.
    public enum Lists: Sendable {
        /// They are errors.
        case refused
        /// They are left out.
        case left
    }

    /// Reads the fields of the object `json`. Numbers and truth values are taken as their text, null as
    /// absent.
    ///
    /// Throws ``SecretError/Code/malformed`` for what is no JSON object, or holds a list where those are
    /// refused. The message never quotes the input.
    public static func decode(
        json: UnsafeRawBufferPointer, source: String, lists: Lists = .refused
    ) throws(SecretError) -> [String: Secret] {
        let node: Node
        do {
            node = try JSONDecoder().decode(Node.self, from: Data(json))
        } catch {
            throw malformed(source, "does not hold a JSON object of texts")
        }
        guard case .object = node else { throw malformed(source, "does not hold a JSON object") }
        var fields: [String: Secret] = [:]
        try collect(node, path: "", depth: 0, into: &fields, source: source, lists: lists)
        return fields
    }

    private static func collect(
        _ node: Node, path: String, depth: Int, into fields: inout [String: Secret], source: String,
        lists: Lists
    ) throws(SecretError) {
        switch node {
        case .text(let text): fields[path] = Secret(text)
        case .null: break
        case .list:
            if lists == .refused { throw malformed(source, "holds a list") }
        case .object(let members):
            guard depth < maximumDepth, fields.count + members.count <= maximumFields else {
                throw malformed(source, "holds too many fields or nests them too deeply")
            }
            for (name, member) in members {
                let inner = path.isEmpty ? name : "\(path).\(name)"
                try collect(
                    member, path: inner, depth: depth + 1, into: &fields, source: source, lists: lists)
            }
        }
    }

    private static func malformed(_ source: String, _ what: String) -> SecretError {
        SecretError(
            .malformed, source: source, message: what,
            remedy: "store one JSON object whose fields are texts, as {\"api-key\": \"...\"}")
    }

    private enum Node: Decodable {
        case text(String)
        case null
        case list
        case object([String: Node])

        init(from decoder: any Decoder) throws {
            let single = try decoder.singleValueContainer()
            if single.decodeNil() {
                self = .null
                return
            }
            do {
                self = .object(try single.decode([String: Node].self))
                return
            } catch DecodingError.typeMismatch(_, let context)
                where context.codingPath.count == decoder.codingPath.count
            {
                // Not an object; it may be a text or a number.
            }
            do {
                _ = try decoder.unkeyedContainer()
                self = .list
                return
            } catch DecodingError.typeMismatch {
                // Not a list either.
            }
            self = .text(try Self.scalar(single))
        }

        private static func scalar(_ container: any SingleValueDecodingContainer) throws -> String {
            do {
                return try container.decode(String.self)
            } catch DecodingError.typeMismatch {
                // Not a text; it may be a number or a truth value.
            }
            do {
                return String(try container.decode(Bool.self))
            } catch DecodingError.typeMismatch {
                return String(try container.decode(Decimal.self).description)
            }
        }
    }
}
