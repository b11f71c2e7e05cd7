import Events
import Markets
import Testing
import Trading
import Units

@Suite("Damaged logs")
struct DamagedLogTests {
    @Test("a changed bit anywhere in a small log is noticed")
    func everyByte() throws {
        let log = try WrittenLog(seed: 11, count: 24)
        #expect(WrittenLog.failure(log.bytes) == nil)
        var random = SplitMix64(seed: 12)
        for place in log.bytes.indices {
            var bytes = log.bytes
            bytes[place] ^= 1 << UInt8(random.next() % 8)
            #expect(WrittenLog.failure(bytes) != nil, "byte \(place) of \(bytes.count)")
        }
    }

    @Test("a changed byte in a log of several blocks is noticed, and no later than the next link")
    func sampledBytes() throws {
        let log = try WrittenLog(seed: 13, count: 3_000)
        let links = WrittenLog.records(log.bytes).filter { $0.type == 9 }
        #expect(links.count > 2)
        var random = SplitMix64(seed: 14)
        for _ in 0..<40 {
            let place = Int(random.next() % UInt64(log.bytes.count))
            var bytes = log.bytes
            bytes[place] = bytes[place] &+ UInt8(random.integer(in: 1...255))
            let next = links.first { $0.offset + $0.length > place }!.offset
            switch WrittenLog.failure(bytes) {
            case .brokenChain(let offset, _): #expect(offset <= next)
            case .malformed(let offset, _): #expect(offset <= next)
            case .truncated: break
            default: Issue.record("byte \(place) went unnoticed")
            }
        }
    }

    @Test("a log cut anywhere is truncated or unfinished")
    func everyLength() throws {
        let log = try WrittenLog(seed: 15, count: 30)
        let ends = Set(WrittenLog.records(log.bytes).map(\.offset))
        for length in log.bytes.indices {
            let failure = WrittenLog.failure(Array(log.bytes[..<length]))
            if ends.contains(length) {
                #expect(failure == .unfinished, "\(length) bytes")
            } else {
                #expect(failure == .truncated(offset: ends.filter { $0 < length }.max()!), "\(length) bytes")
            }
        }
    }

    @Test("a log cut just after a link between blocks did not finish")
    func cutAtLink() throws {
        let log = try WrittenLog(seed: 16, count: 3_000)
        let links = WrittenLog.records(log.bytes).filter { $0.type == 9 }
        for link in links.dropLast() {
            #expect(WrittenLog.failure(Array(log.bytes[..<(link.offset + link.length)])) == .unfinished)
        }
        #expect(WrittenLog.failure(try WrittenLog(seed: 17, count: 5, isClosed: false).bytes) == .unfinished)
    }

    @Test("nothing follows the end of a run")
    func afterTheEnd() throws {
        let end = RunEvent.closed(finalEquity: 1, valueScale: Scale(8))
        let late = try WrittenLog([(end, .epoch), (.cancelRequested(OrderID(1)), .epoch)])
        #expect(
            WrittenLog.failure(late.bytes)
                == .malformed(offset: 41, reason: "a record after the end of the run"))
        let twice = try WrittenLog([(end, .epoch), (end, .epoch)])
        #expect(WrittenLog.failure(twice.bytes) != nil)
        let whole = try WrittenLog([(end, .epoch)]).bytes
        #expect(WrittenLog.failure(whole) == nil)
        #expect(WrittenLog.failure(whole + [0]) == .truncated(offset: whole.count))
        #expect(WrittenLog.failure(whole + whole) != nil)
    }

    @Test("records that are swapped, dropped or repeated are noticed")
    func movedRecords() throws {
        let log = try WrittenLog(seed: 18, count: 20)
        let records = WrittenLog.records(log.bytes).map {
            Array(log.bytes[$0.offset..<$0.offset + $0.length])
        }
        for index in records.indices.dropLast() {
            var swapped = records
            swapped.swapAt(index, index + 1)
            #expect(WrittenLog.failure(swapped.flatMap { $0 }) != nil)
            var dropped = records
            dropped.remove(at: index)
            #expect(WrittenLog.failure(dropped.flatMap { $0 }) != nil)
            #expect(WrittenLog.failure((records[...index] + records[index...]).flatMap { $0 }) != nil)
        }
    }

    @Test("random bytes are refused without a crash")
    func fuzz() throws {
        var random = SplitMix64(seed: 19)
        for _ in 0..<3_000 {
            let bytes = (0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(WrittenLog.failure(bytes) != nil)
        }
        // Plausible headers with any type, length and payload reach the decoders.
        for round in 0..<6_000 {
            let payload = (0..<Int(random.next() % 70)).map { _ in
                random.next() % 3 == 0 ? UInt8(truncatingIfNeeded: random.next()) : UInt8(random.next() % 4)
            }
            let type = UInt8(round % 12)
            var bytes: [UInt8] =
                [UInt8(20 + payload.count), 0, 0, 0, type, 0, 1, 0, 1] + [UInt8](repeating: 0, count: 15)
            bytes += payload
            #expect(WrittenLog.failure(bytes) != nil)
        }
        let log = try WrittenLog(seed: 20, count: 20)
        for _ in 0..<1_500 {
            var bytes = log.bytes
            for _ in 0..<(1 + random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if bytes != log.bytes { #expect(WrittenLog.failure(bytes) != nil) }
        }
    }
}
