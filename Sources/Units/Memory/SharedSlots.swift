/// A run of values of fixed length behind one reference: state of a strategy, by instrument, that is changed
/// in place on every event without a check for other owners. Copies of the reference share the values.
public final class SharedSlots<Element: ~Copyable> {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    /// Number of values.
    public let count: Int

    /// `count` values, each made from its index.
    @inlinable
    public init<Failure: Error>(count: Int, _ make: (Int) throws(Failure) -> Element) throws(Failure) {
        precondition(count >= 0, "a length is not negative")
        base = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
        var made = 0
        do throws(Failure) {
            while made < count {
                (base + made).initialize(to: try make(made))
                made += 1
            }
        } catch {
            base.deinitialize(count: made)
            base.deallocate()
            throw error
        }
        self.count = count
    }

    @inlinable deinit {
        base.deinitialize(count: count)
        base.deallocate()
    }

    /// The value at an index, checked.
    @inlinable
    public subscript(index: Int) -> Element {
        @inline(__always) unsafeAddress {
            precondition(index >= 0 && index < count, "index out of range")
            return UnsafePointer(base + index)
        }
        @inline(__always) unsafeMutableAddress {
            precondition(index >= 0 && index < count, "index out of range")
            return base + index
        }
    }
}
