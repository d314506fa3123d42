"""Missions of which a reading gives less than is stored: half deleted, spoilt, or shorter for good."""

import time
import unittest

import harness
from following import SOON, Following
from syncing import Syncing, moved
from test_dumps import MISSIONS, PROFILES, at, check_sound, content, edge, query

WAY_OUT = "if that is right, stop edge run, then run `edge sync --once --allow-mass-delete`"


def points(path, mission):
    found = query(
        path, "SELECT track_points, comment FROM mission WHERE platform || '/' || number = ?", mission.key
    )
    return found[0] if found else None


def spoil(mission, comment):
    """Half of its profiles do not fit any more."""
    document, profiles = mission.take_away()
    profiles = [{**p, "lat": str(p["lat"])} if n % 2 else p for n, p in enumerate(profiles)]
    mission.bring({**document, "comment": comment}, profiles)


class SlowlyDeleted(Syncing):
    """The source deletes the profiles of a mission more slowly than edge reads them."""

    size = {"missions": 8, "profiles": 40}
    STEPS = 6  # before so many readings some are deleted, before the next it is all written again

    def deleting(self, mission, scans=False):
        """A hook by which the mission is written again, and the readings that it met."""
        profiles = mission.profiles()
        whole, readings = moved(profiles, 2), []
        some = len(profiles) // (self.STEPS + 2)

        def on_command(command):
            if command.name != "find" or command.collection != PROFILES:
                return
            if not command.filter and not scans:
                return
            self.shown.add(points(self.db, mission))
            readings.append(command)
            if len(readings) <= self.STEPS:
                left = mission.profiles()[:some]
                self.database[PROFILES].delete_many({"_id": {"$in": [p["_id"] for p in left]}})
            elif len(readings) == self.STEPS + 1:
                document, _ = mission.take_away()
                mission.bring({**document, "comment": "second"}, whole)

        self.shown = set()
        return on_command, readings, len(profiles)

    def check_never_half(self, mission, before, scans=False):
        hook, readings, length = self.deleting(mission, scans)
        with self.spy(hook) as spy:
            self.sync(uri=spy.uri(self.name), now=at(1))
        self.shown.add(points(self.db, mission))
        self.assertGreater(len(readings), self.STEPS)
        self.assertLessEqual(self.shown, {before, (length + 2, "second")})
        self.assertEqual(points(self.db, mission), (length + 2, "second"))
        self.check()

    def touch(self, missions):
        for mission in missions:
            self.database[MISSIONS].update_one(mission.filter, {"$set": {"comment": "first"}})

    def test_track_of_a_changed_mission(self):
        self.sync()
        mission = self.mission()
        before = points(self.db, mission)
        self.touch([mission])
        self.check_never_half(mission, before)

    def test_track_of_a_new_mission(self):
        mission = self.mission()
        document, profiles = mission.take_away()
        self.sync()
        mission.bring(document, profiles)
        self.check_never_half(mission, None)

    def test_track_in_a_scan_of_all(self):
        self.sync()
        missions = self.missions(8)
        before = points(self.db, missions[0])
        self.touch(missions)
        self.check_never_half(missions[0], before, scans=True)

    def test_track_that_is_shorter_for_good_is_read_twice(self):
        self.sync()
        mission = self.mission()
        mission.replace(more=-15)
        with self.spy() as spy:
            self.sync(uri=spy.uri(self.name))
            self.assertEqual(len(self.find_in(spy, PROFILES)), 2)
        self.check()


