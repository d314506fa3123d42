"""edge sync --once: the store follows a MongoDB-protocol server, whatever happens on the way."""

import contextlib
import functools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest
from unittest import mock

import bson

import harness
import oracle
import spy as spying
from test_dumps import (
    MISSIONS, NOW, NOW_MS, PRIVATE, PROFILES, at, check_equal, check_sound, content, demo, edge,
    generation, mission_keys, query, sha256, tracks,
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
COLLECTIONS = {
    MISSIONS, PROFILES, "gliders", "sailbuoys", "sailbuoymissions", "gliderstats", "pipelinestatus",
}  # fmt: skip
READING = {
    "isMaster", "ismaster", "hello", "ping", "find", "getMore", "aggregate", "listCollections",
    "endSessions", "killCursors", "buildInfo", "buildinfo", "saslStart", "saslContinue",
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
        harness.load_dump(self.voto, self.database)
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


class Once(Syncing):
    """What a run does to the store, and what it asks the source."""

    def test_first_sync_equals_the_source(self):
        self.sync()
        self.check()

    def test_first_sync_transfers_mapped_fields_only(self):
        with self.spy() as spy:
            self.sync(uri=spy.uri(self.name))
            for collection, fields in FIELDS.items():
                self.assertLessEqual(spy.fields(collection), fields)
                self.assertGreater(spy.documents(collection), 0)

    def test_first_sync_reads_each_profile_once(self):
        with self.spy() as spy:
            self.sync(uri=spy.uri(self.name))
            self.assertEqual(
                spy.documents(PROFILES), self.database[PROFILES].count_documents({})
            )

    def test_no_verb_asks_for_a_private_collection_or_writes(self):
        with self.spy() as spy:
            uri = spy.uri(self.name)
            self.sync(uri=uri)
            self.mission().replace()
            self.sync(uri=uri)
            edge("verify", "--db", self.db, uri=uri, expect=0)
            self.assertLessEqual(spy.collections(), COLLECTIONS)
            for collection in PRIVATE:
                self.assertFalse(spy.mentions(collection), collection)
            self.assertLessEqual({c.name for c in spy.commands}, READING)

    def test_second_sync_reads_no_profile_and_writes_nothing(self):
        self.sync()
        before = sha256(self.db)
        with self.spy() as spy:
            done = self.sync(uri=spy.uri(self.name), now=at(5))
            self.assertEqual(self.find_in(spy, PROFILES), [])
            self.assertNotIn(PROFILES, spy.collections())
        self.assertIn("0 new, 0 changed, 0 removed", done.stdout)
        self.assertEqual(sha256(self.db), before)

    def test_sync_after_import_of_the_same_data_writes_no_mission(self):
        edge("import", self.voto, "--db", self.db, expect=0)
        before = content(self.db)
        with self.spy() as spy:
            self.sync(uri=spy.uri(self.name))
            self.assertNotIn(PROFILES, spy.collections())
        self.assertEqual(content(self.db), before)

    def test_changed_mission_is_the_only_one_read_and_written(self):
        self.sync()
        before, first = content(self.db), generation(self.db)
        mission = self.mission()
        mission.replace(more=3, comment="replaced")
        with self.spy() as spy:
            done = self.sync(uri=spy.uri(self.name), now=at(5))
            self.assertEqual(spy.documents(PROFILES), len(mission.profiles()))
            for find in self.find_in(spy, PROFILES):
                self.assertEqual(find.filter["mission"], mission.number)
        self.assertIn("0 new, 1 changed, 0 removed", done.stdout)
        self.assertEqual(generation(self.db), first + 1)
        after = content(self.db, without=(mission.name,))
        before = {t: {r for r in rows if r[0] != mission.name} for t, rows in before.items()}
        self.assertEqual({t for t in before if before[t] != after[t]}, {"total"})
        self.check()

    def test_changed_mission_with_fewer_profiles(self):
        self.sync()
        self.mission().replace(more=-3)
        self.sync()
        self.check()

    def test_moved_track_of_the_same_length(self):
        self.sync()
        self.mission().replace(more=0)
        self.sync()
        self.check()

    def test_changed_sailbuoy_mission(self):
        self.sync()
        found = self.database["sailbuoymissions"].find_one()
        found["lon"].append(found["lon"][-1] + 0.01)
        found["lat"].append(float("nan"))
        found["total_distance_m"] += 1000.0
        self.database["sailbuoymissions"].replace_one({"_id": found["_id"]}, found)
        with self.spy() as spy:
            self.sync(uri=spy.uri(self.name))
            self.assertNotIn(PROFILES, spy.collections())
        self.check()

    def test_new_mission(self):
        self.sync()
        mission = self.mission()
        document, profiles = mission.document(), mission.profiles()
        new = Mission(self.database, {**document, "mission": 900})
        new.bring({**document, "mission": 900}, [{**p, "mission": 900} for p in profiles])
        self.sync()
        self.assertIn(new.key, mission_keys(self.db))
        self.check()

    def test_many_changed_missions(self):
        # So many that one scan of all profiles is the cheaper way.
        self.sync()
        for mission in self.missions(16):
            mission.replace(more=2)
        done = self.sync()
        self.assertIn("16 changed", done.stdout)
        self.check()

    def test_ids_of_several_types(self):
        for n, new_id in enumerate((7, "seven", {"a": 7}, 7.5)):
            document = self.missions(4)[n].document()
            self.database[MISSIONS].delete_one({"_id": document["_id"]})
            self.database[MISSIONS].insert_one({**document, "_id": new_id})
        self.sync()
        self.check()
        before = sha256(self.db)
        self.sync()
        self.assertEqual(sha256(self.db), before)

    def test_profile_fetch_asks_for_the_platform_and_the_mission(self):
        self.sync()
        mission = self.mission()
        mission.replace()
        with self.spy() as spy:
            self.sync(uri=spy.uri(self.name))
            [find, *_] = self.find_in(spy, PROFILES)
        self.assertIn(mission.platform, str(find.filter))

    def test_report_of_a_first_run_names_the_figures(self):
        done = self.sync()
        self.assertRegex(done.stdout, r"^36 missions: 36 new, 0 changed, 0 removed, \d+ track")
        self.assertEqual(done.stderr, "")


class OldSchema(Syncing):
    """Gliders by number, as older sources have them."""

    flags = ("--old-schema",)

    def missions(self, count):
        found = list(self.database[MISSIONS].find({"basin": {"$gt": " "}}).limit(count))
        missions = []
        for document in found:
            mission = Mission(
                self.database, {"platform_serial": oracle.glider_serial(document), **document}
            )
            mission.filter = {"glider": document["glider"], "mission": mission.number}
            missions.append(mission)
        return missions

    def test_sync_old_schema(self):
        self.assertNotIn("platform_serial", self.database[MISSIONS].find_one())
        self.sync()
        self.check()

    def test_changed_mission_of_the_old_schema(self):
        self.sync()
        self.mission().replace(more=2)
        with self.spy() as spy:
            self.sync(uri=spy.uri(self.name))
            self.assertEqual(spy.documents(PROFILES), len(self.mission().profiles()))
        self.check()

    def test_mission_that_goes_over_to_the_new_schema(self):
        self.sync()
        mission = self.mission()
        document, profiles = mission.take_away()
        for found in (document, *profiles):
            del found["glider"]
            found["platform_serial"] = mission.platform
        mission.bring(document, profiles)
        self.sync()
        self.check()


class Vanishing(Syncing):
    """Missions that the source no longer has, for the time being or for good."""

    def setUp(self):
        super().setUp()
        self.sync()
        self.before = content(self.db)

    def gone(self):
        return {key for [key] in query(
            self.db, "SELECT platform || '/' || number FROM gone JOIN mission USING (mission_id)"
        )}  # fmt: skip

    def shown(self):
        return {t: rows for t, rows in content(self.db).items() if t != "gone"}

    def check_kept(self):
        before = {t: rows for t, rows in self.before.items() if t != "gone"}
        self.assertEqual(self.shown(), before)

    def test_keep_vanished_mission_in_its_grace_time(self):
        mission = self.mission()
        mission.take_away()
        done = self.sync(now=at(0))
        self.assertIn("1 vanished and kept", done.stdout)
        self.assertEqual(self.gone(), {mission.key})
        self.sync(now=at(9.9))
        self.check_kept()
        self.verify(now=at(9.9))

    def test_remove_vanished_mission_after_its_grace_time(self):
        mission = self.mission()
        mission.take_away()
        self.sync(now=at(0))
        done = self.sync(now=at(10))
        self.assertIn("1 removed", done.stdout)
        self.assertNotIn(mission.key, mission_keys(self.db))
        self.check()

    def test_grace_time_by_flag(self):
        self.mission().take_away()
        self.sync("--grace", "1min", now=at(0))
        self.check_kept()
        self.sync("--grace", "1min", now=at(1))
        self.check()

    def test_grace_time_by_environment(self):
        self.mission().take_away()
        self.sync(now=at(0), env={"EDGE_GRACE": "30s"})
        self.sync(now=at(0.5), env={"EDGE_GRACE": "30s"})
        self.check()

    def test_no_grace_time_removes_at_once(self):
        self.mission().take_away()
        self.sync("--grace", "0")
        self.check()

    def test_mission_that_came_back_is_new(self):
        mission = self.mission()
        document, profiles = mission.take_away()
        self.sync(now=at(0))
        mission.bring(document, moved(profiles, 2))
        self.sync(now=at(2))
        self.assertEqual(self.gone(), set())
        self.check()

    def test_mission_that_came_back_unchanged_is_not_written_again(self):
        mission = self.mission()
        document, profiles = mission.take_away()
        self.sync(now=at(0))
        self.database[PROFILES].insert_many(profiles)
        self.database[MISSIONS].insert_one(document)
        first = generation(self.db)
        self.sync(now=at(2))
        self.assertEqual(self.gone(), set())
        self.assertEqual(generation(self.db), first)
        self.check_kept()

    def test_grace_time_starts_anew_after_a_return(self):
        mission = self.mission()
        found = mission.take_away()
        self.sync(now=at(0))
        mission.bring(*found)
        self.sync(now=at(5))
        mission.take_away()
        self.sync(now=at(6))
        self.sync(now=at(12))
        self.assertIn(mission.key, mission_keys(self.db))
        self.sync(now=at(16))
        self.assertNotIn(mission.key, mission_keys(self.db))

    def test_refuse_to_remove_more_than_a_fifth(self):
        for mission in self.missions(10):
            mission.take_away()
        self.sync(now=at(0))
        done = self.sync(now=at(10), expect=1)
        self.assertIn("--allow-mass-delete", done.stderr)
        self.check_kept()
        self.assertEqual(len(self.gone()), 10)

    def test_remove_more_than_a_fifth_when_allowed(self):
        for mission in self.missions(10):
            mission.take_away()
        self.sync(now=at(0))
        self.sync("--allow-mass-delete", now=at(10))
        self.check()

    def test_emptied_source_is_refused_after_the_grace_time(self):
        self.database[MISSIONS].delete_many({})
        self.database["sailbuoymissions"].delete_many({})
        self.sync(now=at(0))
        self.sync(now=at(10), expect=1)
        self.check_kept()

    def test_dropped_collections_are_a_wrong_database(self):
        self.database.drop_collection(MISSIONS)
        self.database.drop_collection("sailbuoymissions")
        self.sync(now=at(0), expect=69)
        self.assertEqual(content(self.db), self.before)


class Racing(Syncing):
    """The source writes while edge reads."""

    def whole_versions(self, mission):
        """What the store may show of a mission: {(comment, track)} of versions noted so far."""
        document = mission.document()
        track = tuple((p["number"], p["lon"], p["lat"]) for p in mission.profiles())
        return document.get("comment", ""), track

    def stored_version(self, mission):
        comment = query(
            self.db,
            "SELECT comment FROM mission WHERE platform = ? AND number = ?",
            mission.platform, mission.number,
        )  # fmt: skip
        track = query(
            self.db,
            """SELECT p.number, lon, lat FROM track_point AS p JOIN mission AS m USING (mission_id)
               WHERE platform = ? AND m.number = ? ORDER BY p.number""",
            mission.platform, mission.number,
        )  # fmt: skip
        return comment[0][0] if comment else None, tuple(track)

    def race(self, act, chosen):
        """A hook that acts once, before the first command that is chosen goes out."""
        acted = []

        def on_command(command):
            if not acted and chosen(command):
                acted.append(command)
                act()

        return on_command, acted

    def first_find(self, collection, keyed):
        return lambda c: c.name == "find" and c.collection == collection and (
            bool(c.filter) == keyed
        )  # fmt: skip

    def test_mission_replaced_while_its_track_is_read(self):
        self.sync()
        mission = self.mission()
        mission.replace(comment="first")
        act, acted = self.race(
            lambda: mission.replace(more=2, comment="second"), self.first_find(PROFILES, True)
        )
        with self.spy(act) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertTrue(acted)
        self.check()

    def test_mission_replaced_after_its_track_is_read(self):
        # The second look at its document finds another one.
        self.sync()
        mission = self.mission()
        mission.replace(comment="first")
        act, acted = self.race(
            lambda: mission.replace(more=2, comment="second"), self.first_find(MISSIONS, True)
        )
        with self.spy(act) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertTrue(acted)
        self.check()

    def test_replacement_in_progress_is_not_applied_half(self):
        self.sync()
        mission = self.mission()
        old = self.stored_version(mission)
        mission.replace(comment="first")
        rest = []

        def act():
            document, profiles = mission.take_away()
            mission.bring_profiles(profiles[:10])
            rest.extend((document, profiles))

        hook, acted = self.race(act, self.first_find(PROFILES, True))
        with self.spy(hook) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertTrue(acted)
        self.assertEqual(self.stored_version(mission), old)
        check_sound(self, self.db)
        document, profiles = rest
        mission.bring_profiles(profiles[10:])
        mission.bring_document(document, len(profiles))
        self.sync()
        self.check()

    def test_mission_whose_profiles_are_just_deleted_waits(self):
        # Its document is still there and is deleted a moment later.
        self.sync()
        mission = self.mission()
        old = self.stored_version(mission)
        mission.replace(comment="first")
        count = len(mission.profiles())
        self.database[PROFILES].delete_many({**mission.filter, "number": {"$gt": 5}})
        self.assertLess(len(mission.profiles()), count)
        finds = []

        def on_command(command):
            if self.first_find(PROFILES, True)(command):
                finds.append(command)
                if len(finds) == 2:
                    mission.take_away()

        with self.spy(on_command) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertGreaterEqual(len(finds), 2)
        self.assertEqual(self.stored_version(mission), old)

    def test_mission_with_fewer_profiles_than_it_says_is_believed_in_the_end(self):
        mission = self.mission()
        self.database[MISSIONS].update_one(mission.filter, {"$set": {"total_profiles": 1000}})
        self.sync()
        self.check()
        before = sha256(self.db)
        self.sync()
        self.assertEqual(sha256(self.db), before)

    def test_mission_replaced_while_all_profiles_are_read(self):
        # A first run reads all profiles at once, after the missions.
        mission = self.mission()
        hook, acted = self.race(
            lambda: mission.replace(more=2, comment="second"), self.first_find(PROFILES, False)
        )
        with self.spy(hook) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertTrue(acted)
        self.check()

    def test_mission_moved_while_all_profiles_are_read_is_not_a_mixture(self):
        # It has as many profiles as before, so their number tells nothing.
        mission = self.mission()
        versions = [self.whole_versions(mission)]
        hook, acted = self.race(
            lambda: mission.replace(more=0, comment="second"), self.first_find(PROFILES, False)
        )
        with self.spy(hook) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertTrue(acted)
        versions.append(self.whole_versions(mission))
        self.assertIn(self.stored_version(mission), versions)

    def test_mission_that_vanishes_in_the_first_run_comes_with_the_next(self):
        mission = self.mission()
        rest = []
        hook, acted = self.race(
            lambda: rest.extend(mission.take_away()), self.first_find(PROFILES, False)
        )
        with self.spy(hook) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertTrue(acted)
        check_sound(self, self.db)
        self.assertIn(self.stored_version(mission)[1], ((), None))
        mission.bring(*rest)
        self.sync()
        self.check()

    def test_source_that_changes_all_the_time_does_not_hold_the_run(self):
        self.sync()
        mission = self.mission()
        mission.replace()
        changes = []

        def on_command(command):
            if self.first_find(PROFILES, True)(command):
                changes.append(command)
                mission.replace()

        with self.spy(on_command) as spy:
            started = time.monotonic()
            done = self.sync(uri=spy.uri(self.name))
            self.assertLess(time.monotonic() - started, 20)
        self.assertIn("left for the next run", done.stdout)
        check_sound(self, self.db)
        self.sync()
        self.check()


class Large(Syncing):
    """More profiles than one answer of the server holds."""

    size = {"profiles": 220}

    def test_cut_while_profiles_come_makes_no_store(self):
        self.assertGreater(self.database[PROFILES].count_documents({}), 4000)

        def cut(command):
            return "cut" if command.name == "getMore" and command.collection == PROFILES else None

        with self.spy(cut) as spy:
            done = self.sync(uri=spy.uri(self.name), expect=75)
            self.assertTrue(spy.named("getMore"))
        self.assertIn("127.0.0.1", done.stderr)
        self.assertFalse(self.db.exists())
        self.assertEqual(list(self.db.parent.glob("edge.db.new*")), [])
        self.sync()
        self.check()

    def test_cut_at_a_change_leaves_the_missions_before_it(self):
        self.sync()
        missions = self.missions(5)
        for mission in missions:
            mission.replace(more=2)
        finds = []

        def cut(command):
            if command.name == "find" and command.collection == PROFILES:
                finds.append(command)
            return "cut" if len(finds) > 2 else None

        with self.spy(cut) as spy:
            self.sync(uri=spy.uri(self.name), expect=75)
        check_sound(self, self.db)
        source = oracle.read(self.database)
        applied = [m for m in missions if tracks(self.db)[m.key] == source.tracks[m.key]]
        self.assertEqual(len(applied), 2)
        self.sync()
        self.check()

    def test_cut_once_is_tried_again(self):
        # Reads may be repeated: a primary that stepped down is no failure.
        cuts = []

        def cut(command):
            if command.name == "find" and command.collection == "gliders" and not cuts:
                cuts.append(command)
                return "cut"
            return None

        with self.spy(cut) as spy:
            self.sync(uri=spy.uri(self.name))
        self.assertTrue(cuts)
        self.check()


class Interrupted(Syncing):
    """A run that is stopped, killed or overtaken."""

    def check_next_run(self):
        self.sync()
        self.check()

    def test_second_sync_ends_at_once_and_names_the_first(self):
        with self.held() as (process, go):
            started = time.monotonic()
            done = self.sync(expect=75)
            self.assertLess(time.monotonic() - started, 2)
            self.assertRegex(done.stderr, rf"\b{process.pid}\b")
            go.set()
            self.assertEqual(process.wait(), 0)
        self.check()

    def test_import_ends_at_once_while_a_sync_writes(self):
        with self.held() as (process, go):
            done = edge("import", self.voto, "--db", self.db, expect=75)
            self.assertRegex(done.stderr, rf"\b{process.pid}\b")

    def test_verify_and_status_work_while_a_sync_writes(self):
        self.sync()
        self.mission().replace()
        with self.held() as (process, go):
            edge("status", "--db", self.db, expect=0)
            done = edge("verify", "--db", self.db, uri=self.uri, expect=1)
            self.assertIn(self.mission().name, done.stdout)

    def check_term(self, process, go, number=signal.SIGTERM):
        started = time.monotonic()
        process.send(number)
        self.assertEqual(process.wait(20), 75, process.log)
        self.assertLess(time.monotonic() - started, 2)
        go.set()

    def test_term_while_waiting_for_the_server_ends_the_first_run(self):
        with self.held() as (process, go):
            self.check_term(process, go)
        self.assertFalse(self.db.exists())
        self.check_next_run()

    def test_term_while_waiting_for_the_server_ends_a_later_run(self):
        self.sync()
        before = content(self.db)
        self.mission().replace()
        with self.held() as (process, go):
            self.check_term(process, go)
        self.assertEqual(content(self.db), before)
        self.check_next_run()

    def test_interrupt_while_waiting_for_the_server_ends_the_run(self):
        with self.held(collection=MISSIONS) as (process, go):
            self.check_term(process, go, signal.SIGINT)

    def test_term_between_missions_ends_the_run(self):
        self.sync()
        missions = self.missions(5)
        for mission in missions:
            mission.replace(more=2)
        started = threading.Event()

        def slow(command):
            if command.name == "find" and command.collection == PROFILES:
                started.set()
                time.sleep(0.1)

        with self.spy(slow) as spy:
            process = harness.EdgeProcess("sync", "--once", "--db", self.db, uri=spy.uri(self.name))
            with process:
                self.assertTrue(started.wait(30))
                begun = time.monotonic()
                process.send(signal.SIGTERM)
                self.assertEqual(process.wait(20), 75)
                self.assertLess(time.monotonic() - begun, 2)
        check_sound(self, self.db)
        self.check_next_run()

    def kill_at(self, number):
        """Kills a run at its n-th command; returns whether it came so far."""
        seen, process = [], None
        reached = threading.Event()

        def on_command(command):
            if command.name in ("find", "getMore"):
                seen.append(command)
                if len(seen) == number:
                    reached.set()
                    # Whatever comes now comes to a dead process.
                    process.send(signal.SIGKILL)

        with self.spy(on_command) as spy:
            process = harness.EdgeProcess(
                "sync", "--once", "--db", self.db, uri=spy.uri(self.name), env={"EDGE_NOW": NOW}
            )
            process.start()
            process.wait()
        return reached.is_set()

    def test_kill_at_each_command_of_a_first_run(self):
        number = 1
        while self.kill_at(number):
            self.assertFalse(self.db.exists(), number)
            number += 1
        self.assertGreater(number, 8)
        self.check_next_run()
        self.assertEqual(list(self.db.parent.glob("edge.db.new*")), [])

    def test_kill_at_each_command_of_a_later_run(self):
        self.sync()
        for mission in self.missions(3):
            mission.replace(more=2)
        number = 1
        while self.kill_at(number):
            check_sound(self, self.db)
            number += 1
        self.assertGreater(number, 8)
        self.check_next_run()

    def test_kill_at_any_moment(self):
        self.sync()
        chance = random.Random(7)
        for _ in range(15):
            for mission in self.missions(20)[:: chance.choice((1, 4))]:
                mission.replace(more=chance.choice((0, 1)))
            process = harness.EdgeProcess("sync", "--once", "--db", self.db, uri=self.uri)
            process.start()
            time.sleep(chance.uniform(0.02, 0.25))
            process.kill()
            check_sound(self, self.db)
        self.check_next_run()


class Away(Syncing):
    """A server that does not answer, or not in time."""

    def tearDown(self):
        if not self.server.external:
            self.server.thaw()

    def freeze_at(self, collection):
        """A hook that stops the server as it gets the first find of a collection."""
        harness.needs_own_server("it is frozen")

        def on_command(command):
            if command.name == "find" and command.collection == collection:
                self.server.freeze()

        return on_command

    def check_temporary(self, done, started, most):
        self.assertLess(time.monotonic() - started, most)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("127.0.0.1", done.stderr)

    def test_frozen_server_by_the_deadline(self):
        with self.spy(self.freeze_at(PROFILES)) as spy:
            started = time.monotonic()
            done = self.sync(uri=spy.uri(self.name), env={"EDGE_DEADLINE": "2s"}, expect=75)
            self.check_temporary(done, started, 8)
        self.assertFalse(self.db.exists())

    def test_frozen_server_by_its_socket_timeout(self):
        with self.spy(self.freeze_at(MISSIONS)) as spy:
            uri = self.spy_uri(spy, "socketTimeoutMS=1000&serverSelectionTimeoutMS=1000")
            started = time.monotonic()
            done = self.sync(uri=uri, expect=75)
            self.check_temporary(done, started, 10)

    def test_frozen_server_leaves_the_store_alone(self):
        self.sync()
        before = sha256(self.db)
        self.mission().replace()
        with self.spy(self.freeze_at(PROFILES)) as spy:
            uri = self.spy_uri(spy, "socketTimeoutMS=500&serverSelectionTimeoutMS=500")
            self.sync(uri=uri, expect=75)
        self.assertEqual(sha256(self.db), before)

    def test_deadline_at_a_server_that_is_only_slow(self):
        def slow(command):
            time.sleep(0.3)

        with self.spy(slow) as spy:
            started = time.monotonic()
            done = self.sync(uri=spy.uri(self.name), env={"EDGE_DEADLINE": "1s"}, expect=75)
            self.check_temporary(done, started, 6)
        self.assertIn("deadline", done.stderr)
        self.assertFalse(self.db.exists())

    def test_wrong_database_is_refused(self):
        uri = self.server.uri("no_such_database")
        done = self.sync(uri=uri, expect=69)
        self.assertIn("no_such_database", done.stderr)
        self.assertFalse(self.db.exists())

    def test_wrong_database_leaves_the_store_alone(self):
        self.sync()
        before = sha256(self.db)
        self.sync("--grace", "0", uri=self.server.uri("no_such_database"), expect=69)
        self.assertEqual(sha256(self.db), before)


class NoServer(unittest.TestCase):
    """What is found out without any server."""

    def setUp(self):
        harness.needs("edge")
        self.db = harness.temp_dir(self) / "edge.db"

    def sync(self, uri=None, expect=78, flags=(), **options):
        done = edge("sync", "--once", "--db", self.db, *flags, uri=uri, expect=expect, **options)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertFalse(self.db.exists())
        return done

    def closed_port(self):
        """A port that is bound and not listened at: nobody answers, nobody takes it."""
        s = socket.socket()
        self.addCleanup(s.close)
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]

    def test_closed_port_is_temporary_and_named(self):
        port = self.closed_port()
        started = time.monotonic()
        done = self.sync(f"mongodb://reader:s3cret@127.0.0.1:{port}/voto", expect=75)
        self.assertLess(time.monotonic() - started, 15)
        self.assertIn(f"127.0.0.1:{port}", done.stderr)
        self.assertNotIn("s3cret", done.stderr)

    def test_missing_uri_names_the_variable(self):
        self.assertIn("EDGE_MONGODB_URI", self.sync().stderr)

    def test_uri_without_database(self):
        for uri in ("mongodb://127.0.0.1:9", "mongodb://127.0.0.1:9/?tls=false"):
            self.assertIn("database", self.sync(uri).stderr)

    def test_uri_that_is_none(self):
        for uri in ("voto", "http://127.0.0.1/voto", "mongodb://", "mongodb://u:p@ss@h/voto"):
            done = self.sync(uri)
            self.assertIn("EDGE_MONGODB_URI", done.stderr)
            self.assertNotIn("p@ss", done.stderr)

    def test_uri_as_a_flag_is_refused_with_a_hint(self):
        for words in (("--mongodb-uri", "mongodb://u:s3cret@h/voto"),
                      ("--mongodb-uri=mongodb://u:s3cret@h/voto",)):  # fmt: skip
            done = self.sync(expect=2, flags=words)
            self.assertIn("EDGE_MONGODB_URI", done.stderr)
            self.assertNotIn("s3cret", done.stderr)

    def test_uri_from_a_file(self):
        path = self.db.parent / "uri"
        path.write_text(f"mongodb://u:s3cret@127.0.0.1:{self.closed_port()}/voto?connectTimeoutMS=500"
                        "&serverSelectionTimeoutMS=500\n")  # fmt: skip
        done = self.sync(expect=75, env={"EDGE_MONGODB_URI_FILE": path})
        self.assertIn("127.0.0.1", done.stderr)

    def test_uri_from_a_file_that_is_missing(self):
        path = self.db.parent / "no-such-uri"
        done = self.sync(env={"EDGE_MONGODB_URI_FILE": path})
        self.assertIn(str(path), done.stderr)

    def test_uri_from_a_credential(self):
        (self.db.parent / "mongodb-uri").write_text(
            f"mongodb://127.0.0.1:{self.closed_port()}/voto?serverSelectionTimeoutMS=500"
        )
        done = self.sync(expect=75, env={"CREDENTIALS_DIRECTORY": self.db.parent})
        self.assertIn("127.0.0.1", done.stderr)

    def test_variable_wins_over_file_and_credential(self):
        for name in ("uri", "mongodb-uri"):
            (self.db.parent / name).write_text("mongodb://never-asked.invalid/voto")
        env = {"EDGE_MONGODB_URI_FILE": self.db.parent / "uri", "CREDENTIALS_DIRECTORY": self.db.parent}
        uri = f"mongodb://127.0.0.1:{self.closed_port()}/voto?serverSelectionTimeoutMS=500"
        done = self.sync(uri, expect=75, env=env)
        self.assertNotIn("never-asked", done.stderr)

    def test_once_must_be_said(self):
        done = edge("sync", "--db", self.db, uri="mongodb://127.0.0.1:9/voto", expect=2)
        self.assertIn("--once", done.stderr)

    def test_failure_is_in_the_status_file(self):
        uri = f"mongodb://127.0.0.1:{self.closed_port()}/voto?serverSelectionTimeoutMS=200"
        self.sync(uri, expect=75)
        status = bson.json_util.loads((self.db.parent / "edge.db.status").read_text())
        self.assertEqual(status["exit_code"], 75)
        self.assertEqual(status["failing_since"], NOW)


class Scripted(unittest.TestCase):
    """Answers that no real server gives on demand."""

    # "p@ss/w?rd%" percent-encoded.
    SECRETS = ("p%40ss%2Fw%3Frd%25", "p@ss/w?rd%", "w%3Frd", "w?rd")

    def setUp(self):
        harness.needs("edge", "mockupdb")
        import mockupdb

        self.server = mockupdb.MockupDB(auto_ismaster={"maxWireVersion": 8})
        self.server.run()
        self.addCleanup(self.server.stop)
        self.db = harness.temp_dir(self) / "edge.db"

    def sync(self, user="", options="", expect=69, flags=()):
        uri = f"mongodb://{user}127.0.0.1:{self.server.port}/voto?{options}"
        return edge("sync", "--once", "--db", self.db, *flags, uri=uri, expect=expect)

    def answer(self, command, **fields):
        self.server.autoresponds(command, **fields)

    def refuse_password(self):
        self.answer(
            "saslStart", ok=0, code=18, codeName="AuthenticationFailed",
            errmsg="Authentication failed.",
        )  # fmt: skip

    def test_wrong_password_is_refused(self):
        self.refuse_password()
        done = self.sync(f"reader:{self.SECRETS[0]}@", "authSource=admin")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(f"127.0.0.1:{self.server.port}", done.stderr)
        self.assertFalse(self.db.exists())

    def test_wrong_password_is_nowhere_in_the_output(self):
        self.refuse_password()
        done = self.sync(f"reader:{self.SECRETS[0]}@", flags=("--log-level", "debug"))
        text = done.stdout + done.stderr
        text += "".join(p.read_text(errors="replace") for p in self.db.parent.iterdir())
        for secret in self.SECRETS:
            self.assertNotIn(secret, text)

    def test_user_without_rights_is_refused(self):
        self.answer("find", ok=0, code=13, codeName="Unauthorized", errmsg="not authorized on voto")
        done = self.sync()
        self.assertIn("not authorized", done.stderr)

    def test_server_that_steps_down_is_temporary(self):
        self.answer(
            "find", ok=0, code=189, codeName="PrimarySteppedDown", errmsg="stepping down"
        )
        done = self.sync(expect=75, options="serverSelectionTimeoutMS=500")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_failing_query_is_temporary_and_told(self):
        self.answer("find", ok=0, code=2, codeName="BadValue", errmsg="something is wrong")
        done = self.sync(expect=75)
        self.assertIn("something is wrong", done.stderr)


class Ferret(Syncing):
    """A standalone without change streams, aggregation on $max or fast filters."""

    server_class = harness.FerretServer
    needs = "ferret"
    size = {"missions": 12, "profiles": 20}

    def test_sync_equals_the_source(self):
        self.sync()
        self.check()

    def test_second_sync_writes_nothing(self):
        self.sync()
        before = sha256(self.db)
        self.sync(now=at(5))
        self.assertEqual(sha256(self.db), before)

    def test_changed_and_vanished_missions(self):
        self.sync()
        changed, vanished = self.missions(2)
        changed.replace(more=2)
        vanished.take_away()
        self.sync(now=at(0))
        self.assertIn(vanished.key, mission_keys(self.db))
        self.sync(now=at(10))
        self.check()


if __name__ == "__main__":
    unittest.main()
