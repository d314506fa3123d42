"""edge sync --watch and edge run: the store follows the source while it changes."""

import json
import os
import pathlib
import signal
import sqlite3
import time
import unittest

import harness
from syncing import Syncing
from test_dumps import MISSIONS, PROFILES, edge, generation, mission_keys, query

SOON = 60  # seconds within which a change must be in the store; it takes about one


class Watching(Syncing):
    def watch(self, *flags, verb="sync", uri=None):
        words = ("sync", "--watch") if verb == "sync" else ("run", "--listen", "127.0.0.1:0")
        return harness.EdgeProcess(*words, "--db", self.db, *flags, uri=uri or self.uri)

    def status(self):
        return json.loads(harness.run_edge("status", "--json", "--db", self.db, expect=0).stdout)

    def settle(self):
        """Waits until the store is what the source says."""
        harness.eventually(
            lambda: harness.run_edge("verify", "--db", self.db, uri=self.uri).returncode == 0,
            timeout=SOON,
        )

    def started(self, process, mode="WATCH"):
        process.wait_for(f"mode {mode}", timeout=SOON)
        harness.eventually(lambda: self.status()["last_success"], timeout=SOON)
        # A first build is written down before it is known which mode comes.
        harness.eventually(lambda: self.status()["mode"] == mode.lower(), timeout=SOON)