class Misfits(Syncing):
    """What does not fit against what the source has no more."""

    size = {"missions": 8, "profiles": 40}

    def setUp(self):
        super().setUp()
        self.sync()
        self.before = content(self.db)

    def shrink(self, mission, keep, wrong):
        """Written again with so many of its profiles, of which the first do not fit."""
        document, profiles = mission.take_away()
        profiles = [
            {**p, "lat": "57.1"} if n < wrong else p for n, p in enumerate(profiles[:keep])
        ]
        mission.bring({**document, "comment": "shorter"}, profiles)

    def told(self, mission):
        return edge(
            "explain", mission.platform, f"M{mission.number}", "--db", self.db, uri=self.uri, expect=0
        ).stdout

    def test_mission_that_shrank_is_taken_for_all_of_one_misfit(self):
        for scan in (False, True):
            with self.subTest(scan=scan):
                mission = self.missions(2)[scan]
                self.shrink(mission, keep=12, wrong=1)
                if scan:
                    for other in self.missions(8):
                        self.database[MISSIONS].update_one(other.filter, {"$set": {"comment": "x"}})
                self.assertNotIn("leaves", self.told(mission))
                done = self.sync()
                self.assertNotIn("held", done.stdout)
                self.assertEqual(points(self.db, mission), (11, "x" if scan else "shorter"))
                self.assertNotIn("held", self.verify().stdout)

    def check_held(self, mission, fit, of):
        was = points(self.db, mission)
        done = self.sync()
        self.assertIn("1 held as served", done.stdout)
        self.assertIn(
            f"{mission.name}: {of - fit} of its {of} profiles do not fit; the version that is served "
            f"is kept; mend the documents or, {WAY_OUT}", done.stderr,
        )  # fmt: skip
        self.assertEqual(points(self.db, mission), was)
        self.assertIn(f"only {fit} of its {of} profiles fit; mend the documents or, {WAY_OUT}",
                      self.told(mission))  # fmt: skip
        self.assertIn(f"note: mission {mission.name}: held", self.verify().stdout)

    def test_mission_whose_loss_is_of_misfits_is_kept(self):
        mission = self.mission()
        self.shrink(mission, keep=40, wrong=12)
        self.check_held(mission, 28, 40)

    def test_mission_that_shrank_to_misfits_is_kept(self):
        mission = self.mission()
        self.shrink(mission, keep=12, wrong=8)
        self.check_held(mission, 4, 12)

    def test_the_way_out_leads_out(self):
        mission = self.mission()
        self.shrink(mission, keep=40, wrong=12)
        self.check_held(mission, 28, 40)
        self.sync("--allow-mass-delete")
        self.assertEqual(points(self.db, mission), (28, "shorter"))
        self.verify()

    def test_mission_that_grew_is_taken_with_its_misfits(self):
        mission = self.mission()
        document, profiles = mission.take_away()
        profiles = moved(profiles, 40)
        mission.bring(
            {**document, "comment": "longer"},
            profiles[:39] + [{**p, "lat": "57.1"} for p in profiles[39:]],
        )
        self.sync()
        self.assertEqual(points(self.db, mission), (39, "longer"))
        self.assertNotIn("held", self.verify().stdout)


class Lost(Syncing):
    """Profiles of some missions are gone, more than may go unasked."""

    size = {"missions": 8, "profiles": 20}

    def setUp(self):
        super().setUp()
        self.sync()
        self.all = self.missions(8)
        self.lost, self.others = self.all[:4], self.all[4:]
        self.was = {m.key: points(self.db, m) for m in self.all}
        for mission in self.lost:
            self.database[PROFILES].delete_many(mission.filter)

    def touch(self, missions, comment="news"):
        for mission in missions:
            self.database[MISSIONS].update_one(mission.filter, {"$set": {"comment": comment}})

    def check_lost_are_kept(self, done, reason="profiles where there were"):
        self.assertIn(reason, done.stderr)
        self.assertTrue(done.stderr.rstrip().endswith(WAY_OUT), done.stderr)
        for mission in self.lost:
            self.assertEqual(points(self.db, mission), self.was[mission.key])
        check_sound(self, self.db)

    def check_rest_is_taken(self, *flags):
        news = self.others[0]
        news.replace(more=2, comment="news")
        new = self.others[1]
        document, profiles = new.document(), new.profiles()
        fresh = type(new)(self.database, {**document, "mission": 900})
        fresh.bring({**document, "mission": 900}, [{**p, "mission": 900} for p in profiles])
        done = self.sync(*flags, now=at(1), expect=1)
        self.check_lost_are_kept(done)
        self.assertEqual(points(self.db, news), (len(news.profiles()), "news"))
        self.assertEqual(points(self.db, fresh)[0], len(profiles))
        # It stays so until the profiles are there again, or may go.
        self.check_lost_are_kept(self.sync(*flags, now=at(2), expect=1))
        self.sync(*flags, "--allow-mass-delete", now=at(3))
        self.check()

    def test_rest_is_taken_when_they_are_counted(self):
        self.check_rest_is_taken("--deep-check", "1ms")

    def test_rest_is_taken_when_all_are_read(self):
        self.touch(self.lost)
        self.check_rest_is_taken("--deep-check", "0")

    def test_vanished_missions_stay_meanwhile(self):
        self.others[0].take_away()
        flags = ("--deep-check", "1ms", "--grace", "0")
        self.check_lost_are_kept(self.sync(*flags, now=at(1), expect=1))
        self.assertEqual(points(self.db, self.others[0]), self.was[self.others[0].key])

    def test_rest_is_taken_when_there_is_no_profile_at_all(self):
        self.database[PROFILES].delete_many({})
        self.lost = self.all
        self.touch(self.all[:1])
        buoy = self.database["sailbuoymissions"].find_one()
        self.database["sailbuoymissions"].update_one({"_id": buoy["_id"]}, {"$set": {"comment": "news"}})
        done = self.sync("--deep-check", "0", now=at(1), expect=1)
        self.check_lost_are_kept(done, "and none of any mission")
        self.assertEqual(query(self.db, "SELECT count(*) FROM mission WHERE comment = 'news'"), [(1,)])

    def test_deep_check_is_not_done(self):
        # Else a day would go by until it is told again.
        for minutes in (24 * 60, 24 * 60 + 1):
            self.check_lost_are_kept(self.sync(now=at(minutes), expect=1))
        for mission in self.lost:
            found = mission.document()
            mission.take_away()
            mission.bring(found, [])
        self.sync("--allow-mass-delete", now=at(24 * 60 + 2))
        self.check()


