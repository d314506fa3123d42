-- queries_sync.sql: the statements of the sync worker and the command line.
-- A header "name / role / purpose" stands before each; embed.cmake turns the
-- file into an enum and an array. Roles: writer (the one connection that
-- writes), tool (read-only, of a command that may read whole tables). The
-- statements a page is served with are in queries_web.sql.

-- name: state_read
-- role: tool
-- What `edge status` and a run start from.
SELECT generation, changed_ms, source, deep_ms,
  (SELECT count(*) FROM mission) AS missions,
  (SELECT count(*) FROM quarantine) AS quarantined,
  (SELECT count(*) FROM gone) AS gone, mapping
FROM state;

-- name: state_bump
-- role: writer
-- One more generation. 1: now, UTC ms.
UPDATE state SET generation = generation + 1, changed_ms = ?1;

-- name: state_source
-- role: writer
-- Names the source, when it is another. 1: its description.
UPDATE state SET source = ?1 WHERE source <> ?1;

-- name: state_mapping
-- role: writer
-- The store is filled by this mapping. 1: its digest.
UPDATE state SET mapping = ?1 WHERE mapping <> ?1;

-- name: doubt_everything
-- role: writer
-- The mapping is another, or it is not known what changed: the plan takes every
-- mission for changed.
UPDATE mission SET fingerprint = zeroblob(32);

-- name: state_continue
-- role: writer
-- A store built aside is one commit: its generation is one more than that of
-- the store it replaces. 1: that generation, 2: now.
UPDATE state SET generation = ?1 + 1, changed_ms = ?2;

-- name: position_put
-- role: writer
-- 1: collection, 2: token, 3: now.
INSERT OR REPLACE INTO position VALUES (?1, ?2, ?3);

-- name: position_of
-- role: writer
-- 1: collection.
SELECT token FROM position WHERE collection = ?1;

-- name: position_forget
-- role: writer
DELETE FROM position;

-- name: mission_of_document
-- role: writer
-- The mission that came from a document. 1: source_id.
SELECT platform, number, kind FROM mission WHERE source_id = ?1;

-- name: platform_ensure
-- role: writer
-- 1: serial, 2: kind.
INSERT OR IGNORE INTO platform (serial, kind) VALUES (?1, ?2);

-- name: platform_undescribe
-- role: writer
-- Before the platforms of a kind are read again. 1: kind.
UPDATE platform SET name = '', published_profiles = NULL,
  published_seconds = NULL, published_depth_m = NULL,
  published_distance_m = NULL, described = 0
WHERE kind = ?1;

-- name: platform_describe
-- role: writer
-- What gliders or sailbuoys says of a platform. 1: serial, 2: kind, 3: name,
-- 4: profiles, 5: seconds, 6: depth, 7: distance.
INSERT INTO platform VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
ON CONFLICT DO UPDATE SET name = excluded.name,
  published_profiles = excluded.published_profiles,
  published_seconds = excluded.published_seconds,
  published_depth_m = excluded.published_depth_m,
  published_distance_m = excluded.published_distance_m, described = 1;

-- name: platform_prune
-- role: writer
-- Platforms without a mission that the source does not describe.
DELETE FROM platform WHERE NOT described
AND NOT EXISTS (SELECT 1 FROM mission WHERE platform = serial);

-- name: mission_id_of
-- role: writer
-- 1: platform, 2: number.
SELECT mission_id, fingerprint, track_points, profile_documents FROM mission
WHERE platform = ?1 AND number = ?2;

-- name: mission_put
-- role: writer
-- Parameters in the order of the columns.
INSERT INTO mission (platform, number, kind, start_ms, end_ms, year,
  basin_exists, basin, counted, complete, profiles, depth_m, distance_m,
  data_points, lon_min, lon_max, lat_min, lat_max, sea_name, wmo_id, project,
  project_url, comment, modified_ms, track_points, last_ms, last_lon, last_lat,
  source_id, fingerprint, synced_ms, profile_documents, profile_last_ms,
  completed_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
  ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31,
  ?32, ?33, CASE WHEN ?10 THEN ?5 END)
