"""A source that cuts, refuses, moves to another port, changes its mind, or sends garbage.

A scripted server plays what no real one gives on demand. In every test a reader of the store sees
all missions whole, all the time, and the store ends equal to the source.
"""

import contextlib
import signal
import time
import unittest

import bson

import harness
import scripted
from following import LOGIN, PASSWORD, SECRETS, SHORT, SOON, USER, Following
from test_dumps import MISSIONS, PROFILES

NOT_PRIMARY = {10107: "NotWritablePrimary", 13435: "NotPrimaryNoSecondaryOk",
               11602: "InterruptedDueToReplStateChange"}  # fmt: skip


class Cut(Following):
    """The network ends in each phase of each cursor."""

    source_options = {"user": (USER, PASSWORD)}
    login = LOGIN
    options = SHORT + "&authSource=admin"
    size = {"missions": 6, "profiles": 40}

    # What is cut, and how often in a row: reads are tried twice by the driver itself.
    PHASES = (
        {"name": "aggregate", "collection": MISSIONS, "stream": True},
        {"name": "getMore", "collection": MISSIONS, "stream": True},
        {"name": "getMore", "collection": PROFILES, "stream": True},
        {"name": "find", "collection": MISSIONS},
        {"name": "find", "collection": PROFILES},
        {"name": "find", "collection": "pipelinestatus"},
        {"name": "ping"},
        {"name": "isMaster"},
        {"name": "saslStart"},
        {"name": "saslContinue"},
    )

    def phases(self):
        for phase in self.PHASES:
            for answer in (scripted.CUT, scripted.HALF, scripted.HANG):
                yield phase, answer

    def test_cut_in_each_phase_of_each_cursor(self):
        with self.following() as process:
            self.settle()
            place = 0
            for phase, answer in self.phases():
                with self.subTest(phase=phase, answer=answer):
                    since = time.monotonic()
                    rule = self.source.on(answer=answer, times=3, **phase)
                    # Everything is asked for anew: the connection ends, a mission changes.
                    self.source.on("getMore", MISSIONS, stream=True, answer=scripted.CUT, times=1)
                    self.change(place % 4)
                    place += 1
                    harness.eventually(lambda: rule.times == 0 or self.passed(since),
                                       timeout=SOON)  # fmt: skip
                    self.source.off(rule)
                    self.settle()
                    self.check_rate(since)
            self.check_calm()
            self.assertEqual(self.status()["resyncs"], 0)
            self.check_log(process, "answers again", most=place * 3)
        self.check_no_secret(process)

    def passed(self, since):
        """A turn has gone well although not everything was cut that could be."""
        return time.monotonic() - since > 3

    def check_rate(self, since, most=60):
        calls = [c for c in list(self.source.calls) if c.at >= since]
        self.assertLess(len(calls) / (time.monotonic() - since), most)

    def check_no_secret(self, process):
        text = process.log
        text += "".join(
            p.read_text(errors="replace") for p in self.db.parent.iterdir() if p.is_file()
        )
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def test_cut_during_a_whole_run(self):
        # With the whole run every cursor is opened: of the missions, of many profiles, of counts.
        for phase in (
            {"name": "find", "collection": PROFILES}, {"name": "find", "collection": MISSIONS},
            {"name": "aggregate", "collection": PROFILES, "stream": False},
            {"name": "getMore", "collection": PROFILES, "stream": False},
        ):  # fmt: skip
            for answer in (scripted.CUT, scripted.HALF):
                with self.subTest(phase=phase, answer=answer):
                    self.doCleanups()
                    self.setUp()
                    # So small are the answers that profiles come in many.
                    self.source.batch = 20
                    for place in range(4):
                        self.change(place)
                    rule = self.source.on(answer=answer, times=2, **phase)
                    with self.following("--deep-check", "1ms", mode=None) as process:
                        self.settle()
                        harness.eventually(lambda: rule.hits == 2, timeout=SOON)
                        harness.eventually(lambda: self.status()["error"] == "", timeout=SOON)
                        self.settle()
                    self.check_no_secret(process)

    def test_cut_during_once(self):
        for phase, answer in self.phases():
            if phase.get("stream"):
                continue
            with self.subTest(phase=phase, answer=answer):
                self.change()
                rule = self.source.on(answer=answer, times=4, **phase)
                done = self.sync(expect=None)
                self.assertIn(done.returncode, (0, 75), done.stderr)
                self.assertEqual(done.returncode == 75, len(done.stderr.splitlines()) == 1)
                for secret in SECRETS:
                    self.assertNotIn(secret, done.stdout + done.stderr)
                self.check_unharmed()
                self.source.off(rule)
                self.sync()
                self.settle()


