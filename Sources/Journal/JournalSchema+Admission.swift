extension JournalSchema {
  /// What decides whether engines that cost may start: trust, approvals, and where the project's files came from.
  static let admission = """
    -- What is known of the project and stands in none of its files.
    CREATE TABLE project_facts (
      -- 'head': the commit that git's HEAD was at when wants were last looked at; empty outside of git.
      -- 'made here': `reel init` made the project. 'lost': an earlier journal is gone, and nobody has approved anything since.
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Definitions of engines that a person was shown or that were written here, by the hash of all that they say.
    CREATE TABLE trust (
      definition BLOB PRIMARY KEY CHECK (length(definition) = 32),
      -- Its name in the project, for people.
      engine TEXT NOT NULL,
      -- 0: seen and not trusted. What once had to be asked for does not become trusted by being seen again.
      is_trusted INTEGER NOT NULL CHECK (is_trusted IN (0, 1)),
      since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Wants on engines that cost, from when they are let in or held back until their take is made or they go.
    CREATE TABLE admissions (
      shot TEXT NOT NULL,
      kind TEXT NOT NULL,
      fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
      engine TEXT NOT NULL,
      -- Let in: 'counted' against the burst limit, or 'approved'. Held back: 'burst', 'git', 'lost'.
      mark TEXT NOT NULL CHECK (mark IN ('counted', 'approved', 'burst', 'git', 'lost')),
      since INTEGER NOT NULL,
      PRIMARY KEY (shot, kind, fingerprint, engine)
    ) STRICT, WITHOUT ROWID;
    """
}
