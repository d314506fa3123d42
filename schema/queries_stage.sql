-- queries_stage.sql: the statements that stage what the source has, compare it
-- with what the store has, and plan what a run changes. The header of each is as
-- in queries_sync.sql; what the plan leads to is written by the statements there.

-- name: stage_clear_missions
-- role: writer
DELETE FROM staged_mission;

-- name: stage_clear_points
-- role: writer
DELETE FROM staged_point;

-- name: stage_clear_quarantine
-- role: writer
DELETE FROM staged_quarantine;

-- name: stage_clear_before
-- role: writer
DELETE FROM staged_before;

-- name: stage_keep_before
-- role: writer
INSERT INTO staged_before
SELECT platform, number, fingerprint FROM staged_mission WHERE fits;

-- name: stage_is_confirmed
-- role: writer
-- Whether a mission's document is the one it was before all profiles were
-- read. 1: platform, 2: number, 3: fingerprint.
SELECT 1 FROM staged_before
WHERE platform = ?1 AND number = ?2 AND fingerprint = ?3;

-- name: stage_find
-- role: writer
-- The document staged for a mission. 1: platform, 2: number.
SELECT source_id, fits, document, fingerprint FROM staged_mission
WHERE platform = ?1 AND number = ?2;

-- name: stage_fingerprint
-- role: writer
-- Another document of the mission has a share in its fingerprint. 1: platform,
-- 2: number, 3: fingerprint.
UPDATE staged_mission SET fingerprint = ?3
WHERE platform = ?1 AND number = ?2;

-- name: stage_mission
-- role: writer
-- 1: platform, 2: number, 3: kind, 4: source_id, 5: fits, 6: fingerprint,
-- 7: document.
INSERT OR REPLACE INTO staged_mission VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: stage_drop_mission
-- role: writer
-- 1: platform, 2: number.
DELETE FROM staged_mission WHERE platform = ?1 AND number = ?2;

-- name: stage_wanted
-- role: writer
-- Whether a mission is staged and new or changed. 1: platform, 2: number.
SELECT 1 FROM staged_mission AS s
WHERE s.platform = ?1 AND s.number = ?2 AND s.fits AND NOT EXISTS (
  SELECT 1 FROM mission AS m WHERE m.platform = ?1 AND m.number = ?2
  AND m.fingerprint = s.fingerprint);

-- name: stage_point_new
-- role: writer
-- A track point whose number is free; nothing changes when it is not. 1:
-- platform, 2: mission number, 3: point, 4: time, 5: lon, 6: lat, 7: max
-- depth, 8: source_id.
INSERT OR IGNORE INTO staged_point VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: stage_point_rival
-- role: writer
-- The point that has a number, and whether it gives way: of two the later one
-- stays, whatever the order they come in. Parameters as stage_point_new.
SELECT source_id, time_ms, lon, lat, max_depth_m,
  (ifnull(?4, 0), ?5, ?6, ifnull(?7, 0), ?8)
  > (ifnull(time_ms, 0), lon, lat, ifnull(max_depth_m, 0), source_id)
FROM staged_point WHERE platform = ?1 AND number = ?2 AND point = ?3;

-- name: stage_point
-- role: writer
-- Puts a point in place of its rival. Parameters as stage_point_new.
INSERT OR REPLACE INTO staged_point VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: stage_points
-- role: writer
-- The staged track of a mission in order. 1: platform, 2: number.
SELECT point, time_ms, lon, lat, max_depth_m FROM staged_point
WHERE platform = ?1 AND number = ?2 ORDER BY point;

-- name: stage_drop_points
-- role: writer
-- 1: platform, 2: number.
DELETE FROM staged_point WHERE platform = ?1 AND number = ?2;

-- name: stage_clear_quarantine_missions
-- role: writer
-- Before the missions are read once more in a run whose profiles stay.
DELETE FROM staged_quarantine WHERE collection <> 'profiles';

