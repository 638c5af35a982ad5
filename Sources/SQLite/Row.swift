internal import CSQLite

/// The row a statement stands on; it is there only while the closure that got it runs.
///
/// Columns count from 0. A column of another type is converted as SQLite does it; tables are STRICT, so that happens only in
/// damaged files.
package struct Row: ~Copyable {
  fileprivate let statement: OpaquePointer

  init(of statement: OpaquePointer) {
    self.statement = statement
  }

  package func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(statement, column) == SQLITE_NULL
  }

  package func integer(_ column: Int32) -> Int64 {
    sqlite3_column_int64(statement, column)
  }

  package func real(_ column: Int32) -> Double {
    sqlite3_column_double(statement, column)
  }

  /// The text, NUL characters included; invalid UTF-8, which only a damaged file holds, is repaired.
  package func text(_ column: Int32) -> String {
    // The order is SQLite's: first the pointer, which may convert, then its length.
    guard let start = sqlite3_column_text(statement, column) else { return "" }
    let count = Int(sqlite3_column_bytes(statement, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  package func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(statement, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }

  package func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  package func optionalReal(_ column: Int32) -> Double? { isNull(column) ? nil : real(column) }

  package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  package func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
}

extension Row {
  /// A column as whatever it holds.
  package func value(_ column: Int32) -> Value {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .real(real(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .bytes(bytes(column))
    default: .null
    }
  }
}
