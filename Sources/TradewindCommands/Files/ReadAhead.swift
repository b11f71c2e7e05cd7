internal import Glibc
internal import MarketData

/// Reads a stream on a thread of its own, some pieces ahead of its reader. A short stream, of which there
/// may be tens of thousands, is read without a thread.
final class ReadAhead: ByteStream {
    private static let patience = 1 << 20

    private let source: any ByteStream
    private var served = 0
    private var pieces: PieceQueue?
    private var isAlone = false

    init(_ source: any ByteStream) { self.source = source }

    deinit { pieces?.stop() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        if let pieces { return try pieces.take(into: buffer) }
        let count = try source.read(into: buffer)
        served += count
        if served >= ReadAhead.patience && !isAlone {
            let queue = PieceQueue(source)
            if let thread = BackgroundThread.start({ queue.fill() }) {
                BackgroundThread.leave(thread)
                pieces = queue
            } else {
                isAlone = true
            }
        }
        return count
    }
}

/// Pieces of a stream between the thread that reads them and the one that uses them.
private final class PieceQueue: @unchecked Sendable {
    // Sendable: `mutex` guards what both threads change; `source` is the filling thread's alone, and a
    // piece belongs to the filling thread until it is counted in `waiting`, then to the taking one.
    private static let pieceBytes = 1 << 18
    private static let pieceCount = 4

    private let source: any ByteStream
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let memory: UnsafeMutableRawBufferPointer
    private var counts = [Int](repeating: 0, count: PieceQueue.pieceCount)
    private var waiting = 0
    private var isEnded = false
    private var isStopped = false
    private var failure: FileError?
    /// The piece that is taken from, and how much of it was.
    private var (first, used) = (0, 0)

    init(_ source: any ByteStream) {
        self.source = source
        memory = .allocate(byteCount: PieceQueue.pieceBytes * PieceQueue.pieceCount, alignment: 64)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
        memory.deallocate()
    }

    /// Where a piece lies.
    private func piece(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let start = index * PieceQueue.pieceBytes
        return UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + PieceQueue.pieceBytes])
    }

    /// Reads until the end, a failure or ``stop()``.
    func fill() {
        var next = 0
        while true {
            var count = 0
            var failure: FileError?
            do {
                count = try source.read(into: piece(next))
            } catch {
                failure = error
            }
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            self.failure = failure
            isEnded = count == 0
            if !isEnded {
                counts[next] = count
                waiting += 1
            }
            pthread_cond_signal(changed)
            while waiting == PieceQueue.pieceCount && !isStopped { pthread_cond_wait(changed, mutex) }
            if isEnded || isStopped { return }
            next = (next + 1) % PieceQueue.pieceCount
        }
    }

    /// Gives the next bytes; 0 at the end.
    func take(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        pthread_mutex_lock(mutex)
        while waiting == 0 && !isEnded { pthread_cond_wait(changed, mutex) }
        let (isEmpty, failure, count) = (waiting == 0, failure, counts[first])
        pthread_mutex_unlock(mutex)
        if isEmpty {
            if let failure { throw failure }
            return 0
        }
        let taken = min(count - used, buffer.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece(first)[used..<used + taken]))
        used += taken
        if used == count {
            pthread_mutex_lock(mutex)
            (first, used) = ((first + 1) % PieceQueue.pieceCount, 0)
            waiting -= 1
            pthread_cond_signal(changed)
            pthread_mutex_unlock(mutex)
        }
        return taken
    }

    /// Ends the filling thread after the piece it is reading.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopped = true
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }
}