-- name: stage_clear_quarantine_of
-- role: writer
-- Before a mission's profiles are read again. 1: platform, 2: number.
DELETE FROM staged_quarantine
WHERE platform = ?1 AND number = ?2 AND collection = 'profiles';

-- name: stage_clear_counts
-- role: writer
DELETE FROM staged_count;

-- name: stage_count
-- role: writer
-- Adds documents of a mission. 1: platform, 2: number, 3: documents, 4: the
-- last time among them.
INSERT INTO staged_count VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET documents = documents + excluded.documents,
  last_ms = max(ifnull(last_ms, excluded.last_ms),
    ifnull(excluded.last_ms, last_ms));

-- name: stage_drop_count
-- role: writer
-- 1: platform, 2: number.
DELETE FROM staged_count WHERE platform = ?1 AND number = ?2;

-- name: stage_count_of
-- role: writer
-- 1: platform, 2: number.
SELECT documents, last_ms FROM staged_count
WHERE platform = ?1 AND number = ?2;

-- name: deep_sums
-- role: writer
-- Documents in `profiles` as just counted, and as they were when read, of the
-- missions that both store and source have.
SELECT ifnull(sum((SELECT documents FROM staged_count AS c
    WHERE c.platform = m.platform AND c.number = m.number)), 0),
  ifnull(sum(m.profile_documents), 0)
FROM mission AS m WHERE EXISTS (SELECT 1 FROM staged_mission AS s
  WHERE s.platform = m.platform AND s.number = m.number AND s.fits);

-- name: deep_doubt
-- role: writer
-- Forgets the fingerprint of missions whose profiles are not those that were
-- read, or did not fit and may have been mended in place: the plan then takes
-- them for changed. 1: 1 when times were counted.
UPDATE mission SET fingerprint = zeroblob(32)
WHERE kind = 'glider' AND EXISTS (SELECT 1 FROM staged_mission AS s
    WHERE s.platform = mission.platform AND s.number = mission.number
    AND s.fits)
AND (profile_documents <> ifnull((SELECT documents FROM staged_count AS c
    WHERE c.platform = mission.platform AND c.number = mission.number), 0)
  OR (?1 AND profile_last_ms IS NOT (SELECT last_ms FROM staged_count AS c
    WHERE c.platform = mission.platform AND c.number = mission.number))
  OR EXISTS (SELECT 1 FROM quarantine AS q WHERE q.collection = 'profiles'
    AND q.platform = mission.platform AND q.number = mission.number));

-- name: deep_strays
-- role: writer
-- Whether there are or were profiles of no mission that fits: what becomes of
-- those no mission's track tells.
SELECT 1 FROM staged_count AS c WHERE NOT EXISTS (
  SELECT 1 FROM staged_mission AS s WHERE s.platform = c.platform
  AND s.number = c.number AND s.fits)
UNION ALL
SELECT 1 FROM quarantine AS q WHERE q.collection = 'profiles'
AND NOT EXISTS (SELECT 1 FROM staged_mission AS s
  WHERE s.platform = q.platform AND s.number = q.number AND s.fits)
LIMIT 1;

-- name: deep_doubt_one
-- role: writer
-- The same for one mission whose profiles changed, of a burst of which only the
-- first writes. 1: platform, 2: number.
UPDATE mission SET fingerprint = zeroblob(32)
WHERE platform = ?1 AND number = ?2 AND fingerprint <> zeroblob(32);

-- name: deep_done
-- role: writer
-- 1: now, or 0: they must be counted before anything else.
UPDATE state SET deep_ms = ?1 WHERE deep_ms <> ?1;

-- name: stage_quarantine
-- role: writer
-- 1: collection, 2: source_id, 3: field, 4: reason, 5: platform, 6: number,
-- 7: document.
INSERT OR REPLACE INTO staged_quarantine
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: plan_counts
-- role: writer
-- What the source has against what the store has.
SELECT count(*) AS fitting,
  ifnull(sum(m.mission_id IS NULL), 0) AS fresh,
  ifnull(sum(m.mission_id IS NOT NULL
    AND m.fingerprint <> s.fingerprint), 0) AS changed,
  (SELECT count(*) FROM mission) AS stored
