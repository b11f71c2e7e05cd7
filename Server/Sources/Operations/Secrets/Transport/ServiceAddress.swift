package import Settings

extension ServiceURL {
    /// Scheme, host, port and path, as a client takes them.
    package var withoutParameters: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (port.map { ":\($0)" } ?? "") + path
    }
}
