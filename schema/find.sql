-- find.sql: how missions are found: derived data of one mission each, made
-- and unmade with it in its transaction (find_* of queries_find.sql). The
-- views say what the tables must hold; `edge verify` compares them.

-- What a mission can be filtered by, a row each.
CREATE VIEW mission_facet AS
  SELECT mission_id, 'all' AS scope, '' AS key FROM mission
  UNION ALL
  SELECT mission_id, 'year', CAST(year AS TEXT) FROM mission WHERE year <> 0
  UNION ALL
  SELECT mission_id, 'platform', platform FROM mission
  UNION ALL
  SELECT mission_id, 'kind', kind FROM mission
  UNION ALL
  SELECT mission_id, 'wmo', wmo_id FROM mission WHERE wmo_id <> ''
  UNION ALL
  SELECT mission_id, 'project', project FROM mission WHERE project <> ''
  UNION ALL
  SELECT mission_id, 'complete', '' FROM mission WHERE complete
  UNION ALL
  SELECT mission_id, 'variable', variable FROM mission_variable
  UNION ALL
  SELECT mission_id, 'basin', code FROM mission_basin
    JOIN basin USING (basin_id) WHERE code IS NOT NULL;

-- The same the other way round: the missions of a key, a bit each, so that
-- filters are combined and counted without looking at missions. A piece holds
-- 4096 of them: mission_id = 4096 * piece + 8 * byte + bit, the lowest bit
-- first; zero bytes at the end are left off.
CREATE TABLE facet (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,         -- as in mission_facet
  piece INTEGER NOT NULL,
  bits BLOB NOT NULL CHECK (length(bits) <= 512),
  PRIMARY KEY (scope, key, piece)
) STRICT, WITHOUT ROWID;

-- What lists of missions can be in the order of. Missing sorts below all that
-- is there.
CREATE VIEW mission_order_of_facts AS
  SELECT mission_id, 'start' AS sort, start_ms AS key, start_ms AS then_by
    FROM mission
  UNION ALL
  SELECT mission_id, 'mission', platform, number FROM mission
  UNION ALL
  SELECT mission_id, 'days', end_ms - start_ms, start_ms FROM mission
  UNION ALL
  SELECT mission_id, 'basins', substr(trim(ifnull(basin, '')), 1, 60), start_ms
    FROM mission
  UNION ALL
  SELECT mission_id, 'profiles', ifnull(profiles, -1), start_ms FROM mission
  UNION ALL
  SELECT mission_id, 'distance',
    ifnull(CAST(round(distance_m * 1000) AS INTEGER), -1), start_ms
    FROM mission
  UNION ALL
  SELECT mission_id, 'variables', (SELECT count(*) FROM mission_variable AS v
    WHERE v.mission_id = mission.mission_id), start_ms FROM mission;

-- One index for all orders: a page goes on behind (key, then_by, mission_id).
CREATE TABLE mission_order (
  sort TEXT NOT NULL,
  key ANY NOT NULL,          -- milliseconds, millimetres, a count or a text
  then_by INTEGER NOT NULL,  -- where keys are the same: start or number
  mission_id INTEGER NOT NULL REFERENCES mission ON DELETE CASCADE,
  PRIMARY KEY (sort, key, then_by, mission_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX mission_order_mission ON mission_order (mission_id, sort);

-- What a search finds a mission by (schema/search_text.h).
CREATE VIEW mission_words AS
  SELECT m.mission_id, search_text_of(m.platform || ' M' || m.number || ' '
    || p.name || ' ' || ifnull(m.basin, '') || ' ' || m.sea_name || ' '
    || m.project || ' ' || m.wmo_id || ' '
    || ifnull((SELECT group_concat(variable, ' ')
      FROM mission_variable AS v WHERE v.mission_id = m.mission_id), '')
    || ' ' || m.comment) AS words
  FROM mission AS m JOIN platform AS p ON p.serial = m.platform;

-- rowid: mission_id. Letters without their marks, so that "oland" finds Öland.
CREATE VIRTUAL TABLE mission_search USING fts5 (words, columnsize = 0,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

-- The platforms' names as mission_search has them.
CREATE TABLE platform_searched (
  serial TEXT NOT NULL PRIMARY KEY REFERENCES platform ON DELETE CASCADE,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
