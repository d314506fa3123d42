"""Change streams that lose their place, end, repeat themselves or say nothing.

A scripted server plays what no real one gives on demand. In every test a reader of the store sees
all missions whole, all the time, and the store ends equal to the source.
"""

import contextlib
import itertools
import threading
import time
import unittest

import bson

import harness
import scripted
from following import PATIENT, SOON, Following
from test_dumps import MISSIONS, PROFILES, edge, generation, mission_keys, query

CODES = {286: "ChangeStreamHistoryLost", 280: "ChangeStreamFatalError",
         260: "InvalidResumeToken", 136: "CappedPositionLost"}  # fmt: skip


class LostPlace(Following):
    """The source cannot go on from the token: a whole run that finds deletions, too."""

    def lose(self, answer, reason, **rule):
        """A stream fails once while changes are made that no event tells of."""
        with self.following("--grace", "0", served=False) as process:
            self.settle()
            failed = self.source.on(answer=answer, times=1, **rule)
            with self.unseen():
                self.check_resync(reason)
                self.settle()
            edge("verify", "--db", self.db, uri=self.uri, expect=0)
            self.assertEqual(failed.hits, 1)
            self.check_log(process, "mode RESYNC")
            self.change(1)
            self.settle()
            self.assertEqual(self.status()["resyncs"], 1)
            self.check_calm()

    @contextlib.contextmanager
    def unseen(self):
        """Changes of every kind without events; a reader sees all that is not deleted."""
        mission = self.mission(5)
        with self.reader(mission_keys(self.db) - {mission.key}):
            with self.source.news:
                before = len(self.source.operations)
                self.change()
                # A profile more under an unchanged document.
                profile = self.mission(2).profiles()[-1]
                del profile["_id"]
                self.source[PROFILES].insert_one({**profile, "number": 90000})
                # And one that moved, which no count shows.
                profile = self.mission(3).profiles()[4]
                self.source[PROFILES].set({"_id": profile["_id"]}, lat=profile["lat"] + 0.25)
                document, profiles = mission.take_away()
                self.source[MISSIONS].insert_one({**document, "mission": 77})
                del self.source.operations[before:]
            yield
        self.assertNotIn(mission.key, mission_keys(self.db))

    def test_codes_that_end_a_stream(self):
        for code, name in CODES.items():
            with self.subTest(name):
                self.doCleanups()
                self.setUp()
                self.lose(scripted.error(code, name), name, name="getMore",
                          collection=MISSIONS, stream=True)  # fmt: skip

    def test_label_that_ends_a_stream(self):
        answer = scripted.error(999, "never seen", "NonResumableChangeStreamError")
        self.lose(answer, "never seen", name="getMore", collection="gliders", stream=True)

    def test_event_that_is_too_large(self):
        answer = scripted.error(10334, "BSONObj size: 17000000 is invalid")
        self.lose(answer, "BSONObj size", name="getMore", collection=MISSIONS, stream=True)

    def test_event_that_stays_too_large(self):
        # Whoever goes on from the same token meets it again.
        def too_large(call):
            options = call.document["pipeline"][0]["$changeStream"]
            after = options.get("startAfter") or options.get("resumeAfter")
            if after and int(after["_data"], 16) <= at:
                return scripted.error(10334, "BSONObj size: 17000000 is invalid")
            return None

        with self.following() as process:
            self.settle()
            at = self.source.number + 1000
            self.source.number = at + 1
            self.source.on("aggregate", MISSIONS, stream=True, answer=too_large)
            self.source.on("getMore", MISSIONS, stream=True, times=1,
                           answer=scripted.error(10334, "BSONObj size"))  # fmt: skip
            self.change()
            self.check_resync("BSONObj size")
            self.settle()
            self.check_log(process, "mode RESYNC")

    def test_token_that_is_lost_at_the_start(self):
        with self.following():
            self.settle()
        lost = self.source.on("aggregate", MISSIONS, stream=True, times=1,
                              answer=scripted.error(286, "history lost"))  # fmt: skip
        with self.unseen(), self.following("--grace", "0", served=False):
            self.check_resync("history lost")
            self.settle()
        self.assertEqual(lost.hits, 1)

    def test_place_is_lost_while_the_source_goes_away(self):
        # The reason is kept until a run has come through.
        with self.following("--grace", "0", served=False) as process:
            self.settle()
            since = time.monotonic()
            cut = self.source.on("find", answer=scripted.CUT, times=6)
            self.source.on("getMore", MISSIONS, stream=True, times=1,
                           answer=scripted.error(286, "history lost"))  # fmt: skip
            with self.unseen():
                harness.eventually(lambda: self.status()["failing_since"], timeout=SOON)
                self.settle()
            self.check_resync("history lost")
            self.assertEqual(cut.hits, 6)
            self.assertEqual(self.status()["resyncs"], 1)
            self.assertLess(len(self.source.seen("find", since=since)), 60)
            self.assertIn("mode WATCH", process.log)

    def test_collections_that_end(self):
        for kind in ("drop", "rename", "dropDatabase", "invalidate"):
            with self.subTest(kind):
                self.doCleanups()
                self.setUp()
                with self.following() as process:
                    self.settle()
                    self.source["gliderstats"].drop(kind)
                    self.check_resync(f"reports {kind}")
                    self.settle()
                    self.assertEqual(query(self.db, "SELECT * FROM stat"), [])
                    self.source["gliderstats"].insert_many(self.documents["gliderstats"])
                    self.settle()
                    self.change()
                    self.settle()
                    self.assertEqual(self.status()["resyncs"], 1)
                    self.check_log(process, "mode RESYNC")

    def test_invalidate_alone_then_cursor_zero(self):
        with self.following("--grace", "0", served=False):
            self.settle()
            with self.unseen():
                self.source.tell("invalidate", MISSIONS)
                self.check_resync("reports invalidate")
                self.settle()
            self.check_calm()

    def test_invalidate_while_edge_is_away(self):
        with self.following():
            self.settle()
            self.change()
            self.settle()
        self.source.tell("invalidate", MISSIONS)
        with self.unseen(), self.following("--grace", "0", served=False):
            self.check_resync("reports invalidate")
            self.settle()

    def test_mission_that_is_left_for_later_is_not_forgotten(self):
        # In a whole run it is written again whenever it is read, and no event comes after.
        finds = []

        def write(call):
            finds.append(call)
            self.source.data[MISSIONS][0]["comment"] = f"written {len(finds)} times"

        with self.following() as process:
            self.settle()
            looks = self.source.on("find", MISSIONS, answer=write)
            with self.source.news:
                before = len(self.source.operations)
                self.change()
                del self.source.operations[before:]
            self.source.on("getMore", MISSIONS, stream=True, times=1,
                           answer=scripted.error(286, "lost"))  # fmt: skip
            harness.eventually(lambda: len(finds) >= 10, timeout=SOON)
            harness.eventually(lambda: self.status()["resyncs"] == 1, timeout=SOON)
            time.sleep(2)
            self.assertEqual(query(self.db, "SELECT * FROM position"), [])
            self.source.off(looks)
            self.settle(60)
            harness.eventually(lambda: query(self.db, "SELECT * FROM position"), timeout=SOON)
            process.stop()

    def test_place_is_lost_again_and_again(self):
        with self.following() as process:
            self.settle()
            self.source.on("getMore", "gliders", stream=True,
                           answer=scripted.error(280, "for ever"))  # fmt: skip
            harness.eventually(lambda: self.status()["resyncs"] > 3, timeout=SOON)
            self.check_calm(during=6)
            self.change()
            self.settle()
            started = time.monotonic()
            process.stop()
            self.assertLess(time.monotonic() - started, 5)

    def test_dropped_missions_that_come_back(self):
        # mongorestore --drop: gone for a moment, then as before.
        with self.following():
            self.settle()
            for name in (MISSIONS, PROFILES):
                self.source[name].drop()
            self.source[PROFILES].insert_many(self.documents[PROFILES])
            time.sleep(1)
            self.source[MISSIONS].insert_many(self.documents[MISSIONS])
            self.settle()


