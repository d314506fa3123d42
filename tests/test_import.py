"""edge import: a dump in any of its forms becomes the store, whole or not at all."""

import datetime
import gzip
import shutil
import unittest

import bson
from bson import json_util

import harness
import oracle
from test_dumps import (
    MISSIONS, NOW_MS, PRIVATE, PROFILES, at, change, check_equal, content, copy, demo, documents,
    edge, flat_totals, generation, is_mission, mission_keys, one, query, raw_documents, remove,
    sha256, totals, write_documents, write_json_lines,
)  # fmt: skip


class Importing(unittest.TestCase):
    """A demo dump and the oracle's reading of it; each test has a directory for its store."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.dump = demo(cls)
        cls.voto = cls.dump / "voto"
        cls.source = oracle.read(cls.voto)
        cls.imported = harness.temp_dir(cls) / "edge.db"
        edge("import", cls.voto, "--db", cls.imported, expect=0)

    def setUp(self):
        self.directory = harness.temp_dir(self)
        self.db = self.directory / "edge.db"

    def load(self, folder, expect=0, **options):
        return edge("import", folder, "--db", self.db, expect=expect, **options)

    def have_store(self):
        """A store of the unchanged dump."""
        shutil.copy(self.imported, self.db)
        shutil.copy(f"{self.imported}.status", f"{self.db}.status")

    def files(self):
        """What is in the store's directory but for the lock and the status file."""
        beside = (self.db.name + ".lock", self.db.name + ".status")
        return sorted(p.name for p in self.directory.iterdir() if p.name not in beside)

    def some_glider_mission(self):
        return next(m for m in self.source.missions.values() if m.kind == "glider" and m.counted)


class Forms(Importing):
    """The same dump in other forms gives the same store."""

    def check_same(self, folder):
        self.load(folder)
        check_equal(self, self.db, self.source)

    def test_import_folder_of_the_database(self):
        self.check_same(self.voto)

    def test_import_parent_of_one_database(self):
        self.check_same(self.dump)

    def test_import_name_that_ends_in_a_slash(self):
        self.check_same(f"{self.voto}/")

    def test_import_parent_with_another_folder_without_missions(self):
        shutil.copytree(self.voto, self.directory / "dump" / "voto")
        (self.directory / "dump" / "admin").mkdir()
        (self.directory / "dump" / "admin" / "system.version.bson").write_bytes(b"")
        self.check_same(self.directory / "dump")

    def test_import_compressed_dump(self):
        gzipped = demo(self, "--gzip") / "voto"
        self.assertEqual(list(gzipped.glob("*.bson")), [])
        self.check_same(gzipped)

    def test_import_relaxed_json_lines(self):
        write_json_lines(self.voto, self.directory / "json", json_util.RELAXED_JSON_OPTIONS)
        self.check_same(self.directory / "json")

    def test_import_canonical_json_lines(self):
        write_json_lines(self.voto, self.directory / "json", json_util.CANONICAL_JSON_OPTIONS)
        self.check_same(self.directory / "json")

    def test_import_compressed_json_lines(self):
        to, options = self.directory / "json", json_util.CANONICAL_JSON_OPTIONS
        write_json_lines(self.voto, to, options, gzip.open, ".json.gz")
        self.check_same(to)

    def test_import_json_lines_without_a_last_newline(self):
        to = self.directory / "json"
        write_json_lines(self.voto, to, json_util.CANONICAL_JSON_OPTIONS)
        for path in to.iterdir():
            path.write_bytes(path.read_bytes().rstrip(b"\n"))
        self.check_same(to)

    def test_canonical_json_and_bson_are_one_source(self):
        self.have_store()
        before = sha256(self.db)
        write_json_lines(self.voto, self.directory / "json", json_util.CANONICAL_JSON_OPTIONS)
        edge("verify", "--db", self.db, "--dump", self.directory / "json", expect=0)
        self.assertEqual(sha256(self.db), before)

    def test_import_old_schema(self):
        old = demo(self, "--old-schema") / "voto"
        self.assertIn("glider", documents(old, MISSIONS)[0])
        self.load(old)
        check_equal(self, self.db, oracle.read(old))

    def test_old_schema_of_the_same_missions_gives_the_same_figures(self):
        old = copy(self, self.voto)
        for collection in (MISSIONS, PROFILES, "gliders"):
            found = documents(old, collection)
            for document in found:
                serial = document["platform_serial"]
                if serial.startswith("SEA"):
                    del document["platform_serial"]
                    document["glider"] = int(serial[3:])
            self.assertIn("glider", found[0])
            write_documents(old, collection, found)
        self.check_same(old)

    def test_import_into_a_path_with_odd_characters(self):
        self.db = self.directory / "a store? 100%41 #1 'ö'.db"
        self.check_same(self.voto)
        edge("verify", "--db", self.db, "--dump", self.voto, expect=0)

    def test_import_a_dump_without_sailbuoys(self):
        folder = copy(self, self.voto)
        (folder / "sailbuoymissions.bson").unlink()
        (folder / "sailbuoys.bson").unlink()
        self.load(folder)
        check_equal(self, self.db, oracle.read(folder))

    def test_never_open_private_collections(self):
        folder = copy(self, self.voto)
        canary = b"never-read-canary"
        for collection in PRIVATE:
            self.assertIn(canary, (folder / f"{collection}.bson").read_bytes())
            (folder / f"{collection}.bson").write_bytes(b"torn " + canary)
        self.load(folder)
        self.assertNotIn(canary, self.db.read_bytes())

    def test_documents_in_another_order_are_the_same(self):
        self.have_store()
        before = sha256(self.db)
        folder = copy(self, self.voto)
        for path in folder.glob("*.bson"):
            write_documents(folder, path.stem, raw_documents(folder, path.stem)[::-1])
        self.load(folder)
        self.assertEqual(sha256(self.db), before)

    def test_import_ids_of_every_type(self):
        ids = (
            7, bson.Int64(8), 7.5, "seven", "", True, None, {"a": 7}, {},
            datetime.datetime(2024, 1, 1), bson.Binary(b"seven"), bson.Decimal128("7"),
            bson.Timestamp(7, 1), bson.Regex("seven"),
        )  # fmt: skip
        folder = copy(self, self.voto)
        found = documents(folder, MISSIONS)
        for document, new_id in zip(found, ids):
            document["_id"] = new_id
        write_documents(folder, MISSIONS, found)
        self.load(folder)
        self.assertEqual(query(self.db, "SELECT source_id FROM quarantine"), [])
        check_equal(self, self.db, oracle.read(folder))
        before = sha256(self.db)
        self.load(folder)
        self.assertEqual(sha256(self.db), before)

    def test_fields_that_edge_does_not_need_change_nothing(self):
        self.have_store()
        before = sha256(self.db)
        folder = copy(self, self.voto)
        change(folder, MISSIONS, lambda d: True, profiles=["x"], profile_ids=..., colour="red")
        self.load(folder)
        self.assertEqual(sha256(self.db), before)


