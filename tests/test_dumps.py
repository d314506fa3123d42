"""Demo dumps and local stores at hand for the other tests: made, read, changed, compared.

What it gives them is tested at its end.
"""

import contextlib
import gzip
import hashlib
import os
import pathlib
import shutil
import sqlite3
import unittest
import urllib.parse

import bson
from bson import json_util
from bson.codec_options import CodecOptions

import harness
import oracle

# The driver's counters lie in shared memory under the process id. A killed edge leaves them there,
# and a later one that gets the same id would say so on standard error.
os.environ.setdefault("MONGOC_DISABLE_SHM", "1")

NOW = "2026-11-22T09:40:00Z"
NOW_MS = 1_795_340_400_000
MINUTE_MS = 60_000

# Of collections that hold one mission's track or the missions themselves.
MISSIONS = "glidermissions"
PROFILES = "profiles"
PRIVATE = ("user", "mailinglist", "vesseldata", "location")

# Documents whose text is not UTF-8 can be read too.
LENIENT = CodecOptions(unicode_decode_error_handler="replace")


def at(minutes):
    """The time so many minutes after NOW, for EDGE_NOW."""
    return oracle.rfc3339(NOW_MS + minutes * MINUTE_MS)


def edge(*args, now=NOW, env=None, **options):
    """Runs edge as harness.run_edge does, at a time that stands still."""
    return harness.run_edge(*args, env={"EDGE_NOW": now, **(env or {})}, **options)


# ---------------------------------------------------------------- dumps


def demo(test, *flags, missions=24, profiles=60):
    """A demo dump's directory, which holds the database's folder "voto"; made once a test."""
    directory = harness.temp_dir(test) / "dump"
    size = ("--missions", missions, "--profiles", profiles)
    edge("demo", directory, *size, *flags, expect=0)
    return directory


def copy(test, folder):
    """A copy of a database's folder that a test may change."""
    return pathlib.Path(shutil.copytree(folder, harness.temp_dir(test) / "voto"))


def raw_documents(folder, collection):
    """A collection's documents as bytes."""
    path = folder / f"{collection}.bson"
    if path.exists():
        return list(harness.split_bson(path.read_bytes()))
    packed = (folder / f"{collection}.bson.gz").read_bytes()
    return list(harness.split_bson(gzip.decompress(packed)))


def documents(folder, collection):
    return [bson.decode(raw, LENIENT) for raw in raw_documents(folder, collection)]


def write_documents(folder, collection, found):
    """Writes documents, given as dictionaries or as bytes, in place of a collection's file."""
    raw = (d if isinstance(d, bytes) else bson.encode(d) for d in found)
    (folder / f"{collection}.bson").write_bytes(b"".join(raw))


def change(folder, collection, chosen, **fields):
    """Sets fields of the documents for which chosen(document) is true; ... leaves a field out."""
    found = documents(folder, collection)
    hits = [d for d in found if chosen(d)]
    if not hits:
        raise AssertionError(f"nothing to change in {collection}")
    for document in hits:
        document.update(fields)
        for name in [name for name, value in document.items() if value is ...]:
            del document[name]
    write_documents(folder, collection, found)


def remove(folder, collection, chosen):
    """Takes documents out of a collection; returns how many."""
    found = documents(folder, collection)
    kept = [d for d in found if not chosen(d)]
    write_documents(folder, collection, kept)
    return len(found) - len(kept)


def is_mission(platform, number):
    """Chooses the documents of a glider's mission: its own and its profiles."""
    return lambda d: d.get("platform_serial") == platform and d.get("mission") == number


def write_json_lines(folder, to, options, opened=open, suffix=".json"):
    """Writes what mongoexport would, one document a line, of each collection of a dump."""
    to.mkdir()
    for path in folder.glob("*.bson"):
        with opened(to / (path.stem + suffix), "wt", encoding="utf-8") as out:
            for document in documents(folder, path.stem):
                out.write(json_util.dumps(document, json_options=options) + "\n")


# ---------------------------------------------------------------- stores


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


@contextlib.contextmanager
def reading(path):
    """A connection that only reads and leaves nothing beside the store."""
    log = pathlib.Path(f"{path}-wal")
    how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    name = urllib.parse.quote(str(path))
    with contextlib.closing(sqlite3.connect(f"file:{name}?{how}", uri=True)) as db:
        yield db


