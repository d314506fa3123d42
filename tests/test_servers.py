"""The test servers do what the other tests rely on, and so do the spy and the oracle."""

import datetime
import pathlib
import subprocess
import unittest
from unittest import mock

import bson
import pymongo
import pymongo.errors

import harness
import oracle
import spy as spying


def utc(*parts):
    return datetime.datetime(*parts)


def insert_find(test, server):
    missions = server.database()["glidermissions"]
    missions.insert_many([{"mission": n, "platform_serial": "SEA063"} for n in range(5)])
    test.assertEqual(missions.count_documents({}), 5)
    found = list(missions.find({"mission": 3}, {"_id": 0}))
    test.assertEqual(found, [{"mission": 3, "platform_serial": "SEA063"}])


class Stream:
    """A change stream by plain commands.

    pymongo's own wants an operationTime in the reply, which mongo-java-server does not give.
    """

    def __init__(self, database, collection, **options):
        self._database, self._collection = database, collection
        self._take(
            "firstBatch",
            {"aggregate": collection, "pipeline": [{"$changeStream": options}], "cursor": {}},
        )

    def _take(self, batch, command):
        cursor = self._database.command(bson.SON(command))["cursor"]
        self._id, self._events = cursor["id"], cursor[batch]
        return self._events

    def next(self):
        more = {"getMore": bson.Int64(self._id), "collection": self._collection, "maxTimeMS": 500}
        return harness.eventually(lambda: self._events or self._take("nextBatch", more)).pop(0)


class JavaServer(unittest.TestCase):
    def setUp(self):
        harness.needs("java")

    def test_insert_find(self):
        with harness.JavaServer() as server:
            insert_find(self, server)

    def test_change_stream_resumes(self):
        with harness.JavaServer() as server:
            missions = server.database()["glidermissions"]
            missions.insert_one({"mission": 1})
            stream = Stream(server.database(), missions.name)
            missions.insert_one({"mission": 2})
            first = stream.next()
            self.assertEqual(first["operationType"], "insert")
            self.assertEqual(first["fullDocument"]["mission"], 2)
            missions.delete_one({"mission": 1})
            stream = Stream(server.database(), missions.name, resumeAfter=first["_id"])
            self.assertEqual(stream.next()["operationType"], "delete")

    def test_stop_frees_the_port(self):
        harness.needs_own_server("it is stopped")
        with harness.JavaServer() as server:
            pid, port = server.pid, server.port
            server.stop()
            self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())
            server.start()
            self.assertEqual(server.port, port)
            insert_find(self, server)

    def test_frozen_server_times_out(self):
        harness.needs_own_server("it is frozen")
        with harness.JavaServer() as server:
            missions = server.client(socketTimeoutMS=300)["voto"]["glidermissions"]
            missions.find_one()
            server.freeze()
            with self.assertRaises(pymongo.errors.AutoReconnect):
                missions.find_one()
            server.thaw()
            missions.find_one()

    def test_ends_with_its_test(self):
        harness.needs_own_server("it is left behind")
        code = (
            "import harness, os; s = harness.JavaServer(); s.start();"
            "print(s.pid, flush=True); os._exit(0)"
        )
        out = subprocess.run(
            ["/usr/bin/python3", "-c", code],
            cwd=pathlib.Path(__file__).parent,
            stdout=subprocess.PIPE,
            check=True,
            timeout=60,
        ).stdout
        process = pathlib.Path("/proc", out.decode().strip())
        harness.eventually(lambda: not process.exists())


class FerretServer(unittest.TestCase):
    def setUp(self):
        harness.needs("ferret")

    def test_insert_find(self):
        with harness.FerretServer() as server:
            insert_find(self, server)
            pid = server.pid
        self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())

    def test_refuses_change_stream(self):
        with harness.FerretServer() as server:
            missions = server.database()["glidermissions"]
            missions.insert_one({"mission": 1})
            with self.assertRaises(pymongo.errors.OperationFailure) as caught:
                missions.watch()
            self.assertEqual(caught.exception.code, 238)

    def test_keeps_data_over_a_restart(self):
        with harness.FerretServer() as server:
            insert_find(self, server)
            server.kill()
            server.start()
            self.assertEqual(server.database()["glidermissions"].count_documents({}), 5)


