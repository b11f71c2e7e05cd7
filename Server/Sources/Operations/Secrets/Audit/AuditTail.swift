internal import FoundationEssentials
public import Settings

extension AuditFile {
    /// The version of each secret that the audit says was read last. Lines that are no records are passed
    /// over, and of each month's file the last mebibyte is read, of the last two months with any.
    public func lastVersions() -> [String: SecretVersion] {
        var found: [String: SecretVersion] = [:]
        for path in recentFiles() {
            for line in Self.tail(of: path).split(separator: 0x0A) {
                do {
                    let record = try JSONDecoder().decode(Line.self, from: Data(line))
                    if let version = record.version { found[record.secret] = SecretVersion(version) }
                } catch {
                    continue
                }
            }
        }
        return found
    }

    private struct Line: Decodable {
        let secret: String
        let version: String?
    }

    /// The files of the last two months, older first.
    private func recentFiles() -> [String] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            return names.filter { $0.hasPrefix("secrets-") && $0.hasSuffix(".jsonl") }.sorted().suffix(2)
                .map { "\(folder)/\($0)" }
        } catch {
            return []
        }
    }

    private static func tail(of path: String) -> [UInt8] {
        let file = AuditTailFile(path: path)
        return file.last(1 << 20)
    }
}
