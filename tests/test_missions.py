"""/missions: what the filters leave, in which order and with which counts, against the source's
documents; pages while the data change; hostile words; the weight of a page."""

import csv
import io
import json
import random
import re
import sqlite3
import unicodedata
import unittest
import urllib.parse

import harness
import oracle
from test_dumps import MISSIONS, NOW, NOW_MS, change, demo, documents, edge, query, write_documents
from test_serve import Serving, Tree

SORTS = ("start", "mission", "days", "basins", "profiles", "distance", "variables")
PAGE_BYTES = 30_000


def address(path="/missions.json", **params):
    words = urllib.parse.urlencode({k: v for k, v in params.items() if v is not None})
    return f"{path}?{words}" if words else path


PLAIN = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ð": "d", "þ": "th", "ł": "l"})
SPELLED = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue"})


def words_of(text, both=False):
    """Words without marks, as a search compares them; with `both` also as they are written with two letters."""
    if both:
        return words_of(text) + words_of(text.lower().translate(SPELLED))
    folded = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    return re.findall(r"[^\W_]+", "".join(c for c in folded if not unicodedata.combining(c)))


def status_of(mission):
    if mission.complete:
        return "complete"
    window = oracle.DAY_MS if mission.kind == "glider" else oracle.DAY_MS // 2
    heard = mission.end >= NOW_MS - window and (mission.kind == "sailbuoy" or mission.has_basin)
    return "active" if heard else "silent"


class Second:
    """The list as the documents have it."""

    def __init__(self, source):
        self.source = source
        self.missions = list(source.missions.values())

    def text_of(self, m):
        document = m.document
        name = self.source.platforms.get(m.platform, {}).get("name") or ""
        fields = [document.get(f) or "" for f in ("basin", "sea_name", "project", "comment")]
        wmo = document.get("wmo_id")
        return " ".join(
            [m.platform, f"M{m.number}", name, *fields, str(wmo or ""), *m.variables]
        )

    def fits(self, m, name, value):
        if name == "year":
            return m.year == int(value)
        if name == "basin":
            return value in oracle.BASINS and m.in_basin(value)
        if name == "variable":
            return value in m.variables
        if name == "status":
            return status_of(m) == value
        if name == "q":
            have = words_of(self.text_of(m), both=True)
            return all(any(h.startswith(w) for h in have) for w in words_of(value))
        return getattr(m, name) == value

    def choose(self, **filters):
        return [m for m in self.missions if all(self.fits(m, *f) for f in filters.items())]

    def key(self, m, sort):
        number = m.document.get
        return {
            "start": m.start,
            "mission": (m.platform, m.number),
            "days": m.end - m.start,
            "basins": (m.basin or "").strip()[:60].encode(),
            "profiles": -1 if number("total_profiles") is None else m.profiles,
            "distance": -1 if number("total_distance_m") is None else round(m.distance_m * 1000),
            "variables": len(m.variables),
        }[sort]


