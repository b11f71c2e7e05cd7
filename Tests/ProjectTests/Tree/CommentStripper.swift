/// Blanks comments, and in a second copy the contents of string literals, byte by byte. Knows nested block
/// comments, raw and multi-line strings, and code interpolated into strings, which stays.
struct CommentStripper {
    private enum Mode {
        /// `parentheses` counts the open ones of an interpolation; zero at the top level.
        case code(parentheses: Int)
        case string(hashes: Int, isMultiline: Bool)
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var modes: [Mode] = [.code(parentheses: 0)]
    private(set) var uncommented: [UInt8] = []
    private(set) var code: [UInt8] = []

    init(text: String) {
        bytes = Array(text.utf8)
        uncommented.reserveCapacity(bytes.count)
        code.reserveCapacity(bytes.count)
    }

    mutating func run() {
        while offset < bytes.count {
            switch modes[modes.count - 1] {
            case .code(let parentheses): stepInCode(parentheses: parentheses)
            case .string(let hashes, let isMultiline): stepInString(hashes: hashes, isMultiline: isMultiline)
            }
        }
    }

    private mutating func stepInCode(parentheses: Int) {
        let byte = bytes[offset]
        if starts(with: "//") {
            while offset < bytes.count, bytes[offset] != 0x0A { skipComment() }
        } else if starts(with: "/*") {
            skipBlockComment()
        } else if byte == 0x22 || byte == 0x23 {
            startStringOrHash()
        } else {
            let isInterpolated = modes.count > 1
            if isInterpolated, byte == 0x28 { modes[modes.count - 1] = .code(parentheses: parentheses + 1) }
            if isInterpolated, byte == 0x29 { modes[modes.count - 1] = .code(parentheses: parentheses - 1) }
            if isInterpolated, byte == 0x29, parentheses == 1 { modes.removeLast() }
            keep(1)
        }
    }

    private mutating func startStringOrHash() {
        var hashes = 0
        while offset + hashes < bytes.count, bytes[offset + hashes] == 0x23 { hashes += 1 }
        guard offset + hashes < bytes.count, bytes[offset + hashes] == 0x22 else {
            return keep(max(1, hashes))
        }
        keep(hashes)
        let isMultiline = starts(with: "\"\"\"")
        modes.append(.string(hashes: hashes, isMultiline: isMultiline))
        keep(isMultiline ? 3 : 1)
    }

    private mutating func stepInString(hashes: Int, isMultiline: Bool) {
        let fence = String(repeating: "#", count: hashes)
        if starts(with: (isMultiline ? "\"\"\"" : "\"") + fence) {
            modes.removeLast()
            keep((isMultiline ? 3 : 1) + hashes)
        } else if starts(with: "\\" + fence + "(") {
            modes.append(.code(parentheses: 1))
            keep(hashes + 2)
        } else if starts(with: "\\" + fence) {
            for _ in 0..<min(hashes + 2, bytes.count - offset) { skipText() }
        } else if bytes[offset] == 0x0A, !isMultiline {
            modes.removeLast()
        } else {
            skipText()
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                skipComment()
            } else if starts(with: "*/") {
                depth -= 1
                skipComment()
            }
            skipComment()
        } while depth > 0 && offset < bytes.count
    }

    private func starts(with text: String) -> Bool {
        var position = offset
        for byte in text.utf8 {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
        }
        return true
    }

    private mutating func keep(_ count: Int) {
        for _ in 0..<min(count, bytes.count - offset) {
            uncommented.append(bytes[offset])
            code.append(bytes[offset])
            offset += 1
        }
    }

    private mutating func skipText() {
        uncommented.append(bytes[offset])
        code.append(bytes[offset] == 0x0A ? 0x0A : 0x20)
        offset += 1
    }

    private mutating func skipComment() {
        guard offset < bytes.count else { return }
        let blank: UInt8 = bytes[offset] == 0x0A ? 0x0A : 0x20
        uncommented.append(blank)
        code.append(blank)
        offset += 1
    }
}
