"""/stats: the pictures of the fleet over the years, and the tables behind them, against the
source's documents."""

import collections
import csv
import datetime
import io
import unittest
import urllib.parse
import xml.etree.ElementTree

import bson

import harness
import oracle
from test_dumps import MISSIONS, NOW, NOW_MS, change, demo, documents, edge, write_documents
from test_serve import Serving, Tree

WEEK_MS = 7 * oracle.DAY_MS
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = ("/stats/gantt.svg", "/stats/coverage.svg")


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def monday(ms):
    return ms - (ms - 4 * oracle.DAY_MS) % WEEK_MS


class Stats(Serving):
    def test_coverage_counts_each_platform_once_a_week(self):
        expected = collections.defaultdict(set)
        for m in self.source.missions.values():
            week = monday(m.start)
            while week <= min(m.end, NOW_MS):
                expected[week].add((m.kind, m.platform))
                week += WEEK_MS
        rows = rows_of(self.get("/stats/coverage.csv"))
        first = monday(min(m.start for m in self.source.missions.values()))
        weeks = range(first, NOW_MS, WEEK_MS)
        self.assertEqual([row["week"] for row in rows], [oracle.rfc3339(w) for w in weeks])
        for week, row in zip(weeks, rows):
            for kind in ("glider", "sailbuoy"):
                count = sum(k == kind for k, _ in expected[week])
                self.assertEqual(int(row[kind + "s"]), count, row)

    def test_table_of_years_is_that_of_the_weeks(self):
        rows = rows_of(self.get("/stats/coverage.csv"))
        years = collections.defaultdict(list)
        for row in rows:
            thursday = datetime.datetime.fromisoformat(row["week"][:10]) + datetime.timedelta(3)
            years[thursday.year].append(int(row["gliders"]) + int(row["sailbuoys"]))
        found = self.json("/stats.json")["at_sea"]
        self.assertEqual([y["year"] for y in found], sorted(years, reverse=True))
        for year in found:
            counts = years[year["year"]]
            self.assertEqual(year["most"], max(counts))
            self.assertEqual(year["without"], counts.count(0))
            self.assertAlmostEqual(year["mean"], sum(counts) / len(counts))

    def test_published_tables_have_a_column_for_every_year_that_is_counted(self):
        page = self.json("/stats.json")
        counted = {row["year"] for row in page["years"]}
        self.assertTrue(page["published"])
        for table in page["published"]:
            years = [column["year"] for column in table["years"]]
            self.assertLessEqual(counted, set(years), table["name"])
            self.assertEqual(years, [0, *range(max(years), min(years[1:]) - 1, -1)])

    def test_pictures_stand_alone_and_have_their_place(self):
        text = self.get("/stats").text
        tree = Tree(text)
        for path in PICTURES:
            for query in ("", "?width=390", "?width=2000"):
                answer = self.get(path + query)
                self.assertEqual(answer.headers["Content-Type"], "image/svg+xml")
                picture = xml.etree.ElementTree.fromstring(answer.text)
                self.assertIn(SVG + "path", {e.tag for e in picture.iter()})
                self.assertFalse({"script", "image", "use"} & {
                    e.tag.rpartition("}")[2] for e in picture.iter()})  # fmt: skip
            [img] = [a for tag, a in tree.tags if tag == "img" and a["src"] == path]
            picture = xml.etree.ElementTree.fromstring(self.get(path).text)
            size = picture.get("width"), picture.get("height")
            self.assertEqual((img["width"], img["height"]), size)
            self.assertTrue(img["alt"])
        words = self.get("/stats/gantt.svg").text
        for platform in {m.platform for m in self.source.missions.values()}:
            self.assertIn(f">{platform}<", words)

    def test_profiles_of_all_years_are_all_profiles(self):
        found = collections.Counter()
        for year in {m.year for m in self.source.missions.values()}:
            path = f"/stats/profiles.csv?year={year}"
            answer = self.get(path)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/csv"))
            for row in rows_of(answer):
                found[f"{row['platform']}/{row['mission']}"] += 1
                self.assertEqual(self.source.missions[row["platform"], int(row["mission"])].year, year)
        expected = {key: count for key, count in self.source.tracks.items() if count}
        self.assertEqual(dict(found), expected)

    def test_a_row_of_a_profile_is_its_document(self):
        [raw] = [p for p in documents(self.dump / "voto", "profiles") if p.get("max_depth")][:1]
        serial, mission = oracle.glider_serial(raw), raw["mission"]
        year = self.source.missions[serial, mission].year
        [row] = [
            r for r in rows_of(self.get(f"/stats/profiles.csv?year={year}"))
            if (r["platform"], r["mission"], r["number"]) == (serial, str(mission), str(raw["number"]))
        ]  # fmt: skip
        self.assertEqual(float(row["lon"]), raw["lon"])
        self.assertEqual(float(row["lat"]), raw["lat"])
        self.assertEqual(float(row["max_depth_m"]), raw["max_depth"])
        self.assertEqual(row["time"], oracle.rfc3339(oracle.millis(raw["time"])))

    def test_missions_as_one_table(self):
        answer = self.get("/stats/missions.csv", 308)
        rows = rows_of(self.get(answer.headers["Location"]))
        self.assertEqual({row["url"] for row in rows},
                         {f"/{m.platform}/M{m.number}" for m in self.source.missions.values()})  # fmt: skip

    def test_wrong_parameters_are_named(self):
        for path, word in (
            ("/stats/gantt.svg?width=1", "width"), ("/stats/coverage.svg?width=x", "width"),
            ("/stats/profiles.csv?year=x", "year"), ("/stats/profiles.csv?after=-1", "after"),
            ("/stats/profiles.csv?after=2024-01-01T00:00:00Z", "after"),
            ("/stats/coverage.csv?width=400", "width"),
        ):  # fmt: skip
            self.assertIn(word, self.get(path, 400).text, path)

    def test_year_without_a_profile_has_a_head(self):
        self.assertEqual(
            self.get("/stats/profiles.csv?year=1999").text,
            "platform,mission,number,time,lon,lat,max_depth_m\r\n",
        )


