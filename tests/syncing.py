"""What tests of `edge sync` share: a server with the demo's documents, and the source's way to change them."""

import contextlib
import re
import threading
import unittest

import bson

import harness
import oracle
import spy as spying
from test_dumps import (
    MISSIONS, NOW, PROFILES, check_equal, demo, edge,
)  # fmt: skip

FIELDS = {
    MISSIONS: {
        "_id", "mission", "platform_serial", "glider", "start", "end", "lat_min", "lat_max",
        "lon_min", "lon_max", "sea_name", "basin", "wmo_id", "is_complete", "last_modified",
        "total_profiles", "total_depth", "total_distance_m", "total_data_points", "variables",
        "project", "project_url", "comment",
    },
    PROFILES: {
        "_id", "platform_serial", "glider", "mission", "number", "lon", "lat", "time", "max_depth",
    },
}  # fmt: skip


class Mission:
    """A glider's mission in the source, changed as the source changes it."""

    def __init__(self, database, document):
        self.database = database
        self.platform, self.number = document["platform_serial"], document["mission"]
        self.filter = {"platform_serial": self.platform, "mission": self.number}
        self.name = f"{self.platform} M{self.number}"
        self.key = f"{self.platform}/{self.number}"

    def document(self):
        return self.database[MISSIONS].find_one(self.filter)

    def profiles(self):
        return list(self.database[PROFILES].find(self.filter).sort("number", 1))

    def take_away(self):
        """The first half of an update: the profiles go, then the mission."""
        document, profiles = self.document(), self.profiles()
        self.database[PROFILES].delete_many(self.filter)
        self.database[MISSIONS].delete_one(self.filter)
        return document, profiles

    def bring(self, document, profiles):
        """The second half: the profiles come, under new ids, and last the mission."""
        self.bring_profiles(profiles)
        self.bring_document(document, len(profiles))

    def bring_profiles(self, profiles):
        fresh = [{**p, "_id": bson.ObjectId()} for p in profiles]
        if fresh:
            self.database[PROFILES].insert_many(fresh)

    def bring_document(self, document, profiles):
        self.database[MISSIONS].insert_one(
            {**document, "_id": bson.ObjectId(), "total_profiles": profiles}
        )

    def replace(self, more=1, **fields):
        """A whole update: the track goes on by some profiles, or moves when there are none more."""
        document, profiles = self.take_away()
        self.bring({**document, **fields}, moved(profiles, more))


def moved(profiles, more):
    """A track that goes on by some profiles; none more: the same number at other places."""
    if more <= 0:
        return [{**p, "lat": p["lat"] + 0.001} for p in profiles[: len(profiles) + more]]
    last = profiles[-1]
    return profiles + [
        {**last, "number": last["number"] + n, "lat": last["lat"] + 0.001 * n}
        for n in range(1, more + 1)
    ]


class Syncing(unittest.TestCase):
    """One server for a class; each test has a database of its own with the demo's documents."""

    server_class = staticmethod(harness.JavaServer)
    needs = "java"
    flags = ()
    size = {}

    @classmethod
    def setUpClass(cls):
        harness.needs("edge", cls.needs)
        cls.voto = demo(cls, *cls.flags, **cls.size) / "voto"
        cls.server = harness.enter(cls, cls.server_class())

    def setUp(self):
        self.name = re.sub(r"\W", "_", self.id().rpartition(".")[2])[-40:]
        self.database = self.server.database(self.name)
        harness.load_dump(self.voto, self.database, nan=self.needs != "ferret")
        self.uri = self.server.uri(self.name)
        self.db = harness.temp_dir(self) / "edge.db"

    def sync(self, *flags, uri=None, expect=0, **options):
        return edge(
            "sync", "--once", "--db", self.db, *flags, uri=uri or self.uri, expect=expect, **options
        )

    def verify(self, **options):
        return edge("verify", "--db", self.db, uri=self.uri, expect=0, **options)

    def check(self):
        """The store is what the source says, by the oracle and by edge itself."""
        check_equal(self, self.db, oracle.read(self.database))
        self.verify()

    def missions(self, count):
        """Glider missions that totals count."""
        found = self.database[MISSIONS].find({"basin": {"$gt": " "}}).sort("start", 1)
        return [Mission(self.database, d) for d in list(found)[:count]]

    def mission(self):
        return self.missions(1)[0]

    @contextlib.contextmanager
    def spy(self, on_command=None):
        with spying.Spy(self.server, on_command) as spy:
            yield spy
        self.assertEqual(spy.errors, [])

    def spy_uri(self, spy, options=""):
        uri = spy.uri(self.name)
        return uri + ("&" if "?" in uri else "?") + options if options else uri

    @contextlib.contextmanager
    def held(self, name="find", collection=PROFILES):
        """A sync in the background that waits for an answer: yields it and lets the answer go."""
        waiting, go = threading.Event(), threading.Event()

        def hold(command):
            if command.name == name and command.collection == collection:
                waiting.set()
                go.wait(60)

        with self.spy(hold) as spy:
            process = harness.EdgeProcess(
                "sync", "--once", "--db", self.db,
                uri=spy.uri(self.name), env={"EDGE_NOW": NOW},
            )  # fmt: skip
            try:
                process.start()
                self.assertTrue(waiting.wait(30), process.log)
                yield process, go
            finally:
                go.set()
                with contextlib.suppress(ProcessLookupError):
                    process.kill()

    def find_in(self, spy, collection):
        return [c for c in spy.named("find", "aggregate") if c.collection == collection]
