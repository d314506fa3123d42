-- queries_verify.sql: the statements of `edge verify`. main is what the store
-- should be, built from the source a moment ago; other is the store. Each
-- verify_* statement yields one row a difference: what, which, expected,
-- found. They read whole tables.

-- name: verify_hold
-- role: writer
-- Missions that the store keeps by rule although the source no longer gives
-- them: held because their document is in quarantine, or in their grace time.
-- 1: the grace time began after this moment.
INSERT INTO hold
SELECT o.mission_id, CASE WHEN g.since_ms IS NULL THEN 'held: its document is '
  || 'in quarantine' ELSE 'kept: it vanished from the source' END
FROM other.mission AS o LEFT JOIN other.gone AS g USING (mission_id)
WHERE NOT EXISTS (SELECT 1 FROM main.mission AS m
    WHERE m.platform = o.platform AND m.number = o.number)
  AND (g.since_ms > ?1 OR EXISTS (SELECT 1 FROM main.quarantine AS q
    WHERE q.collection IN ('glidermissions', 'sailbuoymissions')
    AND (q.source_id = o.source_id
      OR (q.platform = o.platform AND q.number = o.number))));

-- name: verify_fewer
-- role: writer
-- Missions with fewer track points in the source than in the store: what of
-- them is held is for sync/guard.c to say.
SELECT o.mission_id, m.kind = 'glider', m.profile_documents, m.track_points,
  o.track_points
FROM main.mission AS m JOIN other.mission AS o USING (platform, number)
WHERE m.track_points < o.track_points;

-- name: verify_hold_track
-- role: writer
-- One of those that are held. 1: mission_id.
INSERT INTO hold VALUES (?1, 'held: its track does not fit any more');

-- name: verify_held
-- role: writer
-- Those missions, for the report.
SELECT platform || ' M' || number, why
FROM hold JOIN other.mission USING (mission_id) ORDER BY 1;

-- name: verify_hold_give_way
-- role: writer
-- What the source says of them is not what the store should have.
DELETE FROM main.mission WHERE (platform, number) IN (
  SELECT platform, number FROM other.mission JOIN hold USING (mission_id));

-- name: verify_hold_platforms
-- role: writer
INSERT OR IGNORE INTO main.platform (serial, kind)
SELECT DISTINCT platform, kind
FROM other.mission JOIN hold USING (mission_id);

-- name: verify_hold_missions
-- role: writer
-- Ids beyond any of the built store.
INSERT INTO main.mission
SELECT mission_id + 1000000000, platform, number, kind, start_ms, end_ms,
  year, basin_exists, basin, counted, complete, profiles, depth_m, distance_m,
  data_points, lon_min, lon_max, lat_min, lat_max, sea_name, wmo_id, project,
  project_url, comment, modified_ms, track_points, profile_documents,
  profile_last_ms, last_ms, last_lon, last_lat, source_id, fingerprint,
  synced_ms, completed_ms
FROM other.mission JOIN hold USING (mission_id);

-- name: verify_hold_basins
-- role: writer
INSERT OR IGNORE INTO main.basin (code, name)
SELECT DISTINCT code, name FROM other.basin
JOIN other.mission_basin USING (basin_id) JOIN hold USING (mission_id);

-- name: verify_hold_mission_basins
-- role: writer
INSERT INTO main.mission_basin
SELECT mb.mission_id + 1000000000, mb.rank, m.basin_id, mb.start_ms
FROM other.mission_basin AS mb JOIN hold USING (mission_id)
JOIN other.basin AS b ON b.basin_id = mb.basin_id
JOIN main.basin AS m ON m.name = b.name;

-- name: verify_hold_variables
-- role: writer
INSERT INTO main.mission_variable
SELECT mission_id + 1000000000, variable, start_ms
FROM other.mission_variable JOIN hold USING (mission_id);

-- name: verify_hold_points
-- role: writer
INSERT INTO main.track_point
SELECT mission_id + 1000000000, number, time_ms, lon, lat, max_depth_m
FROM other.track_point JOIN hold USING (mission_id);

-- name: verify_hold_lines
-- role: writer
INSERT INTO main.track_line
SELECT mission_id + 1000000000, detail, points, line
FROM other.track_line JOIN hold USING (mission_id);

-- name: verify_missions
-- role: writer
SELECT 'mission' AS what, m.platform || ' M' || m.number AS which,
  'present' AS expected, 'missing' AS found
FROM main.mission AS m WHERE NOT EXISTS (SELECT 1 FROM other.mission AS o
  WHERE o.platform = m.platform AND o.number = m.number)
