"""edge sync --once: the store follows a MongoDB-protocol server."""

import time
import unittest

import harness
import oracle
from test_dumps import (
    MISSIONS, PRIVATE, PROFILES, at, check_sound, content, edge, generation,
    mission_keys, query, sha256,
)  # fmt: skip
from syncing import FIELDS, Mission, Syncing, moved

COLLECTIONS = {
    MISSIONS, PROFILES, "gliders", "sailbuoys", "sailbuoymissions", "gliderstats", "pipelinestatus",
}  # fmt: skip
READING = {
    "isMaster", "ismaster", "hello", "ping", "find", "getMore", "aggregate", "listCollections",
    "endSessions", "killCursors", "buildInfo", "buildinfo", "saslStart", "saslContinue", "count",
}  # fmt: skip


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

    def check_kept_but(self, table):
        before, shown = ({t: rows for t, rows in c.items() if t not in ("gone", table)} for c in (self.before, self.shown()))
        self.assertEqual(shown, before)

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

    def test_grace_time_that_a_wrong_clock_began_begins_anew(self):
        mission = self.mission()
        mission.take_away()
        years = 10 * 365 * 24 * 60
        self.sync(now=at(years))
        self.sync(now=at(0))
        self.check_kept()
        words = "explain", mission.platform, f"M{mission.number}", "--db", self.db
        self.assertIn(at(10), edge(*words, now=at(1)).stdout.replace(".000Z", "Z"))
        self.sync(now=at(9.9))
        self.check_kept()
        self.assertIn("1 removed", self.sync(now=at(10)).stdout)
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

    def test_grace_time_ends_with_a_return_that_does_not_fit(self):
        mission = self.mission()
        document, profiles = mission.take_away()
        self.sync(now=at(0))
        self.database[PROFILES].insert_many(profiles)
        self.database[MISSIONS].insert_one({**document, "platform_serial": None, "glider": None})
        self.sync(now=at(2))
        self.assertEqual(self.gone(), set())
        self.sync(now=at(30))
        self.assertIn(mission.key, mission_keys(self.db))

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

    def test_what_else_changed_is_taken_while_removals_are_refused(self):
        for mission in self.missions(10):
            mission.take_away()
        self.sync(now=at(0))
        changed = self.mission()
        changed.replace(more=2, comment="news")
        self.database["stats"].delete_many({})
        stats = query(self.db, "SELECT * FROM stat")
        done = self.sync(now=at(10), expect=1)
        self.assertIn("none was removed", done.stderr)
        self.assertEqual(len(self.gone()), 10)
        told = query(self.db, f"SELECT comment, track_points FROM mission WHERE platform || '/' || number = '{changed.key}'")
        self.assertEqual(told, [("news", len(changed.profiles()))])
        self.assertEqual(query(self.db, "SELECT * FROM stat"), stats)

    def test_share_that_may_go_is_a_setting(self):
        for mission in self.missions(10):
            mission.take_away()
        self.sync("--grace", "0", "--removal-limit", "10", now=at(10), expect=1)
        self.sync("--grace", "0", now=at(10), env={"EDGE_REMOVAL_LIMIT": "90"})
        self.check()

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

    def test_database_in_the_middle_of_a_drop_keeps_its_tracks(self):
        # Missions are missing, but in their grace time: that must not hide that the others have
        # lost their tracks.
        for mission in self.missions(10):
            mission.take_away()
        self.database[PROFILES].delete_many({})
        done = self.sync("--deep-check", "1ms", now=at(1), expect=1)
        self.assertIn("has 0 profiles where there were", done.stderr)
        self.check_kept()

    def test_emptied_profiles_are_refused_when_most_missions_were_written_again(self):
        self.database[PROFILES].delete_many({})
        self.database[MISSIONS].update_many({}, {"$set": {"comment": "written again"}})
        done = self.sync("--deep-check", "0", now=at(0), expect=1)
        self.assertIn("has 0 profiles where there were", done.stderr)
        self.check_kept()
        self.sync("--deep-check", "0", "--allow-mass-delete", now=at(0))
        self.check()

    def test_emptied_profiles_do_not_take_the_track_of_one_changed_mission(self):
        self.database[PROFILES].delete_many({})
        mission = self.mission()
        self.database[MISSIONS].update_one(mission.filter, {"$set": {"comment": "written again"}})
        done = self.sync("--deep-check", "0", now=at(0), expect=1)
        self.assertIn(f"has 0 profiles where {mission.name} had", done.stderr)
        self.check_kept()
        # One mission's profiles may go alone.
        self.database[PROFILES].insert_one({
            "platform_serial": "SEA999", "mission": 1, "number": 1, "lon": 18.5, "lat": 57.5,
            "time": mission.document()["start"], "max_depth": 50.0,
        })  # fmt: skip
        self.sync("--deep-check", "0", now=at(0))
        points = query(self.db, f"SELECT track_points FROM mission WHERE platform || '/' || number = '{mission.key}'")
        self.assertEqual(points, [(0,)])

    def spoil(self, missions, share=1, **fields):
        """The source writes missions again, with profiles that do not fit."""
        for mission in missions:
            document, profiles = mission.take_away()
            some = int(len(profiles) * share)
            mission.bring_profiles([{**p, **fields} for p in profiles[:some]] + profiles[some:])
            mission.bring_document({**document, "comment": "written again"}, len(profiles))

    def check_held(self, missions, **sync):
        """They are served as before; the run is well and says so; `verify` knows."""
        done = self.sync(now=at(0), **sync)
        self.assertIn(f"{len(missions)} held as served", done.stdout)
        self.check_kept_but("quarantine")
        self.assertIn("held", self.verify().stdout)

    def test_profiles_that_stop_fitting_do_not_take_a_track(self):
        for field, wrong in (("lat", "57.1"), ("number", "one"), ("lon", float("nan"))):
            with self.subTest(field):
                missions = self.missions(2)
                kept = [(m.document(), m.profiles()) for m in missions]
                self.spoil(missions, **{field: wrong})
                self.check_held(missions)
                self.check_held(missions)  # and again, when nothing is new
                for mission, (document, profiles) in zip(missions, kept, strict=True):
                    mission.take_away()
                    mission.bring(document, profiles)
                self.sync(now=at(0))
                self.check()
                self.before = content(self.db)

    def test_all_profiles_that_stop_fitting_do_not_take_the_tracks(self):
        missions = self.missions(1000)
        self.spoil(missions, lat="57.1")
        self.check_held(missions)

    def test_few_profiles_that_do_not_fit_are_left_out(self):
        mission = self.mission()
        self.spoil([mission], share=0.15, lat="57.1")
        done = self.sync(now=at(0))
        self.assertNotIn("held", done.stdout)
        self.assertIn("in quarantine", done.stdout)
        self.verify()

    def test_sailbuoy_without_any_position_keeps_its_track(self):
        buoys = self.database["sailbuoymissions"]
        some = buoys.find_one({"lon.3": {"$exists": True}})
        buoys.update_one({"_id": some["_id"]}, {"$set": {"lon": [], "lat": []}})
        self.check_held([some])

    def test_track_that_does_not_fit_is_taken_when_asked_for(self):
        self.spoil(self.missions(1), lat="57.1")
        self.sync("--allow-mass-delete", now=at(0))
        self.verify()
        self.assertIn((0,), query(self.db, "SELECT track_points FROM mission WHERE kind = 'glider'"))

    def test_misfits_that_are_mended_in_place_are_found_by_the_deep_check(self):
        mission = self.mission()
        document, profiles = mission.take_away()
        profile = dict(profiles[3])
        profiles[3]["lat"] = "x"
        mission.bring(document, profiles)
        wrong = self.database[PROFILES].find_one({"lat": "x"})
        self.sync(now=at(0))
        self.assertEqual(len(query(self.db, "SELECT * FROM quarantine WHERE collection = 'profiles'")), 1)
        self.database[PROFILES].update_one({"_id": wrong["_id"]}, {"$set": {"lat": profile["lat"]}})
        self.sync("--deep-check", "1ms", now=at(1))
        self.check()

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

    def test_source_that_changes_all_the_time_ends_at_the_deadline(self):
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
            done = self.sync(uri=spy.uri(self.name), env={"EDGE_DEADLINE": "8s"}, expect=75)
            self.assertLess(time.monotonic() - started, 20)
        self.assertIn("written by the source all the time", done.stderr)
        check_sound(self, self.db)
        self.sync()
        self.check()


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