class Refusals(Importing):
    """What is no dump is refused, by name."""

    def refuse(self, folder, words, code=78):
        done = self.load(folder, expect=code)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(words, done.stderr)
        self.assertEqual(self.files(), [])

    def test_refuse_parent_of_two_databases(self):
        both = harness.temp_dir(self)
        shutil.copytree(self.voto, both / "voto")
        shutil.copytree(self.voto, both / "test")
        self.refuse(both, str(both))

    def test_refuse_missing_directory(self):
        self.refuse("/nonexistent/dump", "/nonexistent/dump")

    def test_refuse_directory_without_missions(self):
        empty = harness.temp_dir(self)
        self.refuse(empty, str(empty))

    def test_refuse_file_in_place_of_a_directory(self):
        path = self.voto / "glidermissions.bson"
        self.refuse(path, str(path))

    def test_refuse_json_array(self):
        folder = harness.temp_dir(self)
        text = json_util.dumps(documents(self.voto, MISSIONS))
        (folder / "glidermissions.json").write_text(text + "\n")
        self.refuse(folder, "--jsonArray", 65)

    def test_refuse_line_that_is_no_json(self):
        folder = harness.temp_dir(self)
        document = json_util.dumps(documents(self.voto, MISSIONS)[0])
        (folder / "glidermissions.json").write_text(f"{document}\n{document[:-9]}\n")
        self.refuse(folder, "glidermissions.json: document 2", 65)


