import Testing

@Suite(.leftToRelease)
struct LayeringTests {
    private func manifest(_ package: ProjectPackage) throws -> Manifest {
        let path = package.folder("Package.swift")
        return Manifest(text: try #require(ProjectTree.text(path)), path: path)
    }

    @Test(arguments: ProjectPackage.allCases)
    func aTargetDependsOnlyOnTargetsAboveItInTheTable(_ package: ProjectPackage) throws {
        let manifest = try manifest(package)
        #expect(manifest.targets.count > (package == .research ? 15 : 5))
        #expect(LayeringRules.problems(manifest: manifest, layers: .of(package)) == [])
    }

    @Test(arguments: ProjectPackage.allCases)
    func anImportIsADeclaredDependency(_ package: ProjectPackage) throws {
        let manifest = try manifest(package)
        let problems = ProjectTree.sources(package)
            .flatMap { LayeringRules.problems(imports: $0, manifest: manifest, layers: .of(package)) }
        #expect(problems == [])
    }

    /// Both packages together: a service sees the types of both.
    @Test func publicTypesAreNamedOnceAndNotLikeAModule() throws {
        let modules = Set(try ProjectPackage.allCases.flatMap { try manifest($0).targets.map(\.name) })
        let sources = ProjectTree.sources + ProjectTree.serverSources
        #expect(LayeringRules.problems(typesOf: sources, modules: modules) == [])
    }

    @Test(arguments: ProjectPackage.allCases)
    func everyTargetHoldsDeclarations(_ package: ProjectPackage) throws {
        let manifest = try manifest(package)
        var declaring: Set<String> = []
        for source in ProjectTree.sources(package) {
            let isMeaningful = source.code.contains { line in
                !line.allSatisfy(\.isWhitespace) && !line.contains("import ")
            }
            if isMeaningful { declaring.insert(source.target) }
        }
        let system = Set(manifest.targets.filter { $0.kind == "systemLibrary" }.map(\.name))
        let folders = ProjectTree.targetFolders(package)
        #expect(folders.filter { !declaring.contains($0) && !system.contains($0) } == [], "empty targets")
        // What tests share is a target that stands among them.
        let others = manifest.targets.filter { $0.kind != "testTarget" && !$0.isAmongTests }.map(\.name)
        #expect(Set(folders) == Set(others))
    }

    @Test(arguments: ProjectPackage.allCases)
    func everyTestFolderIsATestTarget(_ package: ProjectPackage) throws {
        let manifest = try manifest(package)
        let declared = Set(
            manifest.targets.filter { $0.kind == "testTarget" || $0.isAmongTests }.map(\.name))
        let onDisk = Set(ProjectTree.tests(package).map(\.target))
        #expect(onDisk.subtracting(declared) == [], "tests that never run")
        #expect(declared.subtracting(onDisk) == [], "test targets without a test")
    }
}

@Suite struct LayeringRuleTests {
    static let text = """
        let package = Package(targets: [
            .systemLibrary(name: "CCrypto"),
            // .target(name: "Commented", dependencies: ["Units"], path: "x"),
            .target(name: "Units", dependencies: ["CCrypto", "Markets"], swiftSettings: strict),
            .target(
                name: "Markets",
                dependencies: [
                    "Units", .target(name: "Accounting"), .product(name: "Yams", package: "Yams"),
                ], swiftSettings: strict),
            .target(name: "Pricing", dependencies: ["Units"], swiftSettings: strict),
            .testTarget(name: "UnitsTests", dependencies: ["Units"], swiftSettings: strict),
        ])
        """
    let manifest = Manifest(text: Self.text, path: "Package.swift")

    @Test func theManifestIsReadAsItIsWritten() {
        #expect(manifest.targets.map(\.name) == ["CCrypto", "Units", "Markets", "Pricing", "UnitsTests"])
        #expect(manifest.targets[2].dependencies == ["Units", "Accounting", "Yams"])
        #expect(manifest.targets[4].kind == "testTarget")
    }

    @Test func aDependencyDownwardsOrOnAStrangerIsReported() {
        #expect(
            LayeringRules.problems(manifest: manifest, layers: .research) == [
                "Package.swift: Units must not depend on Markets",
                "Package.swift: Markets must not depend on Accounting",
                "Package.swift: Markets must not depend on Yams",
                "Package.swift: target Pricing is not in the table of layers",
            ])
    }

    @Test func anUndeclaredImportIsReported() {
        let source = SourceText(
            path: "Sources/Units/A.swift",
            text: "public import CCrypto\n// import Yams\ninternal import struct Risk.Limit\nimport Glibc\n")
        #expect(
            LayeringRules.problems(imports: source, manifest: manifest, layers: .research) == [
                "Sources/Units/A.swift:3: Risk is not a dependency of Units",
                "Sources/Units/A.swift:4: Units must not touch the system",
            ])
    }

    @Test func aTypeNamedTwiceOrLikeAModuleIsReported() {
        let first = SourceText(
            path: "Sources/Units/A.swift",
            text: "public struct Price {\n    public struct Scale {}\n}\n@frozen public enum Risk {}\n")
        let second = SourceText(
            path: "Sources/Markets/B.swift",
            text: "public final class Price {}\nstruct Scale {}\npublic struct Scale2 {}\n")
        #expect(
            LayeringRules.problems(typesOf: [first, second], modules: ["Units", "Risk"]) == [
                "Sources/Units/A.swift:4: public type Risk has the name of a module",
                "Sources/Markets/B.swift:1: public type Price is also one of Units",
            ])
    }
}