class Refused(Following):
    """The password is wrong, or is no more right."""

    source_options = {"user": (USER, PASSWORD)}
    login = LOGIN
    options = SHORT + "&authSource=admin"

    def test_wrong_password_at_the_start(self):
        self.source.user = (USER, "another")
        done = self.sync(expect=69)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.check_waits(mode=None)

    def check_waits(self, mode="WATCH", before=lambda: None):
        """Old data is served, the reason is in sight, requests are few; then it goes on."""
        with self.following(mode=mode) as process:
            before()
            harness.eventually(lambda: self.status()["exit_code"] == 69, timeout=SOON)
            self.assertIn("EDGE_MONGODB_URI", self.status()["error"])
            self.check_calm(most=20)
            self.check_log(process, "refuses this user", most=3)
            self.source.off()
            self.source.user = (USER, PASSWORD)
            self.change()
            harness.eventually(lambda: self.status()["error"] == "", timeout=40)
            self.settle()
        for secret in SECRETS:
            self.assertNotIn(secret, process.log)

    def test_password_that_is_changed_in_the_middle(self):
        def change():
            self.settle()
            self.source.user = (USER, "another")
            self.source._logins.clear()
            self.source.on("getMore", answer=scripted.CUT, times=1)

        self.check_waits(before=change)

    def test_right_that_is_taken_away_in_the_middle(self):
        def change():
            self.settle()
            self.source.on("find", answer=scripted.error(13, "not authorized on voto"))
            self.source.on("aggregate", answer=scripted.error(13, "not authorized on voto"))
            self.source.on("getMore", times=1, answer=scripted.error(13, "not authorized"))

        self.check_waits(before=change)


class Members(Following):
    """A replica set whose primary changes."""

    source_options = {"members": 2}

    def test_not_primary_answers(self):
        with self.following() as process:
            self.settle()
            for code, name in NOT_PRIMARY.items():
                for phase in (("getMore", MISSIONS, True), ("find", MISSIONS, False),
                              ("find", PROFILES, False), ("aggregate", MISSIONS, True)):  # fmt: skip
                    with self.subTest(name, phase=phase):
                        answer = scripted.error(code, name, "ResumableChangeStreamError")
                        command, collection, stream = phase
                        self.source.on(command, collection, stream=stream, answer=answer, times=3)
                        self.source.on("getMore", MISSIONS, stream=True, answer=answer, times=1)
                        self.change()
                        self.settle()
            self.assertEqual(self.status()["resyncs"], 0)
            self.check_calm()
            self.assertNotIn("RESYNC", process.log)

    def test_failover_to_another_port(self):
        with self.following():
            self.settle()
            for primary in (1, 0, 1):
                old, self.source.primary = self.source.primary, None
                self.source.stop(old)
                time.sleep(0.5)
                self.source.primary = primary
                self.change()
                since = time.monotonic()
                self.settle(timeout=40)
                self.assertTrue(
                    [c for c in self.source.seen("find", since=since) if c.member == primary]
                )
                self.source.start(old)
            self.assertEqual(self.status()["resyncs"], 0)

    def test_no_primary_for_a_while(self):
        with self.following() as process:
            self.settle()
            self.source.primary = None
            self.source.on("getMore", stream=True, answer=scripted.CUT, times=1)
            harness.eventually(lambda: self.status()["failing_since"], timeout=SOON)
            self.check_calm(most=40)
            self.change()
            self.source.primary = 0
            self.settle(timeout=40)
            harness.eventually(lambda: self.status()["error"] == "", timeout=SOON)
            self.check_log(process, "No suitable servers|No primary", most=3)


