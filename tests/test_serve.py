"""edge serve: every page and its data twin from the store alone, for friendly and hostile clients."""

import contextlib
import gzip
import html.parser
import json
import math
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import time
import unittest
import urllib.parse
import xml.etree.ElementTree

import harness
import oracle
from test_dumps import NOW, NOW_MS, demo, documents, edge, missions, query


class Serving(unittest.TestCase):
    """One store of demo data for a class, served with the clock standing still."""

    flags = ()
    serve_flags = ()
    missions = 90
    profiles = 25

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.dump = demo(cls, *cls.flags, missions=cls.missions, profiles=cls.profiles)
        cls.db = harness.temp_dir(cls) / "edge.db"
        edge("import", cls.dump, "--db", cls.db)
        cls.source = None if cls.flags else oracle.read(cls.dump / "voto")
        cls.server = harness.enter(
            cls, harness.EdgeServe(cls.db, *cls.serve_flags, env={"EDGE_NOW": NOW})
        )

    def get(self, path, status=200, **headers):
        answer = self.server.get(path, {k.replace("_", "-"): v for k, v in headers.items()})
        if answer.status != status:
            self.fail(f"{path}: {answer.status}, not {status}: {answer.body[:300]}")
        self.assertRegex(answer.headers["Server-Timing"], r"db;dur=.*render;dur=.*cache;", path)
        return answer

    def json(self, path):
        return self.get(path).json()

    def some_mission(self, kind="glider"):
        return query(
            self.db,
            "SELECT platform, number FROM mission WHERE kind = ? ORDER BY start_ms LIMIT 1",
            kind,
        )[0]


class Tree(html.parser.HTMLParser):
    """Checks that elements nest, and gathers elements, links, text and blocks of data."""

    VOID = {"meta", "link", "br", "img", "input", "hr", "col", "source"}
    # HTML lets these end by themselves, which saves a tenth of a table.
    FREE = {"tr", "td", "th", "thead", "tbody", "li", "dd", "dt", "p", "rect", "path", "option"}

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.tags, self.errors, self.words = [], [], [], [], []
        self.data = []
        self.feed(text)
        self.errors += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        block = tag == "script" and attrs == [("type", "application/ld+json")]
        self.tags.append(("data" if block else tag, dict(attrs)))
        if block:
            self.data.append("")
        if tag == "a":
            self.links.append(dict(attrs).get("href"))
        if tag not in self.VOID | self.FREE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in self.FREE:
            return
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.data[-1:] = [self.data[-1] + data] if self.data else []
        else:
            self.words.append(data)


