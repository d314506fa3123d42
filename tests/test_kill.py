"""edge killed at any instant, hundreds of times, while others read its store.

SOAK_SECONDS makes it long; KILL_SEED repeats the instants, as far as a scheduler can.
"""

import contextlib
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import threading
import time
import unittest

import bson

import harness
from test_dumps import (
    MISSIONS, PROFILES, check_sound, copy, demo, documents, edge, editing, is_mission,
    mission_keys, remove, write_documents,
)  # fmt: skip

SOAK = float(os.environ.get("SOAK_SECONDS", 0))
SECONDS = SOAK or 55
KILLS = 10**9 if SOAK else 300
LEAST = 12  # kills of each test, however short the time
SEED = int(os.environ.get("KILL_SEED", 0)) or random.randrange(1, 10**9)

# Both in one read transaction: missions whose track is not whole, totals that are not the sums over
# the missions one sees.
TORN = """SELECT platform, number FROM mission AS m WHERE track_points <>
    (SELECT count(*) FROM track_point AS p WHERE p.mission_id = m.mission_id)"""
WRONG = """SELECT * FROM (SELECT * FROM total EXCEPT SELECT * FROM total_of_facts)
    UNION ALL SELECT * FROM (SELECT * FROM total_of_facts EXCEPT SELECT * FROM total)"""


