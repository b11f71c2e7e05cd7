internal import Settings

/// A unit file that lets systemd run the supervisor: started at boot, watched, and shut in as far as it can
/// be.
public struct SystemdUnit: Sendable {
    /// The absolute path of `tradewind-server`.
    public var executable: String
    /// Arguments behind `start --foreground`.
    public var arguments: [String]
    /// The folder that relative paths start from, absolute.
    public var workingDirectory: String
    /// The folders that services write to, absolute.
    public var writableFolders: [String]
    /// The user to run as.
    public var user: String
    /// A file of environment variables, absolute; it may be absent.
    public var environmentFile: String
    /// How long a start may take, in whole seconds.
    public var startSeconds: Int
    /// How long a stop may take, in whole seconds.
    public var stopSeconds: Int

    /// A unit.
    public init(
        executable: String, arguments: [String], workingDirectory: String, writableFolders: [String],
        user: String,
        environmentFile: String, startSeconds: Int, stopSeconds: Int
    ) {
        (self.executable, self.arguments, self.user) = (executable, arguments, user)
        (self.workingDirectory, self.writableFolders) = (workingDirectory, writableFolders)
        self.environmentFile = environmentFile
        (self.startSeconds, self.stopSeconds) = (startSeconds, stopSeconds)
    }

    /// The text of the file; see systemd.service(5) and systemd.exec(5).
    public var text: String {
        let command = ([executable, "start", "--foreground"] + arguments).map(Self.word).joined(
            separator: " ")
        return """
            [Unit]
            Description=Tradewind: the services of this host and their supervisor
            Wants=network-online.target
            After=network-online.target time-sync.target
            StartLimitIntervalSec=3600
            StartLimitBurst=12

            [Service]
            Type=notify
            NotifyAccess=main
            User=\(user)
            WorkingDirectory=\(Self.plain(workingDirectory))
            EnvironmentFile=-\(Self.plain(environmentFile))
            ExecStart=\(command)
            Restart=on-failure
            RestartSec=5
            RestartPreventExitStatus=64 69 78
            WatchdogSec=30
            TimeoutStartSec=\(startSeconds)
            TimeoutStopSec=\(stopSeconds)
            KillMode=mixed

            UMask=0077
            NoNewPrivileges=yes
            CapabilityBoundingSet=
            ProtectSystem=strict
            ReadWritePaths=\(writableFolders.map(Self.word).joined(separator: " "))
            ProtectHome=read-only
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectClock=yes
            ProtectHostname=yes
            ProtectKernelTunables=yes
            ProtectKernelModules=yes
            ProtectKernelLogs=yes
            ProtectControlGroups=yes
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            MemoryDenyWriteExecute=yes
            SystemCallArchitectures=native
            SystemCallFilter=@system-service

            [Install]
            WantedBy=multi-user.target

            """
    }

    /// A path where no quotes are allowed: `%` starts a specifier unless doubled.
    private static func plain(_ text: String) -> String { text.replacing("%", with: "%%") }

    /// One word of a command line: quoted, with what systemd would expand escaped.
    private static func word(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
            "%", with: "%%"
        )
        .replacing("$", with: "$$")
        let isPlain = text.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || Array("-_./=:,@+".utf8).contains(byte)
        }
        return isPlain && !text.isEmpty ? text : "\"\(escaped)\""
    }
}
