internal import Glibc
internal import Metrics

/// What the process itself costs: processor time, memory, open files; and when it started.
public enum ProcessMetrics {
    /// Adds them to the exposition.
    ///
    /// Source: proc(5), `/proc/self/stat` fields 14 and 15 (ticks), `/proc/self/statm` field 2 (pages).
    public static func report(to metrics: MetricsRegistry, startedAt: Double) {
        metrics.declare([
            MetricDescription(
                "process.cpu", .gauge, help: "Processor time used by the process.", unit: .seconds),
            MetricDescription(
                "process.resident.memory", .gauge, help: "Memory held by the process.", unit: .bytes),
            MetricDescription("process.open.files", .gauge, help: "File descriptors open in the process."),
            MetricDescription(
                "process.start.time", .gauge, help: "When the process started, since 1970 UTC.",
                unit: .seconds),
        ])
        let cpu = Gauge(label: "process.cpu", factory: metrics)
        let memory = Gauge(label: "process.resident.memory", factory: metrics)
        let files = Gauge(label: "process.open.files", factory: metrics)
        Gauge(label: "process.start.time", factory: metrics).record(startedAt)
        metrics.beforeExposition {
            if let value = cpuSeconds() { cpu.record(value) }
            if let value = residentBytes() { memory.record(value) }
            if let value = openFiles() { files.record(value) }
        }
    }

    private static func cpuSeconds() -> Double? {
        // The name of the program, in parentheses, may hold blanks.
        guard let text = HostFile.text("/proc/self/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            return nil
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func residentBytes() -> Int? {
        let fields = HostFile.text("/proc/self/statm")?.split(separator: " ") ?? []
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        let (bytes, overflow) = pages.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
        return overflow ? nil : bytes
    }

    private static func openFiles() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without ".", ".." and the folder being read.
        return max(0, count - 3)
    }
}
