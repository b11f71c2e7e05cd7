import Foundation
import Glibc

/// What a process has used so far.
struct ProcessUse {
    /// Processor time in seconds. Unlike the time of an answer it hardly depends on what else the machine
    /// does.
    let processor: Double
    /// Memory of its own that it holds, in bytes.
    let memory: Int
    let openFiles: Int

    init(_ pid: Int32) throws {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        let ticks = (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)
        processor = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
        memory = (Int(line.filter(\.isNumber)) ?? 0) * 1_024
        openFiles = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    /// How busy the machine is, by the kernel's own word.
    static var machineLoad: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "?"
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return "load \(text.split(separator: " ").first ?? "?") on \(cores) cores"
    }
}
