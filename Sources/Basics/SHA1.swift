internal import COpenSSL

/// SHA-1 by OpenSSL, for protocols that ask for it and for nothing that has to be safe.
package enum SHA1 {
  /// The twenty bytes of a hash.
  package static func hash(of content: [UInt8]) -> [UInt8] {
    // OpenSSL is prepared there.
    _ = SHA256()
    return [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      var size: UInt32 = 0
      let isDone = content.withUnsafeBytes {
        EVP_Digest($0.baseAddress, $0.count, buffer.baseAddress, &size, EVP_sha1(), nil)
      }
      guard isDone == 1, size == 20 else {
        preconditionFailure("Internal inconsistency: OpenSSL offers no SHA-1")
      }
      count = 20
    }
  }
}