FROM staged_mission AS s
LEFT JOIN mission AS m ON m.platform = s.platform AND m.number = s.number
WHERE s.fits;

-- name: plan_next
-- role: writer
-- The first staged mission after (?1, ?2) that is new or changed. 1: platform,
-- 2: number.
SELECT s.platform, s.number, s.kind, s.source_id, s.fingerprint, s.document
FROM staged_mission AS s
LEFT JOIN mission AS m ON m.platform = s.platform AND m.number = s.number
WHERE (s.platform, s.number) > (?1, ?2) AND s.fits
  AND (m.mission_id IS NULL OR m.fingerprint <> s.fingerprint)
ORDER BY s.platform, s.number LIMIT 1;

-- name: plan_gone
-- role: writer
-- Missions of the store that the source does not have, nor holds in
-- quarantine; with how long that is so. 1: last mission_id seen.
SELECT m.mission_id, m.platform, m.number, g.since_ms
FROM mission AS m LEFT JOIN gone AS g USING (mission_id)
WHERE m.mission_id > ?1
  AND NOT EXISTS (SELECT 1 FROM staged_mission AS s
    WHERE s.platform = m.platform AND s.number = m.number)
  AND NOT EXISTS (SELECT 1 FROM staged_quarantine AS q
    WHERE q.source_id = m.source_id
      AND q.collection IN ('glidermissions', 'sailbuoymissions'))
ORDER BY m.mission_id LIMIT 1;

-- name: plan_gone_count
-- role: writer
SELECT count(*) FROM mission AS m
WHERE NOT EXISTS (SELECT 1 FROM staged_mission AS s
    WHERE s.platform = m.platform AND s.number = m.number)
  AND NOT EXISTS (SELECT 1 FROM staged_quarantine AS q
    WHERE q.source_id = m.source_id
      AND q.collection IN ('glidermissions', 'sailbuoymissions'));

-- name: gone_mark
-- role: writer
-- A time to come was taken from a wrong clock. 1: mission_id, 2: now.
INSERT INTO gone VALUES (?1, ?2)
ON CONFLICT (mission_id) DO UPDATE SET since_ms = ?2 WHERE since_ms > ?2;

-- name: gone_clear_returned
-- role: writer
-- Missions that have come back, also as a document that does not fit.
DELETE FROM gone WHERE EXISTS (
  SELECT 1 FROM mission AS m JOIN staged_mission AS s
    ON s.platform = m.platform AND s.number = m.number
  WHERE m.mission_id = gone.mission_id)
OR EXISTS (
  SELECT 1 FROM mission AS m JOIN staged_quarantine AS q
    ON q.source_id = m.source_id
    AND q.collection IN ('glidermissions', 'sailbuoymissions')
  WHERE m.mission_id = gone.mission_id);

-- name: gone_any_returned
-- role: writer
SELECT 1 FROM gone JOIN mission AS m USING (mission_id)
WHERE EXISTS (SELECT 1 FROM staged_mission AS s
    WHERE s.platform = m.platform AND s.number = m.number)
  OR EXISTS (SELECT 1 FROM staged_quarantine AS q
    WHERE q.source_id = m.source_id
      AND q.collection IN ('glidermissions', 'sailbuoymissions'))
LIMIT 1;

-- name: gone_due
-- role: writer
-- Whether the grace time of a vanished mission is over, or begins in a time to
-- come, which no clock that is right has given. 1: it began before this moment,
-- 2: now.
SELECT 1 FROM gone WHERE since_ms <= ?1 OR since_ms > ?2 LIMIT 1;

-- name: gone_forget
-- role: writer
-- 1: platform, 2: number.
DELETE FROM gone WHERE mission_id = (SELECT mission_id FROM mission
  WHERE platform = ?1 AND number = ?2);