UNION ALL
SELECT 'mission', o.platform || ' M' || o.number, 'absent', 'present'
FROM other.mission AS o WHERE NOT EXISTS (SELECT 1 FROM main.mission AS m
  WHERE o.platform = m.platform AND o.number = m.number);

-- name: verify_fields
-- role: writer
SELECT 'mission fields', m.platform || ' M' || m.number, 'as the source',
  CASE WHEN m.kind IS NOT o.kind THEN 'kind ' ELSE '' END ||
  CASE WHEN m.start_ms IS NOT o.start_ms THEN 'start ' ELSE '' END ||
  CASE WHEN m.end_ms IS NOT o.end_ms THEN 'end ' ELSE '' END ||
  CASE WHEN m.year IS NOT o.year THEN 'year ' ELSE '' END ||
  CASE WHEN m.basin IS NOT o.basin OR m.basin_exists IS NOT o.basin_exists
    THEN 'basin ' ELSE '' END ||
  CASE WHEN m.counted IS NOT o.counted THEN 'counted ' ELSE '' END ||
  CASE WHEN m.complete IS NOT o.complete THEN 'complete ' ELSE '' END ||
  CASE WHEN m.profiles IS NOT o.profiles THEN 'profiles ' ELSE '' END ||
  CASE WHEN m.depth_m IS NOT o.depth_m THEN 'depth ' ELSE '' END ||
  CASE WHEN m.distance_m IS NOT o.distance_m THEN 'distance ' ELSE '' END ||
  CASE WHEN m.data_points IS NOT o.data_points THEN 'data_points '
    ELSE '' END ||
  CASE WHEN m.lon_min IS NOT o.lon_min OR m.lon_max IS NOT o.lon_max
    OR m.lat_min IS NOT o.lat_min OR m.lat_max IS NOT o.lat_max
    THEN 'extent ' ELSE '' END ||
  CASE WHEN m.sea_name IS NOT o.sea_name THEN 'sea_name ' ELSE '' END ||
  CASE WHEN m.wmo_id IS NOT o.wmo_id THEN 'wmo_id ' ELSE '' END ||
  CASE WHEN m.project IS NOT o.project OR m.project_url IS NOT o.project_url
    THEN 'project ' ELSE '' END ||
  CASE WHEN m.comment IS NOT o.comment THEN 'comment ' ELSE '' END ||
  CASE WHEN m.modified_ms IS NOT o.modified_ms THEN 'modified ' ELSE '' END ||
  CASE WHEN m.last_ms IS NOT o.last_ms OR m.last_lon IS NOT o.last_lon
    OR m.last_lat IS NOT o.last_lat THEN 'last position ' ELSE '' END ||
  CASE WHEN m.profile_documents IS NOT o.profile_documents
    OR m.profile_last_ms IS NOT o.profile_last_ms
    THEN 'profile documents ' ELSE '' END ||
  CASE WHEN m.source_id IS NOT o.source_id
    OR m.fingerprint IS NOT o.fingerprint THEN 'document ' ELSE '' END
  || 'differ' AS found
FROM main.mission AS m JOIN other.mission AS o
  ON o.platform = m.platform AND o.number = m.number
WHERE found <> 'differ';

-- name: verify_track_counts
-- role: writer
SELECT 'track', m.platform || ' M' || m.number,
  (SELECT count(*) FROM main.track_point AS p
    WHERE p.mission_id = m.mission_id) AS expected,
  (SELECT count(*) FROM other.track_point AS p
    WHERE p.mission_id = o.mission_id) AS found
FROM main.mission AS m JOIN other.mission AS o
  ON o.platform = m.platform AND o.number = m.number
WHERE expected <> found OR found <> o.track_points;

-- name: verify_track_points
-- role: writer
SELECT 'track points', m.platform || ' M' || m.number, 'as the source',
  count(*) || ' differ, the first is number ' || min(p.number)
FROM main.mission AS m JOIN other.mission AS o
  ON o.platform = m.platform AND o.number = m.number
JOIN main.track_point AS p ON p.mission_id = m.mission_id
LEFT JOIN other.track_point AS q
  ON q.mission_id = o.mission_id AND q.number = p.number
WHERE p.time_ms IS NOT q.time_ms OR p.lon IS NOT q.lon OR p.lat IS NOT q.lat
  OR p.max_depth_m IS NOT q.max_depth_m
GROUP BY m.mission_id;

-- name: verify_track_lines
-- role: writer
SELECT 'track line', m.platform || ' M' || m.number, 'detail ' || l.detail,
  'differs'
FROM main.mission AS m JOIN other.mission AS o
  ON o.platform = m.platform AND o.number = m.number