class Reader(threading.Thread):
    """Looks at a store again and again, as a server of pages does."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.looks, self.faults = path, 0, []
        self.over = threading.Event()
        self.missions = set()  # how many it saw

    def look(self, db):
        db.execute("BEGIN")
        try:
            torn, wrong = db.execute(TORN).fetchall(), db.execute(WRONG).fetchall()
            [[missions]] = db.execute("SELECT count(*) FROM mission")
        finally:
            db.execute("ROLLBACK")
        self.missions.add(missions)
        if torn or wrong or not missions:
            self.faults.append((torn, wrong, missions))
        self.looks += 1

    def run(self):
        while not self.over.is_set():
            try:
                inode = os.stat(self.path).st_ino
                with contextlib.closing(
                    sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None)
                ) as db:
                    for _ in range(20):
                        if self.over.is_set() or os.stat(self.path).st_ino != inode:
                            break
                        self.look(db)
                        time.sleep(0.002)
            except (FileNotFoundError, sqlite3.OperationalError) as error:
                # Not there, or locked for the moment: nothing is shown, so nothing is wrong.
                if "malformed" in str(error) or "not a database" in str(error):
                    self.faults.append(error)
                time.sleep(0.002)
            except sqlite3.Error as error:
                self.faults.append(error)

    def end(self, test):
        self.over.set()
        self.join(10)
        test.assertEqual(self.faults[:3], [], f"KILL_SEED={SEED}")


def another(test, folder):
    """The same source later: missions written again, one gone, one more, other statistics."""
    folder = copy(test, folder)
    found = documents(folder, MISSIONS)
    tracks = documents(folder, PROFILES)
    for document in found[:3]:
        document["_id"] = bson.ObjectId()
        document["total_distance_m"] = 1000.0 + document["total_distance_m"]
        is_of = is_mission(document["platform_serial"], document["mission"])
        last = [p for p in tracks if is_of(p)][-1]
        tracks.append({**last, "_id": bson.ObjectId(), "number": last["number"] + 1})
    more = {**found[3], "_id": bson.ObjectId(), "mission": 900}
    write_documents(folder, MISSIONS, [*found, more])
    write_documents(folder, PROFILES, [*tracks, {**tracks[0], **{
        "_id": bson.ObjectId(), "platform_serial": more["platform_serial"], "mission": 900,
    }}])  # fmt: skip
    gone = is_mission(found[4]["platform_serial"], found[4]["mission"])
    remove(folder, MISSIONS, gone)
    remove(folder, PROFILES, gone)
    remove(folder, "gliderstats", lambda d: d["stat_year"] == 0)
    return folder


def spoil(folder):
    """Some documents that do not fit."""
    found = documents(folder, PROFILES)
    for document in found[5::40]:
        document["lon"] = "east"
    write_documents(folder, PROFILES, found)
    write_documents(folder, MISSIONS, [
        *documents(folder, MISSIONS),
        {"platform_serial": "SEA999", "mission": 1, "start": "yesterday", "_id": bson.ObjectId()},
    ])  # fmt: skip


class Killed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge", "java")
        first = demo(cls, missions=24, profiles=12) / "voto"
        spoil(first)
        cls.sources = [first]
        cls.sources.append(another(cls, cls.sources[0]))
        print(f"KILL_SEED={SEED}", flush=True)

    def setUp(self):
        self.chance = random.Random(SEED)
        self.directory = harness.temp_dir(self)
        self.db = self.directory / "edge.db"
        self.turn = self.kills = self.hits = 0
        self.lengths = {}

    def source(self):
        return self.sources[self.turn % 2]

    def words(self):
        return "import", self.source(), "--db", self.db, "--allow-mass-delete"

    def start(self, *words, uri=None):
        return subprocess.Popen(
            [str(harness.EDGE), *map(str, words)], env=harness.edge_env(uri),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def measure(self, kind, begin, *words, uri=None):
        """How long such a run takes when nobody ends it."""
        if kind not in self.lengths:
            times = []
            for _ in range(3):
                begin()
                started = time.monotonic()
                self.assertIn(self.start(*(words or self.words()), uri=uri).wait(60), (0,))
                times.append(time.monotonic() - started)
            self.lengths[kind] = statistics.median(times)
        return self.lengths[kind]

    def kill(self, kind, begin, *words, uri=None):
        length = self.measure(kind, begin, *words, uri=uri)
        begin()
        process = self.start(*(words or self.words()), uri=uri)
        time.sleep(self.chance.uniform(0, length))
        process.kill()
        self.kills += 1
        self.hits += process.wait() != 0

    def next_source(self):
        self.turn += 1

    def outdate(self):
        """The store becomes one of an older edge, with the other source to come."""
        self.next_source()
        if not self.db.exists():
            edge(*self.words(), expect=0)
        with editing(self.db) as db:
            db.execute("PRAGMA user_version = 0")

    def check_left(self):
        if self.db.exists():
            check_sound(self, self.db)

    def check_next(self):
        """One more run reaches the source, and leaves nothing beside the store."""
        edge(*self.words(), expect=0)
        edge("verify", "--db", self.db, "--dump", self.source(), expect=0)
        beside = {p.name for p in self.directory.glob("edge.db*")}
        self.assertLessEqual(
            beside, {f"edge.db{x}" for x in ("", "-wal", "-shm", ".lock", ".status")}
        )

    def first(self):
        """A first run in a place of its own: there is no store, or the whole of it."""
        here, self.db = self.db, self.directory / "first" / "edge.db"
        try:
            def begin():
                shutil.rmtree(self.db.parent, ignore_errors=True)
                self.db.parent.mkdir()

            self.kill("first", begin)
            if self.db.exists():
                check_sound(self, self.db)
                edge("verify", "--db", self.db, "--dump", self.source(), expect=0)
        finally:
            self.db = here

    def goes_on(self, end, most):
        return self.kills < LEAST or time.monotonic() < end and self.kills < most

    def report(self, readers):
        looks = sum(r.looks for r in readers)
        print(f"{self.kills} kills, {self.hits} before the end; {looks} looks", flush=True)
        # Of a few, chance decides how many came too late.
        self.assertGreater(self.hits, self.kills / 4 if self.kills >= 40 else 0)

    def test_imports(self):
        edge(*self.words(), expect=0)
        self.assertGreater(len(mission_keys(self.db)), 20)
        readers = [Reader(self.db), Reader(self.db)]
        for reader in readers:
            reader.start()
        end = time.monotonic() + SECONDS * 0.7
        while self.goes_on(end, KILLS * 0.85):
            way = self.chance.random()
            if way < 0.7:
                self.kill("later", self.next_source)
            elif way < 0.85:
                self.first()
            else:
                self.kill("rebuild", self.outdate)
            self.check_left()
            if self.kills % 25 == 24:
                self.check_next()
        self.check_next()
        for reader in readers:
            reader.end(self)
        self.report(readers)
        self.assertGreater(len(set.union(*(r.missions for r in readers))), 1)

    def test_runs_and_retries_on_a_server(self):
        with harness.JavaServer() as server:
            database, uri = server.database("kill"), server.uri("kill")
            harness.load_dump(self.sources[0], database)
            sync = "sync", "--once", "--db", self.db, "--grace", "0", "--allow-mass-delete"
            retry = "quarantine", "retry", "--db", self.db
            edge(*sync, uri=uri, expect=0)
            readers = [Reader(self.db)]
            readers[0].start()
            many = list(database[MISSIONS].find({"basin": {"$gt": " "}}))[:6]

            def change():
                document = self.chance.choice(many)
                who = {k: document[k] for k in ("platform_serial", "mission")}
                database[MISSIONS].delete_many(who)
                document["_id"] = bson.ObjectId()
                document["comment"] = str(self.chance.random())
                database[MISSIONS].insert_one(document)

            end = time.monotonic() + SECONDS * 0.3
            while self.goes_on(end, KILLS * 0.15):
                if self.chance.random() < 0.6:
                    self.kill("sync", change, *sync, uri=uri)
                else:
                    self.kill("retry", lambda: None, *retry, uri=uri)
                self.check_left()
                if self.kills % 15 == 14:
                    edge(*sync, uri=uri, expect=0)
                    edge("verify", "--db", self.db, uri=uri, expect=0)
            edge(*sync, uri=uri, expect=0)
            edge("verify", "--db", self.db, uri=uri, expect=0)
            readers[0].end(self)
            self.report(readers)


if __name__ == "__main__":
    unittest.main()
