internal import COpenSSL

/// SHA-1 by OpenSSL, for protocols that ask for it and for nothing that has to be safe.
package enum SHA1 {
  /// The twenty bytes of a hash.
  package static func hash(of content: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      var context = SHA_CTX()
      SHA1_Init(&context)
      SHA1_Update(&context, content, content.count)
      SHA1_Final(buffer.baseAddress, &context)
      count = 20
    }
  }
}
