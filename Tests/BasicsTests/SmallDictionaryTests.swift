import Basics
import Testing

@Suite("SmallDictionary")
struct SmallDictionaryTests {
  @Test("what is put in is found, replaced and taken out as in a Dictionary")
  func behavesLikeDictionary() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var small: SmallDictionary<Int, String> = [:]
      var large: [Int: String] = [:]
      for step in 0..<20 {
        let key = Int.random(in: 0..<6, using: &random)
        let value = Bool.random(using: &random) ? "\(step)" : nil
        small[key] = value
        large[key] = value
        #expect(small.isEmpty == large.isEmpty)
        #expect(Set(small.keys) == Set(large.keys) && small.keys.count == large.count)
        for key in 0..<6 { #expect(small[key] == large[key]) }
        #expect(small.values.sorted() == large.values.sorted())
      }
    }
  }

  @Test("two are equal whatever the order of their keys, and a literal's last value counts")
  func equality() {
    let one: SmallDictionary = ["a": 1, "b": 2]
    #expect(one == ["b": 2, "a": 1])
    #expect(one != ["a": 1])
    #expect(["a": 1] as SmallDictionary != one)
    #expect(one != ["a": 1, "b": 3])
    #expect(["a": 1, "a": 2] as SmallDictionary == ["a": 2])
    #expect(one.keys == ["a", "b"])
    #expect(one.map(\.value) == [1, 2])
  }
}
