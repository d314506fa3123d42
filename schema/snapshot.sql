-- snapshot.sql: the file that visitors take away (/data/edge.sqlite): what the
-- pages show as tables for Datasette, QGIS or any program that reads SQLite.
-- Run on a new file with the store attached as `store`, in one transaction.
-- Quarantine, runs, positions in the source and its document numbers stay
-- behind. Table, view and column names are an API: change them by adding, and
-- PRAGMA user_version grows when one has to change. Times are UTC text, whole
-- seconds; positions are degrees, WGS 84.

CREATE TABLE about (
  generation INTEGER NOT NULL,     -- of the portal's data
  as_of TEXT NOT NULL              -- when that was made
) STRICT;
INSERT INTO about
SELECT generation, strftime('%Y-%m-%dT%H:%M:%SZ', changed_ms / 1000,
  'unixepoch')
FROM store.state;

CREATE TABLE platform (
  serial TEXT NOT NULL PRIMARY KEY, -- 'SEA063', 'SB2120'
  kind TEXT NOT NULL,               -- 'glider' or 'sailbuoy'
  name TEXT
) STRICT;
INSERT INTO platform
SELECT serial, kind, nullif(name, '') FROM store.platform ORDER BY serial;

CREATE TABLE mission (
  mission_id INTEGER PRIMARY KEY,   -- in this file only
  platform TEXT NOT NULL REFERENCES platform (serial),
  mission INTEGER NOT NULL,         -- the platform's mission number
  kind TEXT NOT NULL,
  start_time TEXT NOT NULL,
  end_time TEXT NOT NULL,           -- of the last data so far
  complete INTEGER NOT NULL,        -- 1: ended and processed to the end
  basins TEXT,                      -- as published, most time first
  sea_name TEXT,
  project TEXT,
  project_url TEXT,
  wmo_id TEXT,
  comment TEXT,
  profiles INTEGER,
  distance_m REAL,                  -- as published
  depth_m REAL,                     -- metres travelled up and down
  data_points INTEGER,
  lon_min REAL, lon_max REAL, lat_min REAL, lat_max REAL,
  last_time TEXT,                   -- of the last position
  last_lon REAL, last_lat REAL,
  track_points INTEGER NOT NULL,
  UNIQUE (platform, mission)
) STRICT;
INSERT INTO mission
SELECT mission_id, platform, number, kind,
  strftime('%Y-%m-%dT%H:%M:%SZ', start_ms / 1000, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%SZ', end_ms / 1000, 'unixepoch'),
  complete, nullif(trim(basin), ''), nullif(sea_name, ''),
  nullif(project, ''), nullif(project_url, ''), nullif(wmo_id, ''),
  nullif(comment, ''), profiles, distance_m, depth_m, data_points, lon_min,
  lon_max, lat_min, lat_max,
  strftime('%Y-%m-%dT%H:%M:%SZ', last_ms / 1000, 'unixepoch'),
  last_lon, last_lat, track_points
FROM store.mission ORDER BY mission_id;
CREATE INDEX mission_start ON mission (start_time);

CREATE TABLE basin (
  basin_id INTEGER PRIMARY KEY,     -- in this file only
  code TEXT UNIQUE,                 -- 'SEA-007', or NULL
  name TEXT NOT NULL
) STRICT;
INSERT INTO basin SELECT basin_id, code, name FROM store.basin;

CREATE TABLE mission_basin (
  mission_id INTEGER NOT NULL REFERENCES mission,
  rank INTEGER NOT NULL,            -- from 0, most time first
  basin_id INTEGER NOT NULL REFERENCES basin,
  PRIMARY KEY (mission_id, rank)
) STRICT, WITHOUT ROWID;
INSERT INTO mission_basin
SELECT mission_id, rank, basin_id FROM store.mission_basin
ORDER BY mission_id, rank;

CREATE TABLE mission_variable (
  mission_id INTEGER NOT NULL REFERENCES mission,
  variable TEXT NOT NULL,
  PRIMARY KEY (mission_id, variable)
) STRICT, WITHOUT ROWID;
INSERT INTO mission_variable
SELECT mission_id, variable FROM store.mission_variable
ORDER BY mission_id, variable;

-- The tracks in little room; track_point shows them with names and times.
CREATE TABLE track (
  mission_id INTEGER NOT NULL REFERENCES mission,
  number INTEGER NOT NULL,          -- of the dive or fix
  time_ms INTEGER,                  -- milliseconds since 1970, UTC
  lon REAL NOT NULL,
  lat REAL NOT NULL,
  max_depth_m REAL,
  PRIMARY KEY (mission_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO track
SELECT mission_id, number, time_ms, lon, lat, max_depth_m
FROM store.track_point ORDER BY mission_id, number;

CREATE VIEW track_point AS
  SELECT m.platform, m.mission, t.number,
    strftime('%Y-%m-%dT%H:%M:%SZ', t.time_ms / 1000, 'unixepoch') AS time,
    t.lon, t.lat, t.max_depth_m
  FROM track AS t JOIN mission AS m USING (mission_id);

CREATE TABLE totals (
  scope TEXT NOT NULL,              -- all, year, basin, platform, project
  key TEXT NOT NULL,                -- '', '2024', 'SEA-007', 'SEA063', a name
  kind TEXT NOT NULL,
  platforms INTEGER NOT NULL,
  missions INTEGER NOT NULL,
  profiles INTEGER NOT NULL,
  sea_time_s INTEGER NOT NULL,
  distance_km INTEGER NOT NULL,
  vertical_km INTEGER NOT NULL,
  data_points INTEGER NOT NULL,
  PRIMARY KEY (scope, key, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO totals
SELECT scope, key, kind, platforms, missions, profiles, sea_time_ms / 1000,
  distance_mm / 1000000, vertical_mm / 1000000, data_points
FROM store.total ORDER BY scope, key, kind;

CREATE TABLE statistic (
  name TEXT NOT NULL,
  year INTEGER NOT NULL,            -- 0: all years
  key TEXT NOT NULL,
  date TEXT NOT NULL,               -- when the source published it
  number REAL,
  text TEXT,
  PRIMARY KEY (name, year, key)
) STRICT, WITHOUT ROWID;
INSERT INTO statistic
SELECT name, year, key,
  strftime('%Y-%m-%dT%H:%M:%SZ', date_ms / 1000, 'unixepoch'), number, text
FROM store.stat ORDER BY name, year, key;

PRAGMA user_version = 1;
