-- facts.sql: what is replicated. Every row is decoded from one source
-- document and can be fetched again; nothing here is computed over missions.
-- Times are UTC milliseconds since 1970. The source field stands behind each
-- column. Text that the source does not give is '' where edge only shows it,
-- NULL where missing and empty mean different things.

-- One vehicle. A row is made by its first mission; name and published totals
-- come from `gliders` and `sailbuoys`.
CREATE TABLE platform (
  serial TEXT NOT NULL PRIMARY KEY          -- 'SEA063' (platform_serial; glider
    CHECK (length(serial) BETWEEN 1 AND 32), -- 63), 'SB2120' (sailbuoy 2120)
  kind TEXT NOT NULL CHECK (kind IN ('glider', 'sailbuoy')),
  name TEXT NOT NULL DEFAULT '',            -- gliders.name
  published_profiles INTEGER,               -- gliders.total_profiles
  published_seconds REAL,                   -- total_seconds
  published_depth_m REAL,                   -- gliders.total_depth
  published_distance_m REAL,                -- sailbuoys.total_dist
  described INTEGER NOT NULL DEFAULT 0      -- 1: gliders or sailbuoys has it;
    CHECK (described IN (0, 1))             -- 0: only missions name it
) STRICT, WITHOUT ROWID;

-- One mission; identity (platform, number). The source writes a mission again
-- under a new _id, so the _id is only a field here.
CREATE TABLE mission (
  mission_id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL REFERENCES platform (serial),
  number INTEGER NOT NULL                   -- mission
    CHECK (number BETWEEN 0 AND 2147483647),
  kind TEXT NOT NULL CHECK (kind IN ('glider', 'sailbuoy')),
  start_ms INTEGER NOT NULL,                -- start
  end_ms INTEGER NOT NULL                   -- end
    CHECK (end_ms >= start_ms),
  year INTEGER NOT NULL,                    -- Y with Jan 1 Y < start < Jan 1
                                            -- Y+1; 0 on the stroke of Jan 1
  basin_exists INTEGER NOT NULL             -- 1: the field basin is there, be
    CHECK (basin_exists IN (0, 1)),         -- it null
  basin TEXT,                               -- basin; NULL: missing or null
  counted INTEGER NOT NULL                  -- 1: totals count it (a sailbuoy, or
    CHECK (counted IN (0, 1)),              -- basin neither missing, null, '')
  complete INTEGER NOT NULL                 -- is_complete
    CHECK (complete IN (0, 1)),
  profiles INTEGER,                         -- total_profiles
  depth_m REAL,                             -- total_depth, metres travelled
  distance_m REAL,                          -- total_distance_m, as published
  data_points INTEGER,                      -- total_data_points
  lon_min REAL, lon_max REAL,               -- degrees, WGS 84
  lat_min REAL, lat_max REAL,
  sea_name TEXT NOT NULL,                   -- sea_name
  wmo_id TEXT NOT NULL,                     -- wmo_id, number or text
  project TEXT NOT NULL,                    -- project; '' = none
  project_url TEXT NOT NULL,                -- project_url
  comment TEXT NOT NULL,                    -- comment
  modified_ms INTEGER,                      -- last_modified; not a watermark
  track_points INTEGER NOT NULL             -- rows in track_point
    CHECK (track_points >= 0),
  profile_documents INTEGER NOT NULL        -- documents in `profiles`, also
    DEFAULT 0,                              -- those that do not fit
  profile_last_ms INTEGER,                  -- the last `time` of them
  last_ms INTEGER,                          -- of the last track point: its time
  last_lon REAL, last_lat REAL,             -- and position
  source_id TEXT NOT NULL,                  -- _id as Extended JSON
  fingerprint BLOB NOT NULL                 -- SHA-256 of _id and the projected
    CHECK (length(fingerprint) = 32),       -- fields
  synced_ms INTEGER NOT NULL,               -- when edge applied it
  completed_ms INTEGER,                     -- when edge saw it turn complete;
                                            -- its end when it was so from the
                                            -- first; NULL while it is not
  UNIQUE (platform, number)
) STRICT;

CREATE INDEX mission_start ON mission (start_ms);
CREATE INDEX mission_platform_start ON mission (platform, start_ms);
CREATE INDEX mission_year_start ON mission (year, start_ms);
CREATE INDEX mission_project_start ON mission (project, start_ms);
CREATE INDEX mission_kind_end ON mission (kind, end_ms);
CREATE INDEX mission_unfinished ON mission (kind, end_ms) WHERE NOT complete;
CREATE INDEX mission_completed ON mission (completed_ms)
  WHERE completed_ms IS NOT NULL;
CREATE INDEX mission_box ON mission (lon_min, lon_max, lat_min, lat_max);
CREATE INDEX mission_source_id ON mission (source_id);

