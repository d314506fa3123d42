"""Which file is the store: one that is removed, replaced or linked to while edge writes to it."""

import contextlib
import fcntl
import os
import sqlite3
import subprocess
import time
import unittest

import harness
import scripted
from following import SOON, Following
from test_dumps import NOW, check_sound, generation

STANDALONE = scripted.error(40573, "The $changeStream stage is only supported on replica sets")


class Moved(Following):
    """The store goes from under the one who writes it."""

    def remove(self):
        for ending in ("", "-wal", "-shm"):
            self.db.with_name(f"edge.db{ending}").unlink(missing_ok=True)

    def backup(self):
        copy = self.db.with_name("copy.db")
        harness.run_edge("backup", copy, "--db", self.db, expect=0)
        return copy

    def check_taken(self, process, how, since):
        """It is told of in one line, the generation goes on, and the next change arrives."""
        process.wait_for(how, timeout=SOON)
        self.change()
        self.settle()
        self.assertGreater(generation(self.db), since)
        harness.eventually(lambda: self.status()["error"] == "", timeout=SOON)
        self.check_log(process, "while edge was writing to it")
        harness.run_edge("verify", "--db", self.db, uri=self.uri, expect=0)

    def test_replaced_by_a_copy_it_is_taken_over(self):
        copy = self.backup()
        with self.following(served=False) as process:
            for _ in range(3):
                self.change()
                self.settle()
            since = generation(self.db)
            # As `mv` does it: the log of the old store stays beside the new one.
            os.replace(copy, self.db)
            self.check_taken(process, "replaced by another file.*taken over", since)
            process.stop()
        check_sound(self, self.db)
        left = {path.name for path in self.db.parent.iterdir()}
        self.assertEqual(left, {"edge.db", "edge.db.lock", "edge.db.status"})

    def test_put_back_as_README_says_beside_a_server_alone(self):
        # The log of the old store is not laid over the copy.
        copy = self.backup()
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            for _ in range(3):
                server.get("/missions")
                self.change()
                self.sync("--allow-mass-delete")
            subprocess.run(
                ["sh", "-c", f"rm -f {self.db}-wal {self.db}-shm && mv {copy} {self.db}"], check=True
            )
            for _ in range(3):
                server.json("/missions.json")
        check_sound(self, self.db)
        self.sync()
        harness.run_edge("verify", "--db", self.db, uri=self.uri, expect=0)

    def test_replaced_by_a_copy_pages_go_on_from_it(self):
        copy = self.backup()
        with harness.EdgeServe(self.db, verb="run", uri=self.uri) as server:
            server.wait_for("mode WATCH", timeout=SOON)
            self.change()
            self.settle()
            since = generation(self.db)
            os.replace(copy, self.db)
            # Pages open it at once, before its writer has seen it.
            server.get("/api/v1/generation")
            mission = self.change()
            self.settle()

            def shown():
                found = server.get(f"/api/v1/missions/{mission.key}")
                return found.status == 200 and server.json("/api/v1/generation")["generation"]

            harness.eventually(lambda: (shown() or 0) > since, timeout=SOON)
            self.assertEqual(server.get("/missions").status, 200)

    def test_removed_it_is_built_again(self):
        with self.following(served=False) as process:
            self.change()
            self.settle()
            since = generation(self.db)
            self.remove()
            self.check_taken(process, "removed.*built again", since)

    def test_polling_it_is_noticed_before_the_next_turn(self):
        self.source.on("aggregate", stream=True, answer=STANDALONE)
        with self.following("--interval", "1h", mode="POLL", served=False) as process:
            self.remove()
            process.wait_for("removed.*built again", timeout=SOON)
            harness.eventually(self.is_equal, timeout=SOON)

    def test_replaced_by_a_file_of_another_program_it_ends(self):
        other = self.db.with_name("other")
        with contextlib.closing(sqlite3.connect(other)) as db:
            db.execute("CREATE TABLE precious (word TEXT)")
        precious = other.read_bytes()
        with self.following(served=False) as process:
            os.replace(other, self.db)
            self.assertEqual(process.wait(SOON), 78, process.log)
            self.check_log(process, "file of another program")
        self.assertEqual(self.db.read_bytes(), precious)

    def test_a_run_whose_store_is_replaced_says_so(self):
        copy = self.backup()
        self.change()

        def swap(_call):
            if copy.exists():
                os.replace(copy, self.db)

        self.source.on("find", "profiles", answer=swap)
        done = self.sync(expect=75)
        self.assertIn("replaced by another file", done.stderr)
        self.source.off()
        self.sync()
        self.assertTrue(self.is_equal())
        check_sound(self, self.db)