class Garbage(Following):
    """What a server may send: nothing of it may crash, hang or erase."""

    def test_answers_of_garbage(self):
        deep = bson.encode({"a": 1})
        for _ in range(3000):
            deep = b"\x03a\0" + deep
            deep = (len(deep) + 5).to_bytes(4, "little") + deep + b"\0"
        answers = {
            "nothing but zeros": lambda c: b"\0" * 64,
            "text": lambda c: b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "a length below the header": lambda c: scripted.message(c, length=3),
            "a negative length": lambda c: scripted.message(c, length=-1),
            "a length of two gigabytes": lambda c: scripted.message(c, length=2**31 - 1),
            "another operation": lambda c: scripted.message(c, bson.encode({"ok": 1}), opcode=7),
            "a document nested deep": lambda c: scripted.message(c, deep),
            "an empty document": lambda c: scripted.message(c, bson.encode({})),
            "no cursor": lambda c: scripted.message(c, bson.encode({"ok": 1})),
            "a cursor of text": lambda c: {"cursor": "x"},
            "a cursor without an id": lambda c: {"cursor": {"ns": "voto.x", "nextBatch": []}},
            "a batch of text": lambda c: {
                "cursor": {"id": bson.Int64(0), "ns": "voto.x", "firstBatch": ["x", 1, None],
                           "nextBatch": ["x", 1, None]}
            },
            "a batch that is none": lambda c: {
                "cursor": {"id": bson.Int64(0), "ns": "voto.x", "firstBatch": 1, "nextBatch": 1}
            },
            "ok of text": lambda c: {"ok": "yes"},
            "an error without words": lambda c: {"ok": 0},
            "an error of other types": lambda c: {
                "ok": 0, "code": "x", "errmsg": 5, "errorLabels": "x"
            },
            "an error of many words": lambda c: scripted.error(1, "word\n\x1b[31m" * 20000),
        }  # fmt: skip
        with self.following() as process:
            self.settle()
            for name, answer in answers.items():
                with self.subTest(name):
                    since = time.monotonic()
                    # A find that is answered so is the next test's: it looks empty to the driver.
                    rules = [
                        self.source.on("aggregate", MISSIONS, stream=True, answer=answer, times=1),
                        self.source.on("getMore", MISSIONS, stream=True, answer=answer, times=1),
                    ]
                    self.change()
                    with contextlib.suppress(AssertionError):
                        harness.eventually(lambda: not any(r.times for r in rules), timeout=3)
                    self.source.off()
                    self.assertTrue(process.running(), process.log)
                    self.settle(timeout=45)
                    calls = [c for c in list(self.source.calls) if c.at >= since]
                    self.assertLess(len(calls) / (time.monotonic() - since), 60)
            for line in process.log.splitlines():
                self.assertLess(len(line), 1000)
                self.assertNotIn("\x1b", line)
            self.check_calm()

    def test_answers_the_driver_dies_of(self):
        # libmongoc 1.23.1 does not look at the length of a reply's document, and gives up on a
        # name without a dot. The store is whole, and the next start goes on.
        died = 0
        for name, answer in {
            "no document": scripted.message,
            "a document that lies": lambda c: scripted.message(c, b"\xff\xff\xff\x7f\0"),
            "half a document": lambda c: scripted.message(c, bson.encode({"ok": 1.0})[:9]),
            "a cursor of another name": lambda c: {
                "cursor": {"id": bson.Int64(5), "ns": "x", "firstBatch": [], "nextBatch": []}
            },
        }.items():
            with self.subTest(name), self.reader():
                process = harness.EdgeProcess("sync", "--watch", "--db", self.db, uri=self.uri)
                process.start()
                process.wait_for("mode WATCH", timeout=SOON)
                rule = self.source.on(None, MISSIONS, answer=answer, times=1)
                self.change()
                harness.eventually(lambda: rule.hits, timeout=SOON)
                with contextlib.suppress(AssertionError):
                    harness.eventually(lambda: not process.running(), timeout=2)
                if not process.running():
                    died += 1
                    self.assertEqual(process.wait(5), 75, process.log)
                    self.assertIn("the driver died of signal", process.log)
                    self.assertIn("the driver died of signal", self.status()["error"])
                process.kill()
                self.check_unharmed()
                self.source.off()
                with self.following():
                    self.settle()
        self.assertGreater(died, 1)

    def test_pages_and_news_go_on_after_an_answer_the_driver_dies_of(self):
        with harness.EdgeServe(self.db, verb="run", uri=self.uri) as server, self.reader():
            server.wait_for("mode WATCH", timeout=SOON)
            rule = self.source.on(None, MISSIONS, answer=scripted.message, times=1)
            self.change()
            harness.eventually(lambda: rule.hits, timeout=SOON)
            self.source.off()
            self.assertEqual(server.get("/missions").status, 200)
            self.settle()

    def test_garbage_for_once(self):
        for name, answer in {
            "deep": {"cursor": {"id": bson.Int64(0), "ns": "voto.x", "firstBatch": [deep_document()]}},
            "cursor": {"cursor": {"id": bson.Int64(77), "ns": "voto.x", "firstBatch": []}},
            "types": {"cursor": {"id": bson.Int64(0), "ns": "voto.x", "firstBatch": [
                {"_id": 1, "platform_serial": {"a": []}, "mission": "x"}, {"_id": [[[]]]}, {}]}},
        }.items():  # fmt: skip
            with self.subTest(name):
                rule = self.source.on("find", MISSIONS, answer=answer)
                with self.reader():
                    done = self.sync("--grace", "0", expect=None)
                self.assertIn(done.returncode, (1, 75), done.stderr)
                self.source.off(rule)
                self.sync()
                self.settle()


