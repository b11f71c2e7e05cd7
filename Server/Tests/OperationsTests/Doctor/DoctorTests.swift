import Operations
import Testing

@Suite struct DoctorTests {
    /// A row that fails or warns says how to mend it; one that does not has nothing to mend.
    func status(_ row: DoctorRow) -> DoctorRow.Status {
        #expect((row.fix == nil) == (row.status == .ok), "\(row)")
        #expect(row.fix?.isEmpty != true && !row.found.isEmpty)
        return row.status
    }

    @Test func theCompilerMustBeRecent() {
        func check(_ version: String?) -> DoctorRow.Status { status(HostChecks.toolchain(version: version)) }
        #expect(check("Swift version 6.3.1 (swift-6.3.1-RELEASE)\nTarget: x86_64") == .ok)
        #expect(check("Apple Swift version 6.2 (x)") == .ok)
        #expect(check("Swift version 7.0-dev") == .ok)
        #expect(check("Swift version 6.1.2") == .failed)
        #expect(check("Swift version 5.10") == .failed)
        #expect(check("Swift version") == .failed)
        #expect(check("nonsense") == .failed)
        #expect(check(nil) == .warning)
    }

    @Test func missingLibrariesAreNamedWithTheirPackages() {
        let row = HostChecks.libraries(HostChecks.Library.needed) {
            !$0.contains("libz") && !$0.contains("certs") && !$0.contains("cert.pem")
        }
        #expect(status(row) == .failed)
        #expect(row.found == "missing: zlib, certificates of authorities")
        #expect(row.fix == "apt-get install zlib1g ca-certificates")
        #expect(status(HostChecks.libraries(HostChecks.Library.needed) { _ in true }) == .ok)
    }

    @Test func diskClockFilesAndPorts() {
        func disk(_ space: Result<DiskSpace, HostError>) -> DoctorRow.Status {
            status(HostChecks.disk(path: "/s", minimum: ByteCount(100), space: space))
        }
        #expect(disk(.success(DiskSpace(availableBytes: 100, availableFiles: nil))) == .ok)
        #expect(disk(.success(DiskSpace(availableBytes: 99, availableFiles: nil))) == .failed)
        #expect(disk(.success(DiskSpace(availableBytes: 100, availableFiles: 999))) == .failed)
        #expect(disk(.failure(HostError("gone"))) == .failed)
        func clock(_ reading: Result<ClockReading, HostError>) -> DoctorRow.Status {
            status(HostChecks.clock(limit: .seconds(1), reading: reading))
        }
        #expect(clock(.success(ClockReading(offset: .seconds(1), uncertainty: .zero, reference: "x"))) == .ok)
        #expect(
            clock(.success(ClockReading(offset: .seconds(-2), uncertainty: .zero, reference: "x"))) == .failed
        )
        #expect(clock(.failure(HostError("unsynchronised"))) == .warning)
        #expect(status(HostChecks.openFiles(limit: 1_023)) == .failed)
        #expect(status(HostChecks.openFiles(limit: UInt64.max)) == .ok)
        for (state, expected) in [
            (HostChecks.PortState.free, DoctorRow.Status.ok), (.ours, .ok), (.taken, .failed),
            (.impossible("no such address"), .failed), (.notPermitted, .failed),
        ] {
            #expect(status(HostChecks.port("api.port", host: "h", port: 1, state: state)) == expected)
        }
        let strange = HostChecks.port("metrics.port", host: "h", port: 1, state: .impossible("none"))
        #expect(strange.fix?.hasPrefix("set metrics.host to 127.0.0.1") == true)
        let low = HostChecks.port("api.port", host: "h", port: 80, state: .notPermitted)
        #expect(low.fix == "set api.port to a port above 1023, and let a proxy listen on the lower one")
    }

    @Test func permissionsAreJudgedByWhatAFileHolds() {
        func check(_ mode: UInt32?, _ forbidden: UInt32, writable: Bool = true) -> DoctorRow {
            SetupChecks.permissions([
                .init(path: "/f", mode: mode, isWritable: writable, forbidden: forbidden)
            ])
        }
        #expect(status(check(0o600, 0o077)) == .ok)
        #expect(status(check(nil, 0o077)) == .ok)
        #expect(status(check(0o755, 0o022)) == .ok)
        #expect(check(0o640, 0o077).fix == "chmod go= /f")
        #expect(check(0o775, 0o022).fix == "chmod go-w /f")
        #expect(check(0o640, 0o077).found == "others may use /f (mode 0640)")
        #expect(status(check(0o600, 0o077, writable: false)) == .failed)
    }

    @Test func settingsDatabaseAndVenues() {
        #expect(status(SetupChecks.configuration(environment: "local", problems: [])) == .ok)
        let row = SetupChecks.configuration(environment: "local", problems: ["a is wrong", "b is wrong"])
        #expect(status(row) == .failed)
        #expect(row.found == "a is wrong (and 1 more)")
        for (state, expected) in [
            (SetupChecks.DatabaseState.absent, DoctorRow.Status.ok), (.sound, .ok), (.reachable, .ok),
            (.unusable("no"), .failed),
        ] {
            #expect(status(SetupChecks.database(place: "x", state: state)) == expected)
        }
        func venues(_ reading: Result<ClockReading, HostError>?) -> DoctorRow {
            SetupChecks.venues([.init(name: "bybit", reading: reading)], limit: .seconds(1))
        }
        #expect(SetupChecks.venues([], limit: .zero).found == "none in use")
        #expect(status(venues(nil)) == .ok)
        #expect(status(venues(.success(.init(offset: .zero, uncertainty: .zero, reference: "x")))) == .ok)
        #expect(
            status(venues(.success(.init(offset: .seconds(9), uncertainty: .zero, reference: "x"))))
                == .failed)
        #expect(venues(.failure(HostError("refused"))).found == "bybit: refused")
    }
}
