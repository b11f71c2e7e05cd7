internal import ControlPlane
internal import Glibc
internal import Operations

/// Who listens on a port of this host.
enum PortLook {
    /// Tries to listen; where that fails, asks who is there.
    static func state(host: String, port: Int) async -> HostChecks.PortState {
        switch bindError(host: host, port: port) {
        case nil: return .free
        case EADDRINUSE: return await isOurs(host: host, port: port) ? .ours : .taken
        case EACCES, EPERM: return .notPermitted
        case let number?: return .impossible(String(cString: strerror(number)))
        }
    }

    private static func isOurs(host: String, port: Int) async -> Bool {
        let endpoint = HealthEndpoint(listening: host, port: port, path: HealthRoutes.live[0])
        do {
            let answer = try await HTTPInquiry.get(endpoint.url, timeout: .seconds(2))
            return String(decoding: answer.body, as: UTF8.self).contains("\"execution_mode\"")
        } catch {
            return false
        }
    }

    /// Whether somebody accepts a connection within two seconds; a host that is a path names a Unix socket
    /// there.
    static func accepts(host: String, port: Int) -> Bool {
        if host.hasPrefix("/") { return access("\(host)/.s.PGSQL.\(port)", R_OK | W_OK) == 0 }
        return addresses(host: host, port: port, isPassive: false) { descriptor, address, length in
            if connect(descriptor, address, length) != 0 && errno != EINPROGRESS { return errno }
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&wait, 1, 2_000) == 1 else { return ETIMEDOUT }
            var number: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
            return number
        } == nil
    }

    /// The error of listening there; nil when it works.
    private static func bindError(host: String, port: Int) -> Int32? {
        addresses(host: host, port: port, isPassive: true) { descriptor, address, length in
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            if bind(descriptor, address, length) != 0 { return errno }
            return listen(descriptor, 1) == 0 ? 0 : errno
        }
    }

    /// Tries the addresses of a host in turn.
    ///
    /// - Returns: nil when one gave 0, else the number of the last.
    private static func addresses(
        host: String, port: Int, isPassive: Bool,
        _ attempt: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = isPassive ? AI_PASSIVE : 0
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list else {
            return EADDRNOTAVAIL
        }
        defer { freeaddrinfo(first) }
        var next: UnsafeMutablePointer<addrinfo>? = first
        var number = EADDRNOTAVAIL
        while let entry = next {
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = socket(entry.pointee.ai_family, entry.pointee.ai_socktype | flags, 0)
            if descriptor >= 0, let address = entry.pointee.ai_addr {
                number = attempt(descriptor, address, entry.pointee.ai_addrlen)
                close(descriptor)
                if number == 0 { return nil }
            }
            next = entry.pointee.ai_next
        }
        return number
    }
}
