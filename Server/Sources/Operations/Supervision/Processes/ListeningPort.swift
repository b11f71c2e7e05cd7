internal import Glibc

extension HealthEndpoint {
    /// Whether somebody listens at the endpoint already: a service started now would fail, or be taken for
    /// whoever answers there. Unknown counts as free.
    var isTaken: Bool {
        withSocketAddress { family, address, size in
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            if descriptor < 0 { return false }
            defer { close(descriptor) }
            // Connections of an earlier process that fade out do not keep the port.
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return bind(descriptor, address, size) != 0 && errno == EADDRINUSE
        } ?? false
    }

    /// Calls a function with the address as the system wants it; nil when it is no IP address.
    func withSocketAddress<Result>(_ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        let number = in_port_t(UInt16(clamping: port)).bigEndian
        if address.contains(":") {
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = number
            guard inet_pton(AF_INET6, address, &six.sin6_addr) == 1 else { return nil }
            return Self.rebound(&six) { body(AF_INET6, $0, $1) }
        }
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = number
        guard inet_pton(AF_INET, address, &four.sin_addr) == 1 else { return nil }
        return Self.rebound(&four) { body(AF_INET, $0, $1) }
    }

    private static func rebound<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        let size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }
}
