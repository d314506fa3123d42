-- totals.sql: what is derived. Every row can be dropped and rebuilt from
-- facts.sql: sync counts the scopes a mission touches again (total_count_* of
-- queries_sync.sql) in the transaction that changes the mission, and `edge
-- verify` holds the table against the view below, which says the same in
-- another way.

-- Sums over the counted missions of a scope. Distances are kept in whole
-- millimetres, so that adding in any order gives the same figure.
CREATE TABLE total (
  scope TEXT NOT NULL
    CHECK (scope IN ('all', 'year', 'basin', 'platform', 'project')),
  key TEXT NOT NULL,         -- '' | '2024' | 'SEA-007' | 'SEA063' | a project
  kind TEXT NOT NULL CHECK (kind IN ('glider', 'sailbuoy')),
  platforms INTEGER NOT NULL,      -- different platforms
  missions INTEGER NOT NULL,
  profiles INTEGER NOT NULL,
  sea_time_ms INTEGER NOT NULL,    -- sum of end - start
  distance_mm INTEGER NOT NULL,
  vertical_mm INTEGER NOT NULL,
  data_points INTEGER NOT NULL,
  PRIMARY KEY (scope, key, kind)
) STRICT, WITHOUT ROWID;

-- One row for each scope a counted mission belongs to.
CREATE VIEW mission_scope AS
  SELECT mission_id, 'all' AS scope, '' AS key FROM mission WHERE counted
  UNION ALL
  SELECT mission_id, 'year', CAST(year AS TEXT) FROM mission
    WHERE counted AND year <> 0
  UNION ALL
  SELECT mission_id, 'platform', platform FROM mission WHERE counted
  UNION ALL
  SELECT mission_id, 'project', project FROM mission
    WHERE counted AND project <> ''
  UNION ALL
  SELECT mission_id, 'basin', code FROM mission
    JOIN mission_basin USING (mission_id) JOIN basin USING (basin_id)
    WHERE counted AND code IS NOT NULL;

-- The table `total` as the facts have it.
CREATE VIEW total_of_facts AS
  SELECT scope, key, kind,
    count(DISTINCT platform) AS platforms,
    count(*) AS missions,
    sum(ifnull(profiles, 0)) AS profiles,
    sum(end_ms - start_ms) AS sea_time_ms,
    sum(CAST(round(ifnull(distance_m, 0) * 1000) AS INTEGER)) AS distance_mm,
    sum(CAST(round(ifnull(depth_m, 0) * 1000) AS INTEGER)) AS vertical_mm,
    sum(ifnull(data_points, 0)) AS data_points
  FROM mission_scope JOIN mission USING (mission_id)
  GROUP BY scope, key, kind;
