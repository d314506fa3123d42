"""What the operator sets, and the page of a mission, of `edge serve` with the example portal."""

import json
import math
import os
import pathlib
import re
import shutil
import struct
import unittest
import zlib

import harness
import oracle
from test_dumps import (
    MISSIONS,
    PROFILES,
    change,
    demo,
    documents,
    edge,
    editing,
    is_mission,
    query,
    remove,
)
from test_serve import Serving, Tree

EXAMPLE = harness.ROOT / "deploy" / "portal-example.json"
HOSTILE = "</script><script>alert(1)</script><!--\u2028'\"&"


def png(width, height):
    """A black picture."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes(width) for _ in range(height))
    return b"".join((
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    ))  # fmt: skip


def policy(answer):
    """The parts of a Content-Security-Policy: {"img-src": ["'self'", …]}."""
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: words for name, *words in parts}


class Example(Serving):
    serve_flags = ("--portal", EXAMPLE)

    def tree(self, path):
        return Tree(self.get(path).text)

    def dataset(self, path):
        found = self.tree(path).data
        self.assertEqual(len(found), 1, path)
        return json.loads(found[0])

    def test_title_texts_and_links_stand_on_every_page(self):
        for path in ("/", "/missions", "/about"):
            tree = self.tree(path)
            words = " ".join(tree.words)
            self.assertIn("Baltic gliders", words)
            self.assertIn("A service of the", words)
            for link in ("/observatories", "/privacy", ""):
                self.assertIn(f"https://www.example.org{link}", tree.links, path)
            self.assertIn("/about", tree.links, path)
        self.assertIn("Open data from autonomous platforms", self.get("/").text)
        self.assertNotIn("Open data from autonomous platforms", self.get("/missions").text)

    def test_about_page_holds_the_texts(self):
        tree = self.tree("/about")
        words = re.sub(r"\s+", " ", "".join(tree.words))
        for text in (
            "About Baltic gliders", "How the data are made", "send what they measure by satellite.",
            "Please cite them.", "What the figures mean", "Published by Example organisation",
            "contacts no other site but tiles.example.org and www.example.org",
        ):  # fmt: skip
            self.assertIn(text, words)
        self.assertIn("mailto:data@example.org", tree.links)
        self.assertIn("https://creativecommons.org/licenses/by/4.0/", tree.links)

    def test_canonical_address_is_that_of_the_portal(self):
        for path in ("/missions", "/about"):
            self.assertIn(
                f'<link rel="canonical" href="https://portal.example.org{path}">',
                self.get(path).text,
            )
        for path, status in (("/missions?year=2024", 200), ("/SEA999/M1", 404), ("/nope", 404)):
            self.assertNotIn('rel="canonical"', self.get(path, status).text, path)

    def test_example_has_every_member_that_is_described(self):
        described = (harness.ROOT / "README.md").read_text().partition("## Your portal")[2]
        rows = re.findall(r"(?m)^\| (`[^|]+) \|", described.partition("\n## ")[0])
        names = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
        self.assertGreater(len(names), 15)
        self.assertEqual(names - {"news"}, set(json.loads(EXAMPLE.read_text())))

    def test_colours_and_logo_are_files_of_this_origin(self):
        text = self.get("/").text
        sheet = re.search(r'href="(/assets/[0-9a-f]{16}/portal\.css)"', text)[1]
        found = self.get(sheet)
        self.assertEqual(found.headers["Content-Type"], "text/css; charset=utf-8")
        self.assertIn("immutable", found.headers["Cache-Control"])
        self.assertIn("@media screen{:root{--accent:#0b5c4a;}}", found.text)
        self.assertIn("(prefers-color-scheme:dark){:root{--accent:#7fd1b9;}}", found.text)
        logo = re.search(r'<img src="(/assets/\w+/portal-logo\.svg)" width="48" height="28"', text)
        found = self.get(logo[1])
        self.assertEqual(found.headers["Content-Type"], "image/svg+xml")
        self.assertEqual(found.body, (EXAMPLE.parent / "portal-example-logo.svg").read_bytes())

    def test_policy_names_the_hosts_of_pictures_and_no_other(self):
        parts = policy(self.get("/"))
        self.assertEqual(
            sorted(parts["img-src"]),
            ["'self'", "data:", "https://tiles.example.org", "https://www.example.org"],
        )
        for name, words in parts.items():
            if name != "img-src":
                self.assertFalse([w for w in words if "example" in w], name)
                self.assertNotIn("'unsafe-inline'", words)

    def test_data_of_each_mission_are_where_the_source_has_them(self):
        kinds = set()
        for mission in self.source.missions.values():
            page = f"/{mission.platform}/M{mission.number}"
            erddap = self.json(page + ".json")["erddap"]
            if mission.kind == "sailbuoy":
                self.assertIsNone(erddap)
                continue
            prefix = "delayed" if mission.complete else "nrt"
            name = f"{prefix}_{mission.platform}_M{mission.number}"
            base = f"https://erddap.example.org/erddap/tabledap/{name}"
            self.assertEqual(
                erddap, {"page": base + ".html", "csv": base + ".csv", "nc": base + ".nc"}
            )
            if prefix not in kinds:
                kinds.add(prefix)
                links = self.tree(page).links
                self.assertTrue({base + ".html", base + ".csv", base + ".nc"} <= set(links))
        self.assertEqual(kinds, {"delayed", "nrt"})

    def test_pictures_of_the_source_follow_the_patterns(self):
        base = "https://www.example.org/static/plots/glider"
        for kind in ("glider", "sailbuoy"):
            platform, number = self.some_mission(kind)
            page = f"/{platform}/M{number}"
            complete = self.json(page + ".json")["complete"]
            folder = "complete_mission" if complete else "nrt"
            start = f"{base}/{folder}/{platform}/M{number}/{platform}_M{number}"
            expect = (
                [start + ".png", start + "_map.png"]
                if kind == "glider"
                else [f"{base}/sailbuoy/{folder}/{platform}_M{number}.png"]
            )
            found = [a["src"] for tag, a in self.tree(page).tags if tag == "img"]
            self.assertEqual([src for src in found if src.startswith("https:")], expect)

    def test_landing_page_shows_the_latest_of_them(self):
        landing = self.json("/index.json")
        newest = landing["at_sea"][:4]
        self.assertTrue(newest)
        self.assertEqual(
            [(p["platform"], p["mission"], p["page"]) for p in landing["plots"]],
            [(m["platform"], m["mission"], m["url"]) for m in newest],
        )
        found = [a["src"] for tag, a in self.tree("/").tags if tag == "img"]
        for plot in landing["plots"]:
            self.assertIn(f"{plot['platform']}_M{plot['mission']}.png", plot["url"])
            self.assertIn(plot["url"], found)

    def test_dataset_says_what_the_source_says(self):
        seen = set()
        for mission in self.source.missions.values():
            page = f"/{mission.platform}/M{mission.number}"
            if (mission.kind, mission.complete) in seen and len(seen) > 2:
                continue
            seen.add((mission.kind, mission.complete))
            found = self.dataset(page)
            self.assertEqual(found["@context"], "https://schema.org/")
            self.assertEqual(found["@type"], "Dataset")
            self.assertIn(f"{mission.platform} M{mission.number}", found["name"])
            self.assertTrue(50 <= len(found["description"]) <= 5000)
            self.assertEqual(found["url"], "https://portal.example.org" + page)
            self.assertEqual(found["license"], "https://creativecommons.org/licenses/by/4.0/")
            self.assertEqual(found["publisher"]["name"], "Example organisation")
            self.assertEqual(found["identifier"], "https://doi.org/10.1234/example-gliders")
            end = oracle.rfc3339(mission.end) if mission.complete else ".."
            self.assertEqual(
                found["temporalCoverage"].replace(".000Z", "Z"),
                f"{oracle.rfc3339(mission.start)}/{end}".replace(".000Z", "Z"),
            )
            box = [float(v) for v in found["spatialCoverage"]["geo"]["box"].split()]
            document = mission.document
            should = [document[n] for n in ("lat_min", "lon_min", "lat_max", "lon_max")]
            for is_, must in zip(box, should):
                self.assertAlmostEqual(is_, must, places=4)
            self.assertEqual(found.get("variableMeasured", []), mission.variables)
            urls = [item["contentUrl"] for item in found["distribution"]]
            self.assertIn(
                f"https://portal.example.org/api/v1/missions/{mission.platform}/{mission.number}"
                "/track.csv",
                urls,
            )
            self.assertEqual(any(".nc" in url for url in urls), mission.kind == "glider")

    def test_days_add_up_to_the_track(self):
        profiles = documents(self.dump / "voto", PROFILES)
        for platform, number in query(
            self.db, "SELECT platform, number FROM mission WHERE kind = 'glider' LIMIT 5"
        ):
            own = [
                p for p in profiles
                if oracle.glider_serial(p) == platform and p["mission"] == number
            ]  # fmt: skip
            days = {}
            for profile in own:
                day = profile["time"].strftime("%Y-%m-%d")
                days.setdefault(day, []).append(profile["max_depth"])
            found = self.json(f"/{platform}/M{number}.json")["daily"]
            self.assertEqual(
                [(d["date"][:10], d["dives"]) for d in found],
                [(day, len(depths)) for day, depths in sorted(days.items())],
            )
            for item in found:
                self.assertAlmostEqual(item["max_depth_m"], max(days[item["date"][:10]]), places=6)

    def test_citation_names_publisher_mission_and_address(self):
        platform, number = self.some_mission()
        text = self.get(f"/{platform}/M{number}").text
        cite = re.search(r'<p class="cite"[^>]*>(.*?)</p>', text, re.S)[1]
        for part in ("Example organisation (", f"Glider {platform}, mission {number}",
                     "Baltic gliders", "https://doi.org/10.1234/example-gliders",
                     f"https://portal.example.org/{platform}/M{number}"):  # fmt: skip
            self.assertIn(part, cite)


class Neutral(Serving):
    """Without a file: no foreign host, no empty parts."""

    def test_neutral_portal_is_whole(self):
        self.assertIn("<title>Ocean portal</title>", self.get("/").text)
        self.assertIn("What the figures mean", self.get("/about").text)
        self.assertEqual(policy(self.get("/"))["img-src"], ["'self'", "data:"])
        platform, number = self.some_mission()
        text = self.get(f"/{platform}/M{number}").text
        for word in ("ERDDAP", "Plots of the source", 'rel="canonical"', "Licence", "portal.css"):
            self.assertNotIn(f">{word}<", text)
        data = json.loads(Tree(text).data[0])
        self.assertEqual(data["url"], f"/{platform}/M{number}")
        for name in ("license", "publisher", "identifier"):
            self.assertNotIn(name, data)
        self.get("/plots/x.png", 404)


class Folder(unittest.TestCase):
    """Pictures from a folder."""

    def setUp(self):
        harness.needs("edge")
        self.home = harness.temp_dir(self)
        dump = demo(self, missions=3, profiles=5)
        self.db = self.home / "edge.db"
        edge("import", dump, "--db", self.db)
        self.platform, self.number = query(
            self.db, "SELECT platform, number FROM mission WHERE kind = 'glider' LIMIT 1"
        )[0]
        self.name = f"{self.platform}_M{self.number}.png"
        self.plots = self.home / "plots"
        (self.plots / "a").mkdir(parents=True)
        (self.home / "secret.png").write_bytes(png(1, 1))
        self.portal = self.home / "portal.json"
        self.portal.write_text(json.dumps({
            "plots": {"folder": "plots", "glider": [
                {"title": "Data", "path": "a/{serial}_M{number}.png"},
                {"title": "Not made", "path": "b/{serial}_M{number}.png"},
            ]}
        }))  # fmt: skip
        self.server = harness.enter(self, harness.EdgeServe(self.db, "--portal", self.portal))

    def status(self, path):
        return self.server.get(path).status

    def test_picture_is_served_with_its_size_and_tag(self):
        picture = png(40, 30)
        (self.plots / "a" / self.name).write_bytes(picture)
        page = self.server.get(f"/{self.platform}/M{self.number}").text
        self.assertIn(f'<img src="/plots/a/{self.name}" width="40" height="30"', page)
        self.assertNotIn("Not made", page)
        found = self.server.get(f"/plots/a/{self.name}", {"Accept-Encoding": "br, gzip"})
        self.assertEqual((found.status, found.body), (200, picture))
        self.assertEqual(found.headers["Content-Type"], "image/png")
        self.assertNotIn("Content-Encoding", found.headers)
        tag = {"If-None-Match": found.headers["ETag"]}
        again = self.server.get(f"/plots/a/{self.name}", tag)
        self.assertEqual((again.status, again.body), (304, b""))
        head = self.server.request("HEAD", f"/plots/a/{self.name}")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(picture)))
        (self.plots / "a" / self.name).write_bytes(png(41, 30))
        self.assertEqual(self.server.get(f"/plots/a/{self.name}", tag).status, 200)

    def test_nothing_else_is_served(self):
        (self.plots / "a" / "other.png").write_bytes(png(1, 1))
        (self.plots / self.name).write_bytes(png(1, 1))
        for path in (
            "/plots/", "/plots/a", "/plots/a/", "/plots/a/other.png", f"/plots/{self.name}",
            f"/plots/a/{self.name}", f"/plots/a/../a/{self.name}", "/plots/../secret.png",
            "/plots/a/..%2f..%2fsecret.png", "/plots/a/%2e%2e/%2e%2e/secret.png",
            f"/plots/a/{self.name}%00.png",
        ):  # fmt: skip
            self.assertIn(self.status(path), (400, 404), path)

    def test_links_folders_pipes_and_giants_are_no_pictures(self):
        place = self.plots / "a" / self.name
        for make in (
            lambda: place.symlink_to(self.home / "secret.png"),
            place.mkdir,
            lambda: os.mkfifo(place),
            lambda: place.write_bytes(b""),
            lambda: place.write_bytes(bytes(9 << 20)),
        ):
            make()
            self.assertEqual(self.status(f"/plots/a/{self.name}"), 404)
            self.assertEqual(self.status(f"/{self.platform}/M{self.number}"), 200)
            shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()
        shutil.rmtree(self.plots / "a")
        (self.home / "away").mkdir()
        (self.home / "away" / self.name).write_bytes(png(1, 1))
        (self.plots / "a").symlink_to(self.home / "away")
        self.assertEqual(self.status(f"/plots/a/{self.name}"), 404)


class Troubled(unittest.TestCase):
    """Missions that lack what others have."""

    def setUp(self):
        harness.needs("edge")
        self.folder = demo(self, missions=6, profiles=10) / "voto"
        found = documents(self.folder, MISSIONS)[:4]
        self.names = [(oracle.glider_serial(d), d["mission"]) for d in found]

    def serve(self, sql=None):
        db = harness.temp_dir(self) / "edge.db"
        edge("import", self.folder, "--db", db)
        if sql:
            with editing(db) as store:
                store.execute(sql)
        self.server = harness.enter(self, harness.EdgeServe(db, "--portal", EXAMPLE))

    def page(self, platform, number):
        answer = self.server.get(f"/{platform}/M{number}")
        self.assertEqual(answer.status, 200)
        tree = Tree(answer.text)
        self.assertEqual(tree.errors, [])
        self.assertNotRegex(answer.text, r"\bnan\b|\binf\b|null|NaN")
        return answer.text, json.loads(tree.data[0])

    def test_each_lack_is_told_in_words(self):
        bare, single, hostile, strange = self.names
        remove(self.folder, PROFILES, is_mission(*bare))
        change(self.folder, MISSIONS, is_mission(*bare), total_profiles=0, variables=[],
               lat_min=math.nan, lat_max=..., basin=" ")  # fmt: skip
        remove(self.folder, PROFILES, lambda d: is_mission(*single)(d) and d["number"] > 0)
        change(self.folder, MISSIONS, is_mission(*hostile), basin=HOSTILE, sea_name=HOSTILE,
               project=HOSTILE, project_url="javascript:alert(1)", comment=HOSTILE,
               variables=[HOSTILE], wmo_id=HOSTILE)  # fmt: skip
        change(self.folder, PROFILES, is_mission(*strange), time=..., max_depth=math.nan)
        self.serve()

        text, data = self.page(*bare)
        self.assertIn("No positions of this mission have been published", text)
        self.assertNotIn("depth.svg", text)
        self.assertNotIn("spatialCoverage", data)
        self.assertNotIn("variableMeasured", data)

        text, data = self.page(*single)
        self.assertIn("1 point as", text)
        self.assertIn("depth.svg", text)

        text, data = self.page(*hostile)
        self.assertEqual(data["variableMeasured"], [HOSTILE])
        self.assertNotIn("<script>alert", text)
        self.assertNotIn('href="javascript:', text)

        for platform, number in self.names:
            for plot in ("depth", "distance"):
                found = self.server.get(f"/{platform}/M{number}/{plot}.svg")
                self.assertEqual(found.status, 200)
                self.assertNotRegex(found.text, r"\bnan\b|\binf\b", (platform, number))

    def test_a_damaged_store_that_counts_too_few_points_is_read_within_bounds(self):
        self.serve("UPDATE mission SET track_points = 0")
        for platform, number in self.names:
            for plot in ("depth", "distance"):
                found = self.server.get(f"/{platform}/M{number}/{plot}.svg")
                self.assertEqual(found.status, 200)
        self.assertTrue(self.server.running())


class Settings(unittest.TestCase):
    def portal(self, text):
        path = harness.temp_dir(self) / "portal.json"
        path.write_text(text)
        return path

    def test_bad_portal_is_refused_with_every_problem(self):
        harness.needs("edge")
        path = self.portal('{"titel": "x", "colours": {"light": {"accent": "#ff0"}}, "url": "x"}')
        done = edge("serve", "--db", "none.db", "--portal", path, "--listen", "127.0.0.1:0", expect=78)
        for part in ("titel: is not known; did you mean title?", "colours.light.accent: takes a",
                     "url: takes an address", "3 problems"):  # fmt: skip
            self.assertIn(part, done.stderr)

    def test_check_prints_every_problem_and_praises_the_example(self):
        harness.needs("edge")
        path = self.portal('{"titel": "x", "url": "x"}')
        done = edge("check", "--db", "none.db", "--portal", path, expect=78)
        found = [line for line in done.stdout.splitlines() if line.startswith("problem: ")]
        self.assertEqual(len(found), 2, done.stdout)
        self.assertIn("titel: is not known; did you mean title?", found[0])
        self.assertIn("url: takes an address", found[1])
        self.assertIn("2 problems, see above", done.stderr)
        done = edge("check", "--db", "none.db", "--portal", EXAMPLE)
        self.assertIn(f"portal: {EXAMPLE}", done.stdout)

    def test_explicit_title_wins(self):
        harness.needs("edge")
        db = harness.temp_dir(self) / "edge.db"
        edge("import", demo(self, missions=3, profiles=3), "--db", db)
        with harness.EdgeServe(db, "--portal", EXAMPLE, "--title", "By flag") as server:
            self.assertIn("<title>By flag</title>", server.get("/").text)
        with harness.EdgeServe(db, env={"EDGE_PORTAL": str(EXAMPLE)}) as server:
            self.assertIn("<title>Baltic gliders</title>", server.get("/").text)


del Serving  # its tests run where it is made

if __name__ == "__main__":
    unittest.main()
