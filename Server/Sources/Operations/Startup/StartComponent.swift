/// A part of a service that has to be started: what it needs to be there, and how it starts.
public struct StartComponent: Sendable {
    /// Its name, in health as well.
    public let name: ComponentName
    /// The parts that must be there before.
    public let needs: [ComponentName]
    /// Starts it; it says how it is through what it is handed, and registers its checks.
    public let start: @Sendable (ComponentHealth) async throws -> Void

    /// A part.
    public init(
        _ name: ComponentName, needs: [ComponentName] = [],
        start: @escaping @Sendable (ComponentHealth) async throws -> Void
    ) {
        (self.name, self.needs, self.start) = (name, needs, start)
    }
}

/// Why parts cannot be put in an order.
public struct StartOrderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    public let description: String
}

/// The order in which parts start: each after those that it needs, otherwise as they were given.
public enum StartOrder {
    /// Sorts.
    ///
    /// - Throws: ``StartOrderError`` when two parts have one name, one needs a part that is not there, or
    ///   parts need each other.
    public static func sorted(_ components: [StartComponent]) throws(StartOrderError) -> [StartComponent] {
        var names: Set<ComponentName> = []
        for component in components where !names.insert(component.name).inserted {
            throw StartOrderError(description: "two parts are called \(component.name)")
        }
        for component in components {
            for need in component.needs where !names.contains(need) {
                throw StartOrderError(
                    description: "\(component.name) needs \(need), which this process does not have")
            }
        }
        var sorted: [StartComponent] = []
        var done: Set<ComponentName> = []
        while sorted.count < components.count {
            let next = components.first { component in
                !done.contains(component.name) && component.needs.allSatisfy(done.contains)
            }
            guard let next else {
                let rest = components.filter { !done.contains($0.name) }.map(\.name.text).joined(
                    separator: ", ")
                throw StartOrderError(
                    description: "these parts need each other, so none can be first: \(rest)")
            }
            sorted.append(next)
            done.insert(next.name)
        }
        return sorted
    }

    /// Starts parts in their order; each is registered with health before it starts, and is marked
    /// initialised after.
    ///
    /// - Throws: ``StartFailure`` of the step ``StartStep/components`` at the first that fails; those after
    ///   it are not started.
    public static func start(_ components: [StartComponent], health: HealthRegistry)
        async throws(StartFailure)
    {
        let ordered: [StartComponent]
        do throws(StartOrderError) {
            ordered = try sorted(components)
        } catch {
            throw StartFailure(step: .components, cause: error)
        }
        for component in ordered {
            let step: StartStep = component.name == .dataProvider ? .dataProvider : .components
            do {
                let part = try health.register(component: component.name)
                part.mark("initialized", false)
                try await component.start(part)
                part.mark("initialized")
            } catch {
                throw StartFailure(step: step, component: component.name, cause: error)
            }
        }
    }
}
