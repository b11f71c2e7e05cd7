internal import ControlPlane
internal import Foundation
internal import Logging
internal import Settings

/// The files of the dashboard, when it is to be served.
enum DashboardPart {
    /// Reads them; nil when the dashboard is switched off, or when there are none, which the log then says.
    ///
    /// - Throws: ``DashboardProblem`` when the folder that the settings name cannot be served.
    static func open(_ settings: ServerSettings, logger: Logger) throws(DashboardProblem) -> DashboardFiles? {
        guard settings.features.dashboard else { return nil }
        let folder = DashboardLocation.find(
            setting: settings.api.dashboardFolder,
            executable: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path,
            workingDirectory: FileManager.default.currentDirectoryPath)
        guard let folder = folder ?? settings.api.dashboardFolder else {
            logger.warning(
                "there is no folder Dashboard beside or above the executable: the dashboard is not served",
                metadata: ["event": "dashboard_absent"])
            return nil
        }
        let files = try DashboardFiles(folder: folder)
        logger.info(
            "dashboard: \(files.count) files of \(folder)", metadata: ["event": "dashboard_loaded"])
        return files
    }
}
