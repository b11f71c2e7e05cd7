import Foundation
import Glibc
import Synchronization
import Units

/// Hundreds of clients, each of which follows the events of one run, read by one thread. Now and then one
/// loses its connection and comes back with the last offset that it has seen.
final class LoadClients: Sendable {
    /// What one client has seen.
    struct Tally: Sendable {
        var offset: Int64 = 0
        /// The offsets of the events that may not be left out.
        var marks: [Int64] = []
        var progress = 0
        var skips = 0
        var connections = 0
        /// Whether offsets only rose.
        var isOrdered = true
        var hasEnded = false
    }

    private let port: Int
    private let runs: [String]
    /// Connections that are lost in a second.
    private let losses: Int
    private let state: Mutex<[Tally]>
    private let failure = Mutex<String?>(nil)
    private let isLosing = Atomic(false)
    private let isStopping = Atomic(false)
    private let hasStopped = DispatchSemaphore(value: 0)

    init(port: Int, runs: [String], losses: Int) {
        (self.port, self.runs, self.losses) = (port, runs, losses)
        state = Mutex(runs.map { _ in Tally() })
    }

    /// What each has seen, as of a moment ago.
    var tallies: [Tally] { state.withLock { $0 } }

    /// Why one could not connect again; nil when all could.
    var problem: String? { failure.withLock { $0 } }

    /// Connects all of them, each from the beginning of the log that it follows, and begins to read.
    func start(after offset: Int64) {
        Thread { [self] in
            do { try read(after: offset) } catch { failure.withLock { $0 = "\(error)" } }
            hasStopped.signal()
        }.start()
    }

    /// From now on connections are lost.
    func beginLosing() { isLosing.store(true, ordering: .releasing) }

    /// Ends all connections.
    func stop() async {
        isStopping.store(true, ordering: .releasing)
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.hasStopped.wait()
                continuation.resume()
            }
        }
    }

    private func connect(_ index: Int, _ tally: inout Tally) throws -> StreamSocket {
        tally.connections += 1
        return try StreamSocket(port: port, query: "?run_id=\(runs[index])", after: tally.offset)
    }

    private func read(after offset: Int64) throws {
        var tallies = self.tallies
        var sockets: [StreamSocket] = []
        for index in runs.indices {
            tallies[index].offset = offset
            sockets.append(try connect(index, &tallies[index]))
        }
        var random = SplitMix64(seed: 20_261_121)
        var (published, lost) = (ContinuousClock.now, ContinuousClock.now)
        while !isStopping.load(ordering: .acquiring) {
            var waits = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            poll(&waits, nfds_t(waits.count), 50)
            for index in waits.indices where waits[index].revents != 0 {
                if !sockets[index].read({ Self.take($0, &tallies[index]) }) {
                    sockets[index] = try connect(index, &tallies[index])
                }
            }
            let now = ContinuousClock.now
            if losses > 0, isLosing.load(ordering: .acquiring), now - lost > .seconds(1) / losses {
                lost = now
                let index = Int(random.next() % UInt64(runs.count))
                if !tallies[index].hasEnded {
                    sockets[index].hangUp()
                    sockets[index] = try connect(index, &tallies[index])
                }
            }
            if now - published > .milliseconds(200) {
                published = now
                let copy = tallies
                state.withLock { $0 = copy }
            }
        }
        let copy = tallies
        state.withLock { $0 = copy }
    }

    private static func take(_ frame: StreamSocket.Frame, _ tally: inout Tally) {
        if frame.offset <= tally.offset { tally.isOrdered = false }
        tally.offset = frame.offset
        switch frame.event {
        case "run.Progress": tally.progress += 1
        case "load.Marked": tally.marks.append(frame.offset)
        case "load.Ended": tally.hasEnded = true
        case "stream.Skipped": tally.skips += 1
        default: break
        }
    }
}
