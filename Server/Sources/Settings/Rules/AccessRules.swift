/// Who reaches the service, and on which port.
enum AccessRules {
    static let all = [ports, exposure, authSwitch, origins, signingKeys, keySet]

    private static let ports = SettingsRule(
        "ports",
        "api.port, metrics.port when given, worker.port and scheduler.port where they run, all differ."
    ) { context in
        let settings = context.settings
        let services = settings.supervisor.services
        var taken: [(key: String, port: Int)] = [("api.port", settings.api.port)]
        if let port = settings.metrics.port { taken.append(("metrics.port", port)) }
        if services.contains(.worker) || context.isGiven("worker.port") {
            taken.append(("worker.port", settings.worker.port))
        }
        if services.contains(.scheduler) || context.isGiven("scheduler.port") {
            taken.append(("scheduler.port", settings.scheduler.port))
        }
        var problems: [SettingsProblem] = []
        for (index, one) in taken.enumerated() {
            guard let other = taken[..<index].first(where: { $0.port == one.port }),
                !context.isBroken(one.key), !context.isBroken(other.key)
            else { continue }
            problems.append(
                context.contradiction(
                    one.key, "port \(one.port) is taken by \(other.key) already",
                    remedy: one.key == "metrics.port"
                        ? "choose another, or leave it out to serve metrics on the port of the API"
                        : "choose another"))
        }
        return problems
    }

    private static let exposure = SettingsRule(
        "api-exposed",
        "An API that other hosts can reach has a token or signing keys, in local too."
    ) { context in
        let api = context.settings.api
        guard context.environment == .local, !SettingHost.isLoopback(api.host), !context.isBroken("api.host"),
            !api.credential.isLocated("token"), !context.settings.auth.credential.isLocated("signing-keys")
        else { return [] }
        return context.missing(
            "api.token", because: "api.host \(api.host) lets other hosts in, so a token must be given")
    }

    private static let authSwitch = SettingsRule(
        "auth-switched-off", "auth.required is false only in local, on a loopback address."
    ) { context in
        guard context.settings.auth.isRequired == false else { return [] }
        guard context.environment != .local || !SettingHost.isLoopback(context.settings.api.host) else {
            return []
        }
        return [
            context.contradiction(
                "auth.required", "requests without a token are let in where others can send them",
                remedy: "take it out, or set it to true")
        ]
    }

    private static let origins = SettingsRule(
        "cors-star", "api.cors-origins names origins; * is for local alone."
    ) { context in
        guard context.environment != .local, context.settings.api.corsOrigins.contains("*") else { return [] }
        return [
            SettingsProblem(
                .invalidValue, key: "api.cors-origins",
                "* lets every web page in, which is not allowed in \(context.environment.rawValue)",
                at: context.origin("api.cors-origins"), remedy: "list the origins of your own pages")
        ]
    }

    private static let signingKeys = SettingsRule(
        "signing-keys",
        "auth.signing-keys holds kid:base64 pairs, each key of exactly 32 bytes, no kid and no key twice."
    ) { context in
        guard let secret = context.settings.auth.credential.given["signing-keys"] else { return [] }
        let reason: String? = secret.withText { SigningKeyRing.fault(in: $0) }
        guard let reason else { return [] }
        return [
            SettingsProblem(
                .invalidValue, key: "auth.signing-keys", "the value (hidden) is no ring of keys: \(reason)",
                at: context.origin("auth.signing-keys"),
                remedy: "write kid:base64 with commas between, as 2024a:$(openssl rand -base64 32)")
        ]
    }

    private static let keySet = SettingsRule(
        "key-set-plain", "auth.key-set-url and secrets.vault.address are https outside local."
    ) { context in
        guard context.environment != .local else { return [] }
        let urls = [
            ("auth.key-set-url", context.settings.auth.keySetURL),
            ("secrets.vault.address", context.settings.secrets.vault.address),
        ]
        return urls.compactMap { key, url in
            guard let url, url.scheme == "http", !SettingHost.isLoopback(url.host) else { return nil }
            return SettingsProblem(
                .invalidValue, key: key, "keys travel unprotected over http", at: context.origin(key),
                remedy: "use https")
        }
    }
}

/// The form of a ring of signing keys.
enum SigningKeyRing {
    /// What is wrong with a ring, without any of it; nil when it is right.
    static func fault(in text: String) -> String? {
        var (names, keys): (Set<Substring>, Set<String>) = ([], [])
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isNameByte) else {
                return "an entry is not kid:base64"
            }
            guard names.insert(parts[0]).inserted else { return "a kid is there twice" }
            let digits = parts[1].utf8.prefix { $0 != 0x3D }
            let padding = parts[1].utf8.count - digits.count
            guard digits.allSatisfy(isBase64Byte), padding <= 2,
                parts[1].utf8.dropFirst(digits.count).allSatisfy({ $0 == 0x3D }), digits.count % 4 != 1
            else { return "a key is not base64" }
            guard digits.count == 43, parts[1].utf8.count == 43 || padding == 1 else {
                return "a key has not exactly 32 bytes"
            }
            guard keys.insert(String(digits) ?? "").inserted else { return "a key is there twice" }
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
            || byte == 0x2D || byte == 0x5F || byte == 0x2E
    }

    private static func isBase64Byte(_ byte: UInt8) -> Bool {
        isNameByte(byte) && byte != 0x2E || byte == 0x2B || byte == 0x2F
    }
}
