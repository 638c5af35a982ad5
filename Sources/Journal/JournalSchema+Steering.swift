extension JournalSchema {
  /// What a person steers by hand, and what waits for its next attempt.
  static let steering = """
    -- A row while the project is paused: no job is started.
    CREATE TABLE pauses (
      number INTEGER PRIMARY KEY CHECK (number = 1),
      -- Nanoseconds since 1970.
      since INTEGER NOT NULL
    ) STRICT;

    -- Wants whose last attempt failed in a way that can pass. Jobs are closed and queued anew by a restart; this stays, so
    -- that the next run goes on counting. A row that is lost costs an attempt more than was meant, and nothing else.
    CREATE TABLE backoffs (
      shot TEXT NOT NULL,
      kind TEXT NOT NULL,
      fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
      -- The number of the attempt that comes next, from 2.
      attempt INTEGER NOT NULL,
      -- When it comes, nanoseconds since 1970.
      next_at INTEGER NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (shot, kind, fingerprint)
    ) STRICT, WITHOUT ROWID;
    """
}