def deep_document(levels=90):
    document = {}
    for _ in range(levels):
        document = {"a": document}
    return {"_id": 1, "platform_serial": document, "mission": 1}


class Huge(Following):
    options = ""  # the scripted server needs its time, too

    def test_batch_that_is_huge(self):
        # A server that does not keep to the size of a batch: memory holds one answer.
        with self.following():
            self.settle()
            profile = self.mission().profiles()[-1]
            del profile["_id"]
            with self.source.news:
                self.source[PROFILES].insert_many(
                    {**profile, "number": 1000 + n, "note": "x" * 200} for n in range(8000)
                )
                del self.source.operations[-7999:]
            self.source.batch = 1 << 30
            self.settle(timeout=60)


class Silence(Following):
    """A server that takes a request and never answers."""

    options = ""  # the long waits that edge has by default

    def check_stop(self, process, number=signal.SIGTERM):
        started = time.monotonic()
        process.send(number)
        self.assertEqual(process.wait(8), 0, process.log)
        self.assertLess(time.monotonic() - started, 5)

    def test_stop_while_nothing_is_answered(self):
        for verb in ("sync", "run"):
            for phase in (("aggregate", MISSIONS), ("getMore", MISSIONS), ("find", MISSIONS),
                          ("find", PROFILES), ("ping", None), ("isMaster", None)):  # fmt: skip
                with self.subTest(verb, phase=phase):
                    self.source.off()
                    mode = "WATCH" if phase[0] in ("getMore", "find") else None
                    # What is asked once at the start must be held from the start.
                    first = mode is None and self.source.on(*phase, answer=scripted.HANG)
                    with self.following(mode=mode, served=False, verb=verb) as process:
                        rule = first or self.source.on(*phase, answer=scripted.HANG)
                        self.change()
                        harness.eventually(lambda: rule.hits, timeout=SOON)
                        self.check_stop(process)
        self.source.off()
        self.sync()
        self.settle()

    def test_deadline_of_once(self):
        for phase in (("find", MISSIONS), ("find", PROFILES), ("find", "gliders"),
                      ("isMaster", None)):  # fmt: skip
            with self.subTest(phase):
                self.change()
                rule = self.source.on(*phase, answer=scripted.HANG)
                started = time.monotonic()
                done = self.sync(env={"EDGE_DEADLINE": "1s"}, expect=75)
                self.assertLess(time.monotonic() - started, 6)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn("127.0.0.1", done.stderr)
                self.source.off(rule)
        self.sync()
        self.settle()

    def test_stop_in_every_state(self):
        def stop(process):
            self.check_stop(process)

        states = {
            "waits for a server that is away": (lambda: self.source.stop(), None),
            "waits after a refusal": (
                lambda: self.source.on("aggregate", answer=scripted.error(13, "no")), None),
            "waits between polls": (
                lambda: self.source.on("aggregate", stream=True,
                                       answer=scripted.error(40573, "replica sets")), "POLL"),
            "watches": (lambda: None, "WATCH"),
            "holds removals": (lambda: self.source.empty(), None),
        }  # fmt: skip
        for verb in ("sync", "run"):
            for name, (prepare, mode) in states.items():
                with self.subTest(name, verb=verb):
                    self.doCleanups()
                    self.setUp()
                    prepare()
                    flags = ("--grace", "0")
                    with self.following(*flags, mode=mode, served=False, verb=verb) as process:
                        time.sleep(1.5)
                        stop(process)


