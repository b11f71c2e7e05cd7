internal import Glibc

/// How many files and connections the process may have open.
public enum OpenFileLimit {
    /// Raises the limit to the most that this user may have, as one that is meant for people at a terminal is
    /// too low for a service with many connections.
    ///
    /// - Returns: the limit from now on; nil when the system tells of none.
    @discardableResult
    public static func raise() -> Int? {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            // Beyond a million a kernel may refuse, and nobody has as many connections.
            var wanted = limit
            wanted.rlim_cur = min(limit.rlim_max, 1_048_576)
            if setrlimit(resource, &wanted) == 0 { limit = wanted }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
