internal import SQLite

/// The tables of `index.sqlite`.
///
/// The index can be rebuilt from the project, so it has no migrations: a file of another version is set aside and a new one
/// made. Whoever changes the tables, or the meaning of a column, raises the number.
///
/// 1. Files with their stamps, hashes and facts.
/// 2. The facts of sidecars are rows of texts and no longer JSON.
enum IndexSchema {
  static let version: Int64 = 2

  static let sql = """
    -- What was known of each file of the project when it was last looked at.
    CREATE TABLE files (
      number INTEGER PRIMARY KEY,
      -- Relative to the project folder, as the kernel has it: bytes, which need not be UTF-8.
      path BLOB NOT NULL UNIQUE,
      -- The stamp. Times are nanoseconds since 1970; inode and device are the bits of unsigned numbers.
      size INTEGER NOT NULL,
      modified INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      device INTEGER NOT NULL,
      -- SHA-256 of the content; NULL for a file that nobody had to hash yet.
      digest BLOB CHECK (length(digest) = 32),
      -- When the content was read, nanoseconds since 1970: a file that changed less than a clock tick before is read again.
      hashed_at INTEGER NOT NULL,
      -- What was read from the content, as JSON, so that it need not be read again.
      facts TEXT,
      -- RowCheck over the other columns but the number, in their order here.
      row_check INTEGER NOT NULL
    ) STRICT;

    PRAGMA user_version = \(version);
    """
}