class Streams(Watching):
    size = {"missions": 12, "profiles": 30}

    def test_replaced_mission_is_one_update(self):
        with self.watch() as process:
            self.started(process)
            before = generation(self.db)
            mission = self.mission()
            mission.replace(more=5)
            self.settle()
            self.assertGreater(generation(self.db), before)
            self.assertEqual(self.status()["mode"], "watch")
            self.assertIn(mission.key, mission_keys(self.db))
            process.stop()
        # Each is counted once: the build of the store and the change.
        written = json.loads(pathlib.Path(f"{self.db}.status").read_text())["written"]
        self.assertEqual(written["new"], len(mission_keys(self.db)))
        self.assertGreaterEqual(written["changed"], 1)
        self.assertLessEqual(written["changed"], 3)

    def test_mission_is_never_missing_nor_half_while_it_is_replaced(self):
        with self.watch() as process:
            self.started(process)
            mission = self.mission()
            platform, number = mission.key.split("/")
            seen = set()
            for step in range(6):
                mission.replace(more=1)
                end = time.monotonic() + 0.7
                while time.monotonic() < end:
                    seen.add(self.look(platform, number))
            self.settle()
            self.assertFalse({s for s in seen if s is None}, "the mission was missing")
            self.assertFalse(
                {s for s in seen if s[0] != s[1] or s[2] != s[3]}, "half a track or other totals"
            )
            self.assertGreater(len(seen), 1)
            process.stop()

    def look(self, platform, number):
        """Rows and claims of a mission and of the totals, in one read transaction."""
        with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True) as db:
            db.execute("BEGIN")
            found = db.execute(
                """SELECT track_points, (SELECT count(*) FROM track_point AS p
                   WHERE p.mission_id = m.mission_id),
                   (SELECT sum(ifnull(profiles, 0)) FROM mission WHERE counted
                    AND kind = 'glider'),
                   (SELECT profiles FROM total WHERE scope = 'all' AND kind = 'glider')
                   FROM mission AS m WHERE platform = ? AND number = ?""",
                (platform, number),
            ).fetchone()
        db.close()
        return found

    def test_changes_of_every_kind_arrive(self):
        with self.watch() as process:
            self.started(process)
            self.database["gliders"].update_one({}, {"$set": {"name": "Another"}})
            self.database["sailbuoymissions"].update_one({}, {"$set": {"comment": "new"}})
            self.database["gliderstats"].insert_one(
                {"name": "glider_uptime", "stat_year": 2020, "value": {"uptime": 0.5}, "date":
                 self.database["gliderstats"].find_one()["date"]}
            )  # fmt: skip
            self.database["pipelinestatus"].delete_one({})
            self.database[MISSIONS].update_one({}, {"$set": {"comment": "edited in place"}})
            self.settle()
            self.assertIn(("edited in place",), query(self.db, "SELECT comment FROM mission"))
            process.stop()

    def test_added_profile_arrives_without_its_mission_changing(self):
        with self.watch() as process:
            self.started(process)
            profile = self.database[PROFILES].find_one()
            del profile["_id"]
            self.database[PROFILES].insert_one({**profile, "number": 90000})
            self.settle()
            process.stop()

    def test_profiles_with_the_names_of_two_missions_are_of_one(self):
        mission = self.mission()
        platform, number = mission.key.split("/")
        profile = {**mission.profiles()[0], "glider": int(platform[3:]), "number": 1,
                   "platform_serial": "SEA999"}  # fmt: skip
        del profile["_id"]
        with self.watch() as process:
            self.started(process)
            for _ in range(2):
                self.database[PROFILES].delete_many({"platform_serial": "SEA999"})
                self.database[PROFILES].insert_one({**profile})
                mission.replace(more=1)
                self.settle()
            self.assertEqual(
                query(self.db, "SELECT reason FROM quarantine WHERE platform = 'SEA999'"), []
            )
            self.assertEqual(mission.number, int(number))
            process.stop()

    def test_dirty_document_is_quarantined_and_released(self):
        with self.watch() as process:
            self.started(process)
            mission = self.database[MISSIONS].find_one()
            self.database[MISSIONS].update_one(
                {"_id": mission["_id"]}, {"$set": {"start": "yesterday"}}
            )
            harness.eventually(lambda: self.status()["quarantined"] == 1, timeout=SOON)
            self.settle()  # the mission served before is held
            self.database[MISSIONS].replace_one({"_id": mission["_id"]}, mission)
            harness.eventually(lambda: self.status()["quarantined"] == 0, timeout=SOON)
            self.settle()
            process.stop()

    def test_vanished_mission_goes_after_its_grace_time(self):
        with self.watch("--grace", "2s") as process:
            self.started(process)
            mission = self.mission()
            mission.take_away()
            harness.eventually(lambda: self.status()["vanished"] == 1, timeout=SOON)
            self.assertIn(mission.key, mission_keys(self.db))
            harness.eventually(lambda: mission.key not in mission_keys(self.db), timeout=40)
            self.settle()
            process.stop()

    def test_dropped_collection_leads_to_a_resync_with_the_reason_kept(self):
        with self.watch() as process:
            self.started(process)
            self.database["gliderstats"].drop()
            harness.eventually(lambda: self.status()["resyncs"] == 1, timeout=SOON)
            self.assertIn("drop", self.status()["resync_reason"])
            newest = "SELECT mode FROM run ORDER BY run_id DESC LIMIT 1"
            harness.eventually(
                lambda: query(self.db, newest) == [("resync",)], timeout=SOON
            )
            self.settle()
            process.stop()

    def test_emptied_source_never_empties_the_store(self):
        with self.watch("--grace", "1s") as process:
            self.started(process)
            before = mission_keys(self.db)
            self.database[MISSIONS].drop()
            self.database["sailbuoymissions"].drop()
            harness.eventually(lambda: self.status()["error"], timeout=60)
            self.assertEqual(mission_keys(self.db), before)
            process.stop()

    def test_restart_goes_on_from_where_it_was_left(self):
        with self.spy() as spy:
            uri = spy.uri(self.name)
            with self.watch(uri=uri) as process:
                self.started(process)
                for collection in self.database.list_collection_names():
                    # An event on each: this server gives no token before the first.
                    self.database[collection].update_one({}, {"$set": {"touched": 1}})
                self.settle()
                harness.eventually(
                    lambda: query(self.db, "SELECT count(*) FROM position") == [(7,)], timeout=SOON
                )
                process.stop()
            mission = self.mission()
            mission.replace(more=2)
            spy.clear()
            with self.watch(uri=uri) as process:
                process.wait_for("going on from where it was left", timeout=SOON)
                self.settle()
                self.assertLess(spy.documents(MISSIONS), 12)
                self.assertLessEqual(spy.documents(PROFILES), 3 * len(mission.profiles()))
                process.stop()

    def test_deadline_of_0_is_none(self):
        with self.watch("--deadline", "0") as process:
            self.started(process)
            self.mission().replace(more=1)
            self.settle()

    def test_server_that_went_away_is_waited_for(self):
        harness.needs_own_server("stops it")
        with harness.JavaServer() as server:
            database = server.database("voto")
            harness.load_dump(self.voto, database)
            with self.watch(uri=server.uri("voto")) as process:
                self.started(process)
                server.kill()
                harness.eventually(lambda: self.status()["failing_since"], timeout=40)
                server.start()
                harness.load_dump(self.voto, server.database("voto"))
                harness.eventually(lambda: not self.status()["failing_since"], timeout=150)
                process.stop()

    def test_second_writer_is_refused(self):
        with self.watch() as process:
            self.started(process)
            done = self.sync(expect=75)
            self.assertIn(f"process {process.pid}", done.stderr)
            process.stop()

    def test_term_ends_it_at_once_in_every_state(self):
        for wait in (0, 0.1, 0.3, 1.0):
            with self.watch() as process:
                # A busy machine may take its time to load the program.
                process.wait_for_signals()
                time.sleep(wait)
                started = time.monotonic()
                process.send(signal.SIGTERM)
                self.assertEqual(process.wait(5), 0, process.log)
                self.assertLess(time.monotonic() - started, 5)