class MockupServer(unittest.TestCase):
    def test_refuses_password(self):
        harness.needs("mockupdb")
        import mockupdb

        server = mockupdb.MockupDB(auto_ismaster={"maxWireVersion": 8})
        server.autoresponds(
            "saslStart", ok=0, code=18, codeName="AuthenticationFailed", errmsg="wrong password"
        )
        server.run()
        self.addCleanup(server.stop)
        client = pymongo.MongoClient(
            f"mongodb://reader:secret@127.0.0.1:{server.port}/voto",
            authMechanism="SCRAM-SHA-256",
            serverSelectionTimeoutMS=5000,
        )
        self.addCleanup(client.close)
        with self.assertRaises(pymongo.errors.OperationFailure) as caught:
            client["voto"]["glidermissions"].find_one()
        self.assertEqual(caught.exception.code, 18)


class Needs(unittest.TestCase):
    def missing(self, ci):
        with mock.patch.object(harness, "SERVERS", pathlib.Path("/nonexistent")):
            with mock.patch.dict("os.environ", {"CI": ci}):
                harness.needs("ferret")

    def test_skips_at_home(self):
        with self.assertRaises(unittest.SkipTest):
            self.missing("")

    def test_fails_in_ci(self):
        with self.assertRaises(AssertionError):
            self.missing("true")


class LoadDump(unittest.TestCase):
    def test_every_document_arrives(self):
        harness.needs("java")
        directory = harness.temp_dir(self)
        document = bson.encode({"_id": 0, "lon": float("nan")})
        head, tail = document[: document.index(b"_id") + 4], document[document.index(b"_id") + 8 :]
        profiles = b"".join(head + n.to_bytes(4, "little") + tail for n in range(2500))
        (directory / "profiles.bson").write_bytes(profiles)
        (directory / "profiles.metadata.json").write_text("{}")
        with harness.JavaServer() as server:
            database = server.database()
            self.assertEqual(harness.load_dump(directory, database), {"profiles": 2500})
            self.assertEqual(database["profiles"].count_documents({}), 2500)

    def test_torn_file_is_refused(self):
        with self.assertRaises(ValueError):
            list(harness.split_bson(bson.encode({"a": 1}) + b"\x10\0\0\0\0"))


class EdgePrograms(unittest.TestCase):
    """The harness's rules for edge, on a shell script in its place."""

    def edge(self, script):
        program = harness.temp_dir(self) / "edge"
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        patch = mock.patch.object(harness, "EDGE", program)
        patch.start()
        self.addCleanup(patch.stop)

    def test_run_gets_the_source_by_environment(self):
        self.edge('echo "$EDGE_MONGODB_URI$EDGE_DB $*"; exit 75')
        with mock.patch.dict("os.environ", {"EDGE_DB": "the caller's"}):
            done = harness.run_edge("sync", "--once", uri="mongodb://h/voto", expect=75)
        self.assertEqual(done.stdout, "mongodb://h/voto sync --once\n")
        with self.assertRaises(AssertionError):
            harness.run_edge("sync", expect=0)

    def test_sanitizer_report_fails(self):
        for script in ("exit 86", "echo 'a.c:1:2: runtime error: overflow' >&2; exit 1"):
            self.edge(script)
            with self.assertRaisesRegex(AssertionError, "sanitizer"):
                harness.run_edge("sync")

    def serve(self, on_term):
        self.edge(f"trap '{on_term}' TERM; echo listening on http://127.0.0.1:4242 >&2\n"
                  "while :; do sleep 0.05; done")  # fmt: skip
        return harness.EdgeServe("x.db")

    def test_serve_stops(self):
        with self.serve("echo bye >&2; exit 0") as edge:
            self.assertEqual(edge.port, 4242)
            self.assertTrue(edge.running())
        self.assertIn("bye", edge.log)

    def test_serve_that_fails_at_the_end_fails_the_test(self):
        with self.assertRaisesRegex(AssertionError, "exited 3"):
            with self.serve("exit 3"):
                pass

    def test_serve_that_hangs_fails_the_test(self):
        with mock.patch.object(harness, "STOP_S", 0.3):
            with self.assertRaisesRegex(AssertionError, "did not stop"):
                with self.serve("") as edge:
                    pass
        self.assertFalse(edge.running())

    def test_serve_that_does_not_start_shows_its_log(self):
        self.edge("echo no such file >&2; exit 78")
        with self.assertRaisesRegex(AssertionError, "no such file"):
            harness.EdgeServe("x.db").start()


