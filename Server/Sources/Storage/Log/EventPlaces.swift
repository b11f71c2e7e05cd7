public import Events
public import Units

extension StoreTransaction {
    /// The end of the event log, with the hash of the chain there.
    public func eventHead() throws -> EventCheckpoint { try EventStatements.head(session) }

    /// The hash of the chain at a place; nil where nothing is kept of it.
    public func eventHash(at offset: EventOffset) throws -> Digest? {
        let (sql, place) = ("SELECT hash FROM", SQLValue.integer(offset.value))
        for table in ["outbox", "checkpoints"] {
            let found = try session.first("\(sql) \(table) WHERE log_offset = ?", [place]) {
                try EventStatements.digest($0.blob(0))
            }
            if let found { return found }
        }
        return nil
    }
}