class Polling(Watching):
    server_class = harness.FerretServer
    needs = "ferret"
    size = {"missions": 6, "profiles": 10}

    def test_server_without_streams_is_polled(self):
        with self.watch("--interval", "1s") as process:
            self.started(process, "POLL")
            self.assertEqual(self.status()["mode"], "poll")
            self.mission().replace(more=2)
            self.settle()
            process.stop()


class Running(Watching):
    size = {"missions": 6, "profiles": 10}

    def test_run_follows_and_serves(self):
        with harness.EdgeServe(self.db, verb="run", uri=self.uri) as server:
            harness.eventually(lambda: server.get("/").status == 200, timeout=SOON)
            before = server.json("/api/v1/generation")["generation"]
            self.mission().replace(more=2)
            harness.eventually(
                lambda: server.json("/api/v1/generation")["generation"] > before, timeout=SOON
            )
            started = time.monotonic()
            server.send(signal.SIGTERM)
            self.assertEqual(server.wait(6), 0)
            self.assertLess(time.monotonic() - started, 5)

    def children(self, pid):
        found = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in found]

    def worker(self, server):
        """The process of `edge run` that talks to the source: a grandchild of the one that serves."""
        keepers = self.children(server.pid)
        return next(iter(self.children(keepers[0])), None) if keepers else None

    def test_pages_go_on_when_what_follows_the_source_is_ended_by_a_signal(self):
        with harness.EdgeServe(self.db, verb="run", uri=self.uri) as server:
            server.wait_for("mode WATCH", timeout=SOON)
            first = harness.eventually(lambda: self.worker(server))
            os.kill(first, signal.SIGKILL)
            harness.eventually(lambda: "ended by signal 9" in server.log, timeout=SOON)
            self.assertEqual(server.get("/missions").status, 200)
            self.assertIn("signal 9", self.status()["error"])
            before = server.json("/api/v1/generation")["generation"]
            self.mission().replace(more=3)
            harness.eventually(
                lambda: server.json("/api/v1/generation")["generation"] > before, timeout=SOON
            )
            self.assertNotEqual(self.worker(server), first)
            harness.eventually(lambda: not self.status()["error"], timeout=SOON)
            server.send(signal.SIGTERM)
            self.assertEqual(server.wait(6), 0)
        self.settle()

    def test_killed_it_leaves_no_process_behind(self):
        with harness.EdgeServe(self.db, verb="run", uri=self.uri) as server:
            worker = harness.eventually(lambda: self.worker(server))
            keeper = self.children(server.pid)[0]
            server.kill()
            for pid in (keeper, worker):
                harness.eventually(lambda: self.ended(pid), timeout=SOON)
        edge("sync", "--once", "--db", self.db, uri=self.uri, expect=0)
        edge("verify", "--db", self.db, uri=self.uri, expect=0)

    @staticmethod
    def ended(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z"
        except OSError:
            return True

    def test_a_source_that_was_never_there_is_told_of_once(self):
        words = "sync", "--watch", "--db", self.db
        away = "mongodb://127.0.0.1:1/voto?serverSelectionTimeoutMS=100"
        with harness.EdgeProcess(*words, uri=away) as process:
            process.wait_for("connection refused")
            time.sleep(3)  # several tries
            process.stop()
            self.assertEqual(process.log.count("building"), 1, process.log)
            self.assertEqual(process.log.count("refused"), 1, process.log)

    def test_an_empty_file_is_filled(self):
        self.db.touch()
        with harness.EdgeProcess("sync", "--watch", "--db", self.db, uri=self.uri) as process:
            process.wait_for("mode SNAPSHOT")
            harness.eventually(lambda: self.db.stat().st_size, timeout=30)
            process.stop()

    def test_an_empty_file_stays_empty_while_the_source_is_away(self):
        self.db.touch()
        away = "mongodb://127.0.0.1:1/voto?serverSelectionTimeoutMS=100"
        with harness.EdgeProcess("sync", "--watch", "--db", self.db, uri=away) as process:
            process.wait_for("connection refused")
            process.stop()
        self.assertEqual(self.db.stat().st_size, 0)

    def test_run_serves_while_the_source_is_away(self):
        edge("sync", "--once", "--db", self.db, uri=self.uri, expect=0)
        with harness.EdgeServe(self.db, verb="run", uri="mongodb://127.0.0.1:1/voto") as server:
            self.assertEqual(server.get("/missions").status, 200)
            harness.eventually(lambda: self.status()["failing_since"], timeout=30)
            # Neither what the run before was, nor what this one has not found.
            self.assertEqual(self.status()["mode"], "")
            harness.eventually(
                lambda: "Source has not answered" in server.get("/stats").text, timeout=10
            )
        self.assertTrue(pathlib.Path(self.db).exists())


if __name__ == "__main__":
    unittest.main()