class Spy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("java")
        cls.server = harness.enter(cls, harness.JavaServer())
        missions = cls.server.database()["glidermissions"]
        fields = {"start": utc(2024, 1, 1), "profiles": ["x"]}
        missions.insert_many([{"_id": n, "mission": n, **fields} for n in range(300)])

    def connect(self, spy):
        client = pymongo.MongoClient(spy.uri(), serverSelectionTimeoutMS=5000)
        self.addCleanup(client.close)
        return client.get_database()

    def test_sees_commands_and_fields(self):
        with spying.Spy(self.server) as spy:
            missions = self.connect(spy)["glidermissions"]
            got = list(missions.find({"mission": {"$gte": 0}}, {"profiles": 0}, batch_size=100))
            self.assertEqual(len(got), 300)
            self.assertEqual(spy.errors, [])
            self.assertEqual(spy.fields("glidermissions"), {"_id", "mission", "start"})
            self.assertEqual(spy.documents("glidermissions"), 300)
            self.assertEqual(spy.bytes("glidermissions"), sum(len(bson.encode(d)) for d in got))
            self.assertEqual(spy.collections(), {"glidermissions"})
            [find] = spy.named("find")
            self.assertEqual(find.filter, {"mission": {"$gte": 0}})
            self.assertEqual(find.projection, {"profiles": 0})
            self.assertEqual({c.collection for c in spy.named("getMore")}, {"glidermissions"})

    def test_sees_unprojected_fields(self):
        with spying.Spy(self.server) as spy:
            self.connect(spy)["glidermissions"].find_one()
            self.assertIn("profiles", spy.fields("glidermissions"))

    def test_sees_aggregation_and_insert(self):
        with spying.Spy(self.server) as spy:
            database = self.connect(spy)
            database["other"].insert_many([{"n": n} for n in range(7)])
            groups = list(database["other"].aggregate([{"$group": {"_id": 1, "n": {"$sum": 1}}}]))
            self.assertEqual(groups, [{"_id": 1, "n": 7}])
            self.assertEqual(spy.fields("other"), {"_id", "n"})
            join = {"from": "user", "localField": "a", "foreignField": "a", "as": "b"}
            self.assertFalse(spy.mentions("user"))
            list(database["other"].aggregate([{"$lookup": join}]))
            self.assertTrue(spy.mentions("user"))
            self.assertEqual(spy.named("insert")[0].sequences, {"documents": 7})
            self.assertEqual(spy.named("aggregate")[0].collection, "other")

    def test_sees_change_stream(self):
        with spying.Spy(self.server) as spy:
            database = self.connect(spy)
            database["watched"].insert_one({"mission": 1})
            stream = Stream(database, "watched")
            database["watched"].insert_one({"mission": 2})
            stream.next()
            self.assertEqual(spy.named("aggregate")[0].pipeline, [{"$changeStream": {}}])
            self.assertEqual(spy.named("getMore")[0].collection, "watched")
            self.assertIn("operationType", spy.fields("watched"))
            self.assertEqual(spy.errors, [])

    def test_changes_the_source_at_a_command(self):
        source = self.server.database()["racing"]
        source.insert_one({"n": 1})

        def race(command):
            if command.name == "find":
                source.delete_many({})

        with spying.Spy(self.server, race) as spy:
            self.assertIsNone(self.connect(spy)["racing"].find_one())

    def test_cuts_at_a_command(self):
        with spying.Spy(self.server, lambda c: "cut" if c.name == "find" else None) as spy:
            client = pymongo.MongoClient(spy.uri(), retryReads=False)
            self.addCleanup(client.close)
            with self.assertRaises(pymongo.errors.AutoReconnect):
                client["voto"]["glidermissions"].find_one()

    def test_elements_of_every_type(self):
        document = {
            "double": 1.5,
            "string": "Åland",
            "document": {"a": 1},
            "array": [1, "b"],
            "binary": b"\0\1",
            "id": bson.ObjectId(),
            "bool": True,
            "date": utc(2024, 1, 1),
            "null": None,
            "regex": bson.Regex("a", "i"),
            "code": bson.Code("x", {"y": 1}),
            "int32": 1,
            "int64": bson.Int64(1),
            "timestamp": bson.Timestamp(1, 2),
            "decimal": bson.Decimal128("1"),
            "min": bson.MinKey(),
            "max": bson.MaxKey(),
        }
        names = [name for _, name, _, _ in spying.elements(bson.encode(document))]
        self.assertEqual(names, list(document))

    def test_elements_of_broken_document(self):
        for broken in (b"\5\0\0\0", b"\x09\0\0\0\x10a\0\1\0", b"\x08\0\0\0\x99a\0\0"):
            with self.assertRaises(ValueError):
                list(spying.elements(broken))


