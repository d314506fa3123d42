"""What tests of following a scripted source share: the store beside it, and a reader of the store."""

import contextlib
import json
import re
import sqlite3
import threading
import time
import unittest

import harness
import oracle
import scripted
from syncing import Mission
from test_dumps import (
    MISSIONS, check_equal, check_sound, demo, documents, edge, mission_keys,
)  # fmt: skip

SOON = 60  # seconds within which a change must be in the store; it takes about one

# "p@ss/w?rd%" percent-encoded, and what must be nowhere.
USER, PASSWORD = "reader", "p@ss/w?rd%"
LOGIN = "reader:p%40ss%2Fw%3Frd%25@"
SECRETS = ("p%40ss%2Fw%3Frd%25", PASSWORD, "w%3Frd", "w?rd")

# A server that does not answer is given up soon.
SHORT = "socketTimeoutMS=800&connectTimeoutMS=800&serverSelectionTimeoutMS=800"
# One that has much to do beside other tests answers late, and is waited for.
PATIENT = "socketTimeoutMS=20000&connectTimeoutMS=20000&serverSelectionTimeoutMS=20000"


class Reader(threading.Thread):
    """Reads the store over and over, as a page does, and notes what no page may show."""

    def __init__(self, path, keys):
        super().__init__(daemon=True)
        self.path, self.keys = path, set(keys)
        self.reads, self.faults = 0, set()
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(0.01):
            with contextlib.closing(
                sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
            ) as db:
                self.look(db)
            self.reads += 1

    def look(self, db):
        db.execute("BEGIN")
        rows = db.execute(
            """SELECT platform || '/' || number, track_points, (SELECT count(*)
               FROM track_point AS p WHERE p.mission_id = m.mission_id) FROM mission AS m"""
        ).fetchall()
        self.faults |= {f"{key} is missing" for key in self.keys - {r[0] for r in rows}}
        self.faults |= {f"{r[0]} has half a track" for r in rows if r[1] != r[2]}
        totals, recount = db.execute(
            """SELECT (SELECT sum(missions) FROM total WHERE scope = 'all'),
               (SELECT count(*) FROM mission WHERE counted)"""
        ).fetchone()
        if totals != recount:
            self.faults.add("totals are those of other missions")


class Following(unittest.TestCase):
    """A scripted source with the demo's documents and a store that has them."""

    size = {"missions": 6, "profiles": 12}
    source_options = {}
    options, login = SHORT, None  # of the address
    synced = True  # the store is there before the test

    @classmethod
    def setUpClass(cls):
        harness.needs("edge", "mockupdb")
        voto = demo(cls, **cls.size) / "voto"
        cls.documents = {
            name: documents(voto, name)
            for name in scripted.COLLECTIONS
            if (voto / f"{name}.bson").exists()
        }

    def setUp(self):
        self.source = scripted.Source(self.documents, **self.source_options)
        self.addCleanup(self.source.close)
        self.db = harness.temp_dir(self) / "edge.db"
        self.started_at = time.monotonic()
        if self.synced:
            self.sync()
            self.source.calls.clear()

    @property
    def uri(self):
        return self.source.uri(self.options, self.login)

    def sync(self, *flags, expect=0, **options):
        patient = self.options.replace(SHORT, PATIENT) if expect == 0 else self.options
        options.setdefault("uri", self.source.uri(patient, self.login))
        return edge("sync", "--once", "--db", self.db, *flags, expect=expect, **options)

    def written(self):
        """What the runs have written, by the status file."""
        return json.loads(self.db.with_name("edge.db.status").read_text())["written"]

    def mission(self, place=0):
        return Mission(self.source, self.source[MISSIONS].find().sort("start")[place])

    # ------------------------------------------------------------ following

    @contextlib.contextmanager
    def following(self, *flags, mode="WATCH", served=True, verb="sync", env=None):
        """edge at its work, and a reader that sees every mission all the time."""
        words = ("sync", "--watch") if verb == "sync" else ("run", "--listen", "127.0.0.1:0")
        process = harness.EdgeProcess(*words, "--db", self.db, *flags, uri=self.uri, env=env)
        with process:
            if mode:
                process.wait_for(f"mode {mode}", timeout=SOON)
                harness.eventually(lambda: self.status()["mode"] == mode.lower(), timeout=SOON)
            with self.reader() if served else contextlib.nullcontext():
                yield process
                process.stop()
        for secret in SECRETS:
            self.assertNotIn(secret, process.log)

    @contextlib.contextmanager
    def reader(self, keys=None):
        reader = Reader(self.db, mission_keys(self.db) if keys is None else keys)
        reader.start()
        try:
            yield reader
        finally:
            reader.done.set()
            reader.join()
        self.assertEqual(reader.faults, set())
        self.assertGreater(reader.reads, 0)

    def status(self):
        return json.loads(harness.run_edge("status", "--json", "--db", self.db, expect=0).stdout)

    def runs(self):
        """(mode, reason) of the run history, first first."""
        with contextlib.closing(sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)) as db:
            return db.execute("SELECT mode, reason FROM run ORDER BY run_id").fetchall()

    def is_equal(self):
        try:
            check_equal(self, self.db, oracle.read(self.source))
        except (AssertionError, OSError, sqlite3.Error):
            return False  # edge writes: files come and go
        return True

    def settle(self, timeout=SOON):
        """Waits until the store is what the source says."""
        with contextlib.suppress(AssertionError):
            harness.eventually(self.is_equal, timeout=timeout, every=0.1)
        check_equal(self, self.db, oracle.read(self.source))

    def change(self, place=0):
        """A mission written again by the source; returns it."""
        mission = self.mission(place)
        mission.replace(more=2)
        return mission

    # ------------------------------------------------------------ verdicts

    def check_resync(self, reason):
        """One resync is told of, with its reason, in status and run history."""
        harness.eventually(lambda: self.status()["resyncs"] == 1, timeout=SOON)
        self.assertRegex(self.status()["resync_reason"], reason)

        def told():
            return [why for mode, why in self.runs() if mode == "resync"]

        harness.eventually(told, timeout=SOON)
        self.assertEqual(len(told()), 1)
        self.assertRegex(told()[0], reason)
        harness.eventually(lambda: self.status()["error"] == "", timeout=SOON)

    def check_calm(self, most=60, during=2.0):
        """Requests a second that an idle or a broken source gets at most."""
        since = time.monotonic()
        time.sleep(during)
        with self.source.news:
            calls = [c for c in self.source.calls if c.at >= since]
        self.assertLess(len(calls) / during, most, [c.name for c in calls][:40])

    def check_log(self, process, pattern, most=1):
        """What happened is told, and told once."""
        told = [line for line in process.log.splitlines() if re.search(pattern, line)]
        self.assertTrue(told, process.log)
        self.assertLessEqual(len(told), most, process.log)

    def check_unharmed(self):
        check_sound(self, self.db)