class Gone(Following):
    """A source that goes away as soon as it has been read."""

    synced = False

    def test_gone_behind_the_first_build(self):
        rule = self.source.on("aggregate", stream=True, answer=scripted.CUT)
        with self.following(mode=None, served=False):
            harness.eventually(lambda: rule.hits > 2, timeout=SOON)
            harness.eventually(
                lambda: self.db.exists() and self.status()["failing_since"], timeout=SOON
            )
            status = self.status()
            self.assertIsNotNone(status["last_success"], status)
            self.assertNotEqual(status["error"], "")
            self.assertEqual(status["mode"], "snapshot")  # no stream was opened yet
            missions = len(self.documents[MISSIONS]) + len(self.documents.get("sailbuoymissions", ()))
            self.assertEqual([status["missions"], self.written()["new"]], [missions, missions])


class Modes(Following):
    """A server that refuses change streams, and one that takes its mind back."""

    REFUSALS = {
        "a standalone": scripted.error(40573, "The $changeStream stage is only supported on "
                                              "replica sets"),
        "another program": scripted.error(238, "not implemented"),
        "an old server": scripted.error(40324, "Unrecognized pipeline stage name: '$changeStream'"),
        "words alone": scripted.error(20, "not running with a replica set"),
    }  # fmt: skip

    def test_streams_that_come_later(self):
        for name, answer in self.REFUSALS.items():
            with self.subTest(name):
                self.doCleanups()
                self.setUp()
                refused = self.source.on("aggregate", stream=True, answer=answer)
                with self.following("--interval", "1s", mode="POLL") as process:
                    self.change()
                    self.settle()
                    self.check_calm(most=40)
                    self.check_log(process, "mode POLL")
                    self.source.off(refused)
                    process.wait_for("mode WATCH", timeout=SOON)
                    self.change()
                    self.settle()
                    # The change may be in the store before the run that takes it has ended.
                    harness.eventually(lambda: self.status()["mode"] == "watch", timeout=SOON)
                    self.assertEqual(self.status()["error"], "")

    def test_streams_that_are_taken_away(self):
        for name, answer in self.REFUSALS.items():
            with self.subTest(name):
                self.doCleanups()
                self.setUp()
                with self.following("--interval", "1s") as process:
                    self.settle()
                    self.source.on("aggregate", stream=True, answer=answer)
                    self.source.on("getMore", stream=True, answer=answer, times=1)
                    process.wait_for("mode POLL", timeout=SOON)
                    for place in range(2):
                        self.change(place)
                        self.settle()
                    self.assertEqual(self.status()["mode"], "poll")
                    self.check_log(process, "mode POLL")
                    self.source.off()
                    process.wait_for("mode WATCH", timeout=SOON, since=process.lines() - 1)
                    self.change()
                    self.settle()

    def test_restart_reads_nothing_that_is_unchanged(self):
        with self.following():
            self.settle()
        self.source.calls.clear()
        with self.following() as process:
            self.assertIn("going on from where it was left", process.log)
            time.sleep(1)
            self.assertEqual(self.source.seen("find"), [])
            self.assertEqual(self.source.seen("aggregate", stream=False), [])
            changed = self.change()
            self.settle()
        for call in self.source.seen("find"):
            self.assertIn(changed.platform, str(call.document["filter"]))
        asked = {c.document["pipeline"][0]["$changeStream"]["startAfter"]["_data"]
                 for c in self.source.seen("aggregate")}  # fmt: skip
        self.assertTrue(asked)


if __name__ == "__main__":
    unittest.main()
