internal import Glibc

/// A process of a service: how it is signalled, and how one learns that it ended.
package struct ServiceProcess {
    let identity: ProcessIdentity
    /// Whether this process started it, so that the kernel says how it ended.
    let isChild: Bool
    let table: ProcessTable

    /// A process of a service.
    package init(identity: ProcessIdentity, isChild: Bool, table: ProcessTable) {
        (self.identity, self.isChild, self.table) = (identity, isChild, table)
    }

    var pid: Int32 { identity.pid }

    /// How it ended; nil while it runs. What it started and left behind is killed.
    func end() -> ProcessEnd? { isChild ? endOfChild() : endOfAdopted() }

    /// Sends a signal to the process and all that it started, and to nothing else: its number may belong to
    /// another process by now.
    ///
    /// - Returns: the system's error number; 0 when the signal was sent or there is nobody left.
    @discardableResult package func send(_ signal: Int32) -> Int32 {
        // A child that was not waited for keeps its number.
        if !isChild && !table.isRunning(identity) { return 0 }
        let target = table.leadsItsGroup(pid) ? -pid : pid
        if kill(target, signal) == 0 || errno == ESRCH { return 0 }
        return errno
    }

    private func endOfChild() -> ProcessEnd? {
        var information = siginfo_t()
        // Looks first and waits afterwards: until then the number of the group cannot be given to another.
        let found = waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT)
        if found == 0 && information.si_signo == 0 { return nil }
        if found == 0 { kill(-pid, SIGKILL) }
        var status: Int32 = 0
        var waited: Int32
        repeat { waited = waitpid(pid, &status, WNOHANG) } while waited < 0 && errno == EINTR
        if waited == 0 { return nil }
        if waited < 0 { return .unknown }
        // The macros WIFEXITED, WEXITSTATUS and WTERMSIG of <sys/wait.h>.
        let signal = status & 0x7F
        return signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
    }

    private func endOfAdopted() -> ProcessEnd? { table.isRunning(identity) ? nil : .unknown }
}
