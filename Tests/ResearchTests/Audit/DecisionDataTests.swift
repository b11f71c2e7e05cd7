import Events
import Markets
import Research
import Testing
import Trading
import Units

/// A log that is read while it is written.
@Suite struct RunLogTapTests {
    @Test func recordsAreReadHoweverTheBytesArrive() throws {
        var bytes: [UInt8] = []
        let writer = RunLogWriter { bytes += $0 }
        var expected: [RunEvent] = [.opened(inputs: String(repeating: "a line\n", count: 20_000))]
        for number in 1...3_000 as ClosedRange<UInt64> {
            let request = OrderRequest(
                .sell, Quantity(mantissa: Int64(number)), of: InstrumentIndex(2),
                type: .stopLimit(stop: Price(mantissa: 7), limit: Price(mantissa: 8)))
            expected.append(.orderSubmitted(OrderID(number), request, strategy: 1))
            expected.append(.cancelRequested(OrderID(number)))
        }
        for (place, event) in expected.enumerated() {
            try writer.append(event, at: Instant(nanoseconds: Int64(place)))
        }
        _ = try writer.close()
        for size in [1, 7, 1_000, 65_536, bytes.count] {
            var tap = RunLogTap()
            var found: [RunRecord] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + (size == 1 ? 97 : size))
                try bytes[start..<end].withUnsafeBytes { try tap.read($0) { found.append($0) } }
                start = end
            }
            let plain = found.filter { if case .chainLink = $0.event { false } else { true } }
            #expect(plain.map(\.event) == expected, "pieces of \(size)")
            #expect(plain.map(\.time.nanoseconds) == expected.indices.map { Int64($0) })
        }
    }

    @Test func bytesThatNoWriterMakesAreRefused() {
        var tap = RunLogTap()
        let bytes = [UInt8](repeating: 0xFF, count: 64)
        #expect(throws: RunLogError.self) { try bytes.withUnsafeBytes { try tap.read($0) { _ in } } }
    }
}