ON CONFLICT (platform, number) DO UPDATE SET kind = excluded.kind,
  start_ms = excluded.start_ms, end_ms = excluded.end_ms,
  year = excluded.year, basin_exists = excluded.basin_exists,
  basin = excluded.basin, counted = excluded.counted,
  complete = excluded.complete, profiles = excluded.profiles,
  depth_m = excluded.depth_m, distance_m = excluded.distance_m,
  data_points = excluded.data_points, lon_min = excluded.lon_min,
  lon_max = excluded.lon_max, lat_min = excluded.lat_min,
  lat_max = excluded.lat_max, sea_name = excluded.sea_name,
  wmo_id = excluded.wmo_id, project = excluded.project,
  project_url = excluded.project_url, comment = excluded.comment,
  modified_ms = excluded.modified_ms, track_points = excluded.track_points,
  last_ms = excluded.last_ms, last_lon = excluded.last_lon,
  last_lat = excluded.last_lat, source_id = excluded.source_id,
  fingerprint = excluded.fingerprint, synced_ms = excluded.synced_ms,
  profile_documents = excluded.profile_documents,
  profile_last_ms = excluded.profile_last_ms,
  completed_ms = CASE WHEN excluded.complete
    THEN ifnull(mission.completed_ms, excluded.synced_ms) END;

-- name: mission_same
-- role: writer
-- The mission whose row is the one that mission_put would write; its parameters.
-- Of the fingerprint and the times of edge's own no page tells.
SELECT mission_id FROM mission WHERE platform = ?1 AND number = ?2
  AND kind = ?3 AND start_ms = ?4 AND end_ms = ?5 AND year = ?6
  AND basin_exists = ?7 AND basin IS ?8 AND counted = ?9 AND complete = ?10
  AND profiles IS ?11 AND depth_m IS ?12 AND distance_m IS ?13
  AND data_points IS ?14 AND lon_min IS ?15 AND lon_max IS ?16
  AND lat_min IS ?17 AND lat_max IS ?18 AND sea_name = ?19 AND wmo_id = ?20
  AND project = ?21 AND project_url = ?22 AND comment = ?23
  AND modified_ms IS ?24 AND track_points = ?25 AND last_ms IS ?26
  AND last_lon IS ?27 AND last_lat IS ?28 AND source_id = ?29
  AND profile_documents = ?32 AND profile_last_ms IS ?33;

-- name: mission_trust
-- role: writer
-- What was read again is what is stored. 1: mission_id, 2: fingerprint.
UPDATE mission SET fingerprint = ?2 WHERE mission_id = ?1;

-- name: mission_variables_of
-- role: writer
-- 1: mission_id.
SELECT variable FROM mission_variable WHERE mission_id = ?1;

-- name: track_points_of
-- role: writer
-- 1: mission_id.
SELECT number, time_ms, lon, lat, max_depth_m FROM track_point
WHERE mission_id = ?1 ORDER BY number;

-- name: mission_delete
-- role: writer
-- 1: mission_id. Rows that hang on it go with it.
DELETE FROM mission WHERE mission_id = ?1;

-- name: mission_basins_delete
-- role: writer
-- 1: mission_id.
DELETE FROM mission_basin WHERE mission_id = ?1;

-- name: mission_variables_delete
-- role: writer
-- 1: mission_id.
DELETE FROM mission_variable WHERE mission_id = ?1;

-- name: track_points_delete
-- role: writer
-- 1: mission_id.
DELETE FROM track_point WHERE mission_id = ?1;

-- name: track_lines_delete
-- role: writer
-- 1: mission_id.
DELETE FROM track_line WHERE mission_id = ?1;