class Events(Following):
    """Events that repeat, change places, make no sense or do not come."""

    def test_events_twice_and_in_another_order(self):
        with self.following():
            self.settle()
            with self.source.news:
                before = len(self.source.operations)
                for place in range(4):
                    self.change(place)
                told = self.source.operations[before:]
                del self.source.operations[before:]
            for number, collection, event in [*reversed(told), *told]:
                self.source.number += 1
                event = {**event, "_id": scripted.token(self.source.number)}
                self.source.put(collection, event)
            self.settle()
            time.sleep(1)
            self.settle()
            self.assertEqual(self.status()["resyncs"], 0)

    def test_events_of_nonsense(self):
        deep = leaf = {}
        for _ in range(150):
            leaf["a"] = {}
            leaf = leaf["a"]
        nonsense = (
            {"operationType": "insert"},
            {"operationType": 7, "documentKey": 3, "fullDocument": "x"},
            {"operationType": "insert", "documentKey": {}, "fullDocument": {}},
            {"operationType": "neverHeardOf", "documentKey": {"_id": None}},
            {"operationType": "insert", "documentKey": {"_id": deep}, "fullDocument": deep},
            {"operationType": "insert", "documentKey": {"_id": "x" * 100000},
             "fullDocument": {"platform_serial": "S" * 100000, "mission": 1}},
            {"operationType": "insert", "documentKey": {"_id": 1},
             "fullDocument": {"platform_serial": 63, "mission": "33"}},
            {"operationType": "update", "documentKey": {"_id": 2},
             "fullDocument": {"platform_serial": "SEA063", "mission": -5}},
            {"operationType": "update", "documentKey": {"_id": 2},
             "fullDocument": {"platform_serial": "", "mission": 1e300}},
            {"operationType": "update", "documentKey": {"_id": bson.MinKey()},
             "fullDocument": {"platform_serial": "'; DROP TABLE mission; --", "mission": 1}},
            {"operationType": "delete", "documentKey": {"_id": bson.Regex("(")}},
            {"operationType": "replace", "fullDocument": None},
            {"operationType": "createIndexes"}, {"operationType": "modify"}, {},
        )  # fmt: skip
        with self.following() as process:
            self.settle()
            for collection in scripted.COLLECTIONS:
                for event in nonsense:
                    with self.source.news:
                        self.source.number += 1
                        token = scripted.token(self.source.number)
                        self.source.put(collection, {"_id": token, **event})
            self.change()
            self.settle()
            self.assertNotIn("error", process.log)
            self.check_calm()

    def test_event_without_a_token(self):
        # The driver ends such a stream: a resync, not a loop.
        with self.following():
            self.settle()
            self.source.number += 1
            self.source.put(MISSIONS, {"operationType": "insert"})
            self.change()
            self.settle()
            self.check_calm()

    def test_thousands_of_events_in_one_answer(self):
        self.options = PATIENT  # the scripted source is slow to tell so many
        with self.following():
            self.settle()
            document = self.mission().document()
            with self.source.news:
                for _ in range(scripted.BATCH + 1000):
                    self.source.tell("update", MISSIONS, document)
            self.change(1)
            self.settle(timeout=2 * SOON)

    def test_events_of_more_missions_than_are_planned_one_by_one(self):
        with self.following():
            self.settle()
            with self.source.news:
                for number in range(600):
                    self.source.tell(
                        "insert", MISSIONS,
                        {"_id": number, "platform_serial": "SEA001", "mission": 1000 + number},
                    )  # fmt: skip
            before = self.written()
            self.change()
            self.settle()
        self.assertEqual(self.written()["changed"], before["changed"] + 1)

    def test_what_was_written_is_counted_whenever_it_ends(self):
        before = self.written()
        with self.following() as process:
            self.settle()
            for _ in range(3):
                self.change()
                self.settle()
                process.wait_for("1 changed")
            self.change()
            harness.eventually(lambda: process.log.count("1 changed") == 4, timeout=SOON)
        self.assertEqual(self.written()["changed"], before["changed"] + 4)

    def test_trickle_of_events_holds_nothing_up(self):
        """A source that answers whenever something comes, and something always comes."""
        done = threading.Event()

        def edit():
            for number in itertools.count():
                if done.wait(0.25):
                    return
                mission = self.mission(0).document()
                self.source[MISSIONS].set({"_id": mission["_id"]}, comment=f"edit {number}")

        with self.following():
            self.settle()
            editing = threading.Thread(target=edit)
            editing.start()
            try:
                time.sleep(1)
                mission = self.mission(3).document()
                self.source[MISSIONS].set({"_id": mission["_id"]}, comment="news")
                news = "SELECT 1 FROM mission WHERE comment = 'news'"
                harness.eventually(lambda: query(self.db, news), timeout=20)
            finally:
                done.set()
                editing.join()
            self.settle()

    def test_profile_that_names_no_mission_is_in_quarantine_soon(self):
        with self.following():
            self.settle()
            profile = self.mission().profiles()[-1]
            del profile["_id"]
            self.source[PROFILES].insert_one({**profile, "mission": "4"})
            harness.eventually(lambda: self.status()["quarantined"] == 1, timeout=SOON)

    def test_cursor_that_never_ends(self):
        with self.following("--deadline", "2s"):
            self.settle()
            profile = self.mission().profiles()[0]

            def more(call):
                number = call.document["getMore"]
                batch = [{**profile, "_id": bson.ObjectId(), "number": n} for n in range(300)]
                return {"cursor": {"id": number, "ns": f"voto.{PROFILES}", "nextBatch": batch}, "ok": 1}

            first = {"cursor": {"id": bson.Int64(77), "ns": f"voto.{PROFILES}", "firstBatch": []}, "ok": 1}
            begin = self.source.on("find", PROFILES, answer=first)
            endless = self.source.on("getMore", PROFILES, stream=False, answer=more)
            self.change()
            harness.eventually(lambda: "deadline" in self.status()["error"], timeout=SOON)
            self.assertEqual(self.status()["exit_code"], 75)
            self.source.off(begin, endless)
            self.settle(timeout=2 * SOON)

    def test_profile_alone(self):
        with self.following():
            self.settle()
            profile = self.mission().profiles()[-1]
            del profile["_id"]
            self.source[PROFILES].insert_one({**profile, "number": 90000})
            self.settle()

    def test_event_of_what_did_not_change_makes_no_generation(self):
        mission = self.mission()
        profile = mission.profiles()[-1]
        with self.following() as process:
            self.settle()
            before, written = generation(self.db), self.written()
            self.source.calls.clear()
            for _ in range(3):
                self.source.tell("update", PROFILES, profile)
                self.source.tell("update", MISSIONS, mission.document())
            harness.eventually(lambda: self.source.seen("find", PROFILES), timeout=SOON)
            harness.eventually(self.trusted, timeout=SOON)
            self.assertEqual(generation(self.db), before)
            # A profile that does not fit is one that pages tell of.
            self.source[PROFILES].set({"_id": profile["_id"]}, lat="north")
            harness.eventually(lambda: generation(self.db) > before, timeout=SOON)
            self.source[PROFILES].set({"_id": profile["_id"]}, lat=profile["lat"])
            self.settle()
            process.stop()
        self.assertEqual(self.written()["changed"], written["changed"] + 2)

    def trusted(self):
        """Every mission is taken for what was read of it."""
        return not query(self.db, "SELECT 1 FROM mission WHERE fingerprint = zeroblob(32)")

    def test_nothing_for_ever(self):
        # The source looks on for us: its token grows, and is kept.
        with self.following():
            self.settle()
            self.check_calm(most=40)
            before = self.source.number
        stored = dict(query(self.db, "SELECT collection, token FROM position"))
        self.assertEqual(set(stored), set(scripted.COLLECTIONS))
        for token in stored.values():
            self.assertGreater(int(bson.decode(token)["_data"], 16), before - 40)

    def test_empty_answers_at_once_for_ever(self):
        def empty(call):
            number = call.document["getMore"]
            return self.source._more(self.source._cursors[number], number, [])

        with self.following() as process:
            self.settle()
            self.source.on("getMore", stream=True, answer=empty)
            self.check_calm(most=100)
            started = time.monotonic()
            process.stop()
            self.assertLess(time.monotonic() - started, 5)


