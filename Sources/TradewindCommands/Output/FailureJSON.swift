extension CommandFailure {
    /// The object that `--json` prints: `{"error": {"code", "message", "file", "line", "remedy"}}`. With
    /// several problems, `error` is the first and `problems` lists them all in the same form.
    public var json: String {
        var text = "{\"error\": " + problems[0].json
        if problems.count > 1 {
            text += ", \"problems\": [" + problems.map(\.json).joined(separator: ", ") + "]"
        }
        return text + "}\n"
    }
}

extension FailureProblem {
    fileprivate var json: String {
        let fields = [
            ("code", JSONEscape.quoted(code)), ("message", JSONEscape.quoted(message)),
            ("file", file.map(JSONEscape.quoted) ?? "null"), ("line", line.map(String.init) ?? "null"),
            ("remedy", remedy.map(JSONEscape.quoted) ?? "null"),
        ]
        return "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    }
}

/// Text inside JSON.
public enum JSONEscape {
    /// The text in quotes, with what RFC 8259 section 7 requires escaped.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
