"""Random histories of a source: after every batch of changes the store is what a fresh import gives.

HISTORY_SEED repeats a history; SOAK_SECONDS makes it long and draws the seed, which is printed.
"""

import os
import random
import time
import unittest

import harness
import oracle
from history import History
from test_dumps import check_sound, edge, reading

SOAK = float(os.environ.get("SOAK_SECONDS", 0))
SECONDS = SOAK / 2 or 18
SEED = int(os.environ.get("HISTORY_SEED", 0)) or (random.randrange(1, 10**9) if SOAK else 1)

# Every table that holds facts and totals, a mission by its name; without what may differ: row ids
# and the times at which edge saw something.
MISSION = "m.platform || ' M' || m.number"
TABLES = {
    "platform": "SELECT serial, * FROM platform",
    "mission_basin": f"""SELECT {MISSION}, rank, b.name, code, o.start_ms FROM mission_basin AS o
        JOIN mission AS m USING (mission_id) JOIN basin AS b USING (basin_id)""",
    "mission_variable": f"""SELECT {MISSION}, variable, o.start_ms FROM mission_variable AS o
        JOIN mission AS m USING (mission_id)""",
    "track_point": f"""SELECT {MISSION}, o.number, time_ms, lon, lat, max_depth_m
        FROM track_point AS o JOIN mission AS m USING (mission_id)""",
    "track_line": f"""SELECT {MISSION}, detail, points, line FROM track_line AS o
        JOIN mission AS m USING (mission_id)""",
    "basin": """SELECT '', code, name FROM basin WHERE code IS NOT NULL
        OR basin_id IN (SELECT basin_id FROM mission_basin)""",
    "stat": "SELECT name, * FROM stat",
    "pipeline": "SELECT '', * FROM pipeline",
    "total": "SELECT '', * FROM total",
    "find": f"""SELECT {MISSION}, sort, key, then_by FROM mission_order AS o
        JOIN mission AS m USING (mission_id)""",
    "quarantine": """SELECT '', collection, source_id, field, reason, platform, number, document
        FROM quarantine""",
}


def content(path):
    """{table: {row, …}}; the first column names the mission or platform a row belongs to."""
    with reading(path) as db:
        names = [name for _, name, *_ in db.execute("PRAGMA table_info(mission)")]
        seen = ("mission_id", "synced_ms", "completed_ms")
        kept = ", ".join([n for n in names if n not in seen] + ["completed_ms IS NULL"])
        tables = {"mission": f"SELECT {MISSION}, {kept} FROM mission AS m", **TABLES}
        return {table: set(db.execute(sql)) for table, sql in tables.items()}


def kept_by_rule(store, fresh):
    """Missions that are served although the source has no fitting document of them: one that does
    not fit stands in quarantine with their _id or their name."""
    with reading(fresh) as db:
        aside = set(
            db.execute(
                """SELECT source_id FROM quarantine
                   WHERE collection IN ('glidermissions', 'sailbuoymissions')
                   UNION SELECT platform || ' M' || number FROM quarantine
                   WHERE collection IN ('glidermissions', 'sailbuoymissions')"""
            )
        )
        there = set(db.execute(f"SELECT {MISSION} FROM mission AS m"))
    with reading(store) as db:
        mine = db.execute(f"SELECT {MISSION}, source_id, platform FROM mission AS m").fetchall()
    extra = {name: platform for name, _, platform in mine if (name,) not in there}
    return extra, {n: p for n, i, p in mine if n in extra and {(n,), (i,)} & aside}


def vanished(store):
    with reading(store) as db:
        return {n for [n] in db.execute(f"SELECT {MISSION} FROM gone JOIN mission AS m USING (mission_id)")}


