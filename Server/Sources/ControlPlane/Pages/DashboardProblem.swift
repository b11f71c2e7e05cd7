/// Why the files of the dashboard cannot be served.
public struct DashboardProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    public let message: String
    /// The file or folder.
    public let path: String
    /// What to do about it.
    public let remedy: String

    /// `path: message`.
    public var description: String { "\(path): \(message)" }

    static func notADashboard(_ path: String) -> DashboardProblem {
        DashboardProblem(
            message: "this folder has no \(DashboardFiles.index)", path: path,
            remedy: "set api.dashboard-folder to the folder Dashboard of the clone or image")
    }

    static func unreadable(_ path: String, _ reason: String) -> DashboardProblem {
        DashboardProblem(
            message: "it cannot be read: \(reason)", path: path,
            remedy: "let the user that runs the service read it")
    }

    static func tooLarge(_ path: String, _ limit: String) -> DashboardProblem {
        DashboardProblem(
            message: "the files of the dashboard are larger than \(limit)", path: path,
            remedy: "set api.dashboard-folder to a folder with the files of the dashboard alone")
    }
}