class Figures(Importing):
    """The store shows what the oracle computes."""

    def scope(self, name):
        expected = flat_totals(oracle.all_totals(self.source))
        found = totals(self.imported)
        keys = {key for key in expected if key[0] == name}
        self.assertGreater(len(keys), 1)
        self.assertEqual({k: v for k, v in found.items() if k[0] == name}, {
            key: expected[key] for key in keys
        })  # fmt: skip

    def test_totals_of_everything(self):
        self.scope("all")

    def test_totals_of_each_year(self):
        self.scope("year")

    def test_totals_of_each_basin(self):
        self.scope("basin")

    def test_totals_of_each_platform(self):
        self.scope("platform")

    def test_totals_of_each_project(self):
        self.scope("project")

    def test_tracks_missions_and_recents(self):
        check_equal(self, self.imported, self.source)

    def test_recents_are_not_empty(self):
        self.assertTrue(oracle.recent_gliders(self.source, NOW_MS))

    def test_positions_of_every_track(self):
        expected = {
            (d["platform_serial"], d["mission"], d["number"], d["lon"], d["lat"],
             oracle.millis(d["time"]), d["max_depth"])
            for d in documents(self.voto, PROFILES)
        }  # fmt: skip
        found = query(
            self.imported,
            """SELECT platform, m.number, p.number, lon, lat, time_ms, max_depth_m
               FROM track_point AS p JOIN mission AS m USING (mission_id)
               WHERE kind = 'glider'""",
        )
        self.assertEqual(set(found), expected)

    def test_last_position_is_that_of_the_last_point(self):
        wrong = query(
            self.imported,
            """SELECT platform, number FROM mission AS m WHERE track_points > 0
               AND (last_lon, last_lat) IS NOT (SELECT lon, lat FROM track_point AS p
               WHERE p.mission_id = m.mission_id ORDER BY number DESC LIMIT 1)""",
        )
        self.assertEqual(wrong, [])

    def test_platforms_as_published(self):
        expected = {
            (serial, p.get("name", ""), p.get("total_profiles"), p.get("total_seconds"),
             p.get("total_depth"), p.get("total_dist"))
            for serial, p in self.source.platforms.items()
        }  # fmt: skip
        found = query(
            self.imported,
            """SELECT serial, name, published_profiles, published_seconds, published_depth_m,
               published_distance_m FROM platform WHERE described""",
        )
        self.assertEqual(set(found), expected)

    def test_newest_statistics(self):
        expected = {
            (name, year, key, value)
            for name, years in self.source.stats.items()
            for year, stat in years.items()
            for key, value in stat["value"].items()
        }
        found = query(self.imported, "SELECT name, year, key, coalesce(number, text) FROM stat")
        self.assertEqual(set(found), expected)

    def test_pipeline_steps(self):
        expected = {
            (key, step, int(fields[step]))
            for key, fields in self.source.pipeline.items()
            for step in fields
            if not step.endswith("time")
        }
        found = query(
            self.imported,
            """SELECT platform || '/' || number, step, value FROM pipeline
               WHERE value IS NOT NULL""",
        )
        self.assertEqual(set(found), expected)


