-- queries_guard.sql: the statements by which sync/guard.c remembers the missions
-- that it keeps as they are served; role and rules as in queries_sync.sql.

-- name: held_of
-- role: writer
-- What a mission was kept for. 1: platform, 2: number.
SELECT fingerprint, documents, fitting FROM held
WHERE platform = ?1 AND number = ?2;

-- name: held_count
-- role: writer
-- Missions whose document is still the one they were kept for.
SELECT count(*) FROM held AS h JOIN staged_mission AS s
  ON s.platform = h.platform AND s.number = h.number
WHERE s.fits AND s.fingerprint = h.fingerprint;

-- name: held_put
-- role: writer
-- 1: platform, 2: number, 3: fingerprint, 4: documents, 5: fitting.
INSERT OR REPLACE INTO held VALUES (?1, ?2, ?3, ?4, ?5);

-- name: held_forget
-- role: writer
-- 1: platform, 2: number.
DELETE FROM held WHERE platform = ?1 AND number = ?2;
