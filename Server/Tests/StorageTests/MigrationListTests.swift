import Storage
import Testing

@Suite struct MigrationListTests {
    @Test func everyStepHasItsOwnNumberAndNameInOrder() {
        let numbers = Migration.all.map(\.number)
        #expect(numbers == Set(numbers).sorted())
        #expect(Set(Migration.all.map(\.name)).count == Migration.all.count)
    }
}