class Pages(Serving):
    def addresses(self):
        platform, number = self.some_mission()
        buoy, voyage = self.some_mission("sailbuoy")
        return {
            "/": "/index.json",
            "/missions": "/missions.json",
            f"/{platform}/M{number}": f"/{platform}/M{number}.json",
            f"/{buoy}/M{voyage}": f"/{buoy}/M{voyage}.json",
            "/fleet": "/fleet.json",
            f"/fleet/{platform}": f"/fleet/{platform}.json",
            f"/fleet/{buoy}": f"/fleet/{buoy}.json",
            "/stats": "/stats.json",
            "/pipeline": "/pipeline.json",
            "/data": "/data.json",
            "/data/updates": "/data/updates.json",
            "/status": "/status.json",
            f"/status/missions/{platform}-M{number}": f"/status/missions/{platform}-M{number}.json",
            "/map": "/map.json",
            "/map?year=2024": "/map.json?year=2024",
            "/map/basin/SEA-007": "/map/basin/SEA-007.json",
            "/projects": "/projects.json",
            "/projects?project=Isens%20%C3%A5terkomst": "/projects.json",
        }

    def test_every_page_is_sound_html_with_a_json_twin(self):
        for page, twin in self.addresses().items():
            answer = self.get(page)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/html"), page)
            tree = Tree(answer.text)
            self.assertEqual(tree.errors, [], page)
            tags = [tag for tag, _ in tree.tags]
            self.assertEqual([tags.count("h1"), tags.count("title"), tags.count("main")], [1] * 3)
            for script in [a for tag, a in tree.tags if tag == "script"]:
                self.assertRegex(script.get("src", ""), r"^/assets/", page)
            self.assertFalse([a for _, a in tree.tags if "style" in a], page)
            found = self.get(twin)
            self.assertTrue(found.headers["Content-Type"].startswith("application/json"), twin)
            self.assertEqual(found.json()["generation"], 1)

    def test_the_landing_page_shows_how_deep_the_last_dives_went(self):
        tracks = {}
        for profile in documents(self.dump / "voto", "profiles"):
            key = oracle.glider_serial(profile), profile["mission"]
            tracks.setdefault(key, []).append((profile["number"], profile.get("max_depth")))
        shown = self.json("/index.json")["at_sea"]
        self.assertTrue(any(item["dives"] for item in shown))
        for item in shown:
            dives = sorted(tracks.get((item["platform"], item["mission"]), []))
            depths = [math.floor(depth + 0.5) for _, depth in dives if depth is not None][-48:]
            self.assertEqual(item["dives"], depths, item["url"])
            self.assertEqual(item["deepest"], max([1, *depths]) if depths else None)

    def test_links_within_the_portal_lead_somewhere(self):
        seen, todo = set(), ["/"]
        while todo and len(seen) < 150:
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            answer = self.get(path)
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            for link in Tree(answer.text).links:
                target = urllib.parse.urljoin(path, link).split("#")[0]
                if target.startswith("/"):
                    todo.append(target)
        self.assertGreater(len(seen), 100)

    def test_numbers_of_the_sentence_are_those_of_the_oracle(self):
        text = re.sub(r"\s+", " ", " ".join(Tree(self.get("/").text).words))
        totals = oracle.totals(self.source)["glider"]
        for number in (totals["platforms"], totals["profiles"], totals["missions"]):
            self.assertIn(f"{number:,}", text)
        self.assertIn(f"{totals['distance_km']:,} km", text)
        self.assertIn(oracle.sea_time_words(totals["sea_time_s"]), text)

    def test_unknown_addresses_are_real_404(self):
        platform, number = self.some_mission()
        for path in (
            "/nope", "/SEA999/M1", f"/{platform}/M99999", f"/{platform}/M0{number}", "/fleet/SEA999",
            f"/{platform}", "/SB1/M", "/.git/config", "/etc/passwd",
            "/api/v1/nope", "/index.html", "/missions.xml", f"/{platform.lower()}x/M1",
        ):  # fmt: skip
            answer = self.get(path, 404)
            if "/api/" not in path:
                self.assertEqual(Tree(answer.text).errors, [], path)
        near = Tree(self.get(f"/{platform}/M99999", 404).text).links
        self.assertTrue([link for link in near if link.startswith(f"/{platform}/M")], near)
        near = Tree(self.get(f"/{platform.lower()}/M{number}", 404).text).links
        self.assertIn(f"/{platform}/M{number}", near)

    def test_maps_are_pictures_that_stand_alone(self):
        platform, number = self.some_mission()
        buoy, voyage = self.some_mission("sailbuoy")
        for path in (
            "/index.svg", "/index.svg?width=390", "/map.svg", "/map/basin/SEA-007.svg",
            "/projects.svg", f"/{platform}/M{number}/map.svg",
            f"/{platform}/M{number}/depth.svg", f"/{platform}/M{number}/distance.svg?width=390",
            f"/{buoy}/M{voyage}/distance.svg",
        ):  # fmt: skip
            answer = self.get(path)
            self.assertEqual(answer.headers["Content-Type"], "image/svg+xml")
            picture = xml.etree.ElementTree.fromstring(answer.text)
            words = {element.tag.rpartition("}")[2] for element in picture.iter()}
            self.assertIn("path", words)
            self.assertFalse(words & {"script", "image", "foreignObject", "use"}, path)
            self.assertNotIn("http", answer.text.replace("http://www.w3.org/2000/svg", ""), path)
        self.get("/map.svg?width=1", 400)
        self.get("/map/basin/SEA-099.svg", 404)
        self.get(f"/{platform}/M99999/map.svg", 404)
        self.get(f"/{platform}/M99999/depth.svg", 404)
        self.get(f"/{platform}/M{number}/depth.svg?width=99999", 400)
        self.assertIn("does not dive", self.get(f"/{buoy}/M{voyage}/depth.svg", 404).text)

    def test_errors_of_data_addresses_are_problem_json(self):
        answer = self.get("/SEA999/M1.json", 404)
        self.assertTrue(answer.headers["Content-Type"].startswith("application/problem+json"))
        self.assertEqual(answer.json()["status"], 404)

    def test_health_and_readiness(self):
        self.get("/healthz")
        self.get("/readyz")
        self.assertEqual(self.json("/api/v1/generation")["generation"], 1)


