"""What an operator installs: the package, the units and the example settings."""

import gzip
import json
import os
import shutil
import subprocess
import unittest

import harness

DEPLOY = harness.ROOT / "deploy"
THRESHOLD = 15  # tenths: design's bound of systemd-analyze's exposure


class Deploy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        folder = harness.temp_dir(cls)
        subprocess.run(
            ["cpack", "-G", "DEB", "-B", folder, "--config", harness.BUILD / "CPackConfig.cmake"],
            check=True,
            capture_output=True,
            cwd=harness.BUILD,
        )
        cls.package = next(folder.glob("*.deb"))
        cls.tree = folder / "tree"
        subprocess.run(["dpkg-deb", "-x", cls.package, cls.tree], check=True)

    def field(self, name):
        done = subprocess.run(
            ["dpkg-deb", "-f", self.package, name], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def test_the_package_holds_what_belongs_in_it_and_nothing_else(self):
        files = {
            str(path.relative_to(self.tree)) for path in self.tree.rglob("*") if path.is_file()
        }
        units = {p.name for p in DEPLOY.glob("edge*.service")} | {"edge-sync.timer"}
        self.assertEqual(
            {f for f in files if "/doc/" not in f},
            {"usr/bin/edge", "etc/edge/edge.json"}
            | {f"usr/lib/systemd/system/{unit}" for unit in units},
        )
        self.assertEqual(len(units), 3)
        self.assertIn("usr/share/doc/edge/README.md", files)
        self.assertIn("usr/share/doc/edge/changelog.gz", files)

    def test_its_changelog_begins_with_its_version(self):
        with gzip.open(self.tree / "usr/share/doc/edge/changelog.gz", "rt") as text:
            self.assertTrue(text.readline().startswith(f"edge ({self.field('Version')}) "))

    def test_a_demo_and_a_package_build_no_tests(self):
        for target in ("demo", "deb"):
            words = ["make", "-n", "-C", harness.ROOT, target]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
            builds = [line for line in done.stdout.splitlines() if "cmake --build" in line]
            self.assertEqual([line.partition("--target ")[2] for line in builds], ["edge"])

    def test_it_names_the_libraries_it_needs_and_none_it_does_not(self):
        needed = {word.split(" (")[0] for word in self.field("Depends").split(", ")}
        for part in ("mongoc", "bson", "sqlite3", "civetweb", "cjson", "libc6"):
            self.assertTrue(any(part in name for name in needed), part)
        self.assertLess(len(needed), 12, needed)

    def test_the_program_in_it_works_with_the_settings_in_it(self):
        program = self.tree / "usr/bin/edge"
        settings = json.loads((self.tree / "etc/edge/edge.json").read_text())
        self.assertEqual(settings["listen"], "127.0.0.1:8080")
        done = subprocess.run(
            [program, "config"],
            env={"EDGE_CONFIG": self.tree / "etc/edge/edge.json"},
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("/var/lib/edge/edge.db", done.stdout)

    def test_settings_that_are_there_stay(self):
        root = harness.temp_dir(self)
        kept = root / "etc/edge/edge.json"
        kept.parent.mkdir(parents=True)
        kept.write_text("{}\n")
        subprocess.run(
            ["cmake", "--install", harness.BUILD, "--prefix", "/usr"],
            check=True,
            capture_output=True,
            env={**os.environ, "DESTDIR": str(root)},
        )
        self.assertEqual(kept.read_text(), "{}\n")
        self.assertTrue((root / "usr/bin/edge").exists())

    def test_examples_are_settings_that_are_taken(self):
        for example in sorted(DEPLOY.glob("*.json")):
            json.loads(example.read_text())

    def test_a_timer_asks_for_nothing_in_vain(self):
        # Of monotonic times systemd remembers none over a restart.
        for unit in DEPLOY.glob("*.timer"):
            text = unit.read_text()
            self.assertTrue("OnCalendar=" in text or "Persistent=" not in text, unit.name)

    def test_units_are_sandboxed(self):
        if shutil.which("systemd-analyze") is None:
            self.assertNotEqual(os.environ.get("CI"), "true", "systemd-analyze is missing")
            self.skipTest("systemd-analyze is missing")
        for unit in sorted(DEPLOY.glob("*.service")):
            done = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", f"--threshold={THRESHOLD}", unit],
                capture_output=True,
                text=True,
            )
            self.assertEqual(done.returncode, 0, f"{unit.name}: {done.stdout[-300:]}{done.stderr}")

    def test_the_public_unit_holds_no_credential(self):
        lines = (DEPLOY / "edge.service").read_text().splitlines()
        self.assertFalse([l for l in lines if l.startswith(("LoadCredential", "SetCredential"))])
        self.assertIn("IPAddressDeny=any", lines)


if __name__ == "__main__":
    unittest.main()