class Large(unittest.TestCase):
    """Many platforms with many short missions, some in a wrong century."""

    def test_pictures_stay_small(self):
        harness.needs("edge")
        voto = demo(self, missions=40, profiles=2) / "voto"
        pattern = documents(voto, MISSIONS)[0]
        day = datetime.timedelta(days=1)
        now = datetime.datetime.fromisoformat(NOW[:-1])
        found = []
        for i in range(4000):
            start = now - i // 2 * day - (i % 7) * datetime.timedelta(hours=1)
            found.append({**pattern, "_id": bson.ObjectId(), "platform_serial": f"SEA{i % 200:03d}",
                          "mission": i, "start": start, "end": start + day / 3})  # fmt: skip
        found[1]["start"] = datetime.datetime(1970, 1, 1)
        found[2]["end"] = datetime.datetime(2199, 1, 1)
        write_documents(voto, MISSIONS, found)
        write_documents(voto, "profiles", [])
        db = harness.temp_dir(self) / "edge.db"
        edge("import", voto, "--db", db, expect=0)
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
            for path in PICTURES:
                for width in (390, 1132, 2000):
                    answer = server.get(f"{path}?width={width}")
                    self.assertEqual(answer.status, 200)
                    self.assertLess(len(answer.body), 200_000, path)
                    xml.etree.ElementTree.fromstring(answer.text)
            page = server.get("/stats")
            self.assertEqual(page.status, 200)
            self.assertLess(len(page.body), 30_000)
            # A file ends with a mission; the next one goes on behind it.
            self.assertEqual(server.get("/stats/profiles.csv?year=2025").status, 200)


class Long(unittest.TestCase):
    """More profiles in a year than one file has."""

    def test_profiles_come_in_parts_that_end_with_a_mission(self):
        harness.needs("edge")
        voto = demo(self, missions=6, profiles=20000) / "voto"
        start = datetime.datetime(2025, 3, 1)
        change(voto, MISSIONS, lambda d: True, start=start, end=start + datetime.timedelta(9))
        db = harness.temp_dir(self) / "edge.db"
        edge("import", voto, "--db", db, expect=0)
        seen, parts, path = collections.Counter(), 0, "/stats/profiles.csv?year=2025"
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
            while path:
                answer = server.get(path)
                rows = rows_of(answer)
                here = collections.Counter((r["platform"], r["mission"]) for r in rows)
                self.assertFalse(set(here) & set(seen), "a mission in two parts")
                seen += here
                parts += 1
                link = answer.headers.get("Link", "")
                path = link[1 : link.index(">")] if link else None
        self.assertGreater(parts, 1)
        source = oracle.read(voto)
        expected = {
            (m.platform, str(m.number)): source.tracks[m.key]
            for m in source.missions.values()
            if m.year == 2025 and source.tracks[m.key]
        }
        self.assertEqual(dict(seen), expected)


class Twice(unittest.TestCase):
    def test_platform_that_sails_twice_in_a_week_counts_once(self):
        harness.needs("edge")
        voto = demo(self, missions=3, profiles=1) / "voto"
        monday_ = datetime.datetime(2025, 3, 3)
        days = ((0, 1), (2, 8), (4, 5), (13, 14))
        pattern = documents(voto, MISSIONS)[0]
        write_documents(voto, MISSIONS, [
            {**pattern, "_id": bson.ObjectId(), "mission": i,
             "start": monday_ + datetime.timedelta(first),
             "end": monday_ + datetime.timedelta(last)}
            for i, (first, last) in enumerate(days)
        ])  # fmt: skip
        write_documents(voto, "sailbuoymissions", [])
        write_documents(voto, "profiles", [])
        db = harness.temp_dir(self) / "edge.db"
        edge("import", voto, "--db", db, expect=0)
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
            rows = rows_of(server.get("/stats/coverage.csv"))
        self.assertEqual([int(row["gliders"]) for row in rows[:4]], [1, 1, 1, 0])
        self.assertEqual({row["sailbuoys"] for row in rows}, {"0"})


class Empty(unittest.TestCase):
    def test_empty_store_has_empty_pictures(self):
        harness.needs("edge")
        folder = harness.temp_dir(self)
        (folder / "glidermissions.bson").touch()
        db = harness.temp_dir(self) / "edge.db"
        edge("import", folder, "--db", db)
        with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
            for path in (*PICTURES, "/stats", "/stats/coverage.csv", "/stats/profiles.csv",
                         "/missions", "/missions?q=x", "/missions.csv", "/fleet"):  # fmt: skip
                self.assertEqual(server.get(path).status, 200, path)


class Hostile(Serving):
    flags = ("--dirty",)

    def test_pictures_keep_markup_as_text(self):
        for path in PICTURES:
            picture = xml.etree.ElementTree.fromstring(self.get(path).text)
            self.assertFalse({"script", "image", "use", "foreignObject"} & {
                e.tag.rpartition("}")[2] for e in picture.iter()})  # fmt: skip
        for year in (2024, 2025):
            self.get(f"/stats/profiles.csv?{urllib.parse.urlencode({'year': year})}")


if __name__ == "__main__":
    unittest.main()
