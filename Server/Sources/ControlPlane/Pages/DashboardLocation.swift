internal import FoundationEssentials

/// Where the files of the dashboard are.
///
/// In this order: the folder that a setting names; `Dashboard` beside the executable, as in an image;
/// `Dashboard` in a folder above the executable, as in a clone, where the executable is in
/// `Server/.build`; `Dashboard` in the working directory. A folder counts when it holds `index.html`.
public enum DashboardLocation {
    static let name = "Dashboard"
    /// Folders above the executable that are looked in; a clone needs five.
    static let highestParent = 6

    /// The folder; nil when there is none.
    ///
    /// - Parameters:
    ///   - setting: the folder that a setting names. Nothing else is then looked at.
    ///   - executable: the path of this program, absolute and without symbolic links.
    ///   - workingDirectory: absolute; what a relative setting starts from.
    public static func find(setting: String?, executable: String, workingDirectory: String) -> String? {
        if let setting {
            let folder = setting.hasPrefix("/") ? setting : workingDirectory + "/" + setting
            return isDashboard(folder) ? folder : nil
        }
        return (parents(of: executable) + [workingDirectory]).map { $0 + "/" + name }
            .first { isDashboard($0) }
    }

    private static func isDashboard(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + DashboardFiles.index)
    }

    /// The folder of a path, and those above it, the nearest first.
    private static func parents(of path: String) -> [String] {
        var found: [String] = []
        var rest = path[...]
        while found.count <= highestParent, let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            found.append(String(rest))
        }
        return found
    }
}
