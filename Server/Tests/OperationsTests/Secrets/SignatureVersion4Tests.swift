import Operations
import Settings
import Testing

/// Signatures that AWS published: the example of its guide ("Signature Version 4 signing process", ListUsers)
/// and its test suite `aws-sig-v4-test-suite`; and one made with botocore.
@Suite struct SignatureVersion4Tests {
    private let keys = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
    private let date = "20150830T123600Z"

    private func signature(
        _ request: SignatureVersion4.Request, service: String = "service", region: String = "us-east-1",
        date: String? = nil
    ) -> String {
        let text = SignatureVersion4(region: region, service: service)
            .authorization(for: request, credentials: keys, date: date ?? self.date)
        return String(text.suffix(64))
    }

    private var suiteHeaders: [(name: String, value: String)] {
        [("Host", "example.amazonaws.com"), ("X-Amz-Date", date)]
    }

    @Test func theExampleOfTheGuideHasItsSignature() {
        let request = SignatureVersion4.Request(
            method: "GET", path: "/", query: [("Action", "ListUsers"), ("Version", "2010-05-08")],
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                ("Host", "iam.amazonaws.com"), ("X-Amz-Date", date),
            ])
        let text = SignatureVersion4(region: "us-east-1", service: "iam")
            .authorization(for: request, credentials: keys, date: date)
        #expect(
            text
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    @Test func theSuiteHasItsSignatures() {
        let vanilla = SignatureVersion4.Request(method: "GET", path: "/", headers: suiteHeaders)
        #expect(
            signature(vanilla) == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        let ordered = SignatureVersion4.Request(
            method: "GET", path: "/", query: [("Param2", "value2"), ("Param1", "value1")],
            headers: suiteHeaders)
        #expect(
            signature(ordered) == "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
        let post = SignatureVersion4.Request(method: "POST", path: "/", headers: suiteHeaders)
        #expect(signature(post) == "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
    }

    @Test func aBodyAndTheTokenOfASessionAreSigned() {
        let request = SignatureVersion4.Request(
            method: "POST", path: "/",
            headers: [
                ("Host", "secretsmanager.eu-west-1.amazonaws.com"),
                ("X-Amz-Target", "secretsmanager.GetSecretValue"),
                ("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Date", "20261121T075542Z"),
                ("X-Amz-Security-Token", "session-token-example"),
            ], body: Array(#"{"SecretId": "trading/binance", "VersionStage": "AWSCURRENT"}"#.utf8))
        #expect(
            signature(request, service: "secretsmanager", region: "eu-west-1", date: "20261121T075542Z")
                == "1f9a32b84d3f4a233c44337b7f2b98b69023427c15cebfcd90039fd4c9c544d4")
    }

    @Test func keysInTheEnvironmentAreReadAndTheirAbsenceIsSaid() throws {
        let found = try #require(
            AWSCredentials(environment: [
                "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "",
            ]))
        #expect(found.accessKeyID == "AKID" && found.sessionToken == nil)
        #expect(AWSCredentials(environment: ["AWS_ACCESS_KEY_ID": "AKID"]) == nil)
    }
}
