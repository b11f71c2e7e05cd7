public import Units

/// How payloads are stored that are too large for one record: cut into pieces, or kept apart by reference.
///
/// A record of the log is the text of an envelope. A large event is stored as pieces (`data.WindowChunk`) and
/// a last record (`data.WindowComplete`) that bears the event's own id, or as one record whose payload names
/// the content kept apart. The header ``header`` says which; readers of the log see the event as given.
public struct PayloadParts: Sendable {
    /// The header that says how a payload is stored: `piece`, `pieces` or `reference`.
    public static let header = "tradewind-payload"

    /// Largest payload kept in place, in bytes of its JSON text; the setting `events.max-payload-size`.
    public let inlineBytes: Int
    /// Largest payload that is cut into pieces: 2 MiB.
    public let piecesBytes: Int
    /// Largest payload that is taken at all: 64 MiB.
    public let maximumBytes: Int

    /// The limits of a log.
    ///
    /// - Precondition: `inlineBytes` is at least 256, and the limits grow.
    public init(inlineBytes: Int = 102_400, piecesBytes: Int = 2 << 20, maximumBytes: Int = 64 << 20) {
        precondition(inlineBytes >= 256, "pieces of less than 256 bytes make no sense")
        self.inlineBytes = inlineBytes
        self.piecesBytes = max(inlineBytes, piecesBytes)
        self.maximumBytes = max(inlineBytes, piecesBytes, maximumBytes)
    }

    /// How a record belongs to an event.
    public enum Form: Int64, Hashable, Sendable {
        /// The record is the event.
        case whole = 0
        /// The record is a piece of the payload of a later one.
        case piece = 1
        /// The record ends an event whose payload stands in the records before it.
        case pieces = 2
        /// The payload is kept apart.
        case reference = 3

        /// The form that the header of a stored envelope states; nil for an unknown one.
        init?(_ envelope: EventEnvelope) {
            switch envelope.headers[PayloadParts.header] {
            case nil: self = .whole
            case "piece": self = .piece
            case "pieces": self = .pieces
            case "reference": self = .reference
            default: return nil
            }
        }

        var name: String? {
            switch self {
            case .whole: nil
            case .piece: "piece"
            case .pieces: "pieces"
            case .reference: "reference"
            }
        }
    }

    /// One record as it is stored.
    public struct Record: Hashable, Sendable {
        /// The id in the record, unique in the log.
        public let id: EventID
        /// How it belongs to an event.
        public let form: Form
        /// The type that readers ask for.
        public let type: EventType
        /// The canonical text of its envelope.
        public let text: String
    }

    /// An event as records, in order, and content to be kept apart.
    public struct Stored: Hashable, Sendable {
        /// The records; the last one bears the event's id.
        public let records: [Record]
        /// Content to be kept apart under its SHA-256.
        public let content: Content?
    }

    /// Content that is kept apart.
    public struct Content: Hashable, Sendable {
        /// The SHA-256 of its bytes, which is its name.
        public let hash: Digest
        /// JSON text in UTF-8.
        public let bytes: [UInt8]
    }
}