@contextlib.contextmanager
def editing(path):
    """A connection that changes the store behind edge's back."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA foreign_keys = 1")
        with db:
            yield db


def query(path, sql, *values):
    with reading(path) as db:
        return db.execute(sql, values).fetchall()


def one(path, sql, *values):
    """The only value of the only row."""
    [[value]] = query(path, sql, *values)
    return value


def generation(path):
    return one(path, "SELECT generation FROM state")


def mission_keys(path):
    return {key for [key] in query(path, "SELECT platform || '/' || number FROM mission")}


def tracks(path):
    """{"SEA063/33": number of positions} by counting."""
    return dict(
        query(
            path,
            """SELECT platform || '/' || number, (SELECT count(*) FROM track_point AS p
               WHERE p.mission_id = m.mission_id) FROM mission AS m""",
        )
    )


def flat_totals(totals):
    """{(scope, key, kind): figures} of oracle.all_totals, without scopes that count nothing."""
    scopes = [("all", "", totals["all"])]
    for scope in ("year", "basin", "platform", "project"):
        scopes += [(scope, key, figures) for key, figures in totals[scope].items()]
    return {
        (scope, key, kind): figures[kind]
        for scope, key, figures in scopes
        for kind in ("glider", "sailbuoy")
        if figures[kind]["missions"]
    }


def totals(path):
    """The store's totals in the form of flat_totals."""
    found = {}
    for row in query(
        path,
        """SELECT scope, key, kind, platforms, missions, profiles, sea_time_ms, distance_mm,
             vertical_mm, data_points FROM total""",
    ):
        scope, key, kind, platforms, missions, profiles, time, distance, vertical, points = row
        found[scope, key, kind] = {
            "platforms": platforms,
            "missions": missions,
            "sea_time_s": time // 1000,
            "distance_km": distance // 1_000_000,
        }
        if kind == "glider":
            found[scope, key, kind].update(
                profiles=profiles, vertical_km=vertical // 1_000_000, data_points=points
            )
    return found


def recent(path, kind, now_ms, hours):
    """Keys of the missions of the landing page, first started first."""
    return [
        key
        for [key] in query(
            path,
            """SELECT platform || '/' || number FROM mission
               WHERE kind = ? AND end_ms >= ? AND (kind = 'sailbuoy' OR basin_exists)
               ORDER BY start_ms, platform, number""",
            kind,
            now_ms - hours * 60 * MINUTE_MS,
        )
    ]