-- A sea area. The 18 with a code have a page of their own; others are made by
-- missions that name them.
CREATE TABLE basin (
  basin_id INTEGER PRIMARY KEY,
  code TEXT UNIQUE CHECK (code GLOB 'SEA-[0-9][0-9][0-9]'),
  name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO basin (code, name) VALUES
  ('SEA-001', 'Kattegat'), ('SEA-002', 'Great Belt'),
  ('SEA-003', 'The Sound'), ('SEA-004', 'Kiel Bay'),
  ('SEA-005', 'Bay of Mecklenburg'), ('SEA-006', 'Arkona Basin'),
  ('SEA-007', 'Bornholm Basin'), ('SEA-008', 'Gdansk Basin'),
  ('SEA-009', 'Eastern Gotland Basin'), ('SEA-010', 'Western Gotland Basin'),
  ('SEA-011', 'Gulf of Riga'), ('SEA-012', 'Northern Baltic Proper'),
  ('SEA-013', 'Gulf of Finland'), ('SEA-014', 'Åland Sea'),
  ('SEA-015', 'Bothnian Sea'), ('SEA-016', 'The Quark'),
  ('SEA-017', 'Bothnian Bay'), ('SEA-018', 'Skagerrak');

-- The basins a mission's text names, most time first. start_ms repeats the
-- mission's so that one index serves a basin's missions in order.
CREATE TABLE mission_basin (
  mission_id INTEGER NOT NULL REFERENCES mission ON DELETE CASCADE,
  rank INTEGER NOT NULL,
  basin_id INTEGER NOT NULL REFERENCES basin,
  start_ms INTEGER NOT NULL,
  PRIMARY KEY (mission_id, rank)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX mission_basin_start
  ON mission_basin (basin_id, start_ms, mission_id);

-- What a mission measured, in alphabetical order of the names.
CREATE TABLE mission_variable (
  mission_id INTEGER NOT NULL REFERENCES mission ON DELETE CASCADE,
  variable TEXT NOT NULL,                   -- variables[]
  start_ms INTEGER NOT NULL,
  PRIMARY KEY (mission_id, variable)
) STRICT, WITHOUT ROWID;

CREATE INDEX mission_variable_start
  ON mission_variable (variable, start_ms, mission_id);

-- One dive of a glider (a document of `profiles`) or one fix of a sailbuoy
-- (its place in the arrays lon and lat, from 0).
CREATE TABLE track_point (
  mission_id INTEGER NOT NULL REFERENCES mission ON DELETE CASCADE,
  number INTEGER NOT NULL,                  -- profiles.number
  time_ms INTEGER,                          -- time; NULL for a sailbuoy
  lon REAL NOT NULL CHECK (lon BETWEEN -180 AND 180), -- degrees, WGS 84
  lat REAL NOT NULL CHECK (lat BETWEEN -90 AND 90),
  max_depth_m REAL,                         -- max_depth, metres
  PRIMARY KEY (mission_id, number)
) STRICT, WITHOUT ROWID;

-- The track with fewer corners, for maps: an encoded polyline with 5 decimals.
CREATE TABLE track_line (
  mission_id INTEGER NOT NULL REFERENCES mission ON DELETE CASCADE,
  detail INTEGER NOT NULL                   -- 0 sea, 1 basin, 2 mission: see
    CHECK (detail IN (0, 1, 2)),            -- sync/track.h for the tolerances
  points INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (mission_id, detail)
) STRICT, WITHOUT ROWID;

-- Published statistics (gliderstats): one row a name, year and key.
CREATE TABLE stat (
  name TEXT NOT NULL,                       -- name, 'glider_uptime'
  year INTEGER NOT NULL,                    -- stat_year, 0 = all years
  key TEXT NOT NULL,                        -- key in value
  date_ms INTEGER NOT NULL,                 -- date; only the newest is kept
  number REAL,                              -- the value, one of the two
  text TEXT,
  PRIMARY KEY (name, year, key),
  CHECK ((number IS NULL) <> (text IS NULL))
) STRICT, WITHOUT ROWID;

-- What the source's processing has done of a mission (pipelinestatus).
CREATE TABLE pipeline (
  platform TEXT NOT NULL,                   -- platform_serial
  number INTEGER NOT NULL,                  -- mission
  step TEXT NOT NULL,                       -- 'yml', 'nrt_profiles', … 'up'
  value INTEGER CHECK (value >= 0),         -- 1 done, 0 not, or how many of
                                            -- them; NULL: missing
  time_ms INTEGER,                          -- <step>_time or <step>_mtime
  PRIMARY KEY (platform, number, step)
) STRICT, WITHOUT ROWID;

-- Processed to the end, and not yet.
CREATE INDEX pipeline_done ON pipeline (ifnull(time_ms, 0), platform, number)
  WHERE step = 'complete_plots' AND ifnull(value, 0);
CREATE INDEX pipeline_open ON pipeline (platform, number)
  WHERE step = 'complete_plots' AND NOT ifnull(value, 0);
