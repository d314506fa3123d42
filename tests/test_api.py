"""The API against its document: what it names is answered as it says, anything else is refused."""

import base64
import csv
import io
import json
import random
import re
import struct
import sys
import time
import unittest
import urllib.parse

import jsonschema

import harness
from test_dumps import NOW, NOW_MS, demo, edge, query
from test_serve import Serving

GOLDEN = harness.ROOT / "tests" / "golden"
SEED = 20261122
FUZZ_S = 20  # of made-up requests, at most
FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("date-time")
def is_time(value):
    """RFC 3339 in UTC, as every time of edge."""
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"
    return not isinstance(value, str) or re.fullmatch(pattern, value) is not None


def strict(schema):
    """The same schema, refusing what is not named in it."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        out["additionalProperties"] = False
    return out


class Document:
    """www/openapi.json as the server gives it."""

    def __init__(self, document):
        self.document = document
        self.strict = {"components": strict(document["components"])}
        self.paths = {path: item["get"] for path, item in document["paths"].items()}
        self.validators = {}

    def params(self, path):
        for ref in self.paths[path].get("parameters", []):
            yield self.document["components"]["parameters"][ref["$ref"].rsplit("/", 1)[1]]

    def responses(self, path):
        for status, item in self.paths[path]["responses"].items():
            if "$ref" in item:
                item = self.document["components"]["responses"][item["$ref"].rsplit("/", 1)[1]]
            yield int(status), item

    def faults(self, schema, value):
        """What of the value the schema does not allow."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            self.validators[key] = jsonschema.Draft202012Validator(
                {**schema, **self.strict},
                format_checker=FORMATS,
            )
        return [
            f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
            for e in self.validators[key].iter_errors(value)
        ]


def url(path, values):
    """The address of a documented path with these values of its parameters, by (in, name)."""
    for (where, name), value in values.items():
        if where == "path":
            path = path.replace("{" + name + "}", urllib.parse.quote(str(value), safe=""))
    asked = {name: value for (where, name), value in values.items() if where == "query"}
    return path + ("?" + urllib.parse.urlencode(asked) if asked else "")