-- name: basin_find
-- role: writer
-- 1: name.
SELECT basin_id FROM basin WHERE name = ?1;

-- name: basin_add
-- role: writer
-- 1: name.
INSERT INTO basin (name) VALUES (?1);

-- name: basin_names
-- role: writer
-- The basins with a page of their own.
SELECT basin_id, name FROM basin WHERE code IS NOT NULL ORDER BY code;

-- name: basin_prune
-- role: writer
-- Basins that no mission names any more.
DELETE FROM basin WHERE code IS NULL
AND NOT EXISTS (SELECT 1 FROM mission_basin AS mb
  WHERE mb.basin_id = basin.basin_id);

-- name: mission_basin_add
-- role: writer
-- 1: mission_id, 2: rank, 3: basin_id, 4: start.
INSERT OR IGNORE INTO mission_basin VALUES (?1, ?2, ?3, ?4);

-- name: mission_variable_add
-- role: writer
-- 1: mission_id, 2: variable, 3: start.
INSERT OR IGNORE INTO mission_variable VALUES (?1, ?2, ?3);

-- name: track_point_add
-- role: writer
-- 1: mission_id, 2: number, 3: time, 4: lon, 5: lat, 6: max depth.
INSERT INTO track_point VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: track_line_add
-- role: writer
-- 1: mission_id, 2: detail, 3: points, 4: encoded polyline.
INSERT INTO track_line VALUES (?1, ?2, ?3, ?4);

-- name: touch_mission
-- role: writer
-- Marks the scopes a mission belongs to. 1: mission_id.
INSERT OR IGNORE INTO touched
SELECT 'platform', platform FROM mission WHERE mission_id = ?1
UNION ALL
SELECT 'year', CAST(year AS TEXT) FROM mission
  WHERE mission_id = ?1 AND year <> 0
UNION ALL
SELECT 'project', project FROM mission WHERE mission_id = ?1 AND project <> ''
UNION ALL
SELECT 'basin', code FROM mission_basin JOIN basin USING (basin_id)
  WHERE mission_id = ?1 AND code IS NOT NULL;

-- name: touch_everything
-- role: writer
INSERT OR IGNORE INTO touched
SELECT 'platform', serial FROM platform
UNION SELECT 'year', CAST(year AS TEXT) FROM mission WHERE year <> 0
UNION SELECT 'project', project FROM mission WHERE project <> ''
UNION SELECT 'basin', code FROM basin WHERE code IS NOT NULL
UNION SELECT scope, key FROM total WHERE scope <> 'all';

-- name: touch_clear
-- role: writer
DELETE FROM touched;

-- name: total_forget
-- role: writer
-- Drops the totals of the touched scopes, and those of everything.
DELETE FROM total WHERE scope = 'all'
OR EXISTS (SELECT 1 FROM touched AS t
  WHERE t.scope = total.scope AND t.key = total.key);

-- name: total_count_platform
-- role: writer
INSERT INTO total
SELECT 'platform', t.key, m.kind, 1, count(*), sum(ifnull(m.profiles, 0)),
  sum(m.end_ms - m.start_ms),
  sum(CAST(round(ifnull(m.distance_m, 0) * 1000) AS INTEGER)),
  sum(CAST(round(ifnull(m.depth_m, 0) * 1000) AS INTEGER)),
  sum(ifnull(m.data_points, 0))
FROM touched AS t CROSS JOIN mission AS m ON m.platform = t.key
WHERE t.scope = 'platform' AND m.counted GROUP BY t.key, m.kind;

-- name: total_count_year
-- role: writer
INSERT INTO total
SELECT 'year', t.key, m.kind, count(DISTINCT m.platform), count(*),
  sum(ifnull(m.profiles, 0)), sum(m.end_ms - m.start_ms),
  sum(CAST(round(ifnull(m.distance_m, 0) * 1000) AS INTEGER)),
  sum(CAST(round(ifnull(m.depth_m, 0) * 1000) AS INTEGER)),
  sum(ifnull(m.data_points, 0))