class Figures(Serving):
    """What the pages say is what the oracle finds in the source documents."""

    def totals(self, query=""):
        found = self.json("/api/v1/totals" + query)
        self.assertEqual(found.pop("generation"), 1)
        self.assertRegex(found.pop("as_of"), r"^\d{4}-.*Z$")
        return found

    def test_totals_in_every_scope(self):
        self.assertEqual(self.totals(), oracle.totals(self.source))
        scopes = list(oracle.scopes(self.source))
        self.assertGreater(len(scopes), 1 + 18 + 6 + 20)
        for scope in scopes:
            words = urllib.parse.urlencode(scope)
            self.assertEqual(
                self.totals("?" + words if words else ""),
                oracle.totals(self.source, **scope),
                words,
            )

    def test_recents_by_start(self):
        live = [f"{m['platform']}/{m['mission']}" for m in self.json("/index.json")["at_sea"]]
        expected = oracle.recent_gliders(self.source, NOW_MS)
        expected += oracle.recent_sailbuoys(self.source, NOW_MS)
        self.assertEqual(sorted(live), sorted(expected))
        starts = [m["start"] for m in self.json("/index.json")["at_sea"]]
        self.assertEqual(starts, sorted(starts))
        self.assertTrue(live)

    def test_pages_of_missions_hold_each_mission_once_newest_first(self):
        expected = [(m["platform"], m["mission"]) for m in oracle.missions(self.source)]
        for limit in (1, 7, 50, 500):
            found, path, most = [], f"/api/v1/missions?limit={limit}", 500
            while path and most:
                page, most = self.get(path), most - 1
                items = page.json()["items"]
                self.assertLessEqual(len(items), limit)
                found += [(m["platform"], m["mission"]) for m in items]
                path = page.json()["next_url"]
                self.assertEqual('rel="next"' in page.headers.get("Link", ""), bool(path))
            self.assertEqual(sorted(found), sorted(expected), limit)
            self.assertEqual(len(found), len(expected))
        starts = [m["start"] for m in self.json("/api/v1/missions?limit=500")["items"]]
        self.assertEqual(starts, sorted(starts, reverse=True))

    def test_filters_of_missions_choose_what_the_oracle_chooses(self):
        for scope in ({"year": "2024"}, {"basin": "SEA-007"}, {"variable": "salinity"}):
            words = urllib.parse.urlencode(scope)
            found = self.json(f"/api/v1/missions?limit=500&{words}")["items"]
            chosen = {k: int(v) if k == "year" else v for k, v in scope.items()}
            expected = oracle.missions(self.source, **chosen)
            self.assertEqual(
                sorted((m["platform"], m["mission"]) for m in found),
                sorted((m["platform"], m["mission"]) for m in expected),
                words,
            )

    def test_tracks_are_those_of_the_source(self):
        platform, number = self.some_mission()
        base = f"/api/v1/missions/{platform}/{number}/track"
        count = self.source.tracks[f"{platform}/{number}"]
        points = self.json(base + ".json")
        rows = self.get(base + ".csv").text.strip().split("\r\n")
        shape = self.json(base + ".geojson")
        self.assertEqual(len(rows) - 1, count)
        self.assertEqual(len(points["items"]), count)
        lines = [f for f in shape["features"] if f["geometry"]["type"] == "MultiLineString"]
        self.assertEqual(sum(map(len, lines[0]["geometry"]["coordinates"])), count)

    def test_every_mission_page_exists(self):
        for mission in missions(self.db):
            page = self.json(mission["url"] + ".json")
            for name in ("platform", "mission", "start", "end", "basins", "distance_km"):
                self.assertEqual(page[name], mission[name], mission["url"])