JOIN main.track_line AS l ON l.mission_id = m.mission_id
LEFT JOIN other.track_line AS k
  ON k.mission_id = o.mission_id AND k.detail = l.detail
WHERE k.line IS NOT l.line OR k.points IS NOT l.points;

-- name: verify_basins
-- role: writer
SELECT 'basins', m.platform || ' M' || m.number,
  ifnull((SELECT group_concat(name, ', ') FROM (SELECT b.name
    FROM main.mission_basin AS mb JOIN main.basin AS b USING (basin_id)
    WHERE mb.mission_id = m.mission_id ORDER BY mb.rank)), '') AS expected,
  ifnull((SELECT group_concat(name, ', ') FROM (SELECT b.name
    FROM other.mission_basin AS mb JOIN other.basin AS b USING (basin_id)
    WHERE mb.mission_id = o.mission_id ORDER BY mb.rank)), '') AS found
FROM main.mission AS m JOIN other.mission AS o
  ON o.platform = m.platform AND o.number = m.number
WHERE expected <> found;

-- name: verify_variables
-- role: writer
SELECT 'variables', m.platform || ' M' || m.number,
  ifnull((SELECT group_concat(variable, ', ') FROM main.mission_variable AS v
    WHERE v.mission_id = m.mission_id), '') AS expected,
  ifnull((SELECT group_concat(variable, ', ') FROM other.mission_variable AS v
    WHERE v.mission_id = o.mission_id), '') AS found
FROM main.mission AS m JOIN other.mission AS o
  ON o.platform = m.platform AND o.number = m.number
WHERE expected <> found;

-- name: verify_starts
-- role: writer
-- The start that lists of basins and variables repeat of the mission.
SELECT 'basins', o.platform || ' M' || o.number, 'start as the mission',
  'another start'
FROM other.mission AS o WHERE EXISTS (SELECT 1 FROM other.mission_basin AS mb
  WHERE mb.mission_id = o.mission_id AND mb.start_ms <> o.start_ms)
UNION ALL
SELECT 'variables', o.platform || ' M' || o.number, 'start as the mission',
  'another start'
FROM other.mission AS o WHERE EXISTS (SELECT 1
  FROM other.mission_variable AS mv
  WHERE mv.mission_id = o.mission_id AND mv.start_ms <> o.start_ms);

-- name: verify_totals
-- role: writer
SELECT 'total', t.scope || ' ' || t.key || ' ' || t.kind,
  format('%d platforms, %d missions, %d profiles, %d ms, %d mm, %d mm deep, '
    || '%d data points', t.platforms, t.missions, t.profiles, t.sea_time_ms,
    t.distance_mm, t.vertical_mm, t.data_points) AS expected,
  ifnull((SELECT format('%d platforms, %d missions, %d profiles, %d ms, '
    || '%d mm, %d mm deep, %d data points', o.platforms, o.missions,
    o.profiles, o.sea_time_ms, o.distance_mm, o.vertical_mm, o.data_points)
    FROM other.total AS o WHERE o.scope = t.scope AND o.key = t.key
    AND o.kind = t.kind), 'missing') AS found
FROM main.total AS t WHERE expected <> found
UNION ALL
SELECT 'total', o.scope || ' ' || o.key || ' ' || o.kind, 'absent', 'present'
FROM other.total AS o WHERE NOT EXISTS (SELECT 1 FROM main.total AS t
  WHERE t.scope = o.scope AND t.key = o.key AND t.kind = o.kind);

-- name: verify_recount
-- role: writer
-- The store's totals against its own facts, counted in another way.
SELECT 'total against facts', scope || ' ' || key || ' ' || kind,
  'as the facts of the store', 'differs'
FROM (SELECT * FROM other.total_of_facts EXCEPT SELECT * FROM other.total)
UNION ALL
SELECT 'total against facts', scope || ' ' || key || ' ' || kind,
  'as the facts of the store', 'differs'
FROM (SELECT * FROM other.total EXCEPT SELECT * FROM other.total_of_facts);

-- name: verify_facets
-- role: writer
-- What lists are filtered by against the facts of the store.
SELECT DISTINCT 'filter against facts', scope || ' ' || key,
  'as the facts of the store', 'differs'
FROM (SELECT * FROM (SELECT * FROM other.facet
    EXCEPT SELECT scope, key, mission_id / 4096, bit_collect(mission_id % 4096)
      FROM other.mission_facet GROUP BY 1, 2, 3)
  UNION ALL SELECT * FROM (SELECT scope, key, mission_id / 4096,
      bit_collect(mission_id % 4096) FROM other.mission_facet GROUP BY 1, 2, 3
    EXCEPT SELECT * FROM other.facet));

