import Operations
import Settings
import Testing
import Units
import Venues

/// Signatures against values that the venues publish, or that the venues' own Python clients make.
@Suite struct SignerTests {
    private func credential(_ secrets: [String: String]) -> Credential {
        Credential(
            owner: "venue",
            entries: secrets.mapValues { .init(secret: Secret($0), origin: .request) },
            version: SecretVersion("1"))
    }

    private func instant(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    private let binance = [
        "api-key": "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
        "api-secret": "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
    ]

    /// Binance Spot API Docs, "Request Security", "SIGNED request example (HMAC)".
    @Test func binanceSignsTheExampleOfItsDocumentation() throws {
        let request = VenueRequest(
            method: "POST", path: "/api/v3/order",
            query: [
                .init("symbol", "LTCBTC"), .init("side", "BUY"), .init("type", "LIMIT"),
                .init("timeInForce", "GTC"), .init("quantity", "1"), .init("price", "0.1"),
            ])
        let signed = try BinanceSigner().sign(
            request, with: credential(binance), at: instant(1_499_827_319_559))
        #expect(
            signed.target
                == "/api/v3/order?symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
                + "&recvWindow=5000&timestamp=1499827319559"
                + "&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71")
        #expect(signed.headers.contains { $0 == ("X-MBX-APIKEY", binance["api-key"] ?? "") })
    }