class Protocol(Serving):
    def test_parameters_that_do_not_fit_are_named(self):
        for path, word in (
            ("/missions?limit=0", "limit"), ("/missions?limit=501", "limit"),
            ("/missions?limit=x", "limit"), ("/missions?after=x", "after"),
            ("/missions?colour=red", "colour"), ("/api/v1/totals?year=20x4", "year"),
            ("/api/v1/totals?basin=Kattegat", "basin"), ("/?x=1", "x"),
            ("/api/v1/totals?year=2024&basin=SEA-001", ""),
            ("/api/v1/positions?since=yesterday", "since"),
        ):  # fmt: skip
            self.assertIn(word, self.get(path, 400).text, path)

    def test_token_of_another_filter_is_refused(self):
        after = self.json("/api/v1/missions?limit=1&year=2024")["next_url"]
        token = urllib.parse.parse_qs(urllib.parse.urlparse(after).query)["after"][0]
        self.get(f"/api/v1/missions?limit=1&after={token}", 400)
        self.get(f"/api/v1/missions?limit=1&year=2024&after={token[:-1]}A", 400)

    def test_head_is_get_without_a_body(self):
        for path in ("/", "/missions.json", "/nope", "/healthz"):
            get = self.server.get(path)
            head = self.server.request("HEAD", path)
            self.assertEqual(head.status, get.status)
            self.assertEqual(head.body, b"")
            self.assertEqual(head.headers["Content-Length"], get.headers["Content-Length"])

    def test_entity_tag_answers_304(self):
        for path in ("/", "/missions.json", "/api/v1/generation"):
            tag = self.get(path).headers["ETag"]
            answer = self.get(path, 304, If_None_Match=f'"x", W/{tag}')
            self.assertEqual(answer.body, b"")
            self.assertEqual(answer.headers["ETag"], tag)
            self.get(path, 200, If_None_Match='"another"')

    def test_encodings_carry_the_same_page(self):
        plain = self.get("/missions")
        zipped = self.get("/missions", Accept_Encoding="gzip")
        brotli = self.get("/missions", Accept_Encoding="br, gzip")
        self.assertEqual(zipped.headers["Content-Encoding"], "gzip")
        self.assertEqual(brotli.headers["Content-Encoding"], "br")
        self.assertEqual(gzip.decompress(zipped.body), plain.body)
        self.assertLess(len(brotli.body), len(plain.body) / 3)
        self.assertEqual(len({a.headers["ETag"] for a in (plain, zipped, brotli)}), 3)
        self.assertNotIn(
            "Content-Encoding", self.get("/missions", Accept_Encoding="br;q=0, gzip;q=0").headers
        )
        for answer in (plain, zipped, brotli):
            self.assertIn("Accept-Encoding", answer.headers["Vary"])

    def test_security_headers_on_every_answer(self):
        for path, status in (("/", 200), ("/nope", 404), ("/missions.json", 200)):
            headers = self.get(path, status).headers
            policy = headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe-inline", policy)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertNotIn("Server", headers)

    def test_other_methods_are_refused(self):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = self.server.request(method, "/")
            self.assertEqual(answer.status, 405, method)
            self.assertIn("GET", answer.headers["Allow"])
        self.assertEqual(self.server.request("OPTIONS", "/").status, 204)

    def raw(self, *requests):
        """Sends bytes on one connection; all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.server.port), 5) as conn:
            conn.sendall(b"".join(requests))
            conn.settimeout(5)
            found = b""
            try:
                while part := conn.recv(65536):
                    found += part
            except TimeoutError:
                self.fail("the connection stays open")
            return found

    def test_strange_requests_are_refused_and_the_connection_closed(self):
        follow = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        for name, request in {
            "length and chunked": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "two lengths": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
            b"Content-Length: 44\r\n\r\n",
            "chunked": b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "a body": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
            "no host": b"GET / HTTP/1.1\r\n\r\n",
            "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "folded": b"GET / HTTP/1.1\r\nHost: x\r\n Transfer-Encoding: chunked\r\n\r\n",
            "space before colon": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n",
            "nul": b"GET /SEA%00063/M33 HTTP/1.1\r\nHost: x\r\n\r\n",
            "newline": b"GET /a%0d%0aSet-Cookie:%20a HTTP/1.1\r\nHost: x\r\n\r\n",
            "slash": b"GET /SEA063%2FM33 HTTP/1.1\r\nHost: x\r\n\r\n",
            "backslash": b"GET /..%5c..%5cetc HTTP/1.1\r\nHost: x\r\n\r\n",
            "bad utf-8": b"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n",
            "bad escape": b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "long": b"GET /" + b"a" * 4000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        }.items():
            with self.subTest(name):
                found = self.raw(request, follow)
                self.assertRegex(found[:40], rb"^HTTP/1\.[01] 4\d\d ")
                self.assertEqual(found.count(b"HTTP/1."), 1, found[:2000])

    def test_dots_never_leave_the_portal(self):
        for path in (b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/assets/../../x"):
            found = self.raw(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertRegex(found[:40], rb"^HTTP/1\.1 40[04] ")
            self.assertNotIn(b"root:", found)


class Dirty(Serving):
    flags = ("--dirty",)

    def test_markup_of_the_source_stays_text(self):
        pages = ["/", "/missions?limit=500", "/fleet", "/stats"]
        pages += [mission["url"] for mission in missions(self.db)]
        hostile = 0
        for page in pages:
            text = self.get(page).text
            tree = Tree(text)
            self.assertEqual(tree.errors, [], page)
            names = {tag for tag, _ in tree.tags}
            self.assertFalse(names & {"iframe", "object"}, page)
            for data in tree.data:
                self.assertNotRegex(data, "[<>&]", page)
                self.assertEqual(json.loads(data)["@type"], "Dataset", page)
            scripts = [a for tag, a in tree.tags if tag == "script"]
            self.assertFalse([a for a in scripts if not a.get("src", "").startswith("/assets/")])
            pictures = [a["src"] for tag, a in tree.tags if tag == "img"]
            self.assertFalse([src for src in pictures if not src.startswith("/")], page)
            self.assertFalse(
                [a for _, a in tree.tags if any(k.startswith("on") for k in a)], page
            )
            self.assertFalse(
                [l for l in tree.links if l and l.lower().startswith(("javascript:", "data:"))]
            )
            hostile += "&lt;script" in text or "&lt;img" in text
        self.assertGreater(hostile, 0, "the dump holds no markup: nothing was tested")


class Living(unittest.TestCase):
    """A server beside runs of import."""

    def setUp(self):
        harness.needs("edge")
        self.directory = harness.temp_dir(self)
        self.db = self.directory / "edge.db"
        self.dump = demo(self)

    def load(self, **options):
        return edge("import", self.dump, "--db", self.db, **options)

    def test_new_generation_is_served_at_once(self):
        self.load()
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            before = server.get("/")
            (self.dump / "voto" / "gliders.bson").write_bytes(b"")
            self.load()
            after = server.get("/", {"If-None-Match": before.headers["ETag"]})
            self.assertEqual(after.status, 200)
            self.assertEqual(server.json("/api/v1/generation")["generation"], 2)

    def test_first_store_appears_without_a_restart(self):
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            self.assertEqual(server.get("/").status, 503)
            self.assertEqual(server.get("/readyz").status, 503)
            self.assertEqual(server.get("/healthz").status, 200)
            self.load()
            self.assertEqual(server.get("/").status, 200)

    def test_store_of_an_older_edge_is_waited_for(self):
        self.load()
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            db.execute("PRAGMA user_version = 1")
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            self.assertIn("outdated", server.log)
            self.assertEqual(server.get("/").status, 503)
            self.assertEqual(server.get("/readyz").status, 503)
            self.load()
            self.assertEqual(server.get("/").status, 200)
            self.assertEqual(server.get("/readyz").status, 200)

    def test_store_that_a_newer_edge_builds_again_is_left_alone(self):
        self.load()
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            etag = server.get("/").headers["ETag"]
            with contextlib.closing(sqlite3.connect(self.db)) as db:
                version = db.execute("PRAGMA user_version").fetchone()[0]
                db.execute("PRAGMA user_version = 999")
            for address in ("/", "/missions", "/missions.csv", "/api/v1/totals", "/no/such"):
                answer = server.get(address, {"If-None-Match": etag})
                self.assertEqual(answer.status, 404 if address == "/no/such" else 503, address)
            self.assertIn("Its server must be restarted", server.get("/").text)
            answer = server.get("/readyz")
            self.assertEqual((answer.status, answer.json()["ready"]), (503, False))
            self.assertIn("restart", answer.json()["reason"])
            self.assertEqual(server.get("/healthz").status, 200)
            told = [line for line in server.log.splitlines() if "newer edge" in line]
            self.assertEqual(len(told), 1, server.log)
            self.assertIn("schema version 999", told[0])
            # A new program is refused the same; the old one finds its own store again.
            done = edge("serve", "--db", self.db, "--listen", "127.0.0.1:0", expect=78, timeout=10)
            self.assertIn("newer edge", done.stderr)
            with contextlib.closing(sqlite3.connect(self.db)) as db:
                db.execute(f"PRAGMA user_version = {version}")
            self.assertEqual(server.get("/missions").status, 200)

    def test_examples_without_an_address_of_the_portal_name_no_machine_of_the_reader(self):
        self.load()
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            for page in ("/data", "/api"):
                with self.subTest(page=page):
                    text = server.get(page).text
                    self.assertNotRegex(text, r"127\.0\.0\.1|localhost")
                    self.assertIn("this portal", text)

    def test_rebuilt_store_is_taken_up(self):
        self.load()
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            server.get("/missions")
            for ending in ("", "-wal", "-shm"):
                pathlib.Path(f"{self.db}{ending}").unlink(missing_ok=True)
            self.load()
            self.assertEqual(server.get("/missions").status, 200)
            self.assertEqual(server.get("/readyz").status, 200)

    def test_store_that_cannot_be_served_is_refused_with_the_reason(self):
        for name, make, word in (
            ("garbage", lambda path: path.write_bytes(b"x" * 9000), "another program"),
            ("spoilt", self.spoil, "corrupt"),
            ("other", lambda path: shutil.copy(self.other(), path), "another program"),
        ):
            path = self.directory / name
            make(path)
            done = edge("serve", "--db", path, "--listen", "127.0.0.1:0", expect=78, timeout=10)
            self.assertIn(word, done.stderr)
            self.assertIn(str(path), done.stderr)

    def spoil(self, path):
        edge("import", self.dump, "--db", path, expect=0)
        path.write_bytes(b"x" * 9000)

    def other(self):
        import sqlite3

        path = self.directory / "other.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS t (x)")
        return path

    def test_a_closed_terminal_ends_it_as_a_term_does(self):
        for verb in ("serve", "run"):
            with self.subTest(verb), harness.EdgeServe(
                self.db, verb=verb, uri="mongodb://127.0.0.1:1/voto?serverSelectionTimeoutMS=300"
            ) as server:
                server.stop(signal.SIGHUP, expect=0)
                self.assertIn("stopped" if verb == "serve" else "listening", server.log)

    def test_service_manager_is_told(self):
        for verb in ("serve", "run"):
            for name in (str(self.directory / f"notify-{verb}"), f"\0edge-test-{os.getpid()}-{verb}"):
                with self.subTest(verb, name=name), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                    manager.bind(name)
                    manager.settimeout(20)
                    env = {"NOTIFY_SOCKET": name.replace("\0", "@"), "WATCHDOG_USEC": "400000"}
                    uri = "mongodb://127.0.0.1:1/voto?serverSelectionTimeoutMS=300"
                    with harness.EdgeServe(self.db, verb=verb, uri=uri, env=env) as server:
                        self.assertRegex(manager.recv(999).decode(), "^READY=1\nSTATUS=serving")
                        for _ in range(3):
                            self.assertEqual(manager.recv(999), b"WATCHDOG=1")
                        server.stop(expect=0)
                    said = [manager.recv(999)]
                    while said[-1] == b"WATCHDOG=1":
                        said.append(manager.recv(999))
                    self.assertEqual(said[-1], b"STOPPING=1")

    def test_a_service_manager_that_is_not_there_is_not_missed(self):
        for name in (str(self.directory / "nobody"), "relative", "@", "/" + "x" * 200):
            with harness.EdgeServe(self.db, env={"NOTIFY_SOCKET": name}) as server:
                self.assertEqual(server.get("/healthz").status, 200)

    def test_a_store_that_cannot_be_seen_is_told_with_the_cause(self):
        (self.directory / "file").touch()
        for path, word in (
            (self.directory / "no" / "edge.db", "the folder of this store is not there"),
            (self.directory / "file" / "edge.db", "Not a directory"),
            (self.db, "there is no such store yet"),
        ):
            with self.subTest(word), harness.EdgeServe(path) as server:
                self.assertIn(f"{path}: {word}", server.log)
                self.assertEqual(server.get("/").status, 503)

    def test_a_port_alone_is_of_this_machine_and_what_others_reach_is_told(self):
        far = ", which other machines can reach, without TLS"
        for listen, host, reach in (("0", "127.0.0.1", ""), ("localhost:0", "127.0.0.1", ""),
                                    (":0", "0.0.0.0", far), ("0.0.0.0:0", "0.0.0.0", far)):  # fmt: skip
            with self.subTest(listen):
                words = ("serve", "--db", self.db, "--listen", listen, "--metrics-listen", listen)
                with harness.EdgeProcess(*words) as process:
                    process.wait_for(rf"listening on http://{host}:\d+{reach}\n")
                    process.wait_for(rf"metrics on http://{host}:\d+/metrics{reach}\n")
                    process.stop()

    def test_address_in_use_is_named(self):
        self.load()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            done = edge("serve", "--db", self.db, "--listen", address, expect=78, timeout=10)
        self.assertIn(address, done.stderr)

    def test_idle_clients_do_not_keep_others_waiting(self):
        self.load()
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
            try:
                started = time.monotonic()
                self.assertEqual(server.get("/healthz").status, 200)
                self.assertEqual(server.get("/").status, 200)
                self.assertLess(time.monotonic() - started, 5)
            finally:
                for client in idle:
                    client.close()


if __name__ == "__main__":
    unittest.main()
