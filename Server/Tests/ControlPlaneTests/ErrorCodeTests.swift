import ControlPlane
import Foundation
import HTTPTypes
import Testing

@Suite struct ErrorCodeTests {
    @Test func codesAreNamespacedAndFitTheirStatus() {
        for code in APIErrorCode.allCases {
            let parts = code.rawValue.split(separator: ".", omittingEmptySubsequences: false)
            #expect(parts.count == 2, "\(code)")
            for part in parts {
                let isWord = part.first?.isLetter == true && part.allSatisfy { $0.isLowercase || $0 == "_" }
                #expect(isWord, "\(code.rawValue)")
            }
            #expect((400..<600).contains(code.status.code), "\(code)")
            #expect(!code.remedy.isEmpty && !code.remedy.contains("|"), "\(code)")
            // What the client did wrong stays wrong; the exceptions are those of time.
            if code.retry == .safe { #expect([408, 409, 429, 503].contains(code.status.code), "\(code)") }
        }
        #expect(APIErrorCode.internalError.status.code == 500 && APIErrorCode.notFound.status.code == 404)
        #expect(APIErrorCode.validationFailed.status.code == 422)
        #expect(APIErrorCode.idempotencyPayloadMismatch.status.code == 409)
    }

    /// The page holds the table that the code writes, and nothing that looks like a row beside it.
    @Test func thePageListsThemAll() throws {
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        let table = APIErrorCode.reference
        if !page.contains(table) { print("the table of the page should be:\n\(table)") }
        #expect(page.contains(table))
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == APIErrorCode.allCases.count)
    }

    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Documentation/api-errors.md").standardizedFileURL
}
