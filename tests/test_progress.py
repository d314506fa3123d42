"""Long work says how far it is: over one line on a terminal, in log lines elsewhere."""

import contextlib
import json
import os
import re
import subprocess
import time
import unittest

import harness
from syncing import Syncing
from test_dumps import PROFILES, demo, edge


class Progress(Syncing):
    size = {"missions": 12, "profiles": 400}

    def slow_uri(self, seconds):
        """The source's address behind one that takes its time for every batch of profiles."""

        def wait(command):
            if command.name in ("find", "getMore") and command.collection == PROFILES:
                time.sleep(seconds)

        spy = harness.enter(self, self.spy(wait))
        return self.spy_uri(spy, "batchSize=101")

    def run_on_a_terminal(self, *words, uri):
        """Runs edge with its standard error on a terminal; (exit code, output, what it shows)."""
        try:
            ours, theirs = os.openpty()
        except OSError as error:  # /dev/pts is not mounted, as in a bare chroot
            self.skipTest(f"no terminal can be had here: {error}")
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, ours)
            process = subprocess.Popen(
                [str(harness.EDGE), *map(str, words)], env=harness.edge_env(uri),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
            )  # fmt: skip
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # the other end is closed
                while piece := os.read(ours, 4096):
                    shown += piece
            output = process.stdout.read()
            process.stdout.close()
            return process.wait(60), output.decode(), shown.decode()

    def test_an_export_shows_how_many_files_are_written(self):
        dump = demo(self, missions=100, profiles=20)
        edge("import", dump, "--db", self.db, expect=0)
        out = harness.temp_dir(self) / "out"
        words = "export", out, "--db", self.db
        code, output, shown = self.run_on_a_terminal(*words, uri=None)
        self.assertEqual(code, 0, shown)
        pieces = shown.split("\r\x1b[K")
        self.assertGreater(len(pieces), 2, repr(shown))
        self.assertRegex(pieces[1], r"^files: \d+, \d+ a second$")
        self.assertEqual(pieces[-1], "", "the line is wiped")
        self.assertRegex(output, r": \d+ files, ")

    def test_terminal_shows_one_line_that_is_wiped_at_the_end(self):
        words = "sync", "--once", "--db", self.db
        code, output, shown = self.run_on_a_terminal(*words, uri=self.slow_uri(0.8))
        self.assertEqual(code, 0, shown)
        pieces = shown.split("\r\x1b[K")
        self.assertGreater(len(pieces), 2, repr(shown))
        self.assertRegex(pieces[1], r"^\w+: \d+, \d+ a second(, \d+ (s|min) left)?$")
        self.assertEqual(pieces[-1], "", "the line is wiped")
        self.assertNotIn("\n", "".join(pieces[1:]))
        self.assertRegex(output, r"^\d+ missions: \d+ new")

    def test_elsewhere_no_line_is_written_over(self):
        done = self.sync(uri=self.slow_uri(0.4))
        self.assertNotIn("\r", done.stderr)
        self.assertNotIn("\x1b", done.stderr)

    def test_a_first_run_of_watch_tells_it_too(self):
        words = "sync", "--watch", "--db", self.db
        with harness.EdgeProcess(*words, uri=self.slow_uri(6)) as process:
            process.wait_for("profiles: ", timeout=60)
            self.assertRegex(process.log, r"profiles: \d+, \d+ a second")

    def test_json_is_one_object_on_standard_output_alone(self):
        words = "sync", "--once", "--db", self.db, "--json"
        code, output, shown = self.run_on_a_terminal(*words, uri=self.slow_uri(0.8))
        self.assertEqual(code, 0)
        report = json.loads(output)
        self.assertEqual(report["new"], report["missions"])
        self.assertNotIn("\x1b", output)

    def test_short_work_says_nothing(self):
        words = "sync", "--once", "--db", self.db
        self.run_on_a_terminal(*words, uri=self.uri)
        _, _, shown = self.run_on_a_terminal(*words, uri=self.uri)
        self.assertIsNone(re.search(r"a second", shown))


if __name__ == "__main__":
    unittest.main()
