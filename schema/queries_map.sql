-- queries_map.sql: what the pages with a map read beside queries_web.sql; the
-- same rules. The lists name missions from the newest start down.

-- name: map_track
-- role: reader
-- A mission as a map shows it, with its track in few corners. 1: mission_id,
-- 2: detail.
SELECT m.platform, m.number, p.name, m.kind, m.start_ms, m.end_ms,
  m.basin_exists, m.last_lon, m.last_lat, l.line, m.project
FROM mission AS m CROSS JOIN platform AS p ON p.serial = m.platform
  LEFT JOIN track_line AS l
    ON l.mission_id = m.mission_id AND l.detail = ?2
WHERE m.mission_id = ?1;

-- name: map_missions
-- role: reader
-- 1: start to begin with, 2: most rows.
SELECT mission_id, start_ms, end_ms, 0 FROM mission
WHERE start_ms <= ?1 ORDER BY start_ms DESC, mission_id DESC LIMIT ?2;

-- name: map_missions_of_year
-- role: reader
-- 1: year, 2: most rows.
SELECT mission_id, start_ms, end_ms, 0 FROM mission
WHERE year = ?1 ORDER BY start_ms DESC, mission_id DESC LIMIT ?2;

-- name: map_missions_of_platform
-- role: reader
-- 1: serial, 2: most rows.
SELECT mission_id, start_ms, end_ms, 0 FROM mission
WHERE platform = ?1 ORDER BY start_ms DESC, mission_id DESC LIMIT ?2;

-- name: map_missions_of_project
-- role: reader
-- 1: project, 2: most rows.
SELECT mission_id, start_ms, end_ms, 0 FROM mission
WHERE project = ?1 ORDER BY start_ms DESC, mission_id DESC LIMIT ?2;

-- name: map_missions_of_basin
-- role: reader
-- With whether it is the first the mission names. 1: basin_id, 2: most rows.
SELECT b.mission_id, m.start_ms, m.end_ms, b.rank
FROM mission_basin AS b CROSS JOIN mission AS m
  ON m.mission_id = b.mission_id
WHERE b.basin_id = ?1 ORDER BY b.start_ms DESC, b.mission_id DESC LIMIT ?2;

-- name: basins_coded
-- role: reader
-- The basins that have a page, by code.
SELECT basin_id, code, name FROM basin WHERE code > '' ORDER BY code;

-- name: basin_span
-- role: reader
-- How many missions name a basin, and when the first and the last started.
-- 1: basin_id.
SELECT count(*), min(start_ms), max(start_ms) FROM mission_basin
WHERE basin_id = ?1;

-- name: project_next
-- role: reader
-- The project whose name follows one in the alphabet. 1: project.
SELECT project FROM mission WHERE project > ?1 ORDER BY project LIMIT 1;

-- name: project_span
-- role: reader
-- 1: project.
SELECT count(*), min(start_ms), max(start_ms) FROM mission
WHERE project = ?1;

-- name: basin_code
-- role: reader
-- The code of a basin, NULL where it has no page. 1: name.
SELECT code FROM basin WHERE name = ?1;

-- name: mission_areas
-- role: reader
-- The sea areas a mission was in, most time first; the code is NULL where one
-- has no page. 1: mission_id.
SELECT b.name, b.code
FROM mission_basin AS m CROSS JOIN basin AS b ON b.basin_id = m.basin_id
WHERE m.mission_id = ?1 ORDER BY m.rank;