def glider(platform, mission, start, end, **fields):
    document = {
        "platform_serial": platform,
        "mission": mission,
        "start": start,
        "end": end,
        "basin": "Bornholm Basin, Eastern Gotland Basin",
        "total_profiles": 10,
        "total_distance_m": 1500.5,
        "total_depth": 2600,
        "total_data_points": 100,
        "variables": ["temperature", "salinity"],
        "project": "SAMBA",
        "is_complete": True,
        **fields,
    }
    return {k: v for k, v in document.items() if v is not ...}


def source(**collections):
    return oracle.from_documents(lambda name, projection=None: collections.get(name, []))


class Oracle(unittest.TestCase):
    def missions(self, *documents, **others):
        return source(glidermissions=documents, **others)

    def test_totals_of_gliders(self):
        s = self.missions(
            glider("SEA063", 1, utc(2024, 3, 1), utc(2024, 3, 2, 0, 0, 1)),
            glider("SEA063", 2, utc(2024, 4, 1), utc(2024, 4, 2), total_distance_m=499.4),
            glider("SEA070", 1, utc(2023, 4, 1), utc(2023, 4, 1, 0, 0, 0, 999000)),
        )
        self.assertEqual(
            oracle.totals(s),
            {
                "glider": {
                    "platforms": 2,
                    "missions": 3,
                    "profiles": 30,
                    "sea_time_s": 2 * 86400 + 1,
                    "distance_km": 3,  # 1500.5 + 499.4 + 1500.5 m
                    "vertical_km": 7,
                    "data_points": 300,
                },
                "sailbuoy": {"platforms": 0, "missions": 0, "sea_time_s": 0, "distance_km": 0},
            },
        )
        self.assertEqual(oracle.totals(s, year=2024)["glider"]["missions"], 2)
        self.assertEqual(oracle.totals(s, platform="SEA070")["glider"]["sea_time_s"], 0)

    def test_gliders_without_basin_do_not_count(self):
        day = utc(2024, 3, 1), utc(2024, 3, 2)
        s = self.missions(
            glider("SEA001", 1, *day, basin=...),
            glider("SEA002", 1, *day, basin=None),
            glider("SEA003", 1, *day, basin=""),
            glider("SEA004", 1, *day, basin=" "),
        )
        for scope in ({}, {"year": 2024}, {"project": "SAMBA"}):
            self.assertEqual(oracle.totals(s, **scope)["glider"]["missions"], 1)
        self.assertEqual(oracle.totals(s, platform="SEA003")["glider"]["missions"], 0)
        self.assertEqual(len(oracle.missions(s)), 4)

    def test_sailbuoys_count_without_basin(self):
        s = source(
            sailbuoymissions=[
                {
                    "sailbuoy": 2120,
                    "mission": 1,
                    "start": utc(2024, 3, 1),
                    "end": utc(2024, 3, 3),
                    "total_distance_m": 1999,
                    "lon": [11.0, float("nan"), 11.2],
                    "lat": [57.0, float("nan"), 57.2],
                }
            ]
        )
        expected = {"platforms": 1, "missions": 1, "sea_time_s": 172800, "distance_km": 1}
        for scope in ({}, {"year": 2024}, {"platform": "SB2120"}):
            self.assertEqual(oracle.totals(s, **scope)["sailbuoy"], expected)
        self.assertEqual(oracle.totals(s, basin="SEA-001")["sailbuoy"]["missions"], 0)
        self.assertEqual(s.tracks, {"SB2120/1": 2})

    def test_stroke_of_january_is_in_no_year(self):
        end = utc(2024, 6, 1)
        s = self.missions(
            glider("SEA001", 1, utc(2024, 1, 1), end),
            glider("SEA001", 2, utc(2024, 1, 1, 0, 0, 0, 1000), end),
            glider("SEA001", 3, utc(2023, 12, 31, 23, 59, 59, 999000), end),
        )
        years = oracle.all_totals(s)["year"]
        self.assertEqual(
            {y: t["glider"]["missions"] for y, t in years.items()}, {"2023": 1, "2024": 1}
        )

    def test_basin_is_contained_in_any_case(self):
        day = utc(2024, 3, 1), utc(2024, 3, 2)
        s = self.missions(
            glider("SEA001", 1, *day, basin="åland sea, The Sound"),
            glider("SEA001", 2, *day, basin="Western ÅLAND SEA"),
            glider("SEA001", 3, *day, basin="Aland Sea"),
        )
        basins = oracle.all_totals(s)["basin"]
        self.assertEqual(len(basins), 18)
        self.assertEqual(basins["SEA-014"]["glider"]["missions"], 2)
        self.assertEqual(basins["SEA-003"]["glider"]["missions"], 1)
        self.assertEqual(basins["SEA-018"]["glider"]["missions"], 0)

    def test_older_documents_have_an_int(self):
        old = glider(..., 1, utc(2021, 1, 5), utc(2021, 1, 6), glider=63)
        s = self.missions(
            old,
            glider("SEA063", 2, utc(2024, 1, 5), utc(2024, 1, 6)),
            profiles=[
                {"glider": 63, "mission": 1, "number": n, "lon": 18.0, "lat": 57.0} for n in (1, 2)
            ],
        )
        self.assertEqual(oracle.totals(s, platform="SEA063")["glider"]["missions"], 2)
        self.assertEqual(s.tracks, {"SEA063/1": 2, "SEA063/2": 0})

    def test_unfit_documents_are_set_aside(self):
        day = utc(2024, 3, 1), utc(2024, 3, 2)

        def profile(mission, number, lon):
            place = {"lon": lon, "lat": 57}
            return {"platform_serial": "SEA001", "mission": mission, "number": number, **place}

        s = self.missions(
            glider("SEA001", 1, *day),
            glider("SEA001", 2.5, *day),
            glider("SEA001", "3", *day),
            glider("SEA001", 4, "2024-03-01", day[1]),
            glider("SEA001", 5, day[1], day[0]),
            glider("SEA001", 6, *day, total_distance_m=float("nan")),
            glider("SEA001", 7.0, *day, total_profiles=None),
            glider(..., 8, *day),
            profiles=[
                profile(1, 1, 18.0),
                profile(1, 2, float("nan")),
                profile(1, 3, 181),
                profile(9, 1, 18.0),
            ],
        )
        self.assertEqual(sorted(s.missions), [("SEA001", 1), ("SEA001", 7)])
        self.assertEqual(len(s.unfit), 8)
        self.assertEqual(oracle.totals(s)["glider"]["profiles"], 10)
        self.assertEqual(s.tracks, {"SEA001/1": 1, "SEA001/7": 0})
        self.assertEqual(s.orphans, {"SEA001/9": 1})

    def test_recent(self):
        now = utc(2024, 6, 2, 12)
        s = self.missions(
            glider("SEA001", 1, utc(2024, 5, 3), now - datetime.timedelta(hours=24)),
            glider("SEA002", 1, utc(2024, 5, 1), now, basin=None),
            glider("SEA003", 1, utc(2024, 5, 2), now, basin=...),
            glider("SEA004", 1, utc(2024, 5, 2), now - datetime.timedelta(days=1, milliseconds=1)),
            sailbuoymissions=[
                {
                    "sailbuoy": 1,
                    "mission": hours,
                    "start": utc(2024, 5, 1),
                    "end": now - datetime.timedelta(hours=hours),
                }
                for hours in (12, 13)
            ],
        )
        now_ms = oracle.millis(now)
        self.assertEqual(oracle.recent_gliders(s, now_ms), ["SEA002/1", "SEA001/1"])
        self.assertEqual(oracle.recent_sailbuoys(s, now_ms), ["SB1/12"])

    def test_missions_newest_first(self):
        s = self.missions(
            glider("SEA001", 1, utc(2024, 5, 1), utc(2024, 6, 1)),
            glider("SEA001", 2, utc(2024, 5, 1, 0, 0, 0, 5000), utc(2024, 6, 1), basin=" "),
        )
        [first, second] = oracle.missions(s)
        self.assertEqual(first["basins"], [])
        self.assertEqual(first["start"], "2024-05-01T00:00:00.005Z")
        self.assertEqual(
            second,
            {
                "kind": "glider",
                "platform": "SEA001",
                "mission": 1,
                "start": "2024-05-01T00:00:00Z",
                "end": "2024-06-01T00:00:00Z",
                "basins": ["Bornholm Basin", "Eastern Gotland Basin"],
                "project": "SAMBA",
                "variables": ["salinity", "temperature"],
                "profiles": 10,
                "distance_km": 1,
                "complete": True,
                "url": "/SEA001/M1",
            },
        )
        self.assertEqual(len(oracle.missions(s, variable="salinity")), 2)

    def test_newest_stat_counts(self):
        s = source(
            gliderstats=[
                {"name": "glider_uptime", "stat_year": year, "date": date, "value": {"a": value}}
                for year, date, value in (
                    (0, utc(2024, 2, 1), 0.5),
                    (0, utc(2024, 1, 1), 0.1),
                    (2023, utc(2024, 1, 1), "x"),
                )
            ]
        )
        values = {year: stat["value"] for year, stat in s.stats["glider_uptime"].items()}
        self.assertEqual(values, {0: {"a": 0.5}, 2023: {"a": "x"}})

    def test_words(self):
        self.assertEqual(oracle.sea_time_words((3 * 365 + 41) * 86400 + 5), "3 years 41 days")
        self.assertEqual(oracle.sea_time_words(41 * 86400), "41 days")
        self.assertEqual(oracle.nautical_miles(1851), 0)
        self.assertEqual(oracle.nautical_miles(18530), 10)

    def test_reads_dumps_and_servers_alike(self):
        harness.needs("java")
        directory = harness.temp_dir(self)
        documents = [glider("SEA063", n, utc(2024, 3, n), utc(2024, 3, n + 1)) for n in (1, 2)]
        bson_file = b"".join(bson.encode({"_id": n, **d}) for n, d in enumerate(documents))
        (directory / "glidermissions.bson").write_bytes(bson_file)
        profile = {"platform_serial": "SEA063", "mission": 2, "number": 1, "lon": 18.0, "lat": 57.0}
        (directory / "profiles.json").write_text(oracle.json_util.dumps(profile) + "\n")
        dumped = oracle.everything(oracle.read(directory), 0)
        self.assertEqual(dumped["tracks"], {"SEA063/1": 0, "SEA063/2": 1})
        with harness.JavaServer() as server:
            database = server.database()
            harness.load_dump(directory, database)
            database["profiles"].insert_one(profile)
            self.assertEqual(oracle.everything(oracle.read(database), 0), dumped)


if __name__ == "__main__":
    unittest.main()
