"""edge verify: says equal when the store is what the source says, and finds any one thing that is not."""

import json
import unittest

import bson

import harness
from syncing import Syncing
from test_dumps import (
    MISSIONS, PROFILES, at, change, copy, demo, documents, edge, editing, generation, is_mission,
    remove, sha256,
)  # fmt: skip


class Dump(unittest.TestCase):
    """A store against the dump it came from."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.dump = demo(cls)

    def setUp(self):
        self.db = harness.temp_dir(self) / "edge.db"
        self.folder = copy(self, self.dump)
        edge("import", self.folder, "--db", self.db)

    def verify(self, expect, *flags):
        done = edge("verify", "--db", self.db, "--dump", self.folder, *flags, expect=expect)
        if expect == 1:
            self.assertIn("differences", done.stderr)
        return done.stdout

    def broken(self, sql, *words):
        """The store is edited by hand: verify finds it and names it."""
        with editing(self.db) as db:
            self.assertGreater(db.execute(sql).rowcount, 0)
        found = self.verify(1)
        for word in words:
            self.assertIn(word, found)
        return found

    def test_store_of_the_dump_is_equal(self):
        self.assertIn("equal", self.verify(0))

    def test_one_edited_total_is_found(self):
        found = self.broken(
            "UPDATE total SET profiles = profiles + 1 WHERE scope = 'all' AND kind = 'glider'",
            "total all  glider",
            "total against facts",
        )
        self.assertEqual(len(found.splitlines()), 3, found)

    def test_one_edited_total_of_a_basin_is_found(self):
        self.broken(
            """UPDATE total SET distance_mm = distance_mm + 1 WHERE (scope, key, kind) =
            (SELECT scope, key, kind FROM total WHERE scope = 'basin' LIMIT 1)""",
            "total basin SEA-",
        )

    def test_missing_total_is_found(self):
        self.broken("DELETE FROM total WHERE scope = 'year' AND kind = 'glider'", "missing")

    def test_deleted_track_point_is_found(self):
        self.broken(
            """DELETE FROM track_point WHERE (mission_id, number) =
            (SELECT mission_id, number FROM track_point LIMIT 1)""",
            "track ",
        )

    def test_moved_track_point_is_found(self):
        self.broken(
            """UPDATE track_point SET lon = lon + 0.00001 WHERE (mission_id, number) =
            (SELECT mission_id, number FROM track_point LIMIT 1 OFFSET 30)""",
            "track points",
            "1 differ",
        )

    def test_edited_field_is_named(self):
        self.broken("UPDATE mission SET comment = comment || '!' WHERE mission_id = 3", "comment")

    def test_missing_mission_is_found(self):
        self.broken("DELETE FROM mission WHERE mission_id = 3", "expected present, found missing")

    def test_mission_the_dump_does_not_have_is_found(self):
        mission = documents(self.folder / "voto", MISSIONS)[0]
        remove(
            self.folder / "voto", MISSIONS,
            is_mission(mission["platform_serial"], mission["mission"]),
        )  # fmt: skip
        self.assertIn("expected absent, found present", self.verify(1))

    def test_changed_basins_and_variables_are_found(self):
        self.broken("DELETE FROM mission_basin WHERE rank = 0", "basins")
        self.broken("DELETE FROM mission_variable WHERE variable = 'salinity'", "variables")

    def test_stale_mission_is_found(self):
        mission = documents(self.folder / "voto", MISSIONS)[0]
        change(
            self.folder / "voto", MISSIONS,
            is_mission(mission["platform_serial"], mission["mission"]), total_profiles=1,
        )  # fmt: skip
        found = self.verify(1)
        self.assertIn(f"{mission['platform_serial']} M{mission['mission']}", found)

    def test_changed_statistics_platforms_and_pipeline_are_found(self):
        self.broken("UPDATE stat SET number = number + 1", "statistic")
        self.broken("UPDATE platform SET name = 'X' WHERE kind = 'glider'", "platform")
        self.broken("DELETE FROM pipeline", "pipeline")

    def test_differences_as_json(self):
        with editing(self.db) as db:
            db.execute("UPDATE mission SET number = 4000 WHERE mission_id = 3")
        found = json.loads(self.verify(1, "--json"))
        self.assertFalse(found["equal"])
        self.assertGreaterEqual({d["what"] for d in found["differences"]}, {"mission"})

    def test_verify_writes_nothing_to_the_store(self):
        before = sha256(self.db), generation(self.db)
        self.verify(0)
        self.assertEqual((sha256(self.db), generation(self.db)), before)

    def test_held_mission_is_a_note(self):
        folder = self.folder / "voto"
        mission = documents(folder, MISSIONS)[0]
        key = is_mission(mission["platform_serial"], mission["mission"])
        change(folder, MISSIONS, key, start="yesterday")
        edge("import", self.folder, "--db", self.db)
        self.assertIn("note: mission", self.verify(0))


class Server(Syncing):
    """A store against the server it came from."""

    def setUp(self):
        super().setUp()
        self.sync()

    def verify(self, expect):
        return edge("verify", "--db", self.db, uri=self.uri, expect=expect).stdout

    def test_store_of_the_server_is_equal(self):
        self.assertIn("equal", self.verify(0))

    def test_mission_replaced_since_is_found_until_it_is_synced(self):
        self.mission().replace(more=3)
        self.assertIn("mission fields", self.verify(1))
        self.sync()
        self.verify(0)

    def test_profile_deleted_in_the_source_is_found(self):
        self.database[PROFILES].delete_one({})
        self.assertIn("track", self.verify(1))

    def test_vanished_mission_in_its_grace_time_is_a_note(self):
        self.mission().take_away()
        self.assertIn("expected absent", self.verify(1))
        self.sync(now=at(0))
        done = edge("verify", "--db", self.db, uri=self.uri, now=at(5), expect=0)
        self.assertIn("kept: it vanished", done.stdout)
        edge("verify", "--db", self.db, uri=self.uri, now=at(11), expect=1)

    def test_new_id_alone_is_a_difference(self):
        document = self.database[MISSIONS].find_one({})
        self.database[MISSIONS].delete_one({"_id": document["_id"]})
        self.database[MISSIONS].insert_one({**document, "_id": bson.ObjectId()})
        self.assertIn("document", self.verify(1))


if __name__ == "__main__":
    unittest.main()
