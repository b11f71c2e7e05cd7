internal import Settings

extension ServiceURL {
    /// Where to ask for the time: the front page of the host, without user, path or parameters.
    var clockAddress: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)\(port.map { ":\($0)" } ?? "")/"
    }
}
