-- queries_web.sql: the statements that pages and the API are served with.
-- Role reader: read-only, every one finds its rows by an index and stops at a
-- most number of rows or at what one mission or platform owns. A test asks
-- SQLite's plan and its counters and fails on a scan, a sort or an automatic
-- index. Lists name missions by mission_id; what a list shows of each comes
-- from mission_row.

-- name: generation
-- role: reader
-- What entity tags and the page cache hang on.
SELECT generation, changed_ms, store_id FROM state WHERE one = 1;

-- name: store_version
-- role: reader
-- Which edge built the store; asked at the begin of every transaction.
PRAGMA user_version;

-- name: totals
-- role: reader
-- The totals of one scope, one row a kind. 1: scope, 2: key.
SELECT kind, platforms, missions, profiles, sea_time_ms, distance_mm,
  vertical_mm, data_points
FROM total WHERE scope = ?1 AND key = ?2;

-- name: totals_of
-- role: reader
-- The totals of all keys of a scope, last key first, sailbuoys before gliders.
-- 1: scope, 2: most rows.
SELECT key, kind, platforms, missions, profiles, sea_time_ms, distance_mm,
  vertical_mm, data_points
FROM total WHERE scope = ?1 ORDER BY key DESC, kind DESC LIMIT ?2;

-- name: basin_of
-- role: reader
-- 1: code.
SELECT basin_id, name FROM basin WHERE code = ?1;

-- name: track_line
-- role: reader
-- A mission's track with few corners, and where it ends. 1: mission_id,
-- 2: detail.
SELECT l.line, m.last_lon, m.last_lat
FROM track_line AS l JOIN mission AS m USING (mission_id)
WHERE l.mission_id = ?1 AND l.detail = ?2;

-- name: mission_find
-- role: reader
-- 1: platform, 2: number.
SELECT mission_id FROM mission WHERE platform = ?1 AND number = ?2;

-- name: mission_row
-- role: reader
-- What lists show of a mission. 1: mission_id.
SELECT m.kind, m.platform, p.name, m.number, m.start_ms, m.end_ms,
  m.basin_exists, m.basin, m.project, m.complete, m.profiles, m.distance_m,
  m.last_ms, m.last_lon, m.last_lat,
  (SELECT json_group_array(v.variable) FROM mission_variable AS v
    WHERE v.mission_id = m.mission_id) AS variables
FROM mission AS m CROSS JOIN platform AS p ON p.serial = m.platform
WHERE m.mission_id = ?1;

-- name: mission_more
-- role: reader
-- What the mission's own page adds. 1: mission_id.
SELECT depth_m, data_points, lon_min, lon_max, lat_min, lat_max, sea_name,
  wmo_id, project_url, comment, modified_ms, track_points, synced_ms, counted,
  distance_m
FROM mission WHERE mission_id = ?1;

-- name: mission_before
-- role: reader
-- The platform's mission that started last before this one. 1: platform,
-- 2: start, 3: mission_id.
SELECT number FROM mission
WHERE platform = ?1 AND (start_ms, mission_id) < (?2, ?3)
ORDER BY start_ms DESC, mission_id DESC LIMIT 1;

-- name: mission_after
-- role: reader
-- The platform's mission that started next. 1: platform, 2: start,
-- 3: mission_id.
SELECT number FROM mission
WHERE platform = ?1 AND (start_ms, mission_id) > (?2, ?3)
ORDER BY start_ms, mission_id LIMIT 1;

-- name: mission_below
-- role: reader
-- Numbers of the platform's missions next below one that is not there.
-- 1: platform, 2: number, 3: most rows.
SELECT number FROM mission WHERE platform = ?1 AND number < ?2
ORDER BY number DESC LIMIT ?3;

-- name: mission_above
-- role: reader
-- 1: platform, 2: number, 3: most rows.
SELECT number FROM mission WHERE platform = ?1 AND number > ?2
ORDER BY number LIMIT ?3;