FROM touched AS t CROSS JOIN mission AS m ON m.year = CAST(t.key AS INTEGER)
WHERE t.scope = 'year' AND m.counted GROUP BY t.key, m.kind;

-- name: total_count_project
-- role: writer
INSERT INTO total
SELECT 'project', t.key, m.kind, count(DISTINCT m.platform), count(*),
  sum(ifnull(m.profiles, 0)), sum(m.end_ms - m.start_ms),
  sum(CAST(round(ifnull(m.distance_m, 0) * 1000) AS INTEGER)),
  sum(CAST(round(ifnull(m.depth_m, 0) * 1000) AS INTEGER)),
  sum(ifnull(m.data_points, 0))
FROM touched AS t CROSS JOIN mission AS m ON m.project = t.key
WHERE t.scope = 'project' AND m.counted GROUP BY t.key, m.kind;

-- name: total_count_basin
-- role: writer
INSERT INTO total
SELECT 'basin', t.key, m.kind, count(DISTINCT m.platform), count(*),
  sum(ifnull(m.profiles, 0)), sum(m.end_ms - m.start_ms),
  sum(CAST(round(ifnull(m.distance_m, 0) * 1000) AS INTEGER)),
  sum(CAST(round(ifnull(m.depth_m, 0) * 1000) AS INTEGER)),
  sum(ifnull(m.data_points, 0))
FROM touched AS t CROSS JOIN basin AS b ON b.code = t.key
CROSS JOIN mission_basin AS mb ON mb.basin_id = b.basin_id
CROSS JOIN mission AS m ON m.mission_id = mb.mission_id
WHERE t.scope = 'basin' AND m.counted GROUP BY t.key, m.kind;

-- name: total_count_all
-- role: writer
-- Every mission has one platform: everything is the sum of the platforms.
INSERT INTO total
SELECT 'all', '', kind, count(*), sum(missions), sum(profiles),
  sum(sea_time_ms), sum(distance_mm), sum(vertical_mm), sum(data_points)
FROM total WHERE scope = 'platform' GROUP BY kind;

-- name: stat_put
-- role: writer
-- Keeps the newest date. 1: name, 2: year, 3: key, 4: date, 5: number, 6: text.
INSERT INTO stat VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET date_ms = excluded.date_ms,
  number = excluded.number, text = excluded.text;

-- name: stat_newest
-- role: writer
-- 1: name, 2: year.
SELECT max(date_ms) FROM stat WHERE name = ?1 AND year = ?2;

-- name: stat_forget
-- role: writer
-- 1: name, 2: year.
DELETE FROM stat WHERE name = ?1 AND year = ?2;

-- name: stat_clear
-- role: writer
DELETE FROM stat;

-- name: pipeline_clear
-- role: writer
DELETE FROM pipeline;

-- name: pipeline_put
-- role: writer
-- 1: platform, 2: number, 3: step, 4: value, 5: time.
INSERT OR REPLACE INTO pipeline VALUES (?1, ?2, ?3, ?4, ?5);

-- name: extra_digest
-- role: writer
-- The digest of a collection applied as a whole. 1: collection.
SELECT digest FROM extra WHERE collection = ?1;

-- name: extra_put
-- role: writer
-- 1: collection, 2: digest.
INSERT OR REPLACE INTO extra VALUES (?1, ?2);

-- name: quarantine_differs
-- role: writer
-- Whether staged and stored quarantine differ, as far as this run has read the
-- source. It read 1: every profile, 2: every mission, 3: the other
-- collections, 4: the profiles of no mission that fits.
SELECT 1 FROM staged_quarantine AS s LEFT JOIN quarantine AS q
  ON q.collection = s.collection AND q.source_id = s.source_id
