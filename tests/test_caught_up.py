"""A run ends when it has what the source held as it began, whichever member answers; or says not.

A scripted replica set tells its operation time and has a member that lags behind.
"""

import threading
import time
import unittest

import bson
from bson.timestamp import Timestamp

import harness
import oracle
import scripted
from following import SOON, Following
from test_dumps import MISSIONS, check_equal, mission_keys, tracks

READS = ("find", "aggregate")


class CaughtUp(Following):
    """A primary and a secondary that are asked by `readPreference=secondary`."""

    source_options = {"members": 2, "sessions": True}
    options = "readPreference=secondary"

    def reads(self, since=0.0):
        return [c for name in READS for c in self.source.seen(name, stream=False, since=since)]

    def concern(self, call):
        return call.document.get("readConcern", {})

    def test_every_read_is_at_least_as_new_as_the_run(self):
        self.change()
        told = self.source.time()
        self.sync()
        self.check()
        self.assertTrue(self.reads())
        for call in self.reads():
            self.assertEqual(call.member, 1)
            concern = self.concern(call)
            self.assertGreaterEqual(concern["afterClusterTime"], told, call)
            self.assertEqual(concern["level"], "majority")
        [ping] = self.source.seen("ping")
        self.assertEqual(ping.member, 0, "only the primary knows how far the source is")
        self.assertNotIn("readConcern", ping.document)

    def check(self):
        check_equal(self, self.db, oracle.read(self.source))

    def test_status_tells_the_time(self):
        self.source.number += 1000
        at = bson.encode({"t": self.source.time()})
        self.sync()
        seconds = bson.decode(at)["t"].time
        self.assertEqual(self.status()["caught_up_to"], oracle.rfc3339(seconds * 1000))

    def test_counts_are_asked_at_that_time_too(self):
        told = self.source.time()
        self.sync("--deep-check", "1ms", now="2026-11-24T00:00:00Z")
        [count] = self.source.seen("aggregate")
        self.assertGreaterEqual(self.concern(count)["afterClusterTime"], told)

    def lag(self, seconds):
        """The secondary comes to the source's time only after so long."""
        behind = {name: list(found) for name, found in self.source.data.items()}
        until = time.monotonic() + seconds

        def answer(call):
            concern = call.document.get("readConcern", {})
            if call.member != 1 or call.stream or time.monotonic() >= until:
                return None
            if concern.get("afterClusterTime", Timestamp(0, 0)) <= lagging:
                # As it was: what a member answers that is not asked for a time.
                self.old += 1
                rows = [
                    scripted.project(call.document.get("projection"), d)
                    for d in behind.get(call.collection, ())
                    if scripted.matches(call.document.get("filter"), d)
                ]
                return {"cursor": {"id": bson.Int64(0), "ns": f"voto.{call.collection}",
                                   "firstBatch": rows}}  # fmt: skip
            most = call.document.get("maxTimeMS")
            return self.blocked(call, until, most)

        self.old = 0
        lagging = self.source.time()
        for name in READS:
            self.source.on(name, stream=False, answer=answer)

    def blocked(self, call, until, most):
        """Waits on the member until it has come so far, or as long as the call may take."""
        left = until - time.monotonic()
        wait = left if most is None else min(left, most / 1000)

        def late():
            time.sleep(max(wait, 0))
            if left > wait:
                answer = scripted.error(50, "operation exceeded time limit")
            else:
                with self.source.news:
                    answer = getattr(self.source, f"_do_{call.name}")(call)
            self.source._send(call, answer)

        threading.Thread(target=late, daemon=True).start()
        return scripted.HANG

    def test_member_that_lags_is_waited_for(self):
        self.lag(2.5)
        mission = self.change()
        started = time.monotonic()
        self.sync()
        self.assertGreater(time.monotonic() - started, 2)
        self.assertEqual(self.old, 0)
        self.check()
        self.assertEqual(tracks(self.db)[mission.key], len(mission.profiles()))

    def test_member_that_lags_until_the_deadline(self):
        self.lag(60)
        self.change()
        before = mission_keys(self.db), tracks(self.db)
        started = time.monotonic()
        done = self.sync(env={"EDGE_DEADLINE": "3s"}, expect=75)
        self.assertLess(time.monotonic() - started, 7)
        self.assertIn("lags behind", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual((mission_keys(self.db), tracks(self.db)), before)
        self.assertIn("lags behind", self.status()["error"])

    def test_stop_while_a_member_lags(self):
        self.lag(60)
        with self.following(mode=None) as process:
            time.sleep(1)
            started = time.monotonic()
            process.stop()
            self.assertLess(time.monotonic() - started, 5)

    def test_event_is_followed_by_what_it_tells_of(self):
        # The event comes from one member, the document from another that is behind.
        with self.following():
            self.settle()
            self.lag(2)
            self.change()
            self.settle()
            self.assertEqual(self.old, 0)

    def test_level_of_the_address_wins(self):
        self.change()
        self.source.calls.clear()
        self.sync(uri=self.source.uri(self.options + "&readConcernLevel=local"))
        for call in self.reads():
            self.assertEqual(self.concern(call)["level"], "local")
            self.assertIn("afterClusterTime", self.concern(call))


class Refusing(Following):
    """Servers that tell no time, or do not take one."""

    source_options = {"sessions": True}

    def test_server_that_refuses_a_read_at_a_time(self):
        for code in (2, 9, 72, 115, 148, 238, 40415):
            with self.subTest(code):

                def refuse(call):
                    if call.document.get("readConcern"):
                        return scripted.error(code, "readConcern is not taken")
                    return None

                self.change()
                rule = self.source.on(answer=refuse)
                self.sync()
                self.assertEqual(rule.hits, 1)
                self.source.off()
                check_equal(self, self.db, oracle.read(self.source))
                self.assertIsNone(self.status()["caught_up_to"])

    def test_sessions_without_an_operation_time(self):
        self.source._times = dict
        self.source.calls.clear()
        self.change()
        self.sync()
        check_equal(self, self.db, oracle.read(self.source))
        for call in self.source.seen("find"):
            self.assertNotIn("readConcern", call.document)

    def test_no_sessions(self):
        self.source.sessions = False
        self.source.calls.clear()
        self.change()
        self.sync()
        check_equal(self, self.db, oracle.read(self.source))
        for call in self.source.seen("find"):
            self.assertNotIn("readConcern", call.document)
            self.assertNotIn("lsid", call.document)
        with self.following():
            self.change(1)
            self.settle()

    def test_event_from_the_future(self):
        with self.following():
            self.settle()

            def refuse(call):
                time_asked = call.document.get("readConcern", {}).get("afterClusterTime")
                if time_asked and time_asked > self.source.time():
                    return scripted.error(72, "must not be greater than the current clusterTime")
                return None

            self.source.on(answer=refuse)
            with self.source.news:
                self.source.number += 1
                self.source.put(MISSIONS, {
                    "_id": scripted.token(self.source.number), "operationType": "insert",
                    "clusterTime": Timestamp(2**32 - 1, 1),
                })  # fmt: skip
            self.change()
            self.settle(timeout=40)
            harness.eventually(lambda: self.status()["error"] == "", timeout=SOON)


class AllTheTime(Following):
    """The source writes a mission over and over while a run reads it."""

    def keep_writing(self, place=0):
        self.busy = True

        def answer(call):
            if self.busy and call.document.get("filter"):
                self.change(place)
            return None

        self.source.on("find", "profiles", answer=answer)

    def test_once_waits_for_the_mission(self):
        self.change()
        self.keep_writing()

        def stop():
            self.busy = False

        timer = threading.Timer(4, stop)
        timer.start()
        self.addCleanup(timer.cancel)
        self.sync()
        self.assertFalse(self.busy)
        check_equal(self, self.db, oracle.read(self.source))

    def test_once_that_never_gets_it_whole_says_so(self):
        other = self.change(1)
        self.change()
        self.keep_writing()
        with self.reader():
            done = self.sync(env={"EDGE_DEADLINE": "4s"}, expect=75)
        self.assertIn("1 missions are written by the source all the time", done.stderr)
        self.assertEqual(tracks(self.db)[other.key], len(other.profiles()))
        self.source.off()
        self.sync()
        check_equal(self, self.db, oracle.read(self.source))


if __name__ == "__main__":
    unittest.main()
