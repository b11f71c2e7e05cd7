import Strategies
import Testing
import Units

@Suite struct CashMovesTests {
    @Test func whatOneLacksComesFromTheFirstThatCanSpareIt() throws {
        let moves = try CashMoves.even([
            .init(lack: 0, surplus: 70), .init(lack: 50, surplus: 0), .init(lack: 0, surplus: 40),
            .init(lack: 45, surplus: 0),
        ])
        #expect(
            moves == [
                .init(from: 0, to: 1, amount: 50), .init(from: 0, to: 3, amount: 20),
                .init(from: 2, to: 3, amount: 25),
            ])
    }

    @Test func tooLittleIsSharedByNeed() throws {
        let moves = try CashMoves.even([
            .init(lack: 0, surplus: 30), .init(lack: 80, surplus: 0), .init(lack: 20, surplus: 0),
        ])
        #expect(moves == [.init(from: 0, to: 1, amount: 24), .init(from: 0, to: 2, amount: 6)])
    }

    @Test func nobodyGivesMoreThanItCanSpareOrGetsMoreThanItLacks() throws {
        var random = SplitMix64(seed: 53)
        for _ in 0..<2_000 {
            let places = (0..<Int(random.integer(in: 1...6))).map { _ in
                let amount = Int128(random.integer(in: 0...1_000_000))
                return random.next() % 2 == 0
                    ? CashMoves.Place(lack: amount, surplus: 0) : CashMoves.Place(lack: 0, surplus: amount)
            }
            let moves = try CashMoves.even(places)
            for index in places.indices {
                let given = moves.filter { $0.from == index }.reduce(0) { $0 + $1.amount }
                let got = moves.filter { $0.to == index }.reduce(0) { $0 + $1.amount }
                #expect(given <= places[index].surplus && got <= places[index].lack)
            }
            let moved = moves.reduce(0) { $0 + $1.amount }
            let (lack, spare) = (places.reduce(0) { $0 + $1.lack }, places.reduce(0) { $0 + $1.surplus })
            #expect(moves.allSatisfy { $0.amount > 0 && $0.from != $0.to })
            // Everything that can be filled is, but for what rounding down leaves.
            #expect(moved <= min(lack, spare) && moved > min(lack, spare) - Int128(places.count))
        }
    }
}