WHERE q.reason IS NULL OR q.reason <> s.reason OR q.document <> s.document
UNION ALL
SELECT 1 FROM quarantine AS q
WHERE CASE q.collection WHEN 'profiles' THEN ?1 OR (?4 AND NOT EXISTS (
    SELECT 1 FROM staged_mission AS m WHERE m.platform = q.platform
    AND m.number = q.number AND m.fits))
  WHEN 'glidermissions' THEN ?2 WHEN 'sailbuoymissions' THEN ?2 ELSE ?3 END
AND NOT EXISTS (SELECT 1 FROM staged_quarantine AS s
  WHERE s.collection = q.collection AND s.source_id = q.source_id)
LIMIT 1;

-- name: quarantine_keep
-- role: writer
-- Adds what this run found. 1: now.
INSERT INTO quarantine
SELECT collection, source_id, field, reason, platform, number, ?1, document
FROM staged_quarantine WHERE true
ON CONFLICT DO UPDATE SET field = excluded.field, reason = excluded.reason,
  platform = excluded.platform, number = excluded.number,
  first_ms = excluded.first_ms, document = excluded.document
WHERE reason <> excluded.reason OR document <> excluded.document;

-- name: quarantine_release
-- role: writer
-- Drops what no longer stands in the source. 1 to 4: as quarantine_differs.
DELETE FROM quarantine
WHERE CASE collection WHEN 'profiles' THEN ?1 OR (?4 AND NOT EXISTS (
    SELECT 1 FROM staged_mission AS m WHERE m.platform = quarantine.platform
    AND m.number = quarantine.number AND m.fits))
  WHEN 'glidermissions' THEN ?2 WHEN 'sailbuoymissions' THEN ?2 ELSE ?3 END
AND NOT EXISTS (SELECT 1 FROM staged_quarantine AS s
  WHERE s.collection = quarantine.collection
  AND s.source_id = quarantine.source_id);

-- name: quarantine_release_mission
-- role: writer
-- Drops the profiles of a mission whose track was read again and that fit now.
-- 1: platform, 2: number.
DELETE FROM quarantine
WHERE platform = ?1 AND number = ?2 AND collection = 'profiles'
AND NOT EXISTS (SELECT 1 FROM staged_quarantine AS s
  WHERE s.collection = quarantine.collection
  AND s.source_id = quarantine.source_id);

-- name: quarantine_forget_mission
-- role: writer
-- Drops the profiles of a mission that is removed. 1: mission_id.
DELETE FROM quarantine WHERE collection = 'profiles'
AND (platform, number) = (SELECT platform, number FROM mission
  WHERE mission_id = ?1);

-- name: quarantine_keep_mission
-- role: writer
-- Adds the profiles of a mission that do not fit, with its track. 1: platform,
-- 2: number, 3: now.
INSERT INTO quarantine
SELECT collection, source_id, field, reason, platform, number, ?3, document
FROM staged_quarantine
WHERE platform = ?1 AND number = ?2 AND collection = 'profiles'
ON CONFLICT DO UPDATE SET field = excluded.field, reason = excluded.reason,
  platform = excluded.platform, number = excluded.number,
  first_ms = excluded.first_ms, document = excluded.document
WHERE reason <> excluded.reason OR document <> excluded.document;

-- name: quarantine_release_documents
-- role: writer
-- Drops a mission's own documents that were not staged again, also the one
-- that fits now and did not say before of which mission it is. 1: platform,
-- 2: number.
DELETE FROM quarantine
WHERE collection IN ('glidermissions', 'sailbuoymissions')
AND ((platform = ?1 AND number = ?2) OR source_id = (
  SELECT source_id FROM staged_mission AS m
  WHERE m.platform = ?1 AND m.number = ?2 AND m.fits))
AND NOT EXISTS (SELECT 1 FROM staged_quarantine AS s
  WHERE s.collection = quarantine.collection
  AND s.source_id = quarantine.source_id);

