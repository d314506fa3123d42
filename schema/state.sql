-- state.sql: what edge knows about itself.

-- One row. `generation` grows by one with every commit that changes something
-- a page shows; entity tags and the page cache hang on it.
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1), -- the only row
  store_id TEXT NOT NULL,      -- random; another store has another
  generation INTEGER NOT NULL CHECK (generation >= 0),
  changed_ms INTEGER NOT NULL, -- when the generation was made, UTC ms
  source TEXT NOT NULL,        -- server or directory, without credentials
  deep_ms INTEGER NOT NULL,    -- when tracks were last counted in the source
  mapping TEXT NOT NULL        -- digest of the mapping it was filled with
) STRICT;

INSERT INTO state VALUES (1, lower(hex(randomblob(8))), 0, 0, '', 0, '');

-- Where each change stream goes on: the resume token after the last event
-- whose effect is in the store. Written in the transaction of that effect.
CREATE TABLE position (
  collection TEXT NOT NULL PRIMARY KEY,
  token BLOB NOT NULL,             -- BSON
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Runs that changed something, newest 500. Runs that found nothing new and
-- runs that failed are in the status file beside the store (schema/beat.h).
CREATE TABLE run (
  run_id INTEGER PRIMARY KEY,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  verb TEXT NOT NULL,              -- 'sync', 'import'
  mode TEXT NOT NULL,              -- 'snapshot', 'watch', 'poll', 'resync'
  reason TEXT NOT NULL,            -- why a resync was needed; else ''
  missions_new INTEGER NOT NULL,
  missions_changed INTEGER NOT NULL,
  missions_removed INTEGER NOT NULL,
  profiles INTEGER NOT NULL,       -- track points written
  quarantined INTEGER NOT NULL     -- documents in quarantine at its end
) STRICT;

-- Documents that do not fit, as they are now in the source. A mission that
-- was served before stays as it was.
CREATE TABLE quarantine (
  collection TEXT NOT NULL,
  source_id TEXT NOT NULL,         -- _id as Extended JSON; '#12': the 12th
                                   -- document of a dump, without an _id
  field TEXT NOT NULL,             -- the first field that does not fit
  reason TEXT NOT NULL,            -- every field that does not, and why
  platform TEXT NOT NULL,          -- '' when it cannot be read
  number INTEGER NOT NULL,         -- -1 when it cannot be read
  first_ms INTEGER NOT NULL,       -- when edge first saw it in this form
  document TEXT NOT NULL,          -- Extended JSON, cut at 4 KiB
  PRIMARY KEY (collection, source_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX quarantine_mission ON quarantine (platform, number);
CREATE INDEX quarantine_field ON quarantine (collection, field);

-- Missions that the source no longer has, kept for the grace time because it
-- deletes a mission before it writes it again.
CREATE TABLE gone (
  mission_id INTEGER PRIMARY KEY REFERENCES mission ON DELETE CASCADE,
  since_ms INTEGER NOT NULL
) STRICT;

-- Small collections that are applied as a whole when their digest changes.
CREATE TABLE extra (
  collection TEXT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;