class Again(Importing):
    """A later import writes what changed and nothing else."""

    def setUp(self):
        super().setUp()
        self.have_store()
        self.before = content(self.db)
        self.bytes = sha256(self.db)

    def test_same_dump_writes_nothing(self):
        done = self.load(self.voto, now=at(5))
        self.assertIn("0 new, 0 changed, 0 removed", done.stdout)
        self.assertEqual(sha256(self.db), self.bytes)
        self.assertEqual(self.files(), ["edge.db"])

    def test_changed_mission_is_the_only_one_written(self):
        m = self.some_glider_mission()
        folder = copy(self, self.voto)
        change(folder, MISSIONS, is_mission(m.platform, m.number), total_distance_m=123456.0)
        done = self.load(folder, now=at(5))
        self.assertIn("0 new, 1 changed, 0 removed", done.stdout)
        self.assertEqual(generation(self.db), generation(self.imported) + 1)
        check_equal(self, self.db, oracle.read(folder))
        name = f"{m.platform} M{m.number}"
        before, after = content(self.imported, without=(name,)), content(self.db, without=(name,))
        self.assertEqual({t for t in before if before[t] != after[t]}, {"total"})

    def test_new_mission_is_added(self):
        folder = copy(self, self.voto)
        m = self.some_glider_mission()
        chosen = is_mission(m.platform, m.number)
        for collection in (MISSIONS, PROFILES):
            found = documents(folder, collection)
            more = [{**d, "_id": str(d["_id"]), "mission": 900} for d in found if chosen(d)]
            write_documents(folder, collection, found + more)
        self.load(folder)
        self.assertIn(f"{m.platform}/900", mission_keys(self.db))
        self.assertEqual(generation(self.db), generation(self.imported) + 1)
        check_equal(self, self.db, oracle.read(folder))

    def test_new_profiles_under_a_new_id_are_written(self):
        folder = copy(self, self.voto)
        m = self.some_glider_mission()
        chosen = is_mission(m.platform, m.number)
        found = documents(folder, PROFILES)
        last = max((d for d in found if chosen(d)), key=lambda d: d["number"])
        more = {**last, "_id": "new", "number": last["number"] + 1, "lat": last["lat"] + 0.01}
        write_documents(folder, PROFILES, [*found, more])
        change(folder, MISSIONS, chosen, _id="new", total_profiles=m.profiles + 1)
        self.load(folder)
        check_equal(self, self.db, oracle.read(folder))

    def test_mission_that_moves_to_another_year_and_basin_leaves_the_old_ones(self):
        folder = copy(self, self.voto)
        m = self.some_glider_mission()
        year = m.document["start"].year - 9
        start, end = (m.document[k].replace(year=year, day=9) for k in ("start", "end"))
        end = max(start, end)
        chosen = is_mission(m.platform, m.number)
        change(folder, MISSIONS, chosen, start=start, end=end, basin="Gulf of Riga", project="X")
        self.load(folder)
        check_equal(self, self.db, oracle.read(folder))
        self.assertIn(("year", str(year), "glider"), totals(self.db))

    def test_deleted_mission_is_removed_at_once(self):
        folder = copy(self, self.voto)
        m = self.some_glider_mission()
        remove(folder, MISSIONS, is_mission(m.platform, m.number))
        done = self.load(folder)
        self.assertIn("1 removed", done.stdout)
        self.assertNotIn(m.key, mission_keys(self.db))
        self.assertEqual(generation(self.db), generation(self.imported) + 1)
        check_equal(self, self.db, oracle.read(folder))

    def test_platform_of_the_last_deleted_mission_goes_with_it(self):
        folder = copy(self, self.voto)
        m = self.some_glider_mission()
        chosen = [is_mission(m.platform, n) for p, n in self.source.missions if p == m.platform]
        remove(folder, MISSIONS, lambda d: any(c(d) for c in chosen))
        remove(folder, "gliders", lambda d: d["platform_serial"] == m.platform)
        self.load(folder)
        self.assertEqual(
            query(self.db, "SELECT 1 FROM platform WHERE serial = ?", m.platform), []
        )

    def drop_missions(self, count):
        folder = copy(self, self.voto)
        found = raw_documents(folder, MISSIONS)
        self.assertEqual(len(self.source.missions), 36)
        write_documents(folder, MISSIONS, found[count:])
        return folder

    def test_remove_less_than_a_fifth(self):
        folder = self.drop_missions(7)
        self.load(folder)
        check_equal(self, self.db, oracle.read(folder))

    def test_refuse_to_remove_more_than_a_fifth(self):
        done = self.load(self.drop_missions(8), expect=1)
        self.assertIn("--allow-mass-delete", done.stderr)
        self.assertIn("8 of 36", done.stderr)
        self.assertEqual(sha256(self.db), self.bytes)

    def test_remove_more_than_a_fifth_when_allowed(self):
        folder = self.drop_missions(8)
        edge("import", folder, "--db", self.db, "--allow-mass-delete", expect=0)
        check_equal(self, self.db, oracle.read(folder))

    def test_refused_removal_applies_no_change_either(self):
        folder = self.drop_missions(8)
        change(folder, MISSIONS, lambda d: True, comment="changed")
        self.load(folder, expect=1)
        self.assertEqual(sha256(self.db), self.bytes)

    def test_refuse_emptied_dump(self):
        folder = copy(self, self.voto)
        for collection in (MISSIONS, "sailbuoymissions"):
            write_documents(folder, collection, [])
        self.load(folder, expect=1)
        self.assertEqual(sha256(self.db), self.bytes)

    def test_deleted_basin_name_is_forgotten(self):
        folder = copy(self, self.voto)
        m = self.some_glider_mission()
        chosen = is_mission(m.platform, m.number)
        change(folder, MISSIONS, chosen, basin="Nameless Deep")
        self.load(folder)
        count = "SELECT count(*) FROM basin WHERE name = 'Nameless Deep'"
        self.assertEqual(one(self.db, count), 1)
        self.load(self.voto)
        self.assertEqual(one(self.db, count), 0)
        check_equal(self, self.db, self.source)

    def test_changed_extra_collection_is_applied(self):
        folder = copy(self, self.voto)
        change(folder, "gliders", lambda d: True, name="Renamed")
        self.load(folder)
        self.assertEqual(generation(self.db), generation(self.imported) + 1)
        names = query(self.db, "SELECT DISTINCT name FROM platform WHERE kind = 'glider'")
        self.assertEqual(names, [("Renamed",)])
        unlike = {t for t, rows in content(self.db).items() if rows != self.before[t]}
        self.assertEqual(unlike, {"platform"})


if __name__ == "__main__":
    unittest.main()
