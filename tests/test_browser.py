"""The portal in a real browser: Debian's Chromium, driven by the scripts of tests/browser/.

Each test starts `edge serve` on a store and runs one script against it with Node's test runner.
Screenshots are left in the build directory, in screenshots/, for a person to look at.
"""

import json
import os
import re
import subprocess
import unittest

import harness
from test_dumps import NOW, change, demo, edge, one

BROWSER = harness.SERVERS / "browser"
SCRIPTS = harness.ROOT / "tests" / "browser"
TALLY = "tests|suites|pass|fail|cancelled|skipped|todo|duration_ms"


class Browser(unittest.TestCase):
    """One store for a class, served with the clock standing still."""

    flags = ()
    name = "demo"

    @classmethod
    def setUpClass(cls):
        harness.needs("edge", "chromium", "browser")
        cls.db = harness.temp_dir(cls) / "edge.db"
        if cls.flags is None:
            empty = harness.temp_dir(cls) / "voto"
            empty.mkdir()
            (empty / "glidermissions.bson").touch()
            edge("import", empty, "--db", cls.db)
        else:
            cls.dump = demo(cls, *cls.flags, missions=240, profiles=60)
            edge("import", cls.dump, "--db", cls.db)
        cls.missions = str(one(cls.db, "SELECT count(*) FROM mission"))
        flags = ()
        if cls.portal():
            file = cls.db.with_name("portal.json")
            file.write_text(json.dumps(cls.portal()))
            flags = ("--portal", file)
        cls.server = harness.enter(cls, harness.EdgeServe(cls.db, *flags, env={"EDGE_NOW": NOW}))

    @classmethod
    def portal(cls):
        """What the operator sets, if anything."""
        return None

    def script(self, name, **env):
        """Runs tests/browser/NAME.mjs; shows what it printed when it fails."""
        env = {
            **os.environ,
            "EDGE_URL": self.server.url,
            "EDGE_BROWSER": str(BROWSER),
            "EDGE_SHOTS": str(harness.BUILD / "screenshots" / self.name),
            **env,
        }
        done = subprocess.run(
            ["node", "--test", str(SCRIPTS / f"{name}.mjs")],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1200,
        )
        said = re.findall(rf"^# (?!Subtest:|(?:{TALLY}) )(.*)", done.stdout, re.M)
        if done.returncode != 0:
            failed = re.findall(r"^ *not ok .*?^ *\.\.\.$", done.stdout, re.M | re.S)
            self.fail("\n".join([f"{name}.mjs", *failed, *said, done.stderr[-4000:]]))
        return said


class Demo(Browser):
    def test_pages(self):
        self.script("pages")

    def test_keyboard(self):
        self.script("keyboard")

    def test_without_javascript(self):
        self.script("plain", EDGE_MISSIONS=self.missions)

    def test_more_of_the_list(self):
        self.script("list", EDGE_MISSIONS=self.missions)

    def test_map_to_move(self):
        self.script("map")

    def test_weight(self):
        lines = self.script("weight")
        print("", *lines, sep="\n  ")
        # `make check` prints what ctest keeps to itself.
        (harness.BUILD / "weight.txt").write_text("".join(f"{line}\n" for line in lines))

    def test_newer_data_is_offered(self):
        change(self.dump / "voto", "glidermissions", lambda d: d["mission"] == 4, comment="new")
        sync = ("import", self.dump, "--db", self.db)
        command = " ".join(["EDGE_NOW=" + NOW, str(harness.EDGE), *map(str, sync)])
        self.script("live", EDGE_STORE_NEXT=command)


class Tiles(Browser):
    """An operator who wants another map beneath the tracks."""

    HOST = "https://tiles.example.org"
    name = "tiles"

    @classmethod
    def portal(cls):
        by = {"attribution": "Chart <b>makers</b>", "attribution_url": "https://example.org/makers"}
        return {"tiles": {"url": cls.HOST + "/{z}/{x}/{y}.png", **by}}

    def test_tiles(self):
        self.script("tiles", EDGE_TILES=self.HOST)


class Example(Browser):
    """What an operator sets, but for what would ask other hosts."""

    name = "portal"

    @classmethod
    def portal(cls):
        deploy = harness.ROOT / "deploy"
        portal = json.loads((deploy / "portal-example.json").read_text())
        portal["logo"] = str(deploy / portal["logo"])
        portal["basins"] = str(deploy / portal["basins"])
        portal["plots"]["folder"] = "."
        del portal["tiles"], portal["plots"]["base"]
        return portal

    def test_mission(self):
        last = (
            "SELECT '/' || platform || '/M' || number FROM mission WHERE kind = ?"
            " ORDER BY start_ms DESC LIMIT 1"
        )
        glider, buoy = (one(self.db, last, kind) for kind in ("glider", "sailbuoy"))
        self.script("mission", EDGE_GLIDER=glider, EDGE_BUOY=buoy)


class Hostile(Browser):
    """Documents that do not fit, and text that wants to be markup, in every field."""

    flags = ("--dirty",)
    name = "dirty"

    def test_pages(self):
        self.script("pages")


class Empty(Browser):
    """A store without a mission."""

    flags = None
    name = "empty"

    def test_pages(self):
        self.script("pages", EDGE_PAGES="4")


if __name__ == "__main__":
    unittest.main()
