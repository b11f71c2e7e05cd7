internal import Metrics

/// How much room the disks have that a service writes to.
public enum DiskMetrics {
    /// Adds them to the exposition.
    ///
    /// - Parameter folders: the paths of folders, by the name that the label `folder` gives them.
    public static func report(to metrics: MetricsRegistry, folders: [String: String]) {
        metrics.declare([
            MetricDescription(
                "disk.free", .gauge, help: "What can still be written to the file system of a folder.",
                unit: .bytes),
            MetricDescription(
                "disk.size", .gauge, help: "Size of the file system of a folder.", unit: .bytes),
        ])
        let gauges = folders.map { name, path in
            let labels = [("folder", name)]
            return (
                path, Gauge(label: "disk.free", dimensions: labels, factory: metrics),
                Gauge(label: "disk.size", dimensions: labels, factory: metrics)
            )
        }
        metrics.beforeExposition {
            for (path, free, size) in gauges {
                let space: DiskSpace
                do {
                    space = try DiskSpace.of(path)
                } catch {
                    // It keeps its last figures; the check of the disk says what is wrong.
                    continue
                }
                free.record(space.availableBytes)
                size.record(space.sizeBytes)
            }
        }
    }
}
