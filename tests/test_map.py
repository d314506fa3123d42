"""Maps end to end: what is drawn against the oracle, what it weighs, and hostile documents."""

import datetime
import gzip
import math
import re
import unittest
import urllib.parse
import xml.etree.ElementTree

import harness
import oracle
from test_dumps import NOW, NOW_MS, demo, edge, editing, query
from test_serve import Tree

KB = 1000
PAGES = ("/", "/map", "/map/basin/SEA-007", "/map/basin/SEA-014", "/projects")


def twin(page, form):
    return ("/index" if page == "/" else page) + "." + form


def lines(shape):
    return [f for f in shape["features"] if f["geometry"]["type"] == "MultiLineString"]


def key(mission):
    return mission["platform"], mission["mission"]


def linear(colour):
    """Red, green and blue as light (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def contrast(*colours):
    low, high = sorted(sum(map(float.__mul__, (0.2126, 0.7152, 0.0722), linear(c))) for c in colours)
    return (high + 0.05) / (low + 0.05)


def difference(*colours):
    """How far two colours are apart for the eye, in OKLab; black and white: 1."""
    places = []
    for r, g, b in map(linear, colours):
        l, m, s = (
            (x * r + y * g + z * b) ** (1 / 3)
            for x, y, z in (
                (0.41222147, 0.53633254, 0.05144599), (0.2119035, 0.6806995, 0.1073970), (0.08830246, 0.28171884, 0.6299787)
            )
        )  # fmt: skip
        places.append((
            0.21045426 * l + 0.79361778 * m - 0.00407205 * s, 1.9779985 * l - 2.42859221 * m + 0.4505937 * s,
            0.02590404 * l + 0.78277177 * m - 0.80867577 * s,
        ))  # fmt: skip
    return math.dist(*places)


class Maps(unittest.TestCase):
    flags = ()
    size = {"missions": 240, "profiles": 1000}

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        dump = demo(cls, *cls.flags, **cls.size)
        cls.db = harness.temp_dir(cls) / "edge.db"
        edge("import", dump, "--db", cls.db)
        cls.source = None if cls.flags else oracle.read(dump / "voto")
        cls.server = harness.enter(cls, harness.EdgeServe(cls.db, env={"EDGE_NOW": NOW}))

    def get(self, path, status=200, **headers):
        answer = self.server.get(path, headers)
        self.assertEqual(answer.status, status, path)
        return answer

    def test_tracks_are_geojson_on_the_globe(self):
        for page in PAGES:
            answer = self.get(twin(page, "geojson"))
            self.assertEqual(answer.headers["Content-Type"], "application/geo+json")
            shape = answer.json()
            self.assertEqual(shape["type"], "FeatureCollection")
            self.assertEqual(len(shape["bbox"]), 4)
            self.assertGreater(len(shape["features"]), 0, page)
            for feature in lines(shape):
                for line in feature["geometry"]["coordinates"]:
                    self.assertGreaterEqual(len(line), 2)
                    for (x, y), (before, _) in zip(line, line[:1] + line):
                        self.assertTrue(-180 <= x <= 180 and -90 <= y <= 90, (page, x, y))
                        self.assertLessEqual(abs(x - before), 180, page)

    def test_pictures_are_whole(self):
        for page in PAGES:
            for width in ("", "?width=390"):
                answer = self.get(twin(page, "svg") + width)
                picture = xml.etree.ElementTree.fromstring(answer.text)
                tags = {element.tag.rpartition("}")[2] for element in picture.iter()}
                self.assertFalse(tags & {"script", "image", "foreignObject", "use", "a"}, page)

    def test_a_page_names_its_map_for_previews_and_readers(self):
        for page in PAGES:
            tree = Tree(self.get(page).text)
            self.assertEqual(tree.errors, [], page)
            figures = [a for tag, a in tree.tags if tag == "figure" and "data-tracks" in a]
            self.assertEqual([f["data-tracks"] for f in figures], [twin(page, "geojson")])
            pictures = [a for tag, a in tree.tags if tag == "img"]
            self.assertTrue(any(p["src"] == twin(page, "svg") and p["alt"] for p in pictures))
            self.assertIn(twin(page, "geojson"), tree.links + [figures[0]["data-tracks"]])
            titles = [a for _, a in tree.tags if a.get("property") == "og:title"]
            self.assertEqual(len(titles), 1, page)

    def test_files_of_the_map_are_there_under_the_policy(self):
        answer = self.get("/map")
        script = next(a for _, a in Tree(answer.text).tags if a.get("id") == "map-script")
        policy = answer.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(re.findall(r"https?:", policy), [])
        weights = {}
        for name in ("src", "data-leaflet", "data-style", "data-look", "data-measure",
                     "data-region", "data-world"):  # fmt: skip
            file = self.get(script[name], **{"Accept-Encoding": "gzip"})
            self.assertIn("immutable", file.headers["Cache-Control"])
            weights[script[name].rpartition("/")[2]] = len(file.body)
        self.assertLessEqual(weights["basemap_region.bin"], 150 * KB)
        self.assertLessEqual(weights["map.js"] + weights["map.css"], 12 * KB, weights)
        seas = self.get(script["data-seas"]).json()
        names = {f["properties"]["name"].replace("|", " ") for f in seas["features"]}
        # The map writes the name as it is written there.
        self.assertGreaterEqual(len(names & set(oracle.BASINS.values())), 16, names)


class Demo(Maps):
    def test_colours_of_years_stand_out_and_differ(self):
        drawn = self.get("/map.svg").text
        sheet = re.search(r'href="(/assets/\w+/style.css)"', self.get("/map").text)[1]
        rules = self.get(sheet).text
        drawn, rules = (text.split("prefers-color-scheme", 1) for text in (drawn, rules))
        for at in (0, 1):
            ramp = re.findall(r"\.r(\d)\{color:(#\w{6})\}", drawn[at])
            self.assertEqual([n for n, _ in ramp], list("0123456789"))
            self.assertEqual(re.findall(r"--r(\d): (#\w{6});", rules[at])[:10], ramp, "pages have the same")
            ramp = [colour for _, colour in ramp]
            grounds = [
                re.search(r"\.sea\{fill:(#\w{6})", drawn[at])[1], re.search(r"\.land\{fill:(#\w{6})", drawn[at])[1],
                "#ffffff" if at == 0 else re.search(r"--paper: (#\w{6})", rules[at])[1],
            ]  # fmt: skip
            for colour in ramp:
                for ground in grounds:
                    self.assertGreaterEqual(contrast(colour, ground), 3, (colour, ground))
            for one, following in zip(ramp, ramp[1:]):
                self.assertGreater(difference(one, following), 0.04, (one, following))
                self.assertGreater(contrast(following, grounds[0]), contrast(one, grounds[0]))

    def test_all_tracks_stay_under_100_kb(self):
        said = ""
        for coding in ("gzip", "br"):
            answer = self.get("/map.geojson", **{"Accept-Encoding": coding})
            self.assertEqual(answer.headers["Content-Encoding"], coding)
            said += f"all tracks, {coding}: {len(answer.body) / KB:.1f} kB, limit 100 kB\n"
            self.assertLessEqual(len(answer.body), 100 * KB)
        # `make check` prints what ctest keeps to itself.
        (harness.BUILD / "weight_tracks.txt").write_text(said)

    def test_every_mission_is_on_the_map_once(self):
        stored = query(self.db, "SELECT platform, number FROM mission WHERE track_points > 0")
        shape = self.get("/map.geojson").json()
        drawn = [key(f["properties"]) for f in lines(shape)]
        self.assertEqual(sorted(drawn), sorted(tuple(row) for row in stored))
        for feature in lines(shape):
            p = feature["properties"]
            self.assertEqual(p["url"], f"/{p['platform']}/M{p['mission']}")
            self.assertEqual(p["year"], int(p["start"][:4]))
            self.assertIsInstance(p["live"], bool)
        years = {row["year"] for row in self.get("/map.json").json()["items"]}
        self.assertEqual({f["properties"]["year"] for f in lines(shape)}, years)
        for year in years:
            only = lines(self.get(f"/map.geojson?year={year}").json())
            self.assertEqual({f["properties"]["year"] for f in only}, {year})

    def test_the_years_count_the_missions_that_are_drawn_and_listed(self):
        index = self.get("/map.json").json()
        stored = query(self.db, "SELECT count(*) FROM mission")[0][0]
        self.assertEqual(index["missions"], stored)
        # Totals leave out gliders without a basin; maps and lists do not.
        totals = self.get("/api/v1/totals").json()
        self.assertGreater(stored, totals["glider"]["missions"] + totals["sailbuoy"]["missions"])
        for row in index["items"]:
            listed = self.get(f"/api/v1/missions?limit=500&year={row['year']}").json()["items"]
            self.assertEqual(row["missions"], len(listed), row)
            self.assertEqual(row["platforms"], len({m["platform"] for m in listed}), row)

    def test_highlights_are_those_of_the_last_50_days(self):
        shape = self.get("/map.geojson").json()
        shown = {key(f["properties"]) for f in lines(shape) if f["properties"]["highlight"]}
        rows = query(
            self.db, "SELECT platform, number FROM mission WHERE end_ms >= ?",
            NOW_MS - 50 * 86_400_000,
        )  # fmt: skip
        self.assertEqual(shown, {tuple(row) for row in rows})
        live = {key(f["properties"]) for f in lines(shape) if f["properties"]["live"]}
        self.assertTrue(live and live < shown)

    def test_the_caption_names_the_lines_that_the_landing_map_has(self):
        ends = query(
            self.db, "SELECT end_ms, kind = 'glider' FROM mission"
            " WHERE kind = 'sailbuoy' OR basin_exists",
        )  # fmt: skip
        # A mission is live until then.
        last = sorted(
            (end + (24 if glider else 12) * 3_600_000 for end, glider in ends), reverse=True
        )
        for count, others in ((0, "that led there"), (8, None), (9, "others under way")):
            now = last[count - 1] // 1000 if count else last[0] // 1000 + 1
            self.assertLess(last[count], now * 1000)
            time = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
            with harness.EdgeServe(
                self.db, env={"EDGE_NOW": time.strftime("%Y-%m-%dT%H:%M:%SZ")}
            ) as server:
                page = server.get("/").text
                drawn = lines(server.get("/index.geojson").json())
            caption = re.search(r"<figcaption>(.*?)</figcaption>", page)[1]
            bold = [f["properties"] for f in drawn if f["properties"]["highlight"]]
            self.assertEqual(sum(p["live"] for p in bold), count)
            grey = [p for p in bold if p.get("class") is None]
            self.assertEqual(len(grey), {0: 8, 8: 0, 9: 1}[count])
            self.assertEqual("Coloured:" in caption, len(grey) < len(bold), caption)
            self.assertIn("Thin and grey:", caption)
            if grey:
                self.assertRegex(caption, f"Thick and grey: the [a-z ]*{others}")
            else:
                self.assertNotIn("Thick", caption)

    def test_colours_are_those_of_the_table_when_missions_start_at_once(self):
        db = harness.temp_dir(self) / "edge.db"
        edge("backup", db, "--db", self.db, expect=0)
        rows = query(
            db, "SELECT mission_id, platform, number FROM mission WHERE kind = 'glider'"
            " AND basin_exists ORDER BY end_ms DESC LIMIT 3",
        )  # fmt: skip
        with editing(db) as connection:
            # Their ids in another order than their names, and one start.
            for i, (mission, *_) in enumerate(rows):
                connection.execute(
                    "UPDATE mission SET number = ?, start_ms = ?, end_ms = ?"
                    " WHERE mission_id = ?", (9000 + i, NOW_MS - 86_400_000, NOW_MS, mission),
                )  # fmt: skip
            names = sorted((row[1:] for row in rows), reverse=True)
            for (mission, *_), (platform, number) in zip(sorted(rows), names, strict=True):
                connection.execute(
                    "UPDATE mission SET platform = ?, number = ? WHERE mission_id = ?",
                    (platform, number, mission),
                )
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
            table = {key(m): m["series"] for m in server.get("/index.json").json()["at_sea"]}
            drawn = [f["properties"] for f in lines(server.get("/index.geojson").json())]
        self.assertLessEqual({tuple(name) for name in names}, set(table))
        for mission in drawn:
            if mission["live"]:
                series = table[key(mission)]
                self.assertEqual(mission.get("class"), series and f"s{series}", mission)

    def test_basins_have_the_missions_whose_text_names_them(self):
        index = {b["code"]: b["missions"] for b in self.get("/map.json").json()["basins"]}
        self.assertEqual(set(index), set(oracle.BASINS))
        for code in oracle.BASINS:
            page = self.get(f"/map/basin/{code}.json").json()
            expected = oracle.missions(self.source, basin=code)
            found = sorted(key(m) for m in page["items"])
            self.assertEqual(found, sorted(key(m) for m in expected), code)
            self.assertEqual(page["name"], oracle.BASINS[code])
            self.assertEqual((index[code], page["missions"]), (len(found), len(found)))
            starts = [m["start"] for m in page["items"]]
            self.assertEqual(starts, sorted(starts, reverse=True))
            rows = self.get(f"/map/basin/{code}.csv").text.strip().split("\r\n")
            self.assertEqual(max(len(rows) - 1, 0), len(found), code)

    def test_unknown_basins_are_404_with_near_matches(self):
        for asked, near in (
            ("SEA-7", "SEA-007"), ("18", "SEA-018"), ("kattegatt", "SEA-001"),
            ("Gotland", "SEA-009"),
        ):  # fmt: skip
            links = Tree(self.get(f"/map/basin/{asked}", 404).text).links
            self.assertIn(f"/map/basin/{near}", links, asked)
        self.get("/map/basin/SEA-019", 404)
        problem = self.get("/map/basin/SEA-019.geojson", 404)
        self.assertTrue(problem.headers["Content-Type"].startswith("application/problem+json"))

    def test_projects_are_those_of_the_source(self):
        page = self.get("/projects.json").json()
        names = [p["project"] for p in page["items"]]
        expected = {m["project"] for m in oracle.missions(self.source) if m["project"]}
        self.assertEqual(set(names), expected)
        self.assertEqual(len(names), len(expected))
        for project in page["items"]:
            missions = oracle.missions(self.source, project=project["project"])
            self.assertEqual(project["missions"], len(missions))
            word = urllib.parse.urlencode({"project": project["project"]})
            drawn = lines(self.get(f"/projects.geojson?{word}").json())
            self.assertEqual(
                sorted(key(f["properties"]) for f in drawn), sorted(key(m) for m in missions)
            )
        self.get("/projects?project=Nobody", 404)


class Hostile(Maps):
    flags = ("--dirty",)
    size = {"missions": 40, "profiles": 20}

    def test_compressed_is_the_same(self):
        plain = self.get("/map.geojson").body
        small = self.get("/map.geojson", **{"Accept-Encoding": "gzip"}).body
        self.assertEqual(gzip.decompress(small), plain)


del Maps

if __name__ == "__main__":
    unittest.main()