    /// The same document, "Example 3: Mixed query string and request body"; the window and the time stand in
    /// the body there.
    @Test func binanceSignsQueryAndBodyAsOneText() throws {
        let text =
            "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC"
            + "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
        #expect(
            RequestSignature.hexadecimalSHA256(of: text, key: Secret(binance["api-secret"] ?? ""))
                == "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77")
    }

    @Test func binanceEncodesBeforeItSigns() throws {
        let request = VenueRequest(method: "GET", path: "/x", query: [.init("symbol", "这 &=+/~")])
        let signed = try BinanceSigner().sign(request, with: credential(binance), at: instant(1))
        #expect(
            signed.target.hasPrefix(
                "/x?symbol=%E8%BF%99%20%26%3D%2B%2F~&recvWindow=5000&timestamp=1&signature="))
    }

    /// The key and the signature are those of `openssl genpkey -algorithm ed25519` and `openssl pkeyutl -sign
    /// -rawin` over the text of the documentation's example.
    static let ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIDWoM3o01PooeciM7BQJkKHq8LECcMuJS7JJCJ2jd5Qb
        -----END PRIVATE KEY-----

        """
    /// Its public half, as openssl derives it.
    static let ed25519Public = "c4rczv+REpgBXZx2HOtRPfgz2SDamsEfyRlCNFbQsIk="

    @Test(arguments: ["\n", " ", "", "\r\n"]) func binanceSignsWithAnEd25519Key(_ lineEnd: String) throws {
        let request = VenueRequest(
            method: "POST", path: "/api/v3/order",
            query: [
                .init("symbol", "LTCBTC"), .init("side", "BUY"), .init("type", "LIMIT"),
                .init("timeInForce", "GTC"), .init("quantity", "1"), .init("price", "0.1"),
            ])
        let secret = Self.ed25519.replacing("\n", with: lineEnd)
        let signed = try BinanceSigner().sign(
            request, with: credential(["api-key": "key", "api-secret": secret]),
            at: instant(1_499_827_319_559))
        #expect(
            signed.target.hasSuffix(
                "&signature=nVxs3GguKU%2Bh%2BDKe%2BAeKakMyhAG6oHRIuYSAmiq3T51762jXfqtDZrCe6zCN%2BP95"
                    + "bvvRAC7eDac8nX%2Bo4awWDQ%3D%3D"))
    }

    @Test(arguments: [
        // X25519, P-256, encrypted, cut, with a wrong length inside, of another text altogether.
        "MC4CAQAwBQYDK2VuBCIEIHiq0kshM9F2dBdRVwBR1zLG4aCIV0kNGjt+t261fH1q",
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgS38SWtugfXYoDHM0",
        "MC4CAQAwBQYDK2VwBCIEIDWoM3o01PooeciM7BQJkKHq8LECcMuJS7JJCJ2jd5Q=",
        "MC4CAQAwBQYDK2VwBCIEITWoM3o01PooeciM7BQJkKHq8LECcMuJS7JJCJ2jd5Qb", "MC4=", "", "!!!!",
    ]) func aKeyInPEMThatIsNoEd25519KeyIsRefusedWithoutShowingIt(_ body: String) throws {
        for kind in ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"] {
            let secret = "-----BEGIN \(kind)-----\n\(body)\n-----END \(kind)-----\n"
            let error = #expect(throws: SecretError.self) {
                try BinanceSigner().sign(
                    VenueRequest(method: "GET", path: "/"),
                    with: credential(["api-key": "key", "api-secret": secret]), at: .epoch)
            }
            #expect(error?.code == .malformed && error?.secret?.name == "api-secret")
            #expect(body.count < 5 || !"\(error as Any)".contains(body))
        }
    }

    /// No key, however it is damaged, ends the process.
    @Test func damagedKeysAreErrors() throws {
        let lines = Self.ed25519.split(separator: "\n")
        var random = SplitMix64(seed: 20_261_121)
        for _ in 0..<2_000 {
            var bytes = Array(lines[1].utf8)
            for _ in 0..<(1 + random.next() % 3) {
                let index = Int(random.next() % UInt64(bytes.count))
                if random.next() % 3 == 0 {
                    bytes.remove(at: index)
                } else {
                    bytes[index] = UInt8(32 + random.next() % 95)
                }
            }
            let secret = "\(lines[0])\n\(String(decoding: bytes, as: UTF8.self))\n\(lines[2])"
            do throws(SecretError) {
                _ = try BinanceSigner().sign(
                    VenueRequest(method: "GET", path: "/"),
                    with: credential(["api-key": "key", "api-secret": secret]), at: .epoch)
            } catch {
                #expect(error.code == .malformed)
            }
        }
    }

    /// The rule and the texts to be signed are those of the Bybit V5 documentation; the codes are Python's
    /// `hmac`.
    @Test func bybitSignsTheQueryOfAGetAndTheBodyOfAPost() throws {
        let secrets = credential(["api-key": "XXXXXXXXXX", "api-secret": "bybit-test-secret"])
        func header(_ signed: SignedVenueRequest, _ name: String) -> String? {
            signed.headers.first { $0.name == name }?.value
        }
        let get = try BybitSigner().sign(
            VenueRequest(
                method: "GET", path: "/v5/order/realtime",
                query: [.init("category", "option"), .init("symbol", "BTC-29JUL22-25000-C")]),
            with: secrets, at: instant(1_658_384_314_791))
        #expect(
            header(get, "X-BAPI-SIGN") == "603cf75a23e0bd0a5226adb8f4f42accf1a7b89145fc1c05d3ec5f6855b26c67")
        #expect(header(get, "X-BAPI-TIMESTAMP") == "1658384314791")
        #expect(header(get, "X-BAPI-RECV-WINDOW") == "5000")
        #expect(header(get, "X-BAPI-API-KEY") == "XXXXXXXXXX")
        let post = try BybitSigner().sign(
            VenueRequest(
                method: "POST", path: "/v5/order/create", body: Array(#"{"category": "option"}"#.utf8)),
            with: secrets, at: instant(1_658_385_579_423))
        #expect(
            header(post, "X-BAPI-SIGN") == "0b6c1a0303aa265223e936cc8820dba57780ea6063a9e08473dcb575c5ca3a7c")
        #expect(header(post, "Content-Type") == "application/json")
    }

    /// Made with `okx.utils.sign` of OKX's own Python client (python-okx 0.4.4).
    @Test func okxSignsTimeMethodPathAndBody() throws {
        let secrets = credential([
            "api-key": "key", "api-secret": "22582BD0CFF14C41EDBF1AB98506286D", "passphrase": "phrase",
        ])
        let now = try #require(Instant(iso8601: "2020-12-08T09:08:57.7159Z"))
        let get = try OKXSigner().sign(
            VenueRequest(method: "GET", path: "/api/v5/account/balance", query: [.init("ccy", "BTC")]),
            with: secrets, at: now)
        #expect(get.headers.contains { $0 == ("OK-ACCESS-TIMESTAMP", "2020-12-08T09:08:57.715Z") })
        #expect(
            get.headers.contains { $0 == ("OK-ACCESS-SIGN", "HiZhvSfMtWJA3uUIVXV3a/bSXNPCWvYFXoGCVS8V4zY=") })
        #expect(get.headers.contains { $0 == ("OK-ACCESS-PASSPHRASE", "phrase") })
        #expect(!get.headers.contains { $0.name == "x-simulated-trading" })
        let body = #"{"instId":"BTC-USDT","lever":"5","mgnMode":"isolated"}"#
        let post = try OKXSigner(isDemo: true).sign(
            VenueRequest(method: "POST", path: "/api/v5/trade/order", body: Array(body.utf8)), with: secrets,
            at: now)
        #expect(
            post.headers.contains { $0 == ("OK-ACCESS-SIGN", "B1CIgFITj5o4lMDG+Uz5juzEGMCIDXO9bxM4MBgQ62g=") }
        )
        #expect(post.headers.contains { $0 == ("x-simulated-trading", "1") })
    }

    @Test func okxTimesHaveThreeDecimalsAlsoAtAFullSecond() throws {
        let secrets = credential(["api-key": "k", "api-secret": "s", "passphrase": "p"])
        let now = try #require(Instant(iso8601: "2026-11-21T08:00:00Z"))
        let signed = try OKXSigner().sign(VenueRequest(method: "GET", path: "/"), with: secrets, at: now)
        #expect(signed.headers.contains { $0 == ("OK-ACCESS-TIMESTAMP", "2026-11-21T08:00:00.000Z") })
    }

    /// Kraken API Center, "Spot REST Authentication": the example's secret, form and `API-Sign`. The nonce of
    /// the example counts milliseconds, ours nanoseconds; so the signature alone is compared, not the
    /// request.
    @Test func krakenSignsTheExampleOfItsDocumentation() throws {
        let secret =
            "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
        let request = VenueRequest(
            method: "POST", path: "/0/private/AddOrder",
            query: [
                .init("ordertype", "limit"), .init("pair", "XBTUSD"), .init("price", "37500"),
                .init("type", "buy"),
                .init("volume", "1.25"),
            ])
        let signed = try KrakenSigner().sign(
            request, with: credential(["api-key": "k", "api-secret": secret]),
            at: Instant(nanoseconds: 1_616_492_376_594))
        #expect(
            signed.headers.contains {
                $0 == (
                    "API-Sign",
                    "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
                )
            })
        #expect(
            String(decoding: signed.body, as: UTF8.self).hasPrefix("nonce=1616492376594&ordertype=limit&"))
        let broken = #expect(throws: SecretError.self) {
            try KrakenSigner().sign(
                request, with: credential(["api-key": "k", "api-secret": "not base64!"]), at: .epoch)
        }
        #expect(broken?.code == .malformed)
    }

    @Test func aMissingSecretIsNamed() {
        let request = VenueRequest(method: "GET", path: "/")
        let signers: [any RequestSigner] = [BinanceSigner(), BybitSigner(), OKXSigner(), KrakenSigner()]
        for signer in signers {
            for name in signer.requiredSecrets {
                var secrets = Dictionary(uniqueKeysWithValues: signer.requiredSecrets.map { ($0, "YWJj") })
                secrets[name] = nil
                let error = #expect(throws: SecretError.self) {
                    try signer.sign(request, with: credential(secrets), at: .epoch)
                }
                #expect(error?.secret?.name == name)
            }
        }
    }

    @Test func aSignedRequestShowsNeitherKeyNorSignature() throws {
        let signed = try BinanceSigner().sign(
            VenueRequest(method: "GET", path: "/api/v3/account"), with: credential(binance), at: .epoch)
        var dumped = ""
        dump(signed, to: &dumped)
        for text in ["\(signed)", String(reflecting: signed), dumped] {
            #expect(!text.contains(binance["api-key"] ?? "") && !text.contains("signature="))
        }
        #expect("\(signed)" == "GET /api/v3/account (signed)")
    }
}