class Replacing(Following):
    """Deletions and what comes after them."""

    def test_pair_within_the_grace_time(self):
        with self.following("--grace", "1min"):
            mission = self.mission()
            rest = mission.take_away()
            harness.eventually(lambda: self.status()["vanished"] == 1, timeout=SOON)
            time.sleep(1)
            mission.bring(*rest)
            harness.eventually(lambda: self.status()["vanished"] == 0, timeout=SOON)
            self.settle()

    def test_pair_split_over_the_grace_time(self):
        with self.following("--grace", "2s", served=False):
            self.settle()
            mission = self.mission()
            keys = mission_keys(self.db)
            with self.reader():
                rest = mission.take_away()
                time.sleep(1.9)
            with self.reader(keys - {mission.key}):
                harness.eventually(lambda: mission.key not in mission_keys(self.db), timeout=40)
                mission.bring(*rest)
                harness.eventually(lambda: mission.key in mission_keys(self.db), timeout=SOON)
                self.settle()

    def test_profiles_first_and_long_before_their_mission(self):
        with self.following("--grace", "1min"):
            self.settle()
            mission = self.mission()
            document, profiles = mission.take_away()
            time.sleep(1)
            for start in range(0, len(profiles), 3):
                mission.bring_profiles(profiles[start : start + 3])
                time.sleep(0.5)
            mission.bring_document(document, len(profiles))
            self.settle()

    def test_emptied_database(self):
        with self.following("--grace", "0") as process:
            self.settle()
            for name in scripted.COLLECTIONS:
                self.source[name].delete_many({})
            self.check_guarded(process)

    def test_emptied_profiles_beside_one_changed_mission(self):
        with self.following() as process:
            self.settle()
            self.source[PROFILES].delete_many({})
            mission = self.mission()
            document, _ = mission.take_away()
            mission.bring_document(document, self.size["profiles"])
            self.check_guarded(process)
            self.settle()

    def test_dropped_database(self):
        with self.following("--grace", "0") as process:
            self.settle()
            for name in scripted.COLLECTIONS:
                self.source[name].drop("dropDatabase")
            harness.eventually(lambda: self.status()["error"], timeout=SOON)
            time.sleep(2)
            self.assertIn("no collection", self.status()["error"])
            self.assertIn("error", process.log)

    def test_deletions_one_by_one(self):
        # Two of six at a time would go unasked if each were looked at alone.
        with self.following("--grace", "4s") as process:
            self.settle()
            for place in range(len(self.documents[MISSIONS])):
                self.mission().take_away()
                time.sleep(0.4)
            self.check_guarded(process, wait=40)

    def check_guarded(self, process, wait=SOON):
        """Nothing is removed, the reason stays in sight, news are still taken in, and all is well
        again once the source is."""
        tracks = "SELECT platform, number, track_points FROM mission ORDER BY 1, 2"
        before = query(self.db, tracks)
        harness.eventually(lambda: self.status()["error"], timeout=wait)
        for _ in range(10):
            status = self.status()
            self.assertIn("--allow-mass-delete", status["error"])
            self.assertEqual(status["exit_code"], 1)
            self.assertTrue(status["failing_since"])
            time.sleep(0.3)
        self.assertEqual(query(self.db, tracks), before)
        self.check_calm()
        self.assertLess(process.log.count("--allow-mass-delete"), 3, process.log)
        for name in (PROFILES, MISSIONS, "sailbuoymissions"):
            self.source[name].delete_many({})
            self.source[name].insert_many(self.documents[name])
        harness.eventually(lambda: self.status()["error"] == "", timeout=90)


if __name__ == "__main__":
    unittest.main()