class Documented(Serving):
    """A server and its document, and checks of any answer against it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.doc = Document(cls.server.json("/api/v1/openapi.json"))

    def check(self, path, address, allowed=(200, 400, 404)):
        """Asks, and holds the answer against the document; returns it."""
        answer = self.server.get(address)
        responses = dict(self.doc.responses(path))
        self.assertIn(answer.status, allowed, address)
        self.assertIn(answer.status, responses, address)
        content = responses[answer.status]["content"]
        media = answer.headers["Content-Type"]
        self.assertIn(media, content, address)
        if "json" in media:
            value = answer.json()
            faults = self.doc.faults(content[media]["schema"], value)
            self.assertEqual(faults, [], address)
            if answer.status != 200:
                self.assertEqual(value["status"], answer.status)
        for name in responses[answer.status].get("headers", {}):
            if name == "Link" and "json" in media:
                following = value.get("next_url")
                self.assertEqual(
                    answer.headers["Link"], following and f'<{following}>; rel="next"', address
                )
            elif name != "Link":
                self.assertIn(name, answer.headers, address)
        return answer

    def known(self):
        """Values that name something, by parameter."""
        platform, number = self.some_mission()
        (wmo,) = query(self.db, "SELECT wmo_id FROM mission WHERE wmo_id <> '' LIMIT 1")[0]
        return {
            "serial": platform, "number": number, "platform": platform, "year": 2024,
            "basin": "SEA-007", "variable": "salinity", "project": query(
                self.db, "SELECT project FROM mission WHERE project <> '' LIMIT 1")[0][0],
            "status": "complete", "kind": "glider", "wmo": wmo, "bbox": "10,54,20,60",
            "min_time": "now-400d", "max_time": NOW, "q": "glider", "sort": "-start",
            "since": "now-400d", "limit": 3,
        }  # fmt: skip

    def required(self, path):
        known = self.known()
        return {
            (p["in"], p["name"]): known[p["name"]]
            for p in self.doc.params(path)
            if p.get("required")
        }


class Answers(Documented):
    def test_every_address_answers_as_documented(self):
        known = self.known()
        for path in self.doc.paths:
            base = self.required(path)
            self.check(path, url(path, base), allowed=(200,))
            for param in self.doc.params(path):
                where, name = param["in"], param["name"]
                if where == "query" and name in known:
                    self.check(path, url(path, {**base, (where, name): known[name]}), (200,))

    def test_examples_answer(self):
        for path, operation in self.doc.paths.items():
            for example in operation.get("x-examples", []):
                answer = self.server.get(example)
                self.assertEqual(answer.status, 200, example)
                self.assertTrue(example.startswith(path), example)

    def test_every_mission_and_platform_answers_as_documented(self):
        for platform, number in query(self.db, "SELECT platform, number FROM mission"):
            values = {("path", "serial"): platform, ("path", "number"): number}
            for path in ("/api/v1/missions/{serial}/{number}",
                         "/api/v1/missions/{serial}/{number}/track",
                         "/api/v1/platforms/{serial}"):  # fmt: skip
                self.check(path, url(path, values), (200,))

    def test_nothing_is_a_documented_404(self):
        for path in self.doc.paths:
            if "{serial}" not in path:
                continue
            for serial, number in (("NONE", 1), ("SEA063", 999999999), ("x" * 32, 0)):
                values = {("path", "serial"): serial, ("path", "number"): number}
                self.check(path, url(path, values), (404,))

    def test_bounds_of_numbers_hold(self):
        for path in self.doc.paths:
            base = self.required(path)
            for param in self.doc.params(path):
                schema, name = param["schema"], param["name"]
                if schema.get("type") != "integer" or param["in"] != "query":
                    continue
                low, high = schema["minimum"], schema["maximum"]
                for value in (low, high):
                    self.check(path, url(path, {**base, ("query", name): value}), (200, 404))
                if name == "after":
                    continue
                for value in (low - 1, high + 1, "", "1.0", "+1", "0x1", " 1", 2**63, "1e1"):
                    address = url(path, {**base, ("query", name): value})
                    if value == "":  # as forms send what is not filled in
                        self.check(path, address, (200,))
                    else:
                        self.refused(path, address, name)

    def refused(self, path, address, name):
        answer = self.check(path, address, (400,))
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json", address)
        self.assertEqual(answer.json().get("parameter"), name, address)
        self.assertIn(name, answer.json()["detail"], address)
        self.assertEqual(answer.headers["Cache-Control"], "no-store", address)

    def test_what_does_not_fit_is_refused_by_name(self):
        wrong = {
            "status": ["Active", "x"], "kind": ["Glider", "buoy"], "basin": ["7", "SEA-07", "sea-007"],
            "bbox": ["1,2,3", "1,2,3,4,5", "a,b,c,d", "10,60,20,54", "-181,0,0,1", "0,0,0,91",
                     "0,0,nan,1", "0,0,inf,1", "1e1,0,20,1", "0,0,1,1 ", ",,,", "0x1,0,1,1", "-,-,-,-"],
            "min_time": ["yesterday", "now+1d", "now-", "now-1", "now-1w", "now-1d ", "2024-13-01",
                         "2024-02-30", "1700000000", "now-1dd", "nowhere"],
            "sort": ["name", "--start", "start-", "-"], "q": ["x" * 201],
            "after": ["x", "AAAA", "1", "0", "-1", "!!!!", "bgAA", "a" * 600],
        }  # fmt: skip
        wrong["max_time"] = wrong["since"] = wrong["min_time"]
        for path in self.doc.paths:
            base = self.required(path)
            for param in self.doc.params(path):
                name = param["name"]
                for value in wrong.get(name, []):
                    if name == "after" and param["schema"]["type"] == "integer":
                        if re.fullmatch("-?[0-9]+", value):
                            continue
                    address = url(path, {**base, ("query", name): value})
                    self.refused(path, address, name)

    def test_an_unknown_or_repeated_parameter_is_refused_by_name(self):
        for path in self.doc.paths:
            address = url(path, self.required(path))
            join = "&" if "?" in address else "?"
            self.refused(path, f"{address}{join}nothing=1", "nothing")
            for param in self.doc.params(path):
                name = param["name"]
                if param["in"] == "query":
                    self.refused(path, f"{address}{join}{name}=1&{name}=1", name)
        detail = self.get("/api/v1/missions?projekt=x", 400).json()["detail"]
        self.assertIn("Is “project” meant?", detail)

    def test_addresses_beside_the_document_are_refused(self):
        for path in ("/api/v1/nothing", "/api/v1/missions.json", "/api/v1/missions/SEA063",
                     "/api/v1/missions/SEA063/M33", "/api/v1/missions/SEA063/033", "/api/v2/missions",
                     "/api/v1/platforms/a%20b", "/api/v1/totals.csv"):  # fmt: skip
            answer = self.get(path, 404)
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json", path)
            self.assertEqual(self.doc.faults({"$ref": "#/components/schemas/Problem"}, answer.json()), [])
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = self.server.request(method, "/api/v1/missions")
            self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET, HEAD, OPTIONS"))
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(self.server.get("/api/v1/missions?q=%00").headers["Content-Type"],
                         "application/problem+json")  # fmt: skip

    def test_the_page_shows_every_address_parameter_and_field(self):
        text = self.get("/api").text
        for path in self.doc.paths:
            self.assertIn(f"<code>{path}</code>", text)
            for param in self.doc.params(path):
                self.assertIn(f"<code>{param['name']}</code>", text)
        for name, schema in self.doc.document["components"]["schemas"].items():
            self.assertIn(f'id="{name}"', text)
            for field in schema["properties"]:
                self.assertIn(f"<code>{field}</code>", text)
        self.assertEqual(self.server.get("/api/v1").headers["Location"], "/api")
        self.assertEqual(self.server.get("/api/").headers["Location"], "/api")


class Fuzz(Documented):
    """Requests made up from the document, the same each time."""

    def value(self, rng, param, known):
        schema, name = param["schema"], param["name"]
        choice = rng.random()
        if choice < 0.4 and name in known:
            return known[name]
        if choice < 0.6 and "enum" in schema:
            return rng.choice(schema["enum"])
        if choice < 0.7 and "minimum" in schema:
            return rng.randint(schema["minimum"] - 2, schema["maximum"] + 2)
        pool = ["", "0", "-1", "9" * 30, "now", "now-99999999999d", "' OR 1=1 --", "*", '"', "\\",
                "NEAR(", "a AND b", "å", "日本", "\u202e", "%", "%s%n", "../..", "<b>", "{{x}}", "null",
                "9999-12-31T23:59:59Z", "0001-01-01", "-180,-90,180,90", "180,0,-180,0", "SEA-999"]  # fmt: skip
        if choice < 0.9:
            return rng.choice(pool)
        return "".join(chr(rng.choice((rng.randint(33, 126), rng.randint(0xA1, 0x2FFF))))
                       for _ in range(rng.randint(1, 60)))  # fmt: skip

    def test_made_up_requests_are_answered_as_documented(self):
        rng, known, end, count = random.Random(SEED), self.known(), time.monotonic() + FUZZ_S, 0
        paths = list(self.doc.paths)
        while time.monotonic() < end and count < 4000:
            path = rng.choice(paths)
            values = {}
            for param in self.doc.params(path):
                if param.get("required") or rng.random() < 0.25:
                    value = self.value(rng, param, known)
                    if param["in"] == "path" and (rng.random() < 0.7 or not re.fullmatch(
                            "[A-Za-z0-9_-]+", str(value))):  # fmt: skip
                        value = known[param["name"]]
                    values[param["in"], param["name"]] = value
            address = url(path, values)
            if len(address) < 2000:
                self.check(path, address)
                count += 1
        self.assertGreater(count, 300)


class Lists(Documented):
    def walk(self, address):
        """All items of a list, and how many pages it took."""
        items, pages = [], 0
        while address:
            page = self.json(address)
            items += page["items"]
            address, pages = page["next_url"], pages + 1
            self.assertLess(pages, 500)
        return items, pages

    def test_pages_make_up_the_whole(self):
        for path, limit in (("/api/v1/missions?", 500), ("/api/v1/missions?kind=glider&sort=distance&", 500),
                            ("/api/v1/search?q=glider&", 500), ("/api/v1/platforms?", 500),
                            ("/api/v1/positions?since=now-4000d&", 500),
                            ("/api/v1/points?since=now-30d&", 20000)):  # fmt: skip
            whole, pages = self.walk(f"{path}limit={limit}")
            self.assertEqual(pages, 1)
            for size in (1 if len(whole) < 200 else 50, 7):
                if len(whole) / size < 400:
                    parts, pages = self.walk(f"{path}limit={size}")
                    self.assertEqual(parts, whole, path)
                    self.assertEqual(pages, max(1, -(-len(whole) // size)), path)

    def test_a_place_of_another_list_is_refused(self):
        lists = ["/api/v1/missions?limit=1", "/api/v1/missions?limit=1&kind=glider",
                 "/api/v1/missions?limit=1&sort=start", "/api/v1/missions?limit=1&bbox=0,0,90,90",
                 "/api/v1/positions?limit=1&since=now-4000d", "/api/v1/positions?limit=1&since=now-4001d",
                 "/api/v1/points?limit=1&since=now-4000d", "/api/v1/platforms?limit=1"]  # fmt: skip
        places = {}
        for address in lists:
            following = self.json(address)["next_url"]
            self.assertIsNotNone(following, address)
            places[address] = urllib.parse.parse_qs(following.split("?")[1])["after"][0]
        self.assertEqual(len(set(places.values())), len(lists))
        for address in lists:
            for other, place in places.items():
                answer = self.get(f"{address}&after={place}", 200 if other == address else 400)
                if other != address:
                    self.assertEqual(answer.json()["parameter"], "after")

    def ids(self, **filters):
        found, _ = self.walk("/api/v1/missions?limit=500&" + urllib.parse.urlencode(filters))
        return {(m["platform"], m["mission"]) for m in found}

    def rows(self, where, *values):
        return set(query(self.db, f"SELECT platform, number FROM mission WHERE {where}", *values))

    def test_filters_of_place_time_and_identity(self):
        self.assertEqual(self.ids(kind="sailbuoy"), self.rows("kind = 'sailbuoy'"))
        (wmo,) = query(self.db, "SELECT wmo_id FROM mission WHERE wmo_id <> '' LIMIT 1")[0]
        self.assertEqual(self.ids(wmo=wmo), self.rows("wmo_id = ?", wmo))
        self.assertEqual(self.ids(wmo="none"), set())
        overlap = "lon_min <= ? AND lon_max >= ? AND lat_min <= ? AND lat_max >= ?"
        for west, south, east, north in ((10, 54, 14, 56), (-180, -90, 180, 90), (18.5, 57, 18.6, 57.1)):
            found = self.ids(bbox=f"{west},{south},{east},{north}")
            self.assertEqual(found, self.rows(overlap, east, west, north, south))
        across = self.rows("lon_min <= 180 AND lon_max >= 15 AND lat_max >= -90") | self.rows("lon_min <= 12")
        self.assertEqual(self.ids(bbox="15,-90,12,90"), across)
        self.assertNotEqual(across, self.ids())
        day = 86_400_000
        self.assertEqual(self.ids(min_time="now-300d"), self.rows("end_ms >= ?", NOW_MS - 300 * day))
        self.assertEqual(self.ids(max_time="now-300d"), self.rows("start_ms <= ?", NOW_MS - 300 * day))
        between = self.rows("end_ms >= ? AND start_ms <= ?", NOW_MS - 600 * day, NOW_MS - 300 * day)
        self.assertEqual(self.ids(min_time="now-600d", max_time="now-300d"), between)
        self.assertTrue(between)
        self.assertEqual(self.ids(min_time="now-600d", max_time="now-300d", kind="glider"),
                         between & self.rows("kind = 'glider'"))  # fmt: skip

    def test_points_refuse_a_place_that_no_mission_has(self):
        value = 14695981039346656037
        for byte in b"points\0now-24h\0":
            value = (value ^ byte) * 1099511628211 % 2**64
        for number, status in ((1, 200), (-1, 400), (-(2**63), 400)):
            place = struct.pack(">cqqqQ", b"n", 0, 0, number, value)
            word = base64.urlsafe_b64encode(place).decode()
            answer = self.server.get(f"/api/v1/points?after={word}")
            self.assertEqual(answer.status, status, number)

    def test_the_last_days_of_all_tracks_come_at_once(self):
        since = NOW_MS - 30 * 86_400_000
        found, _ = self.walk("/api/v1/points?since=now-30d")
        have = [(p["platform"], p["mission"], p["number"], p["lon"], p["lat"]) for p in found]
        should = query(
            self.db,
            "SELECT m.platform, m.number, t.number, lon, lat FROM track_point AS t JOIN mission AS m"
            " USING (mission_id) WHERE m.end_ms >= ? AND (time_ms >= ? OR time_ms IS NULL)"
            " ORDER BY mission_id, t.number",
            since, since,
        )  # fmt: skip
        self.assertEqual(have, [tuple(row) for row in should])
        self.assertGreater(len({p["platform"] for p in found}), 2)
        rows = list(csv.reader(io.StringIO(self.get("/api/v1/points.csv?since=now-30d").text)))
        self.assertEqual(len(rows), len(found) + 1)
        features = self.json("/api/v1/points.geojson?since=now-30d")["features"]
        self.assertEqual([f["geometry"]["coordinates"] for f in features],
                         [[p["lon"], p["lat"]] for p in found])  # fmt: skip


class Tables(Serving):
    TABLES = ("/missions.csv{}", "/fleet.csv{}", "/map.csv{}", "/projects.csv{}", "/pipeline.csv{}",
              "/stats.csv{}", "/api/v1/positions.csv{}", "/api/v1/points.csv{}")  # fmt: skip

    def header(self, path):
        return next(csv.reader(io.StringIO(self.get(path).text)))

    def test_columns_do_not_hang_on_the_rows(self):
        platform, number = self.some_mission()
        narrowed = {"/missions.csv": "?q=nothinglikethis", "/api/v1/positions.csv": "?since=now-0d",
                    "/api/v1/points.csv": "?since=now-0d", "/pipeline.csv": "?show=late",
                    "/map.csv": "?year=1999"}  # fmt: skip
        for path, parameter in narrowed.items():
            self.assertEqual(self.header(path), self.header(path + parameter), path)
        track = f"/api/v1/missions/{platform}/{number}/track.csv"
        self.assertEqual(self.header(track), ["number", "time", "lon", "lat", "max_depth_m"])
        self.assertEqual(self.header(track), self.header(track + "?after=999999"))
        self.assertEqual(len(self.get(track + "?after=999999").text.splitlines()), 1)
        self.assertEqual(self.header("/missions.csv"), self.header(f"/fleet/{platform}.csv"))
        self.assertEqual(self.header("/missions.csv"), self.header("/map/basin/SEA-007.csv"))
        self.assertEqual(self.header("/missions.csv")[-3:], ["last.time", "last.lon", "last.lat"])
        self.assertFalse({"strip", "class", "line"} & set(self.header("/fleet.csv") + self.header("/missions.csv")))

    def test_an_empty_store_has_the_same_columns(self):
        empty = harness.temp_dir(self) / "empty.db"
        folder = demo(self, missions=1, profiles=1) / "voto"
        for file in folder.glob("*.bson"):
            file.write_bytes(b"")
        edge("import", folder, "--db", empty, expect=0)
        with harness.EdgeServe(empty, env={"EDGE_NOW": NOW}) as server:
            for path in self.TABLES:
                text = server.get(path.format("")).text
                self.assertEqual(next(csv.reader(io.StringIO(text))), self.header(path.format("")), path)
                self.assertEqual(len(text.splitlines()), 1, path)


class Habits(Documented):
    def test_head_etag_and_cache_rules(self):
        for path in ("/api/v1/missions", "/api/v1/points.csv", "/api/v1/openapi.json", "/api/v1/generation"):
            answer = self.get(path)
            self.assertEqual(answer.headers["Cache-Control"], "no-cache", path)
            again = self.server.get(path, {"If-None-Match": answer.headers["ETag"]})
            self.assertEqual((again.status, again.body), (304, b""), path)
            self.assertEqual(again.headers["ETag"], answer.headers["ETag"])
            head = self.server.request("HEAD", path)
            self.assertEqual((head.status, head.body), (200, b""))
            self.assertEqual(head.headers["Content-Length"], str(len(answer.body)))
            self.assertEqual(head.headers["ETag"], answer.headers["ETag"])

    def test_twins_are_the_same_objects(self):
        platform, number = self.some_mission()
        page = self.json(f"/{platform}/M{number}.json")
        for name, value in self.json(f"/api/v1/missions/{platform}/{number}").items():
            self.assertEqual(page[name], value, name)
        page = self.json(f"/fleet/{platform}.json")
        for name, value in self.json(f"/api/v1/platforms/{platform}").items():
            self.assertEqual(page[name], value, name)
        self.assertEqual(self.json("/missions.json?limit=9")["items"], self.json("/api/v1/missions?limit=9")["items"])

    def test_other_sites_may_read_only_when_that_is_set(self):
        self.assertNotIn("Access-Control-Allow-Origin", self.get("/api/v1/totals", origin="https://a").headers)
        with harness.EdgeServe(self.db, "--cors", env={"EDGE_NOW": NOW}) as server:
            asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET",
                     "Access-Control-Request-Headers": "if-none-match"}  # fmt: skip
            for path, status in (("/api/v1/totals", 200), ("/missions.csv", 200), ("/map.svg", 200),
                                 ("/api/v1/totals?x=1", 400), ("/api/v1/nothing", 404)):  # fmt: skip
                answer = server.get(path, asked)
                self.assertEqual((answer.status, answer.headers["Access-Control-Allow-Origin"]), (status, "*"))
                self.assertIn("ETag, Link", answer.headers["Access-Control-Expose-Headers"])
                preflight = server.request("OPTIONS", path, asked)
                self.assertEqual((preflight.status, preflight.body), (204, b""))
                self.assertEqual(preflight.headers["Access-Control-Allow-Origin"], "*")
                self.assertIn("GET", preflight.headers["Access-Control-Allow-Methods"])
                self.assertIn("If-None-Match", preflight.headers["Access-Control-Allow-Headers"])
            self.assertNotIn("Access-Control-Allow-Origin", server.get("/").headers)

    def test_a_window_moves_with_the_clock(self):
        times = [ms for (ms,) in query(self.db, "SELECT end_ms FROM mission WHERE end_ms > ?", NOW_MS - 10 * 86_400_000)]
        self.assertTrue(times)
        minutes = (max(NOW_MS - min(times), 0) // 60_000) + 1
        held = self.json(f"/api/v1/positions?since=now-{minutes}min")
        self.assertEqual(len(held["items"]), len(times))
        self.assertEqual(held["since"], f"now-{minutes}min")
        with harness.EdgeServe(self.db, env={"EDGE_NOW": "2026-11-22T09:42:00Z"}) as server:
            later = server.json(f"/api/v1/positions?since=now-{minutes}min")
            self.assertEqual(len(later["items"]), len(times) - 1)


class Golden(unittest.TestCase):
    """Whole answers of a small store as they have been read and found right; `--golden` on the
    command line writes them anew."""

    ADDRESSES = {
        "missions": "/api/v1/missions?limit=2",
        "mission": "/api/v1/missions/{platform}/{number}",
        "track": "/api/v1/missions/{platform}/{number}/track?limit=2",
        "track.csv": "/api/v1/missions/{platform}/{number}/track.csv?limit=3",
        "track.geojson": "/api/v1/missions/{platform}/{number}/track.geojson?limit=2",
        "missions.csv": "/missions.csv",
        "fleet.csv": "/fleet.csv",
        "search": "/api/v1/search?q=salin&limit=1",
        "positions": "/api/v1/positions?since=now-10d",
        "points": "/api/v1/points?since=now-10d&limit=2",
        "platforms": "/api/v1/platforms?limit=2",
        "platform": "/api/v1/platforms/{platform}",
        "totals": "/api/v1/totals",
        "generation": "/api/v1/generation",
        "problem": "/api/v1/missions?yaer=2024",
        "missing": "/api/v1/missions/{platform}/999",
    }

    def test_answers_are_those_of_before(self):
        harness.needs("edge")
        dump, db = demo(self, missions=4, profiles=4), harness.temp_dir(self) / "edge.db"
        edge("import", dump, "--db", db, expect=0)
        platform, number = query(db, "SELECT platform, number FROM mission WHERE kind = 'glider' ORDER BY start_ms")[0]
        GOLDEN.mkdir(exist_ok=True)
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
            for name, address in self.ADDRESSES.items():
                text = server.get(address.format(platform=platform, number=number)).text.replace("\r\n", "\n")
                if not name.endswith(".csv"):
                    text = json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
                file = GOLDEN / (name if "." in name else name + ".json")
                if "--golden" in sys.argv:
                    file.write_text(text)
                self.assertEqual(text, file.read_text(), f"{address}: {file.name}")


if __name__ == "__main__":
    unittest.main(argv=[word for word in sys.argv if word != "--golden"])
