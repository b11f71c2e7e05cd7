/// One plain value at a fixed place, changed through its reference: for the few counters and flags that the
/// engine touches on every event inside objects, without a dynamic check at each access.
public struct Cell<Value: BitwiseCopyable>: ~Copyable {
    /// Where the value is.
    @usableFromInline package let base: UnsafeMutablePointer<Value>

    /// A cell that holds a value.
    @inlinable public init(_ value: Value) {
        base = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        base.initialize(to: value)
    }

    @inlinable deinit { base.deallocate() }

    /// The value.
    @inlinable public var value: Value {
        @inline(__always) get { base.pointee }
        @inline(__always) nonmutating set { base.pointee = newValue }
    }
}
