"""edge import: a dump in any of its forms becomes the store, whole or not at all."""

import contextlib
import gzip
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import unittest

from bson import json_util

import harness
import oracle
from test_dumps import (
    MISSIONS, NOW_MS, PRIVATE, PROFILES, at, change, check_equal, check_sound, content, copy, demo,
    documents, edge, editing, flat_totals, generation, is_mission, mission_keys, one, query,
    raw_documents, remove, sha256, totals, tracks, write_documents, write_json_lines,
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


class Damage(Importing):
    """A dump that was cut short or damaged exits 65 and leaves the store as it was."""

    def damaged(self, collection, spoil, gz=False):
        """A dump with one changed mission, so that every file is read, and one spoilt file."""
        folder = copy(self, self.voto)
        m = self.some_glider_mission()
        change(folder, MISSIONS, is_mission(m.platform, m.number), comment="changed")
        path = folder / f"{collection}.bson"
        if gz:
            packed = gzip.compress(path.read_bytes(), mtime=0)
            path.unlink()
            path = folder / f"{collection}.bson.gz"
            path.write_bytes(packed)
        path.write_bytes(spoil(path.read_bytes()))
        return folder, path

    def check_refused(self, collection, spoil, gz=False):
        folder, path = self.damaged(collection, spoil, gz)
        with self.subTest("into an older store"):
            self.have_store()
            before = sha256(self.db)
            done = self.load(folder, expect=65)
            self.assertIn(str(path), done.stderr)
            self.assertEqual(sha256(self.db), before)
        with self.subTest("into no store"):
            self.db = harness.temp_dir(self) / "edge.db"
            self.directory = self.db.parent
            self.load(folder, expect=65)
            self.assertEqual(self.files(), [])

    def test_missions_cut_inside_a_document(self):
        self.check_refused(MISSIONS, lambda data: data[: len(data) // 2])

    def test_missions_cut_inside_a_length(self):
        self.check_refused(MISSIONS, lambda data: data + data[:3])

    def test_profiles_cut_inside_a_document(self):
        self.check_refused(PROFILES, lambda data: data[:-7])

    def test_statistics_cut_inside_a_document(self):
        # Of a collection that is read after the missions: the changed mission must not stay.
        self.check_refused("gliderstats", lambda data: data[:-7])

    def test_document_of_impossible_length(self):
        self.check_refused(PROFILES, lambda data: data + b"\xff\xff\xff\x7f" + data)

    def test_document_of_negative_length(self):
        self.check_refused(PROFILES, lambda data: data + b"\xf0\xff\xff\xff" + data)

    def test_document_without_its_end(self):
        self.check_refused(PROFILES, lambda data: data[:-1] + b"\x01")

    def test_compressed_missions_cut_short(self):
        self.check_refused(MISSIONS, lambda data: data[: len(data) // 2], gz=True)

    def test_compressed_profiles_cut_short(self):
        self.check_refused(PROFILES, lambda data: data[: len(data) // 2], gz=True)

    def test_compressed_profiles_without_their_checksum(self):
        self.check_refused(PROFILES, lambda data: data[:-8], gz=True)

    def test_compressed_profiles_with_a_wrong_checksum(self):
        self.check_refused(
            PROFILES, lambda data: data[:-8] + bytes([data[-8] ^ 1]) + data[-7:], gz=True
        )

    def test_compressed_profiles_that_are_no_gzip_after_all(self):
        # zlib hands a file without gzip's mark through as it is.
        self.check_refused(PROFILES, lambda data: b"no gzip " + data, gz=True)

    def test_whole_dump_after_a_damaged_one(self):
        folder, _ = self.damaged(PROFILES, lambda data: data[:-7])
        self.load(folder, expect=65)
        self.load(self.voto)
        check_equal(self, self.db, self.source)


class Stores(Importing):
    """What already stands at the store's path."""

    def refuse_untouched(self, words):
        files = {p.name: p.read_bytes() for p in self.directory.iterdir()}
        done = self.load(self.voto, expect=78)
        self.assertIn(str(self.db), done.stderr)
        self.assertIn(words, done.stderr)
        for name, before in files.items():
            self.assertEqual((self.directory / name).read_bytes(), before, name)
        self.assertEqual(self.files(), sorted(files))

    def make_foreign(self, *statements, close=True):
        script = (
            "import os, sqlite3, sys\n"
            "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "for sql in sys.argv[2:]: db.execute(sql)\n"
        )
        script += "db.close()\n" if close else "os._exit(0)\n"
        command = [sys.executable, "-c", script, str(self.db), *statements]
        subprocess.run(command, check=True, timeout=30)

    def test_refuse_database_of_another_program(self):
        self.make_foreign("CREATE TABLE t (x)", "INSERT INTO t VALUES (1)")
        self.refuse_untouched("another program")

    def test_refuse_database_with_another_application_id(self):
        self.make_foreign("PRAGMA application_id = 1196444487", "CREATE TABLE t (x)")
        self.refuse_untouched("another program")

    def test_refuse_database_of_another_program_with_an_open_log(self):
        # Its own program will want the log back as it left it.
        self.make_foreign(
            "PRAGMA journal_mode = WAL", "CREATE TABLE t (x)", "INSERT INTO t VALUES (1)",
            close=False,
        )  # fmt: skip
        self.assertTrue(pathlib.Path(f"{self.db}-wal").stat().st_size)
        os.unlink(f"{self.db}-shm")  # made anew by whoever reads
        self.refuse_untouched("another program")

    def test_refuse_store_of_a_newer_version(self):
        self.have_store()
        with editing(self.db) as db:
            db.execute("PRAGMA user_version = 99")
        self.refuse_untouched("99")

    def test_refuse_directory_in_place_of_the_store(self):
        self.db.mkdir()
        self.load(self.voto, expect=78)
        self.assertTrue(self.db.is_dir())

    def test_fill_empty_file(self):
        self.db.touch()
        self.load(self.voto)
        check_equal(self, self.db, self.source)
        self.assertEqual(self.files(), ["edge.db"])

    def have_older(self):
        self.have_store()
        with editing(self.db) as db:
            db.execute("PRAGMA user_version = 0")
            db.execute("DROP TABLE total")
            db.execute("UPDATE state SET generation = 41")

    def test_rebuild_store_of_an_older_version(self):
        self.have_older()
        self.load(self.voto)
        check_equal(self, self.db, self.source)
        self.assertEqual(generation(self.db), 42)
        self.assertEqual(self.files(), ["edge.db"])

    def test_rebuild_under_an_open_reader(self):
        self.have_older()
        with contextlib.closing(sqlite3.connect(self.db, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            number = "SELECT generation FROM state"
            self.assertEqual(reader.execute(number).fetchone(), (41,))
            self.load(self.voto)
            self.assertEqual(reader.execute(number).fetchone(), (41,))
            reader.execute("COMMIT")
            self.assertEqual(reader.execute(number).fetchone(), (42,))
            self.assertTrue(reader.execute("SELECT count(*) FROM total").fetchone()[0])

    def test_rebuild_of_an_older_version_keeps_it_when_the_dump_is_damaged(self):
        self.have_older()
        before = sha256(self.db)
        folder = copy(self, self.voto)
        (folder / "profiles.bson").write_bytes((folder / "profiles.bson").read_bytes()[:-1])
        self.load(folder, expect=65)
        self.assertEqual(sha256(self.db), before)
        self.assertEqual(self.files(), ["edge.db"])

    def check_rebuilt(self, spoil):
        self.have_store()
        self.db.write_bytes(spoil(self.db.read_bytes()))
        bad = sha256(self.db)
        self.load(self.voto)
        check_equal(self, self.db, self.source)
        [kept] = [p for p in self.directory.glob("edge.db.bad-*") if p.suffix != ".status"]
        self.assertEqual(sha256(kept), bad)

    def test_rebuild_store_with_a_damaged_header(self):
        self.check_rebuilt(lambda data: b"\x55" * 4096 + data[4096:])

    def test_rebuild_store_cut_in_half(self):
        self.check_rebuilt(lambda data: data[: len(data) // 8192 * 4096])

    def test_rebuild_store_with_damaged_pages(self):
        self.check_rebuilt(lambda data: data[:65536] + b"\x55" * 65536 + data[131072:])

    def test_damaged_store_stays_when_the_dump_is_damaged_too(self):
        self.have_store()
        self.db.write_bytes(self.db.read_bytes()[:65536])
        before = sha256(self.db)
        folder = copy(self, self.voto)
        (folder / "glidermissions.bson").write_bytes(b"\x07")
        self.load(folder, expect=65)
        self.assertEqual(sha256(self.db), before)
        self.assertEqual(self.files(), ["edge.db"])


def mount_small_disk(test, *options):
    """A file system of 1 MiB, or as the options say; skips the test where that is not allowed."""
    path = harness.temp_dir(test)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(("size=1m", *options)), "tmpfs", str(path)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        test.skipTest(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    test.addCleanup(subprocess.run, ["umount", "--lazy", str(path)], check=True)
    return path


def limit_files(size):
    """For preexec_fn: a file longer than that cannot be written, as on a full disk."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


class Disk(Importing):
    """A disk that refuses leaves the old store in place, and the next import recovers."""

    def changed_dump(self):
        """Every mission is changed: far more to write than fits."""
        folder = copy(self, self.voto)
        change(folder, MISSIONS, lambda d: True, comment="changed " * 20)
        return folder

    def check_old_data_and_recovery(self, folder):
        check_sound(self, self.db)
        self.assertEqual(set(mission_keys(self.db)), set(self.source.tracks))
        self.load(folder)
        check_equal(self, self.db, oracle.read(folder))
        edge("verify", "--db", self.db, "--dump", folder, expect=0)

    def test_refuse_path_under_a_file(self):
        file = self.directory / "file"
        file.touch()
        self.db = file / "edge.db"
        done = self.load(self.voto, expect=73)
        self.assertIn(str(self.db), done.stderr)

    def test_refuse_path_in_a_missing_directory(self):
        self.db = self.directory / "missing" / "edge.db"
        done = self.load(self.voto, expect=73)
        self.assertIn(str(self.db), done.stderr)

    def test_refuse_read_only_disk(self):
        disk = mount_small_disk(self)
        shutil.copy(self.imported, disk / "edge.db")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        self.db = disk / "edge.db"
        done = edge("import", self.changed_dump(), "--db", self.db)
        self.assertIn(done.returncode, (73, 74))
        self.assertIn(str(self.db), done.stderr)
        self.assertEqual(sha256(self.db), sha256(self.imported))

    def test_full_disk_at_the_first_import(self):
        self.directory = mount_small_disk(self)
        self.db = self.directory / "edge.db"
        filler = self.directory / "filler"
        filler.write_bytes(bytes(900_000))
        self.load(self.voto, expect=74)
        self.assertEqual(self.files(), ["filler"])
        filler.unlink()
        self.load(self.voto)
        check_equal(self, self.db, self.source)

    def test_full_disk_at_a_later_import(self):
        # The log of a later import alone may take 4 MiB before it is written back.
        self.directory = mount_small_disk(self, "size=8m")
        self.db = self.directory / "edge.db"
        self.have_store()
        filler = self.directory / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as out:
            while True:
                out.write(bytes(4096))
        with filler.open("r+b") as out:
            out.truncate(filler.stat().st_size - 100_000)
        folder = self.changed_dump()
        done = self.load(folder, expect=74)
        self.assertIn(str(self.db), done.stderr)
        filler.unlink()
        self.check_old_data_and_recovery(folder)

    def test_full_disk_while_an_older_version_is_replaced(self):
        self.directory = mount_small_disk(self)
        self.db = self.directory / "edge.db"
        self.have_store()
        with editing(self.db) as db:
            db.execute("PRAGMA user_version = 0")
        before = sha256(self.db)
        filler = self.directory / "filler"
        # Room for the new store beside the old one, not for its way through the log.
        room = 1_048_576 - 2 * self.db.stat().st_size - 50_000
        filler.write_bytes(bytes(room))
        self.load(self.voto, expect=74)
        filler.unlink()
        self.assertEqual(sha256(self.db), before)
        self.load(self.voto)
        check_equal(self, self.db, self.source)

    def test_file_size_limit_at_the_first_import(self):
        self.load(self.voto, expect=74, preexec_fn=limit_files(150_000))
        self.assertEqual(self.files(), [])
        self.load(self.voto)
        check_equal(self, self.db, self.source)

    def test_file_size_limit_at_a_later_import(self):
        self.have_store()
        folder = self.changed_dump()
        self.load(folder, expect=74, preexec_fn=limit_files(100_000))
        self.check_old_data_and_recovery(folder)

    def test_failure_is_in_the_status(self):
        self.have_store()
        self.load(self.changed_dump(), expect=74, preexec_fn=limit_files(100_000))
        done = edge("status", "--db", self.db, "--json", expect=0)
        status = json_util.loads(done.stdout)
        self.assertTrue(status["error"])
        self.assertTrue(status["failing_since"])


if __name__ == "__main__":
    unittest.main()