-- name: verify_orders
-- role: writer
SELECT DISTINCT 'order against facts', m.platform || ' M' || m.number,
  'as the facts of the store', 'order of ' || sort || ' differs'
FROM (SELECT * FROM (SELECT sort, key, then_by, mission_id
      FROM other.mission_order
    EXCEPT SELECT sort, key, then_by, mission_id
      FROM other.mission_order_of_facts)
  UNION ALL SELECT * FROM (SELECT sort, key, then_by, mission_id
      FROM other.mission_order_of_facts
    EXCEPT SELECT sort, key, then_by, mission_id FROM other.mission_order))
JOIN other.mission AS m USING (mission_id);

-- name: verify_words
-- role: writer
SELECT 'search against facts', 'mission_id ' || mission_id,
  'as the facts of the store', 'differs'
FROM (SELECT * FROM (SELECT mission_id, words FROM other.mission_words
    EXCEPT SELECT rowid, words FROM other.mission_search)
  UNION SELECT * FROM (SELECT rowid, words FROM other.mission_search
    EXCEPT SELECT mission_id, words FROM other.mission_words));

-- name: verify_recents
-- role: writer
-- Gliders heard in 24 hours and sailbuoys in 12. 1: now.
SELECT 'recent', platform || ' M' || number, 'recent', 'not recent' FROM (
  SELECT platform, number FROM main.mission
  WHERE end_ms >= ?1 - CASE kind WHEN 'glider' THEN 86400000 ELSE 43200000 END
    AND (kind = 'sailbuoy' OR basin_exists)
  EXCEPT SELECT platform, number FROM other.mission
  WHERE end_ms >= ?1 - CASE kind WHEN 'glider' THEN 86400000 ELSE 43200000 END
    AND (kind = 'sailbuoy' OR basin_exists))
UNION ALL
SELECT 'recent', platform || ' M' || number, 'not recent', 'recent' FROM (
  SELECT platform, number FROM other.mission
  WHERE end_ms >= ?1 - CASE kind WHEN 'glider' THEN 86400000 ELSE 43200000 END
    AND (kind = 'sailbuoy' OR basin_exists)
  EXCEPT SELECT platform, number FROM main.mission
  WHERE end_ms >= ?1 - CASE kind WHEN 'glider' THEN 86400000 ELSE 43200000 END
    AND (kind = 'sailbuoy' OR basin_exists));

-- name: verify_platforms
-- role: writer
SELECT 'platform', serial, 'as the source', 'differs' FROM (
  SELECT * FROM main.platform EXCEPT SELECT * FROM other.platform)
UNION ALL
SELECT 'platform', serial, 'absent', 'present' FROM (
  SELECT serial FROM other.platform EXCEPT SELECT serial FROM main.platform);

-- name: verify_stats
-- role: writer
SELECT 'statistic', name || ' ' || year || ' ' || key, 'as the source',
  'differs' FROM (SELECT * FROM main.stat EXCEPT SELECT * FROM other.stat)
UNION ALL
SELECT 'statistic', name || ' ' || year || ' ' || key, 'absent', 'present'
FROM (SELECT name, year, key FROM other.stat
  EXCEPT SELECT name, year, key FROM main.stat);

-- name: verify_pipeline
-- role: writer
SELECT 'pipeline', platform || ' M' || number || ' ' || step, 'as the source',
  'differs'
FROM (SELECT * FROM main.pipeline EXCEPT SELECT * FROM other.pipeline)
UNION ALL
SELECT 'pipeline', platform || ' M' || number || ' ' || step, 'absent',
  'present' FROM (SELECT platform, number, step FROM other.pipeline
  EXCEPT SELECT platform, number, step FROM main.pipeline);

-- name: verify_quarantine
-- role: writer
SELECT 'quarantine', collection || ' ' || source_id, 'in quarantine',
  'not, or for another reason' FROM (
  SELECT collection, source_id, reason FROM main.quarantine
  EXCEPT SELECT collection, source_id, reason FROM other.quarantine)
UNION ALL
SELECT 'quarantine', collection || ' ' || source_id, 'not in quarantine',
  'in quarantine' FROM (
  SELECT collection, source_id FROM other.quarantine AS q
  WHERE NOT EXISTS (SELECT 1 FROM other.mission AS o JOIN hold USING (mission_id)
    WHERE o.platform = q.platform AND o.number = q.number)
  EXCEPT SELECT collection, source_id FROM main.quarantine);

-- name: verify_other_state
-- role: writer
SELECT generation FROM other.state;
