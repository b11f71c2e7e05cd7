public import Units

extension PayloadParts {
    /// The records that an event is stored as.
    ///
    /// - Throws: ``EventProblem`` with code `tooLarge`.
    public func store(_ event: EventEnvelope) throws(EventProblem) -> Stored {
        let text = event.canonicalText
        if text.utf8.count <= inlineBytes {
            let record = Record(id: event.id, form: .whole, type: event.type, text: text)
            return Stored(records: [record], content: nil)
        }
        let payload = Array(event.payload.compact.utf8)
        if payload.count <= inlineBytes {
            let record = Record(id: event.id, form: .whole, type: event.type, text: text)
            return Stored(records: [record], content: nil)
        }
        guard payload.count <= maximumBytes else {
            throw EventProblem(
                .tooLarge,
                "the payload of a \(event.type) has \(payload.count) bytes; at most \(maximumBytes) are taken"
            )
        }
        let hash = payload.withUnsafeBytes { SHA256Stream.digest(of: $0) }
        if payload.count > piecesBytes { return reference(event, payload, hash) }
        return pieces(event, payload, hash)
    }

    private func reference(_ event: EventEnvelope, _ payload: [UInt8], _ hash: Digest) -> Stored {
        let stored = event.replacing(
            type: event.type, headers: marked(event, .reference),
            payload: .object([
                JSONMember(
                    "data_ref",
                    .object([
                        JSONMember("sha256", .string(hash.description)),
                        JSONMember("bytes", .integer(payload.count)),
                    ]))
            ]))
        return Stored(
            records: [Record(id: event.id, form: .reference, type: event.type, text: stored.canonicalText)],
            content: Content(hash: hash, bytes: payload))
    }

    private func pieces(_ event: EventEnvelope, _ payload: [UInt8], _ hash: Digest) -> Stored {
        let slices = cut(payload)
        let ofEvent = event.id.description
        var records = slices.indices.map { index in
            let piece = EventEnvelope(
                derivedFrom: event, id: EventID(derivedFrom: ofEvent, sequence: UInt64(index)),
                kind: event.kind, type: .dataWindowChunk, time: event.time, producer: event.producer,
                headers: [Self.header: "piece"],
                payload: .object([
                    JSONMember("of", .string(ofEvent)), JSONMember("index", .integer(index)),
                    JSONMember("total", .integer(slices.count)),
                    JSONMember("data", .string(String(decoding: payload[slices[index]], as: UTF8.self))),
                ]))
            return Record(
                id: piece.id, form: .piece, type: .dataWindowChunk, text: piece.canonicalText)
        }
        let last = event.replacing(
            type: .dataWindowComplete, headers: marked(event, .pieces),
            payload: .object([
                JSONMember("type", .string(event.type.text)), JSONMember("total", .integer(slices.count)),
                JSONMember("bytes", .integer(payload.count)),
                JSONMember("sha256", .string(hash.description)),
            ]))
        records.append(Record(id: event.id, form: .pieces, type: event.type, text: last.canonicalText))
        return Stored(records: records, content: nil)
    }

    private func marked(_ event: EventEnvelope, _ form: Form) -> [String: String] {
        event.headers.merging([Self.header: form.name ?? ""]) { _, ours in ours }
    }

    /// Cuts JSON text between characters, so that each piece fits as a JSON text of its own.
    private func cut(_ payload: [UInt8]) -> [Range<Int>] {
        // What the piece's other fields take.
        let room = inlineBytes - 128
        var slices: [Range<Int>] = []
        var (start, boundary, used, usedAtBoundary) = (0, 0, 0, 0)
        for (index, byte) in payload.enumerated() {
            if byte & 0xC0 != 0x80 { (boundary, usedAtBoundary) = (index, used) }
            let cost =
                switch byte {
                case 0x22, 0x5C: 2
                case 0..<0x20, 0x3C, 0x7F: 6
                default: 1
                }
            if used + cost > room {
                slices.append(start..<boundary)
                start = boundary
                used -= usedAtBoundary
            }
            used += cost
        }
        slices.append(start..<payload.count)
        return slices
    }

    /// The event as it was given, of a record whose payload is kept in pieces.
    ///
    /// - Parameter pieces: the envelopes of the pieces, in order.
    /// - Throws: ``EventProblem`` with code `incomplete`.
    public static func assemble(
        _ record: EventEnvelope, pieces: [EventEnvelope]
    ) throws(EventProblem) -> EventEnvelope {
        guard let type = record.payload["type"]?.text, record.payload["total"]?.wholeNumber == pieces.count
        else {
            throw EventProblem(.incomplete, "of event \(record.id) there are \(pieces.count) pieces")
        }
        var bytes: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            guard piece.payload["of"]?.text == record.id.description,
                piece.payload["index"]?.wholeNumber == index, let data = piece.payload["data"]?.text
            else { throw EventProblem(.incomplete, "piece \(index) of event \(record.id) is not its own") }
            bytes += data.utf8
        }
        let payload = try content(bytes, of: record, hash: record.payload["sha256"]?.text)
        return record.replacing(
            type: EventType(type), headers: record.headers.filter { $0.key != header }, payload: payload)
    }

    /// The name of the content that a record refers to.
    ///
    /// - Throws: ``EventProblem`` with code `incomplete`.
    public static func reference(of record: EventEnvelope) throws(EventProblem) -> Digest {
        guard let text = record.payload["data_ref"]?["sha256"]?.text, let hash = Digest(hexadecimal: text)
        else { throw EventProblem(.incomplete, "event \(record.id) refers to nothing") }
        return hash
    }

    /// The event as it was given, of a record whose payload is kept apart.
    ///
    /// - Throws: ``EventProblem`` with code `incomplete` when the content is not what was written.
    public static func resolve(
        _ record: EventEnvelope, content bytes: [UInt8]
    ) throws(EventProblem) -> EventEnvelope {
        let hash = try reference(of: record)
        let payload = try content(bytes, of: record, hash: hash.description)
        return record.replacing(
            type: record.type, headers: record.headers.filter { $0.key != header }, payload: payload)
    }

    private static func content(
        _ bytes: [UInt8], of record: EventEnvelope, hash: String?
    ) throws(EventProblem) -> JSONText {
        let found = bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) }
        guard found.description == hash else {
            throw EventProblem(.incomplete, "the payload of event \(record.id) is not what was written")
        }
        do throws(JSONError) {
            return try JSONText(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw EventProblem(.incomplete, "the payload of event \(record.id) is no JSON: \(error)")
        }
    }
}
