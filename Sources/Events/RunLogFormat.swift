/// The bytes of a run's log.
///
/// The file is a run of records, each: length of what follows (`UInt32`), type (`UInt16`), version
/// (`UInt16`, 1), sequence (`UInt64`), time in nanoseconds (`Int64`), payload. All integers are
/// little-endian. After every 64 KiB from the first record on, and at the end, a chain link holds the
/// SHA-256 of all bytes before it. The hash of a log is the SHA-256 of all its bytes.
package enum RunLogFormat {
    static let version: UInt16 = 1
    /// Bytes of a record before its payload, the length field included.
    static let headerSize = 24
    /// Distance of chain links.
    static let chainInterval = 65_536
    /// The longest record that a reader accepts.
    static let maximumRecord = 1 << 24

    enum Kind: UInt16 {
        case opened = 1
        case orderSubmitted = 2
        case cancelRequested = 3
        case amendRequested = 4
        case orderMoved = 5
        case requestRefused = 6
        case orderAmended = 7
        case orderFilled = 8
        case chainLink = 9
        case closed = 10
        case transferSent = 11
        case transferArrived = 12
        case transferRefused = 13
        case fundingSettled = 14
        case marginCalled = 15
        case positionClosed = 16
        case insurancePaid = 17
        case positionRolled = 18
        case groupSubmitted = 19
        case groupEnded = 20
        case interestSettled = 21
        case capitalMoved = 22
        case rewardReceived = 23
        case loanLiquidated = 24
        case riskMoved = 25
        case rebalanced = 26
    }
}
