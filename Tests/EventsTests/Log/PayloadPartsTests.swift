import Events
import Testing
import Units

@Suite struct PayloadPartsTests {
    private let parts = PayloadParts(inlineBytes: 512, piecesBytes: 4_096, maximumBytes: 10_000)

    private func event(_ text: String) -> EventEnvelope {
        EventEnvelope(
            id: EventID(high: 7, low: 7), type: "desk.Note", runID: "r", correlationID: "c", time: .epoch,
            producer: "tests", headers: ["h": "1"], payload: .object([JSONMember("text", .string(text))]))
    }

    private func envelope(_ record: PayloadParts.Record) throws -> EventEnvelope {
        try EventEnvelope(canonicalText: record.text)
    }

    @Test func everyPayloadComesBackWholeWhateverIsInIt() throws {
        var random = SplitMix64(seed: 5)
        let alphabet: [String] = ["a", "\"", "\\", "<", "\u{1}", "é", "漢", "\u{1F600}", "\n", " "]
        for round in 0..<300 {
            var text = ""
            for _ in 0..<(random.next() % 900) { text += alphabet[Int(random.next() % 10)] }
            let event = event(text)
            let size = event.payload.compact.utf8.count
            guard size <= parts.maximumBytes else {
                #expect(throws: EventProblem.self) { try parts.store(event) }
                continue
            }
            let stored = try parts.store(event)
            let last = try #require(stored.records.last)
            #expect(last.id == event.id && last.type == event.type, "round \(round)")
            switch last.form {
            case .whole:
                #expect(size <= 512 && stored.records.count == 1)
                #expect(try envelope(last) == event)
            case .pieces:
                #expect(size > 512 && size <= 4_096)
                let pieces = stored.records.dropLast()
                let fits = try pieces.allSatisfy { try envelope($0).payload.compact.utf8.count <= 512 }
                #expect(fits, "round \(round)")
                let read = try PayloadParts.assemble(envelope(last), pieces: pieces.map(envelope))
                #expect(read == event)
            case .reference:
                #expect(size > 4_096)
                let content = try #require(stored.content)
                #expect(try PayloadParts.resolve(envelope(last), content: content.bytes) == event)
            case .piece: Issue.record("an event ends with a piece")
            }
        }
    }

    @Test func missingForeignAndChangedPiecesAreFound() throws {
        let event = event(String(repeating: "wide ", count: 300))
        let stored = try parts.store(event)
        let last = try envelope(try #require(stored.records.last))
        let pieces = try stored.records.dropLast().map(envelope)
        #expect(pieces.count > 3)
        let other = try parts.store(self.event(String(repeating: "tall ", count: 300))).records.map(envelope)
        for wrong in [
            Array(pieces.dropLast()), pieces + [pieces[0]], [pieces[1], pieces[0]] + pieces.dropFirst(2),
            [other[0]] + pieces.dropFirst(),
        ] {
            #expect(throws: EventProblem.self) { try PayloadParts.assemble(last, pieces: wrong) }
        }
        let large = try parts.store(self.event(String(repeating: "x", count: 5_000)))
        let reference = try envelope(try #require(large.records.last))
        #expect(throws: EventProblem.self) { try PayloadParts.resolve(reference, content: []) }
    }
}
