internal import StrategyKit
internal import Units

extension Engine {
    /// Changes over to the numbers of the other kind: of the run, or of what is refused before it.
    func exchangeNumbers() {
        (orderCounter.pointee, otherOrder.value) = (otherOrder.value, orderCounter.pointee)
        for book in 0..<bookCount {
            (desks[book].nextTransfer, otherTransfers[book]) = (
                otherTransfers[book], desks[book].nextTransfer
            )
            (desks[book].nextGroup, otherGroups[book]) = (otherGroups[book], desks[book].nextGroup)
        }
    }
}
