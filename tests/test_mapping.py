"""Other sources: the same fleet under other names, with references instead of serials, gives the same store."""

import json
import pathlib
import re
import unittest

import bson

import harness
from test_dumps import (
    MISSIONS, PROFILES, at, content, demo, documents, edge, generation, missions, query, totals,
    write_documents,
)  # fmt: skip

DEPLOY = pathlib.Path(__file__).resolve().parent.parent / "deploy"
EXAMPLE = DEPLOY / "mapping-example.json"
VOTO = DEPLOY / "mapping-voto.json"
SOON = 20  # seconds within which a change must be in the store; it takes about one

MAPPED = json.loads(EXAMPLE.read_text())["collections"]
TAKEN = [name for name, value in MAPPED.items() if value]


def put(document, path, value):
    *outer, last = path.split(".")
    for part in outer:
        document = document.setdefault(part, {})
    document[last] = value


class Other:
    """Documents of the VOTO schema rewritten in that of the example."""

    def __init__(self, found):
        self.ids = {"gliders": {}, MISSIONS: {}}
        for document in found["gliders"]:
            self.ids["gliders"][document["platform_serial"]] = document["_id"]
        for document in found[MISSIONS]:
            self.ids[MISSIONS][self.key(document)] = document["_id"]

    @staticmethod
    def key(document):
        return document["platform_serial"], document["mission"]

    def document(self, name, old):
        new = {"_id": old["_id"], "secret": "never read"}
        both = {**MAPPED[name]["identity"], **MAPPED[name]["fields"]}
        for field, rule in both.items():
            older = field.replace("_time", "_mtime")
            field = older if older in old else field
            if isinstance(rule, dict):
                to = rule["to"]
                key = old["platform_serial"] if to == "gliders" else self.key(old)
                new[rule["reference"]] = self.ids[to][key]
            elif field in old:
                names = [rule] if isinstance(rule, str) else rule
                # The older of two names, every other time.
                take = names[len(str(old["mission"])) % 2] if len(names) > 1 else names[0]
                put(new, take, old[field])
        return new


def facts(path):
    """What a store holds of the fleet, without what names its source's documents."""
    held = content(path)
    return {
        "missions": missions(path),
        "totals": totals(path),
        **{table: held[table] for table in ("track_point", "track_line", "pipeline", "platform")},
        "rest": query(
            path,
            """SELECT platform, number, sea_name, basin, wmo_id, lat_min, lon_max, data_points,
                 project_url, comment, counted FROM mission ORDER BY platform, number""",
        ),
    }


