internal import SQLite

/// The tables of `journal.sqlite` and their history.
///
/// A script that was once released is never edited. What comes later is a further script.
///
/// 1. Jobs, wants that stand down, and the losses of earlier journals.
/// 2. Whether the project is paused, and attempts that failed in passing (`JournalSchema+Steering.swift`).
/// 3. Trust, approvals, and where the project's files came from (`JournalSchema+Admission.swift`).
enum JournalSchema {
  static let version = SchemaVersion([first, steering, admission])

  private static let first = """
    -- Every job, from the moment it is queued. Times are nanoseconds since 1970.
    CREATE TABLE jobs (
      -- In the order of queueing; decides between jobs of one priority, which the clock may not.
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      shot TEXT NOT NULL,
      kind TEXT NOT NULL,
      fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
      recipe TEXT NOT NULL,
      engine TEXT NOT NULL,
      engine_type TEXT NOT NULL,
      reason TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'writing', 'done', 'failed', 'cancelled')),
      priority INTEGER NOT NULL,
      queued_at INTEGER,
      started_at INTEGER,
      ended_at INTEGER,
      attempt INTEGER NOT NULL,
      message TEXT,
      -- The output, all four or none: there from 'writing' on.
      output_file BLOB,
      output_digest BLOB CHECK (length(output_digest) = 32),
      output_bytes INTEGER,
      output_facts TEXT,
      -- RowCheck over the columns from id on, in their order here.
      row_check INTEGER NOT NULL,
      CHECK ((state IN ('writing', 'done')) = (output_file IS NOT NULL)),
      CHECK ((output_file IS NULL) = (output_digest IS NULL)),
      CHECK ((output_file IS NULL) = (output_bytes IS NULL)),
      CHECK ((output_file IS NULL) = (output_facts IS NULL))
    ) STRICT;

    -- A want has one open job at most: queueing it twice queues it once.
    CREATE UNIQUE INDEX open_jobs ON jobs (shot, kind, fingerprint) WHERE state IN ('queued', 'running', 'writing');

    -- For the history, newest first.
    CREATE INDEX ended_jobs ON jobs (ended_at, number) WHERE state IN ('done', 'failed', 'cancelled');

    -- Wants that are not tried again by themselves.
    CREATE TABLE standing_down (
      shot TEXT NOT NULL,
      kind TEXT NOT NULL,
      fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
      state TEXT NOT NULL CHECK (state IN ('failed', 'cancelled')),
      message TEXT,
      since INTEGER NOT NULL,
      -- RowCheck over the other columns, in their order here.
      row_check INTEGER NOT NULL,
      PRIMARY KEY (shot, kind, fingerprint)
    ) STRICT, WITHOUT ROWID;

    -- Journals that were found damaged and set aside before this one was begun. Until a person has seen to it, engines that
    -- cost money wait for approval.
    CREATE TABLE losses (
      number INTEGER PRIMARY KEY,
      -- The name under which the old journal lies beside this one.
      set_aside_as TEXT NOT NULL,
      noticed_at INTEGER NOT NULL,
      -- NULL until a person has seen to it.
      settled_at INTEGER
    ) STRICT;
    """
}
