import Foundation

/// Prints what an image is made of, as CycloneDX 1.5 JSON: the packages that SwiftPM resolved, and those of Debian.
///
/// Compiled by itself while an image is built. The same inputs give the same bytes.
///
///     list-materials --version V --commit SHA --date ISO8601 --packages Package.resolved... --debian FILE
///
/// Source of the form: CycloneDX specification 1.5 (cyclonedx.org/docs/1.5/json) and the package URL
/// specification (github.com/package-url/purl-spec), types `swift` and `deb`.
struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// What SwiftPM writes into Package.resolved, format 2 and 3.
struct ResolvedPackages: Decodable {
    struct Pin: Decodable {
        struct State: Decodable {
            let revision: String?
            let version: String?
        }
        let identity: String
        let location: String?
        let state: State
    }
    let pins: [Pin]
}

struct Component: Encodable {
    struct Reference: Encodable {
        let type: String
        let url: String
    }
    let type: String
    let name: String
    let version: String
    let purl: String
    let externalReferences: [Reference]?

    enum CodingKeys: String, CodingKey {
        case type, name, version, purl, externalReferences
        case reference = "bom-ref"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(purl, forKey: .reference)
        try container.encode(name, forKey: .name)
        try container.encode(version, forKey: .version)
        try container.encode(purl, forKey: .purl)
        try container.encodeIfPresent(externalReferences, forKey: .externalReferences)
    }

    /// A package that SwiftPM resolved.
    init(_ pin: ResolvedPackages.Pin) {
        // A version, or the commit where there is none.
        version = pin.state.version ?? pin.state.revision ?? "unknown"
        type = "library"
        name = pin.identity
        var place = pin.location.flatMap { $0.isEmpty ? nil : $0 } ?? pin.identity
        for part in ["https://", "http://", "ssh://git@", "git@"] where place.hasPrefix(part) {
            place.removeFirst(part.count)
        }
        if place.hasSuffix(".git") { place.removeLast(4) }
        place = place.replacingOccurrences(of: ":", with: "/")
        purl = "pkg:swift/\(place)@\(version)"
        externalReferences = pin.location.flatMap { location in
            location.hasPrefix("https://") ? [Reference(type: "vcs", url: location)] : nil
        }
    }

    /// A package of Debian: name, version, architecture.
    init(debian line: Substring) throws {
        let parts = line.split(separator: " ").map(String.init)
        guard parts.count == 3 else { throw Failure(description: "not a line of a package: \(line)") }
        (type, name, version, externalReferences) = ("library", parts[0], parts[1], nil)
        let escaped = parts[1].addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? parts[1]
        let plain = escaped.replacingOccurrences(of: "+", with: "%2B")
            .replacingOccurrences(of: ":", with: "%3A")
        purl =
            "pkg:deb/debian/\(parts[0].replacingOccurrences(of: "+", with: "%2B"))@\(plain)?arch=\(parts[2])"
    }

    /// The product itself.
    init(product version: String, commit: String) {
        type = "application"
        name = "tradewind"
        self.version = version
        purl = "pkg:generic/tradewind@\(version)?vcs_revision=\(commit)"
        externalReferences = nil
    }
}

struct Materials: Encodable {
    struct Metadata: Encodable {
        let timestamp: String?
        let component: Component
    }
    struct Dependency: Encodable {
        let ref: String
        let dependsOn: [String]
    }
    let bomFormat = "CycloneDX"
    let specVersion = "1.5"
    let version = 1
    let metadata: Metadata
    let components: [Component]
    let dependencies: [Dependency]
}

/// The values of the options, by name; an option may come more than once.
func options(_ arguments: [String]) throws -> [String: [String]] {
    let known = ["--version", "--commit", "--date", "--packages", "--debian"]
    var found: [String: [String]] = [:]
    var rest = arguments[...]
    while let name = rest.popFirst() {
        guard known.contains(name), let value = rest.popFirst() else {
            throw Failure(description: "\(name): not an option, or without its value")
        }
        found[name, default: []].append(value)
    }
    return found
}

func materials(_ options: [String: [String]]) throws -> Materials {
    var components: [String: Component] = [:]
    for path in options["--packages", default: []] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        for pin in try JSONDecoder().decode(ResolvedPackages.self, from: data).pins {
            let component = Component(pin)
            components[component.purl] = component
        }
    }
    for path in options["--debian", default: []] {
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let component = try Component(debian: line)
            components[component.purl] = component
        }
    }
    let product = Component(
        product: options["--version"]?.last ?? "unknown", commit: options["--commit"]?.last ?? "unknown")
    let sorted = components.keys.sorted()
    let date = options["--date"]?.last.flatMap { ISO8601DateFormatter().date(from: $0) == nil ? nil : $0 }
    return Materials(
        metadata: .init(timestamp: date, component: product),
        components: sorted.compactMap { components[$0] },
        dependencies: [.init(ref: product.purl, dependsOn: sorted)]
            + sorted.map { .init(ref: $0, dependsOn: []) })
}

do {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(materials(options(Array(CommandLine.arguments.dropFirst()))))
    FileHandle.standardOutput.write(data + Data("\n".utf8))
} catch {
    FileHandle.standardError.write(Data("list-materials: \(error)\n".utf8))
    exit(1)
}
