-- staging.sql: temporary tables of one run, on the writer's connection only.
-- They hold what the source has, so that a plan needs no memory: the
-- differences are asked from SQLite.

-- One document of a mission collection. fits = 0: it is in quarantine and the
-- mission served before, if any, is held. The later _id of two documents of a
-- mission wins.
CREATE TEMP TABLE staged_mission (
  platform TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  fits INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  document BLOB NOT NULL,          -- projected BSON
  PRIMARY KEY (platform, number)
) STRICT, WITHOUT ROWID;

-- The documents of the plan before, to tell which the source has written again
-- while all profiles were read.
CREATE TEMP TABLE staged_before (
  platform TEXT NOT NULL,
  number INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  PRIMARY KEY (platform, number)
) STRICT, WITHOUT ROWID;

-- Track points of missions that are new or changed, when they are read in one
-- scan.
CREATE TEMP TABLE staged_point (
  platform TEXT NOT NULL,
  number INTEGER NOT NULL,
  point INTEGER NOT NULL,
  time_ms INTEGER,
  lon REAL NOT NULL,
  lat REAL NOT NULL,
  max_depth_m REAL,
  source_id TEXT NOT NULL,
  PRIMARY KEY (platform, number, point)
) STRICT, WITHOUT ROWID;

-- Documents that do not fit, as found by this run.
CREATE TEMP TABLE staged_quarantine (
  collection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  field TEXT NOT NULL,
  reason TEXT NOT NULL,
  platform TEXT NOT NULL,
  number INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (collection, source_id)
) STRICT, WITHOUT ROWID;

-- Scopes whose totals a transaction must count again.
CREATE TEMP TABLE touched (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

-- Missions of the store that verify expects although the source does not give
-- them.
CREATE TEMP TABLE hold (
  mission_id INTEGER PRIMARY KEY,
  why TEXT NOT NULL
) STRICT;

-- Missions that a run on this connection kept as they are served, and what it
-- met: the document's fingerprint, its profiles and how many of them fit. It
-- stays from run to run.
CREATE TEMP TABLE held (
  platform TEXT NOT NULL,
  number INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  documents INTEGER NOT NULL,
  fitting INTEGER NOT NULL,
  PRIMARY KEY (platform, number)
) STRICT, WITHOUT ROWID;

-- Documents of `profiles` and the last `time` among them, by mission.
CREATE TEMP TABLE staged_count (
  platform TEXT NOT NULL,
  number INTEGER NOT NULL,
  documents INTEGER NOT NULL,
  last_ms INTEGER,
  PRIMARY KEY (platform, number)
) STRICT, WITHOUT ROWID;
