"""edge export: the portal as files, whole and leading nowhere else."""

import html.parser
import pathlib
import signal
import subprocess
import unittest
import urllib.parse

import harness
from test_dumps import NOW, demo, edge, one


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.forms = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.found += [attrs[name] for name in ("href", "src", "srcset") if attrs.get(name)]
        self.found += [v for k, v in attrs.items() if k.startswith("data-") and v and "/" in v]
        if tag == "form":
            self.forms.append(attrs)


class Export(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        folder = harness.temp_dir(cls)
        cls.db, cls.out = folder / "edge.db", folder / "portal"
        edge("import", demo(cls, *cls.flags, missions=40, profiles=15), "--db", cls.db)
        cls.said = edge("export", cls.out, "--db", cls.db, expect=0, timeout=200).stdout

    def pages(self):
        return sorted(self.out.rglob("*.html"))

    def test_every_mission_and_platform_has_its_page(self):
        names = {str(page.relative_to(self.out)) for page in self.pages()}
        missions = one(self.db, "SELECT count(*) FROM mission")
        self.assertEqual(sum("/M" in name and "status/" not in name for name in names), missions)
        self.assertLessEqual({"index.html", "missions.html", "fleet.html", "stats.html"}, names)
        self.assertIn(f"{len([p for p in self.out.rglob('*') if p.is_file()])} files", self.said)

    def test_every_link_leads_to_a_file_or_out(self):
        seen = 0
        for page in self.pages():
            links = Links(page.read_text())
            for link in links.found:
                parts = urllib.parse.urlsplit(link)
                if parts.scheme or link.startswith(("#", "//")):
                    continue
                self.assertFalse(link.startswith("/"), f"{page}: {link}")
                target = (page.parent / urllib.parse.unquote(parts.path)).resolve()
                self.assertTrue(target.is_relative_to(self.out.resolve()), f"{page}: {link}")
                self.assertTrue(target.is_file(), f"{page}: {link}")
                seen += 1
            self.assertTrue(all("hidden" in form for form in links.forms), page)
        self.assertGreater(seen, 500)

    def test_data_are_those_that_are_served(self):
        server = harness.enter(self, harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}))
        files = [p for p in self.out.rglob("*.json")] + [p for p in self.out.rglob("*.csv")]
        same = 0
        for file in files:
            name = str(file.relative_to(self.out))
            # Of a query; or of the libraries that answer, which an export has not.
            if "-" in file.stem or file.stem == "version":
                continue
            # Most addresses of the API have no ending.
            if name.startswith("api/") and file.stem != "openapi":
                name = name.removesuffix(".json")
            self.assertEqual(file.read_bytes(), server.get("/" + name).body, name)
            same += 1
        self.assertGreater(same, 50)

    def test_pages_ask_for_nothing_newer(self):
        for page in self.pages():
            text = page.read_text()
            self.assertNotIn("live.js", text)
            self.assertIn("Copy made", text)
        data = (self.out / "data.html").read_text()
        self.assertIn("as it was when this copy was made", data)
        for promise in ("as it is now", "Filters stay", "not there yet"):
            self.assertNotIn(promise, data)


class Dirty(Export):
    flags = ("--dirty",)