class Ordered:
    """What holds of short lists, which are put in order, and of long ones, which are walked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = Second(cls.source)

    def keys(self, path):
        """What a list has on all its pages."""
        found = []
        while path:
            page = self.json(path)
            found += [(m["platform"], m["mission"]) for m in page["items"]]
            path = page["next_url"]
        return found

    def check(self, sort="-start", **filters):
        expected = self.second.choose(**filters)
        words = address(limit=500, sort=sort, **filters)
        found = self.json(words)
        self.assertEqual(found["count"], len(expected), words)
        keys = self.keys(words)
        self.assertEqual(sorted(keys), sorted((m.platform, m.number) for m in expected), words)
        by_key = {(m.platform, m.number): m for m in expected}
        order = [self.second.key(by_key[key], sort.lstrip("-")) for key in keys]
        self.assertEqual(order, sorted(order, reverse=sort.startswith("-")), words)
        return found

    def test_every_order_of_all_and_of_some(self):
        for sort in SORTS:
            for sign in ("", "-"):
                self.check(sign + sort)
                self.check(sign + sort, basin="SEA-007")
                self.check(sign + sort, year="2025", variable="salinity")

    def test_pages_of_every_order_hold_each_mission_once(self):
        expected = sorted((m.platform, m.number) for m in self.second.missions)
        for sort in SORTS:
            for sign in ("", "-"):
                found = self.keys(address(limit=self.missions // 12, sort=sign + sort))
                self.assertEqual(sorted(found), expected, sign + sort)
                self.assertEqual(self.keys(address(limit=500, sort=sign + sort)), found)

    def test_pages_backwards_are_the_pages_forwards(self):
        for filters in ({}, {"sort": "basins"}, {"sort": "-profiles", "variable": "salinity"},
                        {"sort": "start", "year": "2025"}):  # fmt: skip
            forwards, path = [], address(limit=self.missions // 12, **filters)
            while path:
                page = self.json(path)
                forwards.append([m["url"] for m in page["items"]])
                path = page["next_url"]
            self.assertGreater(len(forwards), 2)
            backwards, path = [forwards[-1]], page["prev_url"]
            while path:
                page = self.json(path)
                backwards.insert(0, [m["url"] for m in page["items"]])
                self.assertEqual([m["url"] for m in self.json(page["next_url"])["items"]],
                                 backwards[1])  # fmt: skip
                path = page["prev_url"]
            self.assertEqual(backwards, forwards, filters)
            self.assertIsNone(page["first_url"])


class Lists(Ordered, Serving):
    def values(self):
        """Some values of each filter, one that no mission has among them."""
        found = {
            "year": sorted({m.year for m in self.second.missions if m.year})[-2:],
            "basin": ["SEA-007", "SEA-014", "SEA-018"],
            "platform": sorted({m.platform for m in self.second.missions})[::9],
            "project": sorted({m.project for m in self.second.missions if m.project})[:2],
            "variable": ["salinity", "cdom"],
            "status": ["active", "silent", "complete"],
            "q": ["bornholm", "ALAND", "oxygen sal", self.second.missions[5].platform],
        }
        return [(k, str(v)) for k, vs in found.items() for v in vs] + [
            ("year", "1901"), ("basin", "SEA-999"), ("platform", "SEA999"), ("project", "none"),
            ("variable", "none"), ("q", "nothing of the kind"),
        ]  # fmt: skip

    def test_every_filter_and_every_pair(self):
        values = self.values()
        some = 0
        for i, first in enumerate(values):
            self.check(**dict([first]))
            for second in values[i + 1 :]:
                if first[0] != second[0]:
                    some += bool(self.check(**dict([first, second]))["items"])
        self.assertGreater(some, 60)

    def test_many_filters_at_once(self):
        chance = random.Random(4)
        values = self.values()
        for _ in range(60):
            self.check(chance.choice(SORTS), **dict(chance.sample(values, 4)))

    def test_marks_and_capitals_do_not_matter(self):
        for words in ("Oland", "öland", "ÅLAND", "aland sea", "Aaland", "Gotland-Öst", "(salinity)"):
            self.check(q=words)
        self.assertTrue(self.json(address(q="aland"))["items"])

    def test_counts_beside_choices(self):
        for filters in ({}, {"year": "2025"}, {"basin": "SEA-007", "status": "complete"},
                        {"q": "salinity", "variable": "cdom"}):  # fmt: skip
            found = self.json(address(**filters))
            self.assertEqual(
                [c["name"] for c in found["choices"]],
                ["year", "basin", "platform", "project", "variable", "status"],
            )
            for choice in found["choices"]:
                rest = {k: v for k, v in filters.items() if k != choice["name"]}
                for item in choice["items"]:
                    expected = self.second.choose(**rest, **{choice["name"]: item["value"]})
                    self.assertEqual(item["missions"], len(expected), (filters, item))
                    self.assertEqual(item["chosen"], filters.get(choice["name"]) == item["value"])
                # Nothing is left out unsaid.
                if not choice["more"] and choice["name"] == "year":
                    years = {str(m.year) for m in self.second.choose(**rest) if m.year}
                    self.assertEqual({i["value"] for i in choice["items"]}, years)

    def test_place_of_another_list_is_refused(self):
        page = self.json(address(limit=3, sort="basins", year="2025"))
        token = urllib.parse.parse_qs(urllib.parse.urlparse(page["next_url"]).query)["after"][0]
        self.get(address(limit=3, sort="basins", year="2025", after=token))
        for params in (
            {"sort": "-basins", "year": "2025"}, {"sort": "basins"}, {"sort": "start", "year": "2025"},
            {"sort": "basins", "year": "2025", "q": "x"},
        ):  # fmt: skip
            self.get(address(after=token, **params), 400)
        for broken in (token[:-1], token[:-4], token + "AAAA", "A" * 400, "", token[4:]):
            if broken:
                self.get(address(after=broken, sort="basins", year="2025"), 400)
                self.get(address(before=broken, sort="basins", year="2025"), 400)
        self.get(address(before=token, after=token, sort="basins", year="2025"), 400)

    def test_files_have_what_the_list_has(self):
        for filters in ({}, {"basin": "SEA-007", "sort": "-profiles"}, {"q": "none at all"}):
            expected = self.json(address(limit=500, **filters))["items"]
            rows = list(csv.DictReader(io.StringIO(self.get(address("/missions.csv", **filters)).text)))
            shapes = json.loads(self.get(address("/missions.geojson", **filters)).text)
            urls = [m["url"] for m in expected]
            self.assertEqual([row["url"] for row in rows], urls)
            self.assertEqual([s["properties"]["url"] for s in shapes["features"]], urls)
            for shape in shapes["features"]:
                if shape["geometry"]:
                    self.assertEqual(shape["geometry"]["type"], "MultiLineString")
        self.assertTrue(any(s["geometry"] for s in json.loads(
            self.get("/missions.geojson").text)["features"]))  # fmt: skip

    def test_page_shows_its_filters_and_order(self):
        path = address("/missions", year="2025", q="salinity", sort="-profiles")
        tree = Tree(self.get(path).text)
        chosen = [a["value"] for tag, a in tree.tags if tag == "option" and "selected" in a]
        self.assertEqual(chosen, ["2025"])
        marked = [a["aria-sort"] for tag, a in tree.tags if tag == "th" and "aria-sort" in a]
        self.assertEqual(marked, ["descending"])
        inputs = {a["name"]: a["value"] for tag, a in tree.tags if tag == "input"}
        self.assertEqual(inputs, {"q": "salinity", "sort": "-profiles"})
        for without in ("/missions?q=salinity&sort=-profiles", "/missions?year=2025&sort=-profiles"):
            self.assertIn(without, tree.links)
        self.assertIn("/missions?year=2025&q=salinity&sort=profiles", tree.links)
        self.assertIn(f"{self.json(address(year=2025, q='salinity'))['count']} missions",
                      " ".join(tree.words))  # fmt: skip

    def test_empty_fields_of_the_form_are_no_filters(self):
        path = "/missions?year=&basin=&platform=&project=&variable=&status=&q="
        self.assertEqual(Tree(self.get(path).text).words, Tree(self.get("/missions").text).words)

    def test_hostile_words_find_nothing_and_break_nothing(self):
        for word in (
            "<script>alert(1)</script>", "\" onmouseover=\"x", "' OR 1=1 --", "a\" OR \"b",
            "NEAR(a b)", "words:salinity", "^salinity", "salinity*", "a AND", "AND", "NOT x", "*",
            "((((", "–", "\u200b", "\u202e", "a\u0301", "%", "_", "\\", "{{site.title}}", "𝔞𝔟", "=1+1",
        ):  # fmt: skip
            for name in ("year", "basin", "platform", "project", "variable", "status", "q", "sort"):
                answer = self.server.get(address("/missions", **{name: word}))
                self.assertIn(answer.status, (200, 400), (name, word, answer.body[:200]))
                self.assertEqual(Tree(answer.text).errors, [], (name, word))
                self.assertNotIn("<script>alert", answer.text)
                self.assertNotIn('onmouseover="', answer.text)
                self.assertLess(len(answer.body), PAGE_BYTES)
        self.get(address(q="x" * 201), 400)
        self.assertEqual(self.json(address(q="words:salinity"))["count"], 0)
        self.assertEqual(self.json(address(q="!!!"))["count"], 0)
        everything = self.json("/missions.json")["count"]
        self.assertEqual(self.json(address(q='salinity" OR "x'))["count"], 0)
        self.assertEqual(self.json("/missions.json")["count"], everything)

    def test_wrong_parameters_are_named(self):
        for name, value in (("sort", "colour"), ("sort", "--start"), ("status", "lost"),
                            ("year", "20x5"), ("basin", "Kattegat")):  # fmt: skip
            self.assertIn(name, self.get(address("/missions", **{name: value}), 400).text)


class Many(Ordered, Serving):
    missions = 1500
    profiles = 1



class Changing(unittest.TestCase):
    def test_pages_stay_in_place_while_missions_come_and_go(self):
        harness.needs("edge")
        voto = demo(self, missions=60, profiles=3) / "voto"
        every = documents(voto, MISSIONS)
        key = lambda d: (d["platform_serial"], d["mission"])  # noqa: E731
        chance = random.Random(1)
        for sort in ("-start", "mission", "-profiles", "basins", "variables"):
            chance.shuffle(every)
            late, stays = every[:15], every[15:]
            write_documents(voto, MISSIONS, stays)
            db = harness.temp_dir(self) / "edge.db"
            edge("import", voto, "--db", db, expect=0)
            with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
                found, path = [], address(limit=9, sort=sort)
                while path:
                    page = server.json(path)
                    found += [(m["platform"], m["mission"]) for m in page["items"]]
                    path = page["next_url"]
                    stays = stays + [late.pop() for _ in range(min(3, len(late)))]
                    write_documents(voto, MISSIONS, stays)
                    edge("import", voto, "--db", db, expect=0)
                self.assertEqual(len(found), len(set(found)), sort)
                missing = {key(d) for d in every[15:]} - set(found)
                self.assertEqual(missing, set(), sort)
                # What came before the place that was reached is not on a later page.
                self.assertGreater(server.json(address(sort=sort))["count"], len(every[15:]))


class Letters(unittest.TestCase):
    """Names are found by those who cannot type their letters."""

    NAMES = (
        ("Øresund", ("Øresund", "øresund", "Oresund", "oeresund", "ORES")),
        ("Ærø og Møn", ("ærø", "aero", "aeroe", "Aeroe Moen", "møn", "mon")),
        ("Åland", ("åland", "aland", "Aaland", "A\u030aland")),
        ("Große Straße", ("strasse", "STRASSE", "straße", "grosse")),
        ("Seyðisfjörður", ("seydisfjordur", "seyðisfjörður", "seydisfjoerdur")),
        ("Lübecker Bucht", ("lubeck", "luebeck", "lübeck")),
        ("Bla\u030ahaj", ("blåhaj", "blahaj", "blaahaj")),
        ("Oersted", ("oersted",)),
    )

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        voto = demo(cls, missions=12, profiles=2) / "voto"
        cls.found = documents(voto, MISSIONS)
        for i, document in enumerate(cls.found):
            document["sea_name"] = cls.NAMES[i][0] if i < len(cls.NAMES) else ""
            document["basin"], document["project"], document["comment"] = "Basin", "", ""
        write_documents(voto, MISSIONS, cls.found)
        cls.db = harness.temp_dir(cls) / "edge.db"
        edge("import", voto, "--db", cls.db, expect=0)
        edge("verify", "--db", cls.db, "--dump", voto, expect=0)
        cls.server = harness.enter(cls, harness.EdgeServe(cls.db, env={"EDGE_NOW": NOW}))

    def test_each_spelling_finds_its_mission(self):
        for document, (name, spellings) in zip(self.found, self.NAMES):
            for words in spellings:
                for path in ("/missions.json", "/api/v1/search"):
                    items = self.server.json(address(path, q=words))["items"]
                    found = [(m["platform"], m["mission"]) for m in items]
                    self.assertEqual(len(found), 1, (name, words, path))
                    self.assertIn(str(document["platform_serial"]), found[0][0])
                    self.assertEqual(found[0][1], document["mission"])

    def test_another_letter_is_another_word(self):
        for words in ("uresund", "eresund", "strase", "allandd", "ø" * 99):
            self.assertEqual(self.server.json(address(q=words))["items"], [], words)


class Files(unittest.TestCase):
    """What is taken away is whole: all missions, whatever a page holds."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.db = harness.temp_dir(cls) / "edge.db"
        edge("import", demo(cls, missions=4300, profiles=2) / "voto", "--db", cls.db, expect=0)
        cls.urls = [url for (url,) in query(
            cls.db, "SELECT '/' || platform || '/M' || number FROM mission"
        )]  # fmt: skip
        cls.server = harness.enter(cls, harness.EdgeServe(cls.db, env={"EDGE_NOW": NOW}))

    def rows(self, path):
        answer = self.server.get(path, timeout=60)
        self.assertEqual(answer.status, 200)
        return [row["url"] for row in csv.DictReader(io.StringIO(answer.text))], answer.headers.get("Link")

    def test_one_file_has_all_missions(self):
        self.assertGreater(len(self.urls), 4000)
        for sort in ("-start", "basins", "-profiles"):
            found, link = self.rows(address("/missions.csv", sort=sort))
            self.assertIsNone(link)
            self.assertEqual(len(found), len(set(found)))
            self.assertEqual(sorted(found), sorted(self.urls), sort)
        shapes = json.loads(self.server.get("/missions.geojson", timeout=60).text)
        self.assertIsNone(shapes["next_url"])
        self.assertEqual(sorted(s["properties"]["url"] for s in shapes["features"]), sorted(self.urls))
        self.assertNotIn("parts of", self.server.get("/missions").text)

    def test_a_later_page_offers_the_whole_file(self):
        page = self.server.json("/missions.json?kind=glider&limit=20")
        for _ in range(2):
            page = self.server.json(page["next_url"].replace("/missions?", "/missions.json?"))
        later = page["next_url"].replace("/missions.json?", "/missions?")
        offered = re.findall(r'href="(/missions\.(?:csv|geojson)[^"]*)"', self.server.get(later).text)
        self.assertEqual(offered, ["/missions.csv?kind=glider", "/missions.geojson?kind=glider"])

    def test_a_file_that_ends_before_a_place_is_one_part(self):
        page = self.server.json("/missions.json?limit=20")
        page = self.server.json(page["next_url"].replace("/missions?", "/missions.json?"))
        back = page["prev_url"].replace("/missions.json?", "/missions.csv?").replace("limit=20&", "")
        found, _ = self.rows(back)
        self.assertLessEqual(len(found), 2000)

    def test_the_order_is_that_of_the_pages(self):
        found, _ = self.rows("/missions.csv")
        listed, path = [], "/api/v1/missions?limit=500"
        while path:
            page = self.server.json(path)
            listed += [item["url"] for item in page["items"]]
            path = page["next_url"]
        self.assertEqual(found, listed)

    def test_a_filter_leaves_all_that_fits(self):
        found, link = self.rows("/missions.csv?kind=glider&sort=mission")
        count = self.server.json("/missions.json?kind=glider")["count"]
        self.assertGreater(count, 2000)
        self.assertEqual([len(set(found)), link], [count, None])

    def test_a_limit_is_kept(self):
        found, link = self.rows("/missions.csv?limit=500")
        self.assertEqual(len(found), 500)
        more, _ = self.rows(link[1:].split(">")[0])
        self.assertEqual(len(set(found + more)), 1000)

    def test_other_tables_are_whole_too(self):
        db = harness.temp_dir(self) / "edge.db"
        edge("backup", db, "--db", self.db, expect=0)
        with sqlite3.connect(db) as store:
            (basin,) = store.execute("SELECT basin_id FROM basin WHERE code = 'SEA-007'").fetchone()
            store.execute("DELETE FROM mission_basin")
            store.execute(
                "INSERT INTO mission_basin (mission_id, basin_id, rank, start_ms)"
                " SELECT mission_id, ?, 0, start_ms FROM mission", (basin,)
            )  # fmt: skip
            store.execute("UPDATE mission SET platform = 'SEA044', number = mission_id + 100000 WHERE mission_id <= 3000")
            store.executemany(
                "INSERT INTO platform (serial, kind) VALUES (?, 'glider')", [(f"ZZZ{n}",) for n in range(1500)]
            )
            store.execute("DELETE FROM pipeline")
            for step, value in (("up", "1"), ("complete_plots", "mission_id % 2")):
                store.execute(
                    f"INSERT INTO pipeline (platform, number, step, value) SELECT platform, number, ?, {value}"
                    " FROM mission", (step,)
                )  # fmt: skip
        store.close()
        missions = query(db, "SELECT '/' || platform || '/M' || number FROM mission ORDER BY start_ms DESC, mission_id DESC")
        missions = [url for (url,) in missions]
        serials = [serial for (serial,) in query(db, "SELECT serial FROM platform")]
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:

            def column(path, name):
                answer = server.get(path, timeout=60)
                self.assertEqual([answer.status, answer.headers.get("Link")], [200, None], path)
                return [row[name] for row in csv.DictReader(io.StringIO(answer.text))]

            self.assertEqual(column("/map/basin/SEA-007.csv", "url"), missions)
            one = [url for url in missions if url.startswith("/SEA044/")]
            self.assertGreaterEqual(len(one), 3000)
            self.assertEqual(column("/fleet/SEA044.csv", "url"), one)
            self.assertEqual(sorted(column("/fleet.csv", "platform")), sorted(serials))
            rows = column("/pipeline.csv", "url")
            self.assertEqual(len(rows), len(set(rows)))
            self.assertEqual(sorted(rows), sorted(missions))

    def test_a_file_of_many_megabytes_names_its_next_part(self):
        db = harness.temp_dir(self) / "edge.db"
        edge("backup", db, "--db", self.db, expect=0)
        with sqlite3.connect(db) as store:
            store.execute("UPDATE mission SET project = replace(hex(zeroblob(3000)), '0', 'x')")
        store.close()
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
            for form in ("csv", "geojson"):
                found, path, parts = [], f"/missions.{form}", 0
                while path:
                    answer = server.get(path, timeout=60)
                    self.assertLess(len(answer.body), 22 << 20)
                    if form == "csv":
                        found += [row["url"] for row in csv.DictReader(io.StringIO(answer.text))]
                    else:
                        found += [s["properties"]["url"] for s in answer.json()["features"]]
                    link = answer.headers.get("Link")
                    path = link[1:].split(">")[0] if link else None
                    if form == "geojson":
                        self.assertEqual(answer.json()["next_url"], path)
                    parts += 1
                self.assertGreater(parts, 1)
                self.assertEqual(len(found), len(self.urls))
                self.assertEqual(set(found), set(self.urls))


