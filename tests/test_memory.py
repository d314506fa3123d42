"""The memory of a run does not grow with the source: 24 000 missions in 64 MiB."""

import os
import pathlib
import re
import subprocess
import unittest

import harness
from test_dumps import MISSIONS, demo, one

MISSIONS_MANY = 24_000
RSS_MOST = 64 * 1024 * 1024


def peak_of(pid):
    """The most memory a running process has had, in bytes."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", text).group(1)) * 1024


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge", "java")
        if b"__asan_init" in harness.EDGE.read_bytes():
            raise unittest.SkipTest("a sanitizer needs more memory than edge")
        cls.voto = demo(cls, missions=MISSIONS_MANY, profiles=2) / "voto"
        cls.server = harness.enter(cls, harness.JavaServer())
        cls.database = cls.server.database("many")
        cls.uri = cls.server.uri("many")
        harness.load_dump(cls.voto, cls.database)

    def peak(self, *words):
        """Runs edge to its end; the most memory it had, in bytes."""
        process = subprocess.Popen(
            [str(harness.EDGE), *map(str, words)], env=harness.edge_env(self.uri),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, words)
        return usage.ru_maxrss * 1024

    def check_peak(self, what, peak):
        print(f"{what}: {peak / 2**20:.1f} MiB", flush=True)
        self.assertLess(peak, RSS_MOST, what)

    def test_peak_of_every_way_to_follow_a_source(self):
        db = harness.temp_dir(self) / "edge.db"
        self.check_peak("first run", self.peak("sync", "--once", "--db", db))
        self.assertGreaterEqual(one(db, "SELECT count(*) FROM mission"), MISSIONS_MANY)
        self.check_peak("import", self.peak("import", self.voto, "--db", db))
        some = [d["_id"] for d in self.database[MISSIONS].find({}, ["_id"]).limit(20)]
        self.database[MISSIONS].update_many(
            {"_id": {"$in": some}}, {"$set": {"comment": "changed"}}
        )
        self.check_peak("later run", self.peak("sync", "--once", "--db", db))
        with harness.EdgeProcess("sync", "--watch", "--db", db, uri=self.uri) as process:
            process.wait_for("mode WATCH", timeout=120)
            self.database[MISSIONS].update_one({"_id": some[0]}, {"$set": {"comment": "last"}})
            harness.eventually(
                lambda: one(db, "SELECT count(*) FROM mission WHERE comment = 'last'"), timeout=240
            )
            self.check_peak("watch", peak_of(process.pid))
            process.stop()


if __name__ == "__main__":
    unittest.main()
