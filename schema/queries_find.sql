-- queries_find.sql: the statements that keep find.sql's tables and that lists
-- of missions are served with.

-- name: find_leave_facets
-- role: writer
-- Before a mission is changed or removed. bit_without and bit_with are of
-- schema/bits.c. 1: mission_id.
UPDATE facet SET bits = bit_without(bits, ?1 % 4096)
WHERE (scope, key, piece) IN (SELECT scope, key, ?1 / 4096 FROM mission_facet
  WHERE mission_id = ?1);

-- name: find_drop_facets
-- role: writer
-- The pieces that are empty now. 1: mission_id.
DELETE FROM facet
WHERE (scope, key, piece) IN (SELECT scope, key, ?1 / 4096 FROM mission_facet
  WHERE mission_id = ?1) AND length(bits) = 0;

-- name: find_leave_order
-- role: writer
-- 1: mission_id.
DELETE FROM mission_order WHERE mission_id = ?1;

-- name: find_leave_search
-- role: writer
-- 1: mission_id.
DELETE FROM mission_search WHERE rowid = ?1;

-- name: find_enter_facets
-- role: writer
-- After a mission is written, with its basins and variables. 1: mission_id.
INSERT INTO facet
SELECT scope, key, ?1 / 4096, bit_with(x'', ?1 % 4096) FROM mission_facet
WHERE mission_id = ?1
ON CONFLICT DO UPDATE SET bits = bit_with(bits, ?1 % 4096);

-- name: find_enter_order
-- role: writer
-- 1: mission_id.
INSERT INTO mission_order
SELECT sort, key, then_by, mission_id FROM mission_order_of_facts
WHERE mission_id = ?1;

-- name: find_enter_search
-- role: writer
-- 1: mission_id.
INSERT INTO mission_search (rowid, words)
SELECT mission_id, words FROM mission_words WHERE mission_id = ?1;

-- name: find_enter_platform
-- role: writer
-- 1: mission_id.
INSERT OR IGNORE INTO platform_searched
SELECT serial, name FROM mission JOIN platform ON serial = platform
WHERE mission_id = ?1;

-- name: find_unname
-- role: writer
-- Takes the missions of platforms with another name out of the search …
DELETE FROM mission_search WHERE rowid IN (SELECT m.mission_id
  FROM platform_searched AS s JOIN platform AS p USING (serial)
  JOIN mission AS m ON m.platform = p.serial WHERE p.name <> s.name);

-- name: find_rename
-- role: writer
-- … and puts them in again under the name of now.
INSERT INTO mission_search (rowid, words)
SELECT m.mission_id, w.words
FROM platform_searched AS s JOIN platform AS p USING (serial)
CROSS JOIN mission AS m ON m.platform = p.serial
CROSS JOIN mission_words AS w ON w.mission_id = m.mission_id
WHERE p.name <> s.name;

-- name: find_named
-- role: writer
INSERT OR REPLACE INTO platform_searched
SELECT serial, p.name FROM platform_searched AS s JOIN platform AS p
  USING (serial) WHERE p.name <> s.name;

-- name: find_optimize
-- role: writer
-- Makes the search index of a new store one piece: a common word is then
-- found ten times as fast.
INSERT INTO mission_search (mission_search) VALUES ('optimize');

-- name: facet_bits
-- role: reader
-- The missions of one key. 1: scope, 2: key.
SELECT piece, bits FROM facet WHERE scope = ?1 AND key = ?2 ORDER BY piece;

-- name: facets
-- role: reader
-- Those of all keys of a scope, key by key. 1: scope, 2: most rows.
SELECT key, piece, bits FROM facet WHERE scope = ?1
ORDER BY key, piece LIMIT ?2;

-- name: missions_found
-- role: reader
-- The missions whose words begin with all words of a query. 1: the query, 2:
-- most rows.
SELECT rowid FROM mission_search WHERE mission_search MATCH ?1 LIMIT ?2;

-- name: missions_in_box
-- role: reader
-- The missions whose track's bounds overlap a box. 1: west, 2: east, 3: south,
-- 4: north, 5: most rows.
SELECT mission_id FROM mission
WHERE lon_min <= ?2 AND lon_max >= ?1 AND lat_min <= ?4 AND lat_max >= ?3
LIMIT ?5;

-- name: missions_between
-- role: reader
-- The missions of a kind under way at some time of a period. 1: kind, 2: begin
-- and 3: end of the period, 4: most rows.
SELECT mission_id, end_ms FROM mission
WHERE kind = ?1 AND end_ms >= ?2 AND start_ms <= ?3 LIMIT ?4;

-- name: missions_up
-- role: reader
-- Missions in an order. 1: sort; 2: key, 3: then_by and 4: mission_id to go on
-- after, 5: most rows.
SELECT mission_id, key, then_by FROM mission_order
WHERE sort = ?1 AND (key, then_by, mission_id) > (?2, ?3, ?4)
ORDER BY key, then_by, mission_id LIMIT ?5;

-- name: missions_down
-- role: reader
-- The same from the end.
SELECT mission_id, key, then_by FROM mission_order
WHERE sort = ?1 AND (key, then_by, mission_id) < (?2, ?3, ?4)
ORDER BY key DESC, then_by DESC, mission_id DESC LIMIT ?5;

-- name: mission_place
-- role: reader
-- Where a mission stands in an order. 1: sort, 2: mission_id.
SELECT key, then_by FROM mission_order WHERE mission_id = ?2 AND sort = ?1;

-- name: year_missions
-- role: reader
-- The missions of a year, first start first. 1: year, 2: start and
-- 3: mission_id to go on after.
SELECT mission_id, platform, number, start_ms FROM mission
WHERE year = ?1 AND (start_ms, mission_id) > (?2, ?3)
ORDER BY start_ms, mission_id;

-- name: platform_before
-- role: reader
-- 1: serial.
SELECT serial FROM platform WHERE serial < ?1 ORDER BY serial DESC LIMIT 1;

-- name: platform_after
-- role: reader
-- 1: serial.
SELECT serial FROM platform WHERE serial > ?1 ORDER BY serial LIMIT 1;

-- name: platform_variables
-- role: reader
-- What a platform's missions measured, and when each started. 1: serial,
-- 2: most rows.
SELECT v.variable, m.start_ms FROM mission AS m
CROSS JOIN mission_variable AS v ON v.mission_id = m.mission_id
WHERE m.platform = ?1 LIMIT ?2;