class Mapping(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        voto = demo(cls, missions=16, profiles=40) / "voto"
        cls.found = {name: documents(voto, name) for name in TAKEN}
        known = {Other.key(d) for d in cls.found[MISSIONS]}
        for name in (PROFILES, "pipelinestatus"):
            cls.found[name] = [d for d in cls.found[name] if Other.key(d) in known]
        cls.voto, cls.dump = harness.temp_dir(cls) / "voto", harness.temp_dir(cls) / "fleet"
        other = Other(cls.found)
        for folder in (cls.voto, cls.dump):
            folder.mkdir()
        for name in TAKEN:
            write_documents(cls.voto, name, cls.found[name])
            write_documents(
                cls.dump,
                MAPPED[name]["collection"],
                [other.document(name, d) for d in cls.found[name]],
            )
        cls.expected = harness.temp_dir(cls) / "voto.db"
        edge("import", cls.voto, "--db", cls.expected, expect=0)

    def setUp(self):
        self.db = harness.temp_dir(self) / "edge.db"

    def check_same(self, expected=None):
        self.maxDiff = 2000
        self.assertEqual(query(self.db, "SELECT * FROM quarantine"), [])
        mine, theirs = facts(self.db), facts(expected or self.expected)
        for part in theirs:
            with self.subTest(part=part):
                self.assertTrue(theirs[part])
                self.assertEqual(mine[part], theirs[part])


class Dumps(Mapping):
    def load(self, *flags, expect=0):
        return edge("import", self.dump, "--db", self.db, *flags, expect=expect)

    def test_dump_of_another_schema_gives_the_same_store(self):
        self.load("--mapping", EXAMPLE)
        self.check_same()
        edge("verify", "--db", self.db, "--dump", self.dump, "--mapping", EXAMPLE, expect=0)

    def test_file_of_the_built_in_mapping_changes_nothing(self):
        edge("import", self.voto, "--db", self.db, expect=0)
        before = generation(self.db)
        edge("import", self.voto, "--db", self.db, "--mapping", VOTO, expect=0)
        self.assertEqual(generation(self.db), before)

    def test_without_its_mapping_the_dump_is_of_no_use(self):
        done = self.load(expect=78)
        self.assertIn("no glidermissions.bson or sailbuoymissions.bson", done.stderr)

    def test_another_mapping_plans_everything_anew(self):
        self.load("--mapping", EXAMPLE)
        changed = json.loads(EXAMPLE.read_text())
        changed["collections"][MISSIONS]["fields"]["comment"] = {"constant": "of the fleet"}
        mapping = self.db.parent / "mapping.json"
        mapping.write_text(json.dumps(changed))
        done = self.load("--mapping", mapping)
        self.assertIn("the mapping is not the one", done.stderr)
        self.assertEqual(
            query(self.db, "SELECT DISTINCT comment FROM mission"), [("of the fleet",)]
        )
        done = self.load("--mapping", mapping)
        self.assertNotIn("the mapping is not the one", done.stderr)

    def test_reference_that_leads_nowhere_is_quarantined(self):
        folder = harness.temp_dir(self) / "fleet"
        folder.mkdir()
        for path in self.dump.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        vehicles = documents(folder, "vehicles")
        lost = vehicles.pop()
        write_documents(folder, "vehicles", vehicles)
        edge("import", folder, "--db", self.db, "--mapping", EXAMPLE, expect=0)
        reasons = query(self.db, "SELECT collection, reason FROM quarantine")
        self.assertIn(
            (
                MISSIONS,
                f"platform_serial: {lost['_id']} names no document of vehicles that has an identity",
            ),
            reasons,
        )
        self.assertEqual(
            query(self.db, "SELECT * FROM mission WHERE platform = ?", lost["serial"]), []
        )

    def test_wrong_mapping_names_line_and_field_and_changes_nothing(self):
        mapping = self.db.parent / "mapping.json"
        mapping.write_text(EXAMPLE.read_text().replace('"time.start"', "7"))
        line = EXAMPLE.read_text()[: EXAMPLE.read_text().index('"time.start"')].count("\n") + 1
        done = self.load("--mapping", mapping, expect=78)
        self.assertIn(
            f"{mapping}:{line}:9: collections.glidermissions.fields.start: takes a field's name, "
            "not a number",
            done.stderr,
        )
        self.assertFalse(self.db.exists())


class Checks(Mapping):
    def test_check_tells_what_it_found(self):
        done = edge("check", "--db", self.expected, "--mapping", EXAMPLE, expect=0)
        self.assertIn(f"mapping: {EXAMPLE}, 4 collections", done.stdout)
        self.assertRegex(done.stdout, r"store: .*voto\.db, generation 1, \d+ missions from ")
        self.assertIn("SQLite", done.stdout)

    def test_check_tells_every_problem(self):
        mapping = self.db.parent / "mapping.json"
        mapping.write_text('{"collections": {"glidermissions": 1, "gliderz": {}}}')
        self.db.write_text("a letter to the editor")
        done = edge(
            "check", "--db", self.db, "--mapping", mapping, uri="mongodb://h:1", expect=78
        )
        problems = re.findall(r"(?m)^problem: (.*)$", done.stdout)
        self.assertEqual(len(problems), 4, done.stdout)
        self.assertIn("names no database", problems[0])
        self.assertIn("did you mean gliders?", problems[2])
        self.assertEqual(self.db.read_text(), "a letter to the editor")


class Servers(Mapping):
    @classmethod
    def setUpClass(cls):
        harness.needs("java")
        super().setUpClass()
        cls.server = harness.enter(cls, harness.JavaServer())

    def setUp(self):
        super().setUp()
        self.name = re.sub(r"\W", "_", self.id().rpartition(".")[2])[-40:]
        self.database = self.server.database(self.name)
        harness.load_dump(self.dump, self.database)
        self.uri = self.server.uri(self.name)
        self.flags = ("--db", self.db, "--mapping", EXAMPLE)

    def verify(self, expect=0):
        return edge("verify", *self.flags, uri=self.uri, expect=expect)

    def test_sync_of_another_schema_gives_the_same_store(self):
        edge("sync", "--once", *self.flags, uri=self.uri, expect=0)
        self.check_same()
        self.verify()
        # One mission is read by itself, by its references.
        deployment = self.database["deployments"].find_one()
        self.database["deployments"].update_one(
            {"_id": deployment["_id"]}, {"$set": {"notes": "changed"}}
        )
        done = edge("sync", "--once", *self.flags, uri=self.uri, expect=0)
        self.assertIn("1 changed", done.stdout)
        self.verify()

    def test_deep_check_counts_by_reference(self):
        edge("sync", "--once", *self.flags, uri=self.uri, expect=0)
        dive = self.database["dives"].find_one()
        self.database["dives"].delete_one({"_id": dive["_id"]})
        done = edge(
            "sync", "--once", "--deep-check", "1ms", *self.flags, uri=self.uri, now=at(5), expect=0
        )
        self.assertIn("1 changed", done.stdout)
        self.verify()

    def settle(self):
        harness.eventually(
            lambda: edge("verify", *self.flags, uri=self.uri).returncode == 0, timeout=SOON
        )

    def test_watch_follows_events_that_name_missions_by_reference(self):
        with harness.EdgeProcess("sync", "--watch", *self.flags, uri=self.uri) as process:
            process.wait_for("mode WATCH", timeout=SOON)
            self.settle()
            deployment = self.database["deployments"].find_one()
            dives = list(self.database["dives"].find({"deployment": deployment["_id"]}))
            # A dive more.
            self.database["dives"].insert_one({**dives[-1], "_id": bson.ObjectId(), "index": 9999})
            self.settle()
            # The whole mission written again, under a new _id.
            self.database["dives"].delete_many({"deployment": deployment["_id"]})
            self.database["deployments"].delete_one({"_id": deployment["_id"]})
            new = bson.ObjectId()
            self.database["dives"].insert_many(
                [{**d, "_id": bson.ObjectId(), "deployment": new} for d in dives[:-1]]
            )
            self.database["deployments"].insert_one({**deployment, "_id": new, "notes": "again"})
            self.settle()
            self.assertEqual(
                query(self.db, "SELECT track_points FROM mission WHERE comment = 'again'"),
                [(len(dives) - 1,)],
            )
            # A deployment before its vehicle.
            vehicle = bson.ObjectId()
            self.database["deployments"].insert_one(
                {**deployment, "_id": bson.ObjectId(), "vehicle": vehicle}
            )
            self.settle()
            self.assertEqual(len(query(self.db, "SELECT * FROM quarantine")), 1)
            self.database["vehicles"].insert_one({"_id": vehicle, "serial": "NEW001"})
            self.settle()
            self.assertEqual(
                len(query(self.db, "SELECT * FROM mission WHERE platform = 'NEW001'")), 1
            )
            process.stop()


if __name__ == "__main__":
    unittest.main()
