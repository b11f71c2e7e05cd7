/// A value that a redactor knows, with every form in which it may stand in a text. All of them lie in one
/// place, which is overwritten when nobody needs it any more; no other copy is made.
struct KnownValue: Sendable {
    /// How a form may be told from its surroundings.
    enum Kind: Sendable {
        /// Wherever it stands.
        case free
        /// Only where no letter, digit or underscore touches it.
        case word
        /// The middle of something encoded as base64, which is hidden from end to end.
        case base64
        /// Hexadecimal digits, which are hidden from end to end.
        case hexadecimal
    }

    /// One form: a range of the storage.
    struct Form: Sendable {
        let range: Range<Int>
        let kind: Kind
    }

    /// The bytes of the value, and behind them those of its other forms.
    let storage: SecretStorage
    /// The value itself first.
    let forms: [Form]
    private let count: Int

    /// The forms of a value of at least ``Redactor/minimumLength`` bytes, which is copied.
    init(_ value: UnsafeRawBufferPointer) {
        let isFree = value.count >= Redactor.freeLength
        var forms = [Form(range: 0..<value.count, kind: isFree ? .free : .word)]
        // Base64 takes four characters for three bytes, of which up to two precede the value; hexadecimal
        // takes two for one.
        let capacity = value.count + 6 * ((value.count + 4) / 3 * 4) + 4 * value.count
        storage = SecretStorage(byteCount: capacity) { buffer in
            buffer.copyMemory(from: value)
            var end = value.count
            func add(_ length: Int, _ kind: Kind) {
                let range = end..<(end + length)
                let isKnown = forms.contains { form in
                    form.kind == kind && form.range.count == length
                        && buffer[form.range].elementsEqual(buffer[range])
                }
                if isKnown { return }
                forms.append(Form(range: range, kind: kind))
                end += length
            }
            for alphabet in [Base64Forms.standard, Base64Forms.urlSafe] {
                for before in isFree ? [0, 1, 2] : [0] {
                    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
                    add(
                        Base64Forms.write(
                            value, after: before, alphabet: alphabet, isWhole: !isFree, to: room),
                        .base64)
                }
            }
            for digits in [HexadecimalForms.lower, HexadecimalForms.upper] {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
                add(HexadecimalForms.write(value, digits: digits, to: room), .hexadecimal)
            }
        }
        self.forms = forms
        count = value.count
    }

    /// Whether it is the value of these bytes.
    func matches(_ value: UnsafeRawBufferPointer) -> Bool {
        value.count == count && storage.buffer.prefix(count).elementsEqual(value)
    }
}

/// How the bytes of a value look in hexadecimal digits.
enum HexadecimalForms {
    static let lower = Array("0123456789abcdef".utf8)
    static let upper = Array("0123456789ABCDEF".utf8)

    /// Writes two digits for each byte; returns how many.
    static func write(
        _ value: UnsafeRawBufferPointer, digits: [UInt8], to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        for (index, byte) in value.enumerated() {
            room[2 * index] = digits[Int(byte >> 4)]
            room[2 * index + 1] = digits[Int(byte & 15)]
        }
        return 2 * value.count
    }
}
