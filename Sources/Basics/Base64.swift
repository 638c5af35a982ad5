internal import COpenSSL

/// Base64 (RFC 4648, with padding) by OpenSSL.
package enum Base64 {
  package static func text(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4 + 1) { buffer in
      Int(EVP_EncodeBlock(buffer.baseAddress, bytes, Int32(bytes.count)))
    }
  }
}
