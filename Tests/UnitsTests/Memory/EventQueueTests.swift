import Testing
import Units

@Suite("Queues and arrays of plain values")
struct EventQueueTests {
    @Test("a queue behaves as an array through thousands of random changes")
    func model() {
        var random = SplitMix64(seed: 51)
        let queue = EventQueue<Int64>(capacity: 1)
        var model: [Int64] = []
        for step in 0..<20_000 {
            switch random.next() % 16 {
            case 0...8:
                queue.append(Int64(step))
                model.append(Int64(step))
            case 9...12 where !model.isEmpty:
                let index = Int(random.next() % UInt64(model.count))
                queue.remove(at: index)
                model.remove(at: index)
            case 13 where !model.isEmpty:
                let index = Int(random.next() % UInt64(model.count))
                queue[index] = -Int64(step)
                queue.place(index).pointee -= 1
                model[index] = -Int64(step) - 1
            case 14 where random.next() % 20 == 0:
                let count = Int(random.next() % UInt64(model.count + 1))
                queue.truncate(to: count)
                model.removeLast(model.count - count)
            case 15 where random.next() % 200 == 0:
                queue.removeAll()
                model.removeAll()
            default: break
            }
            if queue.count != model.count || queue.isEmpty != model.isEmpty { break }
            if step % 16 == 0, !model.indices.allSatisfy({ queue[$0] == model[$0] }) { break }
        }
        #expect(queue.count == model.count)
        #expect((0..<queue.count).map { queue[$0] } == model)
    }

    @Test("fixed arrays hold what was put in, also none")
    func fixedArrays() {
        let array = FixedArray([3, 1, 2])
        array[1] = 7
        #expect((0..<array.count).map { array[$0] } == [3, 7, 2])
        let repeated = FixedArray(repeating: Int128(-1), count: 5)
        repeated.pointer[4] = 9
        #expect((0..<5).map { repeated[$0] } == [-1, -1, -1, -1, 9])
        #expect(FixedArray<Int>([]).count == 0)
        let cell = Cell(4)
        cell.value += 1
        #expect(cell.value == 5)
    }
}
