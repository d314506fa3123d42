-- queries_status.sql: the statements of /status, /pipeline, the feeds and the
-- sitemap; role and rules as in queries_web.sql.

-- name: status_gone
-- role: reader
-- Missions that vanished from the source, in the order they were found.
-- 1: mission_id to go on after, 2: most rows.
SELECT m.platform, m.number, g.since_ms
FROM gone AS g CROSS JOIN mission AS m USING (mission_id)
WHERE g.mission_id > ?1 ORDER BY g.mission_id LIMIT ?2;

-- name: status_runs
-- role: reader
-- Runs that changed something, newest first. 1: run_id to go on after, 2: most
-- rows.
SELECT started_ms, ended_ms, verb, mode, reason, missions_new,
  missions_changed, missions_removed, profiles, quarantined
FROM run WHERE run_id < ?1 ORDER BY run_id DESC LIMIT ?2;

-- name: status_quarantine_next
-- role: reader
-- The next collection and field with documents in quarantine. 1: collection
-- and 2: field to go on after.
SELECT collection, field FROM quarantine
WHERE (collection, field) > (?1, ?2) ORDER BY collection, field LIMIT 1;

-- name: status_quarantine_count
-- role: reader
-- How many those are. 1: collection, 2: field.
SELECT count(*) FROM quarantine WHERE collection = ?1 AND field = ?2;

-- name: status_silent
-- role: reader
-- Missions of a kind that are not complete, last heard first. 1: kind,
-- 2: before this end, 3: most rows.
SELECT mission_id, platform, number, end_ms FROM mission
WHERE kind = ?1 AND NOT complete AND end_ms < ?2
ORDER BY end_ms DESC LIMIT ?3;

-- name: status_mission
-- role: reader
-- What the rules of pages look at. 1: platform, 2: number.
SELECT m.kind, m.end_ms, m.year, m.basin_exists, m.basin, m.counted,
  m.track_points, m.synced_ms, m.complete,
  (SELECT group_concat(b.name, ', ') FROM mission_basin AS mb
    CROSS JOIN basin AS b USING (basin_id)
    WHERE mb.mission_id = m.mission_id) AS basins,
  (SELECT since_ms FROM gone AS g WHERE g.mission_id = m.mission_id) AS since
FROM mission AS m WHERE m.platform = ?1 AND m.number = ?2;

-- name: status_mission_quarantine
-- role: reader
-- Documents of a mission that do not fit, without the documents themselves;
-- also those whose number only a person can read, such as the text "33".
-- 1: platform, 2: number, 3: most rows.
SELECT collection, field, reason, first_ms FROM (
  SELECT collection, field, reason, first_ms,
    CASE WHEN number >= 0 THEN number
      WHEN json_valid(document)
        AND ltrim(document ->> '$.mission', ' Mm') GLOB '[0-9]*'
        THEN CAST(ltrim(document ->> '$.mission', ' Mm') AS INTEGER)
      END AS meant
    FROM quarantine WHERE platform = ?1 AND number IN (?2, -1))
WHERE meant = ?2 LIMIT ?3;

-- name: pipeline_open
-- role: reader
-- Missions whose last step is not done. 1: platform and 2: number to go on
-- after, 3: most rows.
SELECT platform, number FROM pipeline
WHERE step = 'complete_plots' AND NOT ifnull(value, 0)
  AND (platform, number) > (?1, ?2)
ORDER BY platform, number LIMIT ?3;

-- name: pipeline_done
-- role: reader
-- Missions whose last step is done, the last first. 1: when, 2: platform and
-- 3: number to go on after, 4: most rows.
SELECT platform, number, ifnull(time_ms, 0) FROM pipeline
WHERE step = 'complete_plots' AND ifnull(value, 0)
  AND ifnull(time_ms, 0) <= ?1
  AND (ifnull(time_ms, 0), platform, number) < (?1, ?2, ?3)
ORDER BY ifnull(time_ms, 0) DESC, platform DESC, number DESC LIMIT ?4;

-- name: pipeline_steps
-- role: reader
-- 1: platform, 2: number.
SELECT step, value, time_ms FROM pipeline
WHERE platform = ?1 AND number = ?2;

-- name: pipeline_mission
-- role: reader
-- What the store knows of it. 1: platform, 2: number.
SELECT complete, start_ms, end_ms, kind FROM mission
WHERE platform = ?1 AND number = ?2;

-- name: event_started
-- role: reader
-- Missions by their start, last first. 1: not after, 2: most rows.
SELECT platform, number, start_ms, start_ms, end_ms, mission_id FROM mission
WHERE start_ms <= ?1 ORDER BY start_ms DESC LIMIT ?2;

-- name: event_completed
-- role: reader
-- Missions by when edge learned that they are complete, last first. 1: not
-- after, 2: most rows.
SELECT platform, number, completed_ms, start_ms, end_ms, mission_id
FROM mission WHERE completed_ms <= ?1 ORDER BY completed_ms DESC LIMIT ?2;

-- name: event_silent
-- role: reader
-- Missions of a kind by their end, last first. 1: kind, 2: not after, 3: most
-- rows.
SELECT platform, number, end_ms, start_ms, end_ms, mission_id FROM mission
WHERE kind = ?1 AND NOT complete AND end_ms <= ?2
ORDER BY end_ms DESC LIMIT ?3;

-- name: sitemap_missions
-- role: reader
-- Missions, newest start first. 1: not after, 2: most rows.
SELECT mission_id, platform, number, synced_ms FROM mission
WHERE start_ms <= ?1 ORDER BY start_ms DESC LIMIT ?2;

-- name: metrics_quarantine
-- role: tool
SELECT collection, count(*) FROM quarantine GROUP BY collection;

-- name: metrics_resyncs
-- role: tool
SELECT reason, count(*) FROM run WHERE reason <> '' GROUP BY reason;
