/// A piece of a document: text, list or map, with its place. Numbers stay text until somebody who knows what
/// they mean reads them.
package struct DocumentNode: Hashable, Sendable {
    /// What a node holds.
    package indirect enum Content: Hashable, Sendable {
        /// A text; plain when it was written without quotes.
        case scalar(String, isPlain: Bool)
        /// A list.
        case list([DocumentNode])
        /// A map, in the order of the file.
        case map([DocumentEntry])
    }

    /// What it holds.
    package var content: Content
    /// Where it was written.
    package let place: SourcePlace

    /// A node.
    package init(_ content: Content, at place: SourcePlace) { (self.content, self.place) = (content, place) }

    /// The text of a scalar.
    package var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    /// Whether nothing was written: an empty value, `~` or `null` without quotes.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null"].contains(text)
    }

    /// The entries of a map; empty for anything else.
    package var entries: [DocumentEntry] {
        guard case .map(let entries) = content else { return [] }
        return entries
    }

    /// The items of a list; empty for anything else.
    package var items: [DocumentNode] {
        guard case .list(let items) = content else { return [] }
        return items
    }

    /// The value of a key of a map.
    package subscript(_ key: String) -> DocumentNode? { entries.first { $0.key == key }?.value }

    /// What it is, for messages: the text in quotes, or `a list`, `a map`, `nothing`.
    package var found: String {
        switch content {
        case _ where isNull: "nothing"
        case .scalar(let text, _):
            text.count > 80 ? "\"\(text.prefix(80))...\"" : "\"\(text)\""
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// One key of a map with its value.
package struct DocumentEntry: Hashable, Sendable {
    /// The key.
    package let key: String
    /// Where the key was written.
    package let place: SourcePlace
    /// The value.
    package var value: DocumentNode

    /// An entry.
    package init(key: String, at place: SourcePlace, value: DocumentNode) {
        (self.key, self.place, self.value) = (key, place, value)
    }
}
