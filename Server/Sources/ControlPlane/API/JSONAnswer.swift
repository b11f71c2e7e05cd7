public import Events
public import HTTPTypes
public import Hummingbird
internal import NIOCore
internal import Operations

extension Response {
    /// An answer with a JSON value.
    public static func answer(_ value: JSONText, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.compact + "\n")))
    }
}

extension JSONOutput {
    /// The same value.
    init(_ value: JSONText) {
        switch value {
        case .null: self = .null
        case .flag(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(Int64(number))
        case .number(let number): self = .number(number)
        case .decimal: self = value.double.map { .number($0) } ?? .null
        case .string(let text): self = .string(text)
        case .list(let items): self = .array(items.map { JSONOutput($0) })
        case .object(let members): self = .object(members.map { ($0.key, JSONOutput($0.value)) })
        }
    }
}

extension JSONText {
    /// The same value.
    init(_ value: JSONOutput) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .flag(flag)
        case .integer(let number): self = .integer(Int(number))
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .list(items.map { JSONText($0) })
        case .object(let members): self = .object(members.map { JSONMember($0.0, JSONText($0.1)) })
        }
    }

    /// A text, or null.
    static func text(_ value: String?) -> JSONText { value.map { .string($0) } ?? .null }

    /// A whole number, or null.
    static func whole(_ value: Int?) -> JSONText { value.map { .integer($0) } ?? .null }
}
