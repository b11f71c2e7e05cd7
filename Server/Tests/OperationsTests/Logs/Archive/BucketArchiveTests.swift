import Foundation
import Operations
import Settings
import Storage
import Synchronization
import TestServers
import Testing
import Units

/// The archive in a bucket: against moto, which checks signatures with AWS's own library and permissions by
/// policies, and against stores that fail.
@Suite(.timeLimit(.minutes(3))) struct BucketArchiveTests {
    private let today = ArchiveDesk.firstDay + 3

    private func archive(
        _ address: String, _ desk: IngestionDesk, key: (id: String, secret: String) = ("AKID", "secret"),
        bucket: String = "desk", prefix: String = "live/logs of us", patience: Duration = .seconds(20),
        time: SecretTime = .system
    ) throws -> BucketLogArchive {
        let store = ObjectStore(
            ObjectAddress(
                bucket: bucket, region: "eu-central-1", endpoint: ServiceURL(address)),
            credentials: { () throws(SecretError) in
                AWSCredentials(accessKeyID: key.id, secretAccessKey: Secret(key.secret))
            }, client: directClient, time: time, patience: patience)
        return BucketLogArchive(
            store, prefix: prefix, folder: desk.folder.path + "/drafts", description: "s3://\(bucket)")
    }

    private func fill(_ desk: IngestionDesk, _ count: Int, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let lines = ArchiveDesk.lines(count, days: ArchiveDesk.firstDay..<today, &random)
        try await desk.store.write { try $0.logs.add(lines) }
    }

    /// A bucket, a person who may put and get objects in it, and one who may not; then, by the keys of the
    /// first, every object with its metadata.
    private static let script = """
        import boto3, json, os, sys
        url, what = sys.argv[1], sys.argv[2]
        args = dict(endpoint_url=url, region_name="eu-central-1")
        if what == "make":
            keys = []
            iam = boto3.client("iam", aws_access_key_id="a", aws_secret_access_key="a", **args)
            for name, actions in [("writer", ["s3:PutObject", "s3:GetObject", "s3:ListBucket"]),
                                  ("reader", ["s3:GetObject"])]:
                iam.create_user(UserName=name)
                key = iam.create_access_key(UserName=name)["AccessKey"]
                policy = {"Version": "2012-10-17",
                          "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
                iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
                keys += [key["AccessKeyId"], key["SecretAccessKey"]]
            s3 = boto3.client("s3", aws_access_key_id="a", aws_secret_access_key="a", **args)
            place = {"LocationConstraint": "eu-central-1"}
            s3.create_bucket(Bucket="desk", CreateBucketConfiguration=place)
            print(" ".join(keys))
        else:
            s3 = boto3.client("s3", aws_access_key_id=sys.argv[3], aws_secret_access_key=sys.argv[4], **args)
            for item in s3.list_objects_v2(Bucket="desk").get("Contents", []):
                found = s3.get_object(Bucket="desk", Key=item["Key"])
                with open(os.path.join(sys.argv[5], item["Key"].rsplit("/", 1)[1]), "wb") as file:
                    file.write(found["Body"].read())
                print(item["Key"], found["ContentType"], found["Metadata"].get("sha256"), sep="|")
        """

    private func python(_ arguments: [String]) throws -> String {
        let path = try #require(ServerTools.path(of: "python"))
        let run = try ToolRun(arguments: [path, "-c", Self.script] + arguments)
        try #require(run.status == 0, "\(run.output)")
        return run.output.trimmingCharacters(in: .newlines)
    }

    @Test(
        .enabled(
            if: ServerTools.path(of: "moto_server") != nil, Comment(rawValue: ServerTools.absence)))
    func motoAcceptsTheSignatureAndGivesEveryByteBack() async throws {
        let server = try #require(try await ServerProcess.moto(openActions: 7))
        defer { server.stop() }
        let keys = try python([server.address, "make"]).split(separator: " ").map(String.init)
        try #require(keys.count == 4)
        try await IngestionDesk.run { (desk) async throws -> Void in
            try await fill(desk, 900, seed: 30)
            // Who may not, who has another key, and whose clock is an hour late is refused, and told so.
            for (id, secret) in [(keys[2], keys[3]), (keys[0], keys[3])] {
                let refused = try ArchiveDesk.archiver(
                    desk, archive(server.address, desk, key: (id, secret)))
                let error = await #expect(throws: LogArchiveError.self) {
                    try await refused.archive(before: today)
                }
                #expect(error?.code == .refused && error?.message.contains("403") == true, "\(error as Any)")
                #expect(error?.remedy.contains("s3:PutObject") == true)
            }
            let right = (id: keys[0], secret: keys[1])
            let absent = try ArchiveDesk.archiver(
                desk, archive(server.address, desk, key: right, bucket: "nothing"))
            let error = await #expect(throws: LogArchiveError.self) {
                try await absent.archive(before: today)
            }
            #expect(error?.message.contains("NoSuchBucket") == true, "\(error as Any)")
            let archiver = try ArchiveDesk.archiver(desk, archive(server.address, desk, key: right))
            let report = try await archiver.archive(before: today)
            #expect(report.files.map(\.lines).reduce(0, +) == 900)
            let folder = desk.folder.path + "/read"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let objects = try python([server.address, "read", keys[0], keys[1], folder]).split(
                separator: "\n")
            #expect(
                objects.map(String.init)
                    == report.files.flatMap { file in
                        [
                            "live/logs of us/\(file.name)|application/gzip|\(file.hash)",
                            "live/logs of us/\(file.name).sha256|text/plain|None",
                        ]
                    })
            try ArchiveDesk.checkSums(folder)
            let stored = try await desk.lines()
            for file in report.files {
                let bytes = try Data(contentsOf: URL(filePath: folder + "/" + file.name))
                #expect(bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) } == file.hash)
                let wanted = stored.filter { $0.loggedAt.day == file.day }
                    .sorted { ($0.loggedAt, $0.id) < ($1.loggedAt, $1.id) }
                for (row, line) in zip(try ArchiveDesk.rows(folder + "/" + file.name), wanted) {
                    try ArchiveDesk.expectSame(row, line)
                }
            }
            // What is there is known by its content, and is not replaced by another.
            try await desk.store.write { try $0.session.execute("DELETE FROM log_archives") }
            let again = try await ArchiveDesk.archiver(
                desk, archive(server.address, desk, key: right)
            ).archive(before: today)
            #expect(again.files.map(\.part) == [1, 1, 1])
            try await desk.store.write { try $0.session.execute("DELETE FROM log_archives") }
            try await fill(desk, 10, seed: 31)
            let other = try await ArchiveDesk.archiver(
                desk, archive(server.address, desk, key: right)
            ).archive(before: today)
            #expect(other.files.map(\.part) == [2, 2, 2])
        }
    }

    /// How a store may fail; each is told, and the next attempt brings everything.
    @Test(arguments: [
        (500, LogArchiveError.Code.unavailable, "500 InternalError"), (503, .unavailable, "503"),
        (403, .refused, "403"), (301, .refused, "the bucket is in eu-west-9"),
        (400, .refused, "400 BadDigest"), (0, .unavailable, "does not answer"),
        (-1, .unavailable, "does not answer"),
    ])
    func aStoreThatFailsIsToldAndTriedAgain(_ status: Int, _ code: LogArchiveError.Code, _ words: String)
        async throws
    {
        let kept = KeptObjects()
        let server = try await LoopbackServer.start { request in
            if kept.fails {
                // It hangs until the client has given up.
                if status < 0 {
                    try? await Task.sleep(for: .seconds(3))
                    return .init(status: 0)
                }
                let name = status == 500 ? "InternalError" : status == 400 ? "BadDigest" : "Other"
                return .init(
                    status: status, body: "<Error><Code>\(name)</Code></Error>",
                    headers: ["x-amz-bucket-region": "eu-west-9"])
            }
            kept.set(request.path, request.body)
            return .init(status: 200)
        }
        try await IngestionDesk.run { (desk) async throws -> Void in
            try await fill(desk, 300, seed: 32)
            let patience = status < 0 ? Duration.milliseconds(400) : .seconds(20)
            let archiver = try ArchiveDesk.archiver(
                desk, archive(server.address, desk, prefix: "", patience: patience))
            for _ in 0..<2 {
                let error = await #expect(throws: LogArchiveError.self) {
                    try await archiver.archive(before: today)
                }
                #expect(error?.code == code && error?.message.contains(words) == true, "\(error as Any)")
            }
            let none = try await desk.store.read { try $0.logArchives.list() }
            #expect(none == [])
            let drafts = try FileManager.default.contentsOfDirectory(atPath: desk.folder.path + "/drafts")
            #expect(drafts == [])
            kept.fail(false)
            let report = try await archiver.archive(before: today)
            #expect(report.files.map(\.lines).reduce(0, +) == 300)
            for file in report.files {
                let bytes = kept.bytes("/desk/" + file.name)
                #expect(bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) } == file.hash)
            }
        }
        try await server.stop()
    }

    /// A store that does not know `If-None-Match` is asked before; what is there stays.
    @Test func aStoreWithoutConditionalRequestsIsAskedFirst() async throws {
        let kept = KeptObjects()
        let server = try await LoopbackServer.start { request in
            if request.headers["if-none-match"] != nil {
                return .init(status: 501, body: "<Error><Code>NotImplemented</Code></Error>")
            }
            if request.method == "HEAD" { return .init(status: kept.bytes(request.path).isEmpty ? 404 : 200) }
            kept.set(request.path, request.body)
            return .init(status: 200)
        }
        try await IngestionDesk.run { (desk) async throws -> Void in
            try await fill(desk, 90, seed: 33)
            let first = "/desk/tradewind-logs-2026-11-16"
            kept.set(first + ".jsonl.gz", [1, 2, 3])
            let report = try await ArchiveDesk.archiver(desk, archive(server.address, desk, prefix: ""))
                .archive(before: today)
            #expect(report.files.map(\.part) == [2, 1, 1])
            #expect(kept.bytes(first + ".jsonl.gz") == [1, 2, 3])
            let bytes = kept.bytes(first + ".2.jsonl.gz")
            #expect(bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) } == report.files[0].hash)
            #expect(kept.bytes(first + ".2.jsonl.gz.sha256").count > 64)
        }
        try await server.stop()
    }

    @Test func addressesAreThoseOfTheGuide() throws {
        let own = ObjectAddress(bucket: "desk", region: "eu-central-1", endpoint: nil)
        #expect(own.whole("a b/ä") == "https://desk.s3.eu-central-1.amazonaws.com/a%20b/%C3%A4")
        let points = ObjectAddress(bucket: "logs.desk", region: "cn-north-1", endpoint: nil)
        #expect(points.whole("a") == "https://s3.cn-north-1.amazonaws.com.cn/logs.desk/a")
        let other = ObjectAddress(
            bucket: "desk", region: "x", endpoint: ServiceURL("https://store:443/base/"))
        #expect(other.whole("a") == "https://store/base/desk/a")
        let port = ObjectAddress(
            bucket: "desk", region: "x", endpoint: ServiceURL("http://[::1]:9000"))
        #expect(port.whole("a") == "http://[::1]:9000/desk/a")
    }
}

/// What a store was given.
private final class KeptObjects: Sendable {
    private let objects = Mutex<[String: [UInt8]]>([:])
    private let failing = Mutex(true)

    var fails: Bool { failing.withLock { $0 } }
    func fail(_ fails: Bool) { failing.withLock { $0 = fails } }
    func set(_ name: String, _ bytes: [UInt8]) { objects.withLock { $0[name] = bytes } }
    func bytes(_ name: String) -> [UInt8] { objects.withLock { $0[name] ?? [] } }
}