class Polled(Following):
    """A source without change streams, which is asked again and again."""

    size = {"missions": 6, "profiles": 20}
    source_options = {"standalone": True}

    def turns(self, count):
        """Waits so many turns."""
        finds = len(self.source.seen("find", MISSIONS))
        harness.eventually(
            lambda: len(self.source.seen("find", MISSIONS)) > finds + count, timeout=SOON
        )

    def told(self, process):
        return process.log.count("profiles do not fit; the version that is served is kept")

    def test_held_mission_is_told_once_and_read_once(self):
        mission = self.mission()
        good = mission.profiles()
        with self.following("--interval", "1s", mode="POLL") as process:
            for n, comment in enumerate(("spoilt", "spoilt again"), 1):
                spoil(mission, comment)
                harness.eventually(lambda: self.told(process) == n, timeout=SOON)
                self.turns(1)
                since = time.monotonic()
                self.turns(3)
                self.assertEqual(self.told(process), n, process.log)
                self.assertEqual(self.source.seen("find", PROFILES, since=since), [])
                self.assertEqual(self.status()["quarantined"], len(good) // 2)
            said = edge("explain", mission.platform, f"M{mission.number}", "--db", self.db, uri=self.uri)
            self.assertIn("leaves the version that is served", said.stdout)
            document, _ = mission.take_away()
            mission.bring({**document, "comment": "mended"}, good)
            self.settle()
            self.assertEqual(self.told(process), 2)

    def test_held_mission_that_is_mended_in_place_is_found_by_the_deep_check(self):
        mission = self.mission()
        with self.following("--interval", "1s", "--deep-check", "8s", mode="POLL") as process:
            spoil(mission, "spoilt")
            harness.eventually(lambda: self.told(process) == 1, timeout=SOON)
            for profile in mission.profiles():
                self.source[PROFILES].set({"_id": profile["_id"]}, lat=float(profile["lat"]))
            self.settle()
            self.assertEqual(self.told(process), 1)

    def test_lost_profiles_do_not_keep_news_away(self):
        news = self.mission(1)
        with self.following("--interval", "1s", "--deep-check", "1ms", mode="POLL") as process:
            was = [points(self.db, self.mission(n)) for n in (0, 2, 3)]
            for place in (0, 2, 3):
                self.source[PROFILES].delete_many(self.mission(place).filter)
            harness.eventually(lambda: "no track that lost any" in self.status()["error"], timeout=SOON)
            news.replace(more=2, comment="news")
            harness.eventually(
                lambda: points(self.db, news) == (len(news.profiles()), "news"), timeout=SOON
            )
            status = self.status()
            self.assertEqual(status["exit_code"], 1)
            self.assertTrue(status["error"].endswith(WAY_OUT), status["error"])
            self.assertEqual([points(self.db, self.mission(n)) for n in (0, 2, 3)], was)
            self.turns(3)
            self.check_log(process, "no track that lost any", most=3)
            for document in self.documents[PROFILES]:
                if document["platform_serial"] == news.platform and document["mission"] == news.number:
                    continue
                self.source[PROFILES].delete_many({"_id": document["_id"]})
                self.source[PROFILES].insert_many([document])
            harness.eventually(lambda: self.status()["error"] == "", timeout=SOON)
            self.settle()


class Streamed(Following):
    """Events tell of a held mission's profiles."""

    size = {"missions": 6, "profiles": 20}

    def test_held_mission_that_is_mended_in_place(self):
        mission = self.mission()
        with self.following() as process:
            self.settle()
            spoil(mission, "spoilt")
            process.wait_for("the version that is served is kept", timeout=SOON)
            for profile in mission.profiles():
                self.source[PROFILES].set({"_id": profile["_id"]}, lat=float(profile["lat"]))
            self.settle()


if __name__ == "__main__":
    unittest.main()