class Linked(Following):
    """The store is named by a symbolic link."""

    def setUp(self):
        super().setUp()
        self.link = harness.temp_dir(self) / "link.db"
        self.link.symlink_to(self.db)

    def run_on_link(self, *words, expect=0):
        return harness.run_edge(*words, "--db", self.link, uri=self.uri, expect=expect)

    def check_link(self, beside=()):
        """The link is one still, and nothing of the store lies beside it."""
        self.assertTrue(self.link.is_symlink())
        names = {path.name for path in self.link.parent.iterdir()}
        self.assertEqual(names, {"link.db", *beside})

    def test_one_writer_under_both_names(self):
        words = "sync", "--watch", "--db", self.link
        with harness.EdgeProcess(*words, uri=self.uri) as process:
            process.wait_for("mode WATCH", timeout=SOON)
            self.sync(expect=75)
            self.run_on_link("sync", "--once", expect=75)
            self.change()
            self.settle()
            process.stop()
        self.check_link()

    def test_every_verb_goes_through_the_link(self):
        self.assertIn('"mode":\t"once"', self.run_on_link("status", "--json").stdout)
        self.run_on_link("verify")
        self.run_on_link("check")
        self.run_on_link("backup", self.link.with_name("copy.db"))
        self.db.write_bytes(self.db.read_bytes()[:100] + b"x" * 1000)
        self.run_on_link("sync", "--once")
        self.assertEqual(len(list(self.db.parent.glob("edge.db.bad-*"))), 1)
        self.run_on_link("verify")
        self.check_link({"copy.db"})

    def test_link_to_no_file_is_filled_there(self):
        self.db.unlink()
        self.run_on_link("sync", "--once")
        self.assertTrue(self.is_equal())
        self.check_link()

    def test_link_to_itself_is_refused(self):
        self.link.unlink()
        self.link.symlink_to("link.db")
        done = self.run_on_link("sync", "--once", expect=78)
        self.assertIn("symbolic link that leads to no file", done.stderr)
        self.check_link()

    def test_serve_goes_with_a_link_that_is_set_anew(self):
        other = self.db.with_name("other.db")
        harness.run_edge("backup", other, "--db", self.db, expect=0)
        self.change()
        self.sync()
        with harness.EdgeServe(self.link) as server:
            later = server.json("/api/v1/generation")["generation"]
            # The status file is found beside the file, not beside the link.
            self.assertEqual(server.json("/status.json")["portal"]["mode"], "once")
            fresh = self.link.with_name("fresh")
            fresh.symlink_to(other)
            os.replace(fresh, self.link)
            self.assertLess(server.json("/api/v1/generation")["generation"], later)


class Lock(Following):
    def test_lock_that_is_removed_is_made_again(self):
        lock = self.db.with_name("edge.db.lock")
        with self.following() as process:
            lock.unlink()
            harness.eventually(lock.exists, timeout=SOON)
            self.sync(expect=75)
            self.change()
            self.settle()
            self.check_log(process, "removed or replaced; made again")

    def test_run_is_refused_before_it_listens(self):
        words = "run", "--db", self.db, "--listen", "127.0.0.1:0"
        with open(self.db.with_name("edge.db.lock"), "w") as mine:
            fcntl.flock(mine, fcntl.LOCK_EX)
            done = harness.run_edge(*words, uri=self.uri, expect=75)
            self.assertNotIn("listening", done.stderr)
        mapping = self.db.with_name("mapping.json")
        mapping.write_text("{}")
        done = harness.run_edge(*words, "--mapping", mapping, uri=self.uri, expect=78)
        self.assertNotIn("listening", done.stderr)

    def test_whoever_lost_the_lock_waits_for_the_other(self):
        lock = self.db.with_name("edge.db.lock")
        other = self.db.with_name("mine")
        with open(other, "w") as mine, self.following() as process:
            fcntl.flock(mine, fcntl.LOCK_EX)
            os.replace(other, lock)
            process.wait_for("is writing to this store", timeout=SOON)
            before = generation(self.db)
            self.change()
            time.sleep(2)
            self.assertEqual(generation(self.db), before)
            fcntl.flock(mine, fcntl.LOCK_UN)
            self.settle()


if __name__ == "__main__":
    unittest.main()