class Weight(unittest.TestCase):
    """The longest texts a source may give, and many of everything."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        voto = demo(cls, missions=300, profiles=2) / "voto"
        found = documents(voto, MISSIONS)
        for i, document in enumerate(found):
            document["platform_serial"] = f"SEA{i % 200:03d}_" + "X" * 25
            document["mission"] = i
            document["project"] = f"{i % 90} & <i>\"'</i> " + "Project " * (120 if i % 3 else 4)
            document["basin"] = ", ".join(f"Basin & {i % 7} {k} " + "deep " * 40 for k in range(4))
            document["variables"] = [f"<variable> {k} {i % 40} " + "x" * 150 for k in range(30)]
            document["comment"] = "word " * 500
        write_documents(voto, MISSIONS, found)
        gliders = [
            {"platform_serial": f"SEA{i:03d}_" + "X" * 25, "name": "Näme & " * 30, "missions": [1]}
            for i in range(200)
        ]
        write_documents(voto, "gliders", gliders)
        write_documents(voto, "profiles", [])
        cls.db = harness.temp_dir(cls) / "edge.db"
        edge("import", voto, "--db", cls.db, expect=0)
        cls.server = harness.enter(cls, harness.EdgeServe(cls.db, env={"EDGE_NOW": NOW}))

    def page(self, path):
        answer = self.server.get(path)
        self.assertEqual(answer.status, 200, path[:200])
        self.assertLessEqual(len(answer.body), PAGE_BYTES, path[:200])
        self.assertEqual(Tree(answer.text).errors, [], path[:200])
        return answer

    def test_no_page_is_heavy_and_none_is_lost(self):
        links, found, path = [], set(), "/missions"
        while path:
            tree = Tree(self.page(path).text)
            found |= {link for link in tree.links if re.fullmatch(r"/SEA\w+/M\d+", link)}
            links += tree.links
            following = [a["href"] for tag, a in tree.tags if tag == "a" and a.get("rel") == "next"]
            path = following[0] if following else None
        self.assertGreaterEqual(len(found), 300)
        choices = self.server.json("/missions.json")["choices"]
        for choice in choices:
            self.assertLess(len(choice["items"]), 100)
            for item in choice["items"][:4]:
                self.page(address("/missions", **{choice["name"]: item["value"]}))
        self.assertTrue([c for c in choices if c["more"]])
        project = max((i["value"] for i in choices[3]["items"]), key=len)
        variable = choices[4]["items"][0]["value"]
        self.page(address("/missions", project=project, variable=variable, sort="-days", q="ö" * 99))
        for sort in SORTS:
            self.page(address("/missions", sort=sort, status="silent"))


if __name__ == "__main__":
    unittest.main()
