internal import Events
public import ServiceLifecycle
public import Storage

/// Keeps the switch of this process as storage has it, whichever process uses it.
public struct KillSwitchWatch: Service {
    private let control: KillSwitchControl
    private let store: any Store
    /// Also without an event the state is read so often, in case storage was not readable at the event.
    private static let interval = Duration.seconds(5)

    /// A watch over the switch of a store.
    public init(_ control: KillSwitchControl, store: any Store) {
        (self.control, self.store) = (control, store)
    }

    /// Runs until the service group stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await follow() }
                tasks.addTask {
                    while !Task.isCancelled {
                        await control.refresh()
                        do { try await Task.sleep(for: Self.interval) } catch { return }
                    }
                }
            }
        }
    }

    private func follow() async {
        let filter = EventFilter(types: [.killSwitchEngaged, .killSwitchReleased])
        var iterator = store.hub.subscribe(after: store.hub.end, filter: filter).makeAsyncIterator()
        while !Task.isCancelled {
            do {
                guard try await iterator.next() != nil else { return }
                await control.refresh()
            } catch {
                // The other look goes on; this one starts again a moment later.
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }
}
