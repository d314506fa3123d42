"""edge sync --once when the source, the network or a signal gets in its way."""

import random
import signal
import socket
import threading
import time
import unittest

import bson

import harness
import oracle
from test_dumps import (
    MISSIONS, NOW, PROFILES, check_sound, content, edge, sha256, tracks,
)  # fmt: skip
from syncing import Syncing


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
        self.assertGreater(number, 6)
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
        self.assertGreater(number, 6)
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

    # A read is tried a second time, on a new connection.
    SHORT = "socketTimeoutMS=700&connectTimeoutMS=700&serverSelectionTimeoutMS=700"

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
            uri = self.spy_uri(spy, self.SHORT)
            started = time.monotonic()
            done = self.sync(uri=uri, expect=75)
            self.check_temporary(done, started, 10)

    def test_frozen_server_leaves_the_store_alone(self):
        self.sync()
        before = sha256(self.db)
        self.mission().replace()
        with self.spy(self.freeze_at(PROFILES)) as spy:
            uri = self.spy_uri(spy, self.SHORT)
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
        path.write_text(
            f"mongodb://u:s3cret@127.0.0.1:{self.closed_port()}/voto?serverSelectionTimeoutMS=500\n"
        )
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
        directory = self.db.parent
        env = {"EDGE_MONGODB_URI_FILE": directory / "uri", "CREDENTIALS_DIRECTORY": directory}
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
        self.answer("endSessions")
        self.db = harness.temp_dir(self) / "edge.db"

    def sync(self, user="", options="", expect=69, flags=()):
        uri = f"mongodb://{user}127.0.0.1:{self.server.port}/voto?{options}"
        return edge("sync", "--once", "--db", self.db, *flags, uri=uri, expect=expect)

    def answer(self, command, **fields):
        def respond(request):
            return request.command_name == command and request.replies(**fields)

        self.server.autoresponds(respond)

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


if __name__ == "__main__":
    unittest.main()