-- name: quarantine_has
-- role: writer
-- Whether a document of a mission collection is in quarantine. 1: source_id.
SELECT 1 FROM quarantine WHERE source_id = ?1
AND collection IN ('glidermissions', 'sailbuoymissions');

-- name: quarantine_list
-- role: tool
-- What `edge quarantine` shows. 1: the _id as it is listed, or its value alone
-- (of an ObjectId the digits, of a text without its quotes), or NULL for all.
SELECT collection, source_id, field, reason, platform, number, first_ms,
  document
FROM quarantine WHERE ?1 IS NULL OR source_id IN (?1, '"' || ?1 || '"',
  '{ "$oid" : "' || ?1 || '" }', '{ "$numberInt" : "' || ?1 || '" }',
  '{ "$numberLong" : "' || ?1 || '" }', '{ "$numberDouble" : "' || ?1 || '" }',
  '{ "$numberDecimal" : "' || ?1 || '" }')
ORDER BY collection, source_id;

-- name: quarantine_doubt
-- role: writer
-- Missions whose profiles are in quarantine are taken for changed: their
-- profiles are read again.
UPDATE mission SET fingerprint = zeroblob(32)
WHERE EXISTS (SELECT 1 FROM quarantine AS q WHERE q.collection = 'profiles'
  AND q.platform = mission.platform AND q.number = mission.number);

-- name: explain_mission
-- role: tool
-- 1: platform, 2: number.
SELECT m.source_id, m.kind, m.start_ms, m.end_ms, m.year, m.basin_exists,
  m.basin, m.counted, m.track_points, m.synced_ms,
  (SELECT group_concat(name, ', ') FROM (SELECT b.name
    FROM mission_basin AS mb JOIN basin AS b USING (basin_id)
    WHERE mb.mission_id = m.mission_id ORDER BY mb.rank)) AS basins,
  (SELECT since_ms FROM gone WHERE gone.mission_id = m.mission_id) AS since,
  m.fingerprint, m.profile_documents
FROM mission AS m WHERE m.platform = ?1 AND m.number = ?2;

-- name: explain_platforms
-- role: tool
SELECT serial FROM platform ORDER BY serial;

-- name: explain_numbers
-- role: tool
-- The missions of a platform in words. 1: platform.
SELECT group_concat(number, ', ') FROM (SELECT number FROM mission
  WHERE platform = ?1 ORDER BY number LIMIT 200);

-- name: explain_quarantine
-- role: tool
-- What is set aside of a mission, also documents whose number only a person
-- can read, such as the text "33", and last those of which nobody knows
-- (`meant` is NULL). 1: platform, 2: number.
SELECT collection, source_id, reason, meant FROM (
  SELECT collection, source_id, reason,
    CASE WHEN number >= 0 THEN number
      WHEN json_valid(document)
        AND ltrim(document ->> '$.mission', ' Mm') GLOB '[0-9]*'
        THEN CAST(ltrim(document ->> '$.mission', ' Mm') AS INTEGER)
      END AS meant
    FROM quarantine WHERE platform = ?1 AND number IN (?2, -1))
WHERE meant = ?2 OR meant IS NULL
ORDER BY meant IS NULL, collection, source_id LIMIT 20;

-- name: run_add
-- role: writer
-- 1: started, 2: ended, 3: verb, 4: mode, 5: reason, 6: new, 7: changed,
-- 8: removed, 9: profiles.
INSERT INTO run (started_ms, ended_ms, verb, mode, reason, missions_new,
  missions_changed, missions_removed, profiles, quarantined)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
  (SELECT count(*) FROM quarantine));

-- name: run_prune
-- role: writer
DELETE FROM run WHERE run_id <= (SELECT max(run_id) - 500 FROM run);

-- name: store_check
-- role: tool
-- One row 'ok', or one for each fault found, at most 20.
PRAGMA quick_check(20);