-- name: missions_heard
-- role: reader
-- Missions of a kind by their end, last first. 1: kind, 2: not before,
-- 3: end and 4: mission_id to go on after, 5: most rows.
SELECT mission_id, end_ms, start_ms, platform, number, basin_exists, complete
FROM mission
WHERE kind = ?1 AND end_ms >= ?2 AND (end_ms, mission_id) < (?3, ?4)
ORDER BY end_ms DESC, mission_id DESC LIMIT ?5;

-- name: missions
-- role: reader
-- Missions by their start, last first. 1: start and 2: mission_id to go on
-- after, 3: most rows.
SELECT mission_id, start_ms FROM mission
WHERE (start_ms, mission_id) < (?1, ?2)
ORDER BY start_ms DESC, mission_id DESC LIMIT ?3;

-- name: track
-- role: reader
-- A mission's track in order. 1: mission_id, 2: number to go on after,
-- 3: most rows.
SELECT number, time_ms, lon, lat, max_depth_m FROM track_point
WHERE mission_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3;

-- name: track_since
-- role: reader
-- The points of a mission since a time; those without a time too. 1:
-- mission_id, 2: number to go on after, 3: not before, 4: most rows.
SELECT t.number, t.time_ms, t.lon, t.lat, t.max_depth_m, m.kind, m.platform,
  m.number
FROM track_point AS t JOIN mission AS m USING (mission_id)
WHERE t.mission_id = ?1 AND t.number > ?2
  AND (t.time_ms >= ?3 OR t.time_ms IS NULL)
ORDER BY t.number LIMIT ?4;

-- name: dives_last
-- role: reader
-- Depths of a mission's last dives, the last first. 1: mission_id, 2: most
-- rows.
SELECT max_depth_m FROM track_point
WHERE mission_id = ?1 AND max_depth_m IS NOT NULL
ORDER BY number DESC LIMIT ?2;

-- name: platform
-- role: reader
-- One platform, with the columns of platforms. 1: serial.
SELECT p.serial, p.kind, p.name, p.published_profiles, p.published_seconds,
  p.published_depth_m, p.published_distance_m,
  t.missions, t.profiles, t.sea_time_ms, t.distance_mm, t.vertical_mm
FROM platform AS p LEFT JOIN total AS t
  ON t.scope = 'platform' AND t.key = p.serial AND t.kind = p.kind
WHERE p.serial = ?1;

-- name: platforms
-- role: reader
-- The fleet in order of the serials, with its counted missions; totals are
-- NULL where no mission counts. 1: serial to go on after, 2: most rows.
SELECT p.serial, p.kind, p.name, p.published_profiles, p.published_seconds,
  p.published_depth_m, p.published_distance_m,
  t.missions, t.profiles, t.sea_time_ms, t.distance_mm, t.vertical_mm
FROM platform AS p LEFT JOIN total AS t
  ON t.scope = 'platform' AND t.key = p.serial AND t.kind = p.kind
WHERE p.serial > ?1 ORDER BY p.serial LIMIT ?2;

-- name: platform_serials
-- role: reader
-- 1: most rows.
SELECT serial FROM platform WHERE serial > '' ORDER BY serial LIMIT ?1;

-- name: platform_missions
-- role: reader
-- A platform's missions, newest start first. 1: serial, 2: most rows.
SELECT mission_id, number, start_ms, end_ms, basin, kind, basin_exists
FROM mission
WHERE platform = ?1 ORDER BY start_ms DESC, mission_id DESC LIMIT ?2;

-- name: platform_missions_count
-- role: reader
-- How many those are, when there are more than are read. 1: serial.
SELECT count(*) FROM mission WHERE platform = ?1;

-- name: mission_first
-- role: reader
-- When the first mission started. 1: not before.
SELECT start_ms FROM mission WHERE start_ms >= ?1 ORDER BY start_ms LIMIT 1;

-- name: stats
-- role: reader
-- What the source publishes as statistics. 1: most rows.
SELECT name, year, key, date_ms, number, text FROM stat
WHERE name > '' ORDER BY name, year, key LIMIT ?1;
