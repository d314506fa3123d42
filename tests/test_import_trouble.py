"""edge import with a damaged dump, a store that is not its own, or a full disk."""

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

import bson
from bson import json_util

import harness
import oracle
from test_dumps import (
    MISSIONS, PROFILES, change, check_equal, check_sound, copy, edge, editing, generation,
    is_mission, mission_keys, query, remove, sha256,
)  # fmt: skip
from test_import import Importing


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


class Hostile(Importing):
    """Documents that are legal for a server and meant for a crash."""

    def spoil(self, collection, *added):
        folder = copy(self, self.voto)
        with open(folder / f"{collection}.bson", "ab") as file:
            for document in added:
                file.write(document if isinstance(document, bytes) else bson.encode(document))
        return folder

    def test_deep_documents_are_set_aside(self):
        for depth, field in ((99, "x"), (101, "x"), (30000, "x"), (30000, "comment")):
            nested = b"\x05\x00\x00\x00\x00"
            for _ in range(depth):
                body = b"\x03a\x00" + nested
                nested = (len(body) + 5).to_bytes(4, "little") + body + b"\x00"
            body = bson.encode({"_id": bson.ObjectId()})[4:-1]
            body += b"\x03" + field.encode() + b"\x00" + nested
            document = (len(body) + 5).to_bytes(4, "little") + body + b"\x00"
            folder = self.spoil(MISSIONS, document)
            self.load(folder)
            self.assertEqual(query(self.db, "SELECT count(*) FROM quarantine"), [(1,)])
            self.db.unlink()

    def test_track_beyond_all_bounds_is_set_aside(self):
        start = bson.datetime.datetime(2024, 5, 1)
        count = 200_001
        folder = self.spoil(
            "sailbuoymissions",
            {"_id": bson.ObjectId(), "sailbuoy": 9, "mission": 1, "start": start, "end": start,
             "lon": [17.0] * count, "lat": [57.0] * count},
        )  # fmt: skip
        self.load(folder)
        [(reason,)] = query(self.db, "SELECT reason FROM quarantine")
        self.assertIn("more than 200000", reason)

    def test_dump_without_its_profiles_does_not_empty_the_tracks(self):
        self.have_store()
        folder = copy(self, self.voto)
        (folder / "profiles.bson").unlink()
        before = sha256(self.db)
        self.assertIn("profiles", self.load(folder, expect=1).stderr)
        self.assertEqual(sha256(self.db), before)
        (folder / "profiles.bson").mkdir()
        self.assertIn("is not a file", self.load(folder, expect=65).stderr)


class Stores(Importing):
    """What already stands at the store's path."""

    def refuse_untouched(self, words):
        files = {name: (self.directory / name).read_bytes() for name in self.files()}
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

    def test_rebuild_does_not_take_the_missions_a_source_has_lost(self):
        self.have_older()
        before = len(mission_keys(self.db))
        few = copy(self, self.voto)
        remove(few, MISSIONS, lambda document: document["mission"] % 3)
        remove(few, PROFILES, lambda document: document["mission"] % 3)
        said = edge("import", few, "--db", self.db, expect=1).stderr
        self.assertIn("--allow-mass-delete", said)
        self.assertEqual((len(mission_keys(self.db)), generation(self.db)), (before, 41))
        self.assertEqual(self.files(), ["edge.db"])
        edge("import", few, "--db", self.db, "--allow-mass-delete", expect=0)
        self.assertLess(len(mission_keys(self.db)), before)

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

    def test_file_that_was_never_a_store_stays_where_it_is(self):
        self.db.write_text("my notes\n" * 500)
        before = self.db.read_bytes()
        for attempt in range(3):
            self.assertIn("another program", self.load(self.voto, expect=78).stderr)
            self.assertEqual(self.db.read_bytes(), before, attempt)
            self.assertEqual([path.name for path in self.directory.iterdir()], ["edge.db"])
        away = "mongodb://127.0.0.1:1/voto"
        for how in ("sync", "--once"), ("sync", "--watch"):
            edge(*how, "--db", self.db, uri=away, expect=78)
            self.assertEqual([path.name for path in self.directory.iterdir()], ["edge.db"])

    def test_status_of_a_run_that_failed_proves_no_store(self):
        # A run that failed left its status; then somebody puts a file there.
        status = pathlib.Path(f"{self.db}.status")
        status.write_text('{"last_attempt": "2026-01-01T00:00:00Z", "last_success": null}')
        self.db.write_text("my notes\n" * 500)
        for verb in ("import", self.voto), ("serve",), ("check",):
            said = edge(*verb, "--db", self.db, expect=78)
            self.assertIn("another program", said.stdout + said.stderr, verb)
            self.assertNotIn("builds it again", said.stdout + said.stderr, verb)
        self.assertTrue(self.db.read_text().startswith("my notes"))

    def test_log_left_by_a_store_that_is_gone_is_not_replayed(self):
        self.have_store()
        subprocess.run(
            [sys.executable, "-c", """if True:
                import os, sqlite3, sys
                db = sqlite3.connect(sys.argv[1])
                db.execute("PRAGMA wal_autocheckpoint = 0")
                db.execute("UPDATE mission SET comment = 'of the store before'")
                db.commit()
                os._exit(0)""", self.db],
            check=True,
        )  # fmt: skip
        self.assertTrue(pathlib.Path(f"{self.db}-wal").stat().st_size)
        self.db.unlink()
        self.load(self.voto)
        check_equal(self, self.db, self.source)
        edge("verify", "--db", self.db, "--dump", self.voto, expect=0)

    def test_older_version_is_rebuilt_once_beside_readers(self):
        self.have_store()
        with editing(self.db) as db:
            db.execute("PRAGMA user_version = 0")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with contextlib.closing(sqlite3.connect(self.db)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM mission").fetchall()
            self.assertIn('"rebuilt":\ttrue', self.load_json().replace(" ", ""))
            self.assertIn('"rebuilt":\tfalse', self.load_json().replace(" ", ""))

    def load_json(self):
        return edge("import", self.voto, "--db", self.db, "--json", expect=0).stdout

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
        self.directory = mount_small_disk(self, "size=2m")
        self.db = self.directory / "edge.db"
        self.have_store()
        with editing(self.db) as db:
            db.execute("PRAGMA user_version = 0")
        before = sha256(self.db)
        filler = self.directory / "filler"
        # Room for the new store beside the old one, not for its way through the log.
        room = 2_097_152 - 2 * self.db.stat().st_size - 50_000
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