class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.db = harness.temp_dir(cls) / "edge.db"
        edge("import", demo(cls), "--db", cls.db)

    def test_a_directory_with_something_in_it_is_refused(self):
        folder = harness.temp_dir(self)
        (folder / "mine.txt").write_text("keep me")
        said = edge("export", folder, "--db", self.db, expect=73).stderr
        self.assertIn("not empty", said)
        self.assertEqual([p.name for p in folder.iterdir()], ["mine.txt"])

    def test_an_empty_directory_is_filled_and_a_slash_changes_nothing(self):
        folder = harness.temp_dir(self) / "out"
        folder.mkdir()
        edge("export", f"{folder}/", "--db", self.db, expect=0)
        self.assertTrue((folder / "index.html").is_file())
        self.assertEqual([p.name for p in folder.parent.iterdir()], ["out"])

    def test_what_cannot_be_made_is_named(self):
        said = edge("export", "/proc/nowhere/out", "--db", self.db, expect=73).stderr
        self.assertIn("/proc/nowhere/out", said)
        for words in ((), ("",)):
            edge("export", *words, "--db", self.db, expect=2)
        file = harness.temp_dir(self) / "file"
        file.touch()
        for out in (file, file / "out"):
            said = edge("export", out, "--db", self.db, expect=73).stderr
            self.assertIn(f"{out}: Not a directory", said)
        link = file.with_name("link")
        link.symlink_to("nowhere")
        self.assertIn(str(link), edge("export", link, "--db", self.db, expect=73).stderr)
        self.assertTrue(link.is_symlink())
        # Nor can another folder take the place of one that is here by another name.
        empty = file.with_name("empty")
        empty.mkdir()
        (here := file.with_name("here")).symlink_to(empty)
        for out in (here, f"{here}/", f"{empty}/.", f"{empty}/..", "."):
            said = edge("export", out, "--db", self.db, expect=73).stderr
            self.assertIn("name", said)
        self.assertEqual([p.name for p in file.parent.iterdir() if p.name.endswith(".part")], [])
        self.assertTrue(here.is_symlink() and empty.is_dir())
        missing = harness.temp_dir(self) / "no.db"
        out = missing.parent / "out"
        self.assertIn("no.db", edge("export", out, "--db", missing, expect=78).stderr)
        self.assertFalse(out.exists())

    def test_stopped_it_leaves_nothing_behind(self):
        db = harness.temp_dir(self) / "edge.db"
        edge("import", demo(self, missions=240, profiles=40), "--db", db)
        out = pathlib.Path(harness.temp_dir(self)) / "out"
        process = subprocess.Popen(
            [harness.EDGE, "export", out, "--db", db], stderr=subprocess.PIPE, text=True
        )
        harness.eventually(lambda: (out.parent / "out.part" / "index.html").exists())
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=20)[1]
        self.assertEqual((process.returncode, "stopped" in said), (75, True), said)
        self.assertEqual(list(out.parent.iterdir()), [])

    def part(self):
        """A place to export to, and the folder that is in its way."""
        out = pathlib.Path(harness.temp_dir(self)) / "out"
        part = out.with_name("out.part")
        part.mkdir()
        return out, part

    def test_a_folder_of_somebody_else_is_never_removed(self):
        out, part = self.part()
        (part / "mine.txt").write_text("keep me")
        said = edge("export", out, "--db", self.db, expect=73).stderr
        self.assertIn(f"{part}: is in the way", said)
        self.assertEqual((part / "mine.txt").read_text(), "keep me")
        # Nor one that a link leads to, although an export left its mark there.
        (part / ".edge-export").touch()
        (out.parent / "other.part").symlink_to(part)
        edge("export", out.with_name("other"), "--db", self.db, expect=73)
        self.assertEqual((part / "mine.txt").read_text(), "keep me")

    def test_what_a_killed_export_left_gives_way(self):
        db = harness.temp_dir(self) / "edge.db"
        edge("import", demo(self, missions=240, profiles=40), "--db", db)
        out = pathlib.Path(harness.temp_dir(self)) / "out"
        process = subprocess.Popen([harness.EDGE, "export", out, "--db", db])
        part = out.parent / "out.part"
        harness.eventually(lambda: (part / "index.html").exists())
        said = edge("export", out, "--db", db, expect=75).stderr
        self.assertIn("another export is writing there", said)
        process.kill()
        process.wait()
        self.assertTrue((part / "index.html").exists())
        edge("export", out, "--db", self.db, expect=0)
        self.assertEqual([p.name for p in out.parent.iterdir()], ["out"])
        self.assertFalse((out / ".edge-export").exists())

    def test_an_empty_directory_stays_when_nothing_is_exported(self):
        out, _ = self.part()
        (out.parent / "out.part" / "mine.txt").write_text("keep me")
        out.mkdir()
        edge("export", out, "--db", self.db, expect=73)
        self.assertTrue(out.is_dir())


if __name__ == "__main__":
    unittest.main()