def missions(path):
    """The store's missions in the form and order of oracle.missions."""
    with reading(path) as db:

        def names(sql, mission):
            return [name for [name] in db.execute(sql, (mission,))]

        return [
            {
                "kind": kind,
                "platform": platform,
                "mission": number,
                "start": oracle.rfc3339(start),
                "end": oracle.rfc3339(end),
                "basins": names(
                    """SELECT name FROM mission_basin JOIN basin USING (basin_id)
                       WHERE mission_id = ? ORDER BY rank""",
                    mission,
                ),
                "project": project,
                "variables": names(
                    """SELECT variable FROM mission_variable WHERE mission_id = ?
                       ORDER BY variable""",
                    mission,
                ),
                "profiles": profiles or 0,
                "distance_km": int((distance or 0) // 1000),
                "complete": bool(complete),
                "url": f"/{platform}/M{number}",
            }
            for (
                mission, kind, platform, number, start, end, project, profiles, distance, complete
            ) in db.execute(
                """SELECT mission_id, kind, platform, number, start_ms, end_ms, project, profiles,
                     distance_m, complete FROM mission ORDER BY start_ms DESC, platform, number"""
            ).fetchall()
        ]  # fmt: skip


# Every table with its rows; a mission by its name, since its row may get another number.
_CONTENT = {
    "mission": "SELECT platform || ' M' || number AS name, * FROM mission",
    "platform": "SELECT serial, * FROM platform",
    "mission_basin": """SELECT m.platform || ' M' || m.number, rank, b.name, mb.start_ms
        FROM mission_basin AS mb JOIN mission AS m USING (mission_id) JOIN basin AS b
        USING (basin_id)""",
    "mission_variable": """SELECT m.platform || ' M' || m.number, variable, v.start_ms
        FROM mission_variable AS v JOIN mission AS m USING (mission_id)""",
    "track_point": """SELECT m.platform || ' M' || m.number, p.number, time_ms, lon, lat,
        max_depth_m FROM track_point AS p JOIN mission AS m USING (mission_id)""",
    "track_line": """SELECT m.platform || ' M' || m.number, detail, points, line
        FROM track_line AS l JOIN mission AS m USING (mission_id)""",
    "total": "SELECT scope || ' ' || key, * FROM total",
    "stat": "SELECT name, * FROM stat",
    "pipeline": "SELECT platform || ' M' || number, * FROM pipeline",
    "quarantine": "SELECT collection || ' ' || source_id, * FROM quarantine",
    "gone": """SELECT m.platform || ' M' || m.number, since_ms
        FROM gone JOIN mission AS m USING (mission_id)""",
}


def content(path, *, without=()):
    """All that a store holds as sets of rows, to compare two states of it: {table: {row, …}}.

    Rows whose first column is in `without`, as "SEA063 M33", are left out.
    """
    with reading(path) as db:
        return {
            table: {row for row in db.execute(sql) if row[0] not in without}
            for table, sql in _CONTENT.items()
        }


def check_sound(test, path):
    """What must hold of a store at every moment, however its writer ended."""
    with reading(path) as db:
        test.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        test.assertEqual(db.execute("PRAGMA foreign_key_check").fetchall(), [])
        recount = set(db.execute("SELECT * FROM total_of_facts"))
        test.assertEqual(set(db.execute("SELECT * FROM total")), recount)
        torn = db.execute(
            """SELECT platform, number FROM mission AS m WHERE track_points <>
               (SELECT count(*) FROM track_point AS p WHERE p.mission_id = m.mission_id)"""
        )
        test.assertEqual(torn.fetchall(), [])


def check_equal(test, path, source, now_ms=NOW_MS):
    """The store shows what the oracle computes of the source."""
    check_sound(test, path)
    test.assertEqual(totals(path), flat_totals(oracle.all_totals(source)))
    test.assertEqual(tracks(path), source.tracks)
    test.assertEqual(missions(path), oracle.missions(source))
    test.assertEqual(recent(path, "glider", now_ms, 24), oracle.recent_gliders(source, now_ms))
    test.assertEqual(recent(path, "sailbuoy", now_ms, 12), oracle.recent_sailbuoys(source, now_ms))


# ---------------------------------------------------------------- tests of the above


class Dumps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.voto = demo(cls, missions=4, profiles=10) / "voto"
        cls.db = harness.temp_dir(cls) / "edge.db"
        edge("import", cls.voto, "--db", cls.db, expect=0)

    def test_write_what_was_read_gives_the_same_bytes(self):
        folder = copy(self, self.voto)
        for path in folder.glob("*.bson"):
            before = path.read_bytes()
            write_documents(folder, path.stem, documents(folder, path.stem))
            self.assertEqual(path.read_bytes(), before, path.name)

    def test_change_one_document_leaves_the_others(self):
        folder = copy(self, self.voto)
        first, *rest = documents(folder, MISSIONS)
        change(folder, MISSIONS, lambda d: d["_id"] == first["_id"], project="X", sea_name=...)
        changed, *others = documents(folder, MISSIONS)
        self.assertEqual(changed["project"], "X")
        self.assertNotIn("sea_name", changed)
        self.assertEqual(others, rest)

    def test_content_shows_one_edited_cell(self):
        db = harness.temp_dir(self) / "edge.db"
        shutil.copy(self.db, db)
        self.assertEqual(content(db), content(self.db))
        with editing(db) as edit:
            edit.execute("UPDATE track_point SET lat = lat + 1e-9 WHERE number = 1")
        self.assertNotEqual(content(db)["track_point"], content(self.db)["track_point"])

    def test_check_sound_sees_an_edited_total(self):
        db = harness.temp_dir(self) / "edge.db"
        shutil.copy(self.db, db)
        check_sound(self, db)
        with editing(db) as edit:
            edit.execute("UPDATE total SET profiles = profiles + 1 WHERE scope = 'all'")
        with self.assertRaises(AssertionError):
            check_sound(self, db)

    def test_reading_leaves_no_file_beside_the_store(self):
        beside = sorted(p.name for p in self.db.parent.iterdir())
        content(self.db)
        self.assertEqual(sorted(p.name for p in self.db.parent.iterdir()), beside)


if __name__ == "__main__":
    unittest.main()