class Histories(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge", "java")
        cls.server = harness.enter(cls, harness.JavaServer())
        print(f"HISTORY_SEED={SEED}", flush=True)

    def begin(self, seed):
        self.chance = random.Random(seed)
        name = f"h{seed}"
        self.database, self.uri = self.server.database(name), self.server.uri(name)
        self.database.client.drop_database(self.database.name)
        self.history = History(self.database, self.chance)
        self.history.begin()
        self.directory = harness.temp_dir(self)
        self.db = self.directory / "edge.db"
        self.day = self.changes = self.checks = 0

    def now(self):
        """Each run is a day and more after the one before: tracks are counted, no grace is left."""
        self.day += 1
        return oracle.rfc3339(1_900_000_000_000 + self.day * 90_000_000)

    def sync(self, path):
        edge(
            "sync", "--once", "--db", path, "--grace", "0", "--allow-mass-delete",
            uri=self.uri, now=self.now(), expect=0,
        )  # fmt: skip

    def batch(self, without=(), most=25):
        for _ in range(self.chance.randrange(1, most)):
            self.history.step(without)
            self.changes += 1

    def fresh(self):
        """A new store of the source as it is."""
        path = self.directory / "fresh.db"
        for old in self.directory.glob("fresh.db*"):
            old.unlink()
        self.sync(path)
        self.checks += 1
        self.history.silent.clear()
        return path

    def compare(self, fresh, before=None, watched=False):
        """The store against a fresh one, table by table. While it is `watched`, missions may be
        in their grace time and profiles that belong to no mission are not yet looked at."""
        check_sound(self, self.db)
        extra, held = kept_by_rule(self.db, fresh)
        if watched:
            held.update({name: extra[name] for name in extra.keys() & vanished(self.db)})
        self.assertEqual(extra, held, "in the store and not in the source")
        is_, should = content(self.db), content(fresh)
        for table, rows in is_.items():
            kept = {row for row in rows if row[0] in held or row[0] in held.values()}
            if before is not None and table == "mission":
                self.assertLessEqual(kept, before[table], "a held mission changed")
            if table in ("total", "basin") and held:
                continue  # counted with the held: check_sound holds them against the facts
            if table == "quarantine" and watched:
                rows = {row for row in rows if row[1] != "profiles"}
                should[table] = {row for row in should[table] if row[1] != "profiles"}
            without = {row for row in should[table] if row[0] in held.values()}
            self.assertEqual(rows - kept, should[table] - without, table)

    def verify(self):
        edge("verify", "--db", self.db, uri=self.uri, now=self.now(), expect=0)

    def histories(self, seconds, turns, turn):
        """Runs one history after the other for so many seconds, each of some turns."""
        end, seed = time.monotonic() + seconds, SEED
        changes = checks = 0
        while time.monotonic() < end:
            self.begin(seed)
            with self.subTest(HISTORY_SEED=seed):
                for number in range(turns):
                    turn(number)
                    if time.monotonic() > end:
                        break
            changes, checks = changes + self.changes, checks + self.checks
            self.database.client.drop_database(self.database.name)
            seed += 1
        print(f"{changes} changes, {checks} comparisons", flush=True)
        self.assertGreater(checks, 0)

    def test_runs_once(self):
        def turn(number):
            if number == 0:
                self.sync(self.db)
            before = content(self.db)
            self.batch()
            self.sync(self.db)
            self.compare(self.fresh(), before)
            if number % 4 == 3:
                self.verify()

        self.histories(SECONDS, 12, turn)

    # Changes that no event names: the deep check of a whole run finds them.
    SILENT = ("delete_profile", "lose_document", "empty")

    def watch(self):
        return harness.EdgeProcess(
            "sync", "--watch", "--db", self.db, "--grace", "0", "--allow-mass-delete",
            "--log-level", "warning", uri=self.uri,
        )  # fmt: skip

    def settle(self):
        """Waits until the running edge has followed."""
        fresh, end = self.fresh(), time.monotonic() + 20
        while not self.db.exists() and time.monotonic() < end:
            time.sleep(0.05)
        while True:
            try:
                return self.compare(fresh, watched=True)
            except AssertionError:
                if time.monotonic() > end:
                    raise
            time.sleep(0.2)

    def test_watch_with_restarts(self):
        def turn(number):
            loud = self.chance.random() < 0.6
            process = self.watch()
            process.start()
            try:
                for _ in range(self.chance.randrange(1, 4)):
                    time.sleep(self.chance.choice((0, 0.05, 0.3, 1)))
                    self.history.loud = loud
                    self.batch(self.SILENT if loud else (), most=12)
                if loud and number > 0:
                    self.settle()
                if self.chance.random() < 0.5:
                    time.sleep(self.chance.random() / 2)
                    process.kill()
                else:
                    process.wait_for_signals()
                    process.stop()
            finally:
                if process.running():
                    process.kill()
            if self.db.exists():
                check_sound(self, self.db)
            self.history.loud = False
            if self.chance.random() < 0.5:
                self.batch(most=6)  # while nobody looks
            if not loud or number % 3 == 2:
                self.sync(self.db)
                self.compare(self.fresh())

        self.histories(SECONDS, 9, turn)


if __name__ == "__main__":
    unittest.main()
