"""The file to take away, and backups: whole, dated, without anything private."""

import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
import unittest

import harness
from test_dumps import NOW, demo, edge, query
from test_serve import Tree


def rows(path, sql, *values):
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as db:
        return db.execute(sql, values).fetchall()


class Snapshot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.dump = demo(cls, "--dirty", missions=40, profiles=30)
        cls.db = harness.temp_dir(cls) / "edge db?#.sqlite"
        edge("import", cls.dump, "--db", cls.db, env={"EDGE_SNAPSHOT": "24h"})
        cls.server = harness.enter(cls, harness.EdgeServe(cls.db, env={"EDGE_NOW": NOW}))
        cls.answer = cls.server.get("/data/edge.sqlite")
        cls.file = harness.temp_dir(cls) / "taken.sqlite"
        cls.file.write_bytes(cls.answer.body)

    def count(self, sql, *values):
        return rows(self.file, sql, *values)[0][0]

    def test_it_is_what_its_hash_says(self):
        found = hashlib.sha256(self.answer.body).hexdigest()
        text = self.server.get("/data/edge.sqlite.sha256").text
        self.assertEqual(text, f"{found}  edge.sqlite\n")
        self.assertEqual(self.answer.headers["ETag"], f'"{found[:32]}"')
        self.assertEqual(int(self.answer.headers["Content-Length"]), len(self.answer.body))
        self.assertRegex(self.answer.headers["Content-Disposition"], r'filename="edge-\d{4}-\d\d-\d\d\.sqlite"')
        info = self.server.get("/data.json").json()["snapshot"]
        self.assertEqual([info["sha256"], info["bytes"], info["generation"]], [found, len(self.answer.body), 1])
        page = self.server.get("/data")
        self.assertIn(found, page.text)
        self.assertIn("Filters stay", page.text, "also of a store that nobody keeps up")
        self.assertEqual(Tree(page.text).errors, [])

    def test_head_and_304_send_no_body(self):
        head = self.server.request("HEAD", "/data/edge.sqlite")
        self.assertEqual([head.status, head.body], [200, b""])
        self.assertEqual(int(head.headers["Content-Length"]), len(self.answer.body))
        again = self.server.get("/data/edge.sqlite", {"If-None-Match": self.answer.headers["ETag"]})
        self.assertEqual([again.status, again.body], [304, b""])

    def part(self, value, **headers):
        fields = {"Range": value, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return self.server.get("/data/edge.sqlite", fields)

    def test_a_broken_download_goes_on(self):
        whole, etag = self.answer.body, self.answer.headers["ETag"]
        self.assertEqual(self.answer.headers["Accept-Ranges"], "bytes")
        size = len(whole)
        for value, first, last in (
            ("bytes=100000-", 100000, size - 1), ("bytes=0-0", 0, 0), ("bytes=-7", size - 7, size - 1),
            (f"bytes={size - 5}-{size + 5}", size - 5, size - 1),
        ):  # fmt: skip
            part = self.part(value)
            self.assertEqual(part.status, 206, value)
            self.assertEqual(part.body, whole[first : last + 1], value)
            self.assertEqual(part.headers["Content-Range"], f"bytes {first}-{last}/{size}")
            self.assertEqual(int(part.headers["Content-Length"]), last - first + 1)
            for name in ("ETag", "Vary", "Cache-Control", "Content-Disposition", "Content-Type"):
                self.assertEqual(part.headers[name], self.answer.headers[name])
            self.assertIn("Date", part.headers)
        self.assertEqual(self.part("bytes=9-", If_Range=etag).body, whole[9:])

    def test_a_part_that_cannot_be_told_is_the_whole(self):
        etag = self.answer.headers["ETag"]
        for value, fields in (
            ("bytes=0-1,4-5", {}), ("bytes=5-1", {}), ("lines=0-1", {}), ("bytes=x", {}),
            ("bytes=5-", {"If_Range": '"0123"'}), ("bytes=5-", {"If_Range": "W/" + etag}),
            ("bytes=5-", {"If_Range": "Sat, 29 Oct 1994 19:43:31 GMT"}),
            (f"bytes={len(self.answer.body)}-", {"If_Range": '"old"'}),
        ):  # fmt: skip
            answer = self.part(value, **fields)
            self.assertEqual([answer.status, answer.body == self.answer.body], [200, True], (value, fields))
            self.assertNotIn("Content-Range", answer.headers)

    def test_a_part_behind_the_end_is_416(self):
        size = len(self.answer.body)
        for value in (f"bytes={size}-", f"bytes={10**30}-", "bytes=-0"):
            answer = self.part(value)
            self.assertEqual(answer.status, 416)
            self.assertEqual(answer.headers["Content-Range"], f"bytes */{size}")
            self.assertNotIn("ETag", answer.headers)
            self.assertIn("Range Not Satisfiable", answer.text)

    def test_a_part_is_of_the_file_alone_and_asked_for_by_get(self):
        head = self.server.request("HEAD", "/data/edge.sqlite", {"Range": "bytes=5-"})
        self.assertEqual([head.status, int(head.headers["Content-Length"])], [200, len(self.answer.body)])
        same = self.part("bytes=5-", If_None_Match=self.answer.headers["ETag"])
        self.assertEqual([same.status, same.body], [304, b""])
        page = self.server.get("/data", {"Range": "bytes=5-"})
        self.assertEqual(page.status, 200)
        self.assertNotIn("Accept-Ranges", page.headers)

    @unittest.skipUnless(shutil.which("curl"), "there is no curl")
    def test_curl_goes_on_where_it_stopped(self):
        file = harness.temp_dir(self) / "edge.sqlite"
        file.write_bytes(self.answer.body[:12345])
        command = ["curl", "-sS", "-f", "-C", "-", "-o", str(file), self.server.url + "/data/edge.sqlite"]
        subprocess.run(command, check=True, timeout=60)
        self.assertEqual(file.read_bytes(), self.answer.body)

    def test_it_is_sound_and_has_all_that_is_public(self):
        self.assertEqual(self.count("PRAGMA integrity_check"), "ok")
        self.assertEqual(rows(self.file, "PRAGMA foreign_key_check"), [])
        for taken, kept in (
            ("mission", "mission"), ("platform", "platform"), ("track_point", "track_point"), ("basin", "basin"),
            ("mission_basin", "mission_basin"), ("mission_variable", "mission_variable"), ("totals", "total"),
            ("statistic", "stat"),
        ):  # fmt: skip
            self.assertEqual(
                self.count(f"SELECT count(*) FROM {taken}"), query(self.db, f"SELECT count(*) FROM {kept}")[0][0], taken
            )
        self.assertEqual(rows(self.file, "SELECT generation FROM about"), [(1,)])
        for platform, mission, number, t, lon, lat in rows(
            self.file, "SELECT platform, mission, number, time, lon, lat FROM track_point LIMIT 50"
        ):
            kept = query(
                self.db,
                "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', time_ms / 1000, 'unixepoch'), lon, lat FROM track_point"
                " JOIN mission USING (mission_id) WHERE platform = ? AND mission.number = ? AND track_point.number = ?",
                platform, mission, number,
            )  # fmt: skip
            self.assertEqual(kept, [(t, lon, lat)])
        totals = self.server.get("/api/v1/totals").json()["glider"]
        taken = rows(
            self.file, "SELECT missions, profiles, sea_time_s, distance_km FROM totals WHERE scope = 'all' AND kind = 'glider'"
        )
        self.assertEqual(
            taken, [(totals["missions"], totals["profiles"], totals["sea_time_s"], totals["distance_km"])]
        )

    def test_nothing_private_is_in_it(self):
        names = {name for (name,) in rows(self.file, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
        self.assertEqual(names, {
            "about", "platform", "mission", "basin", "mission_basin", "mission_variable", "track", "track_point",
            "totals", "statistic",
        })  # fmt: skip
        documents = query(self.db, "SELECT document, reason, source_id FROM quarantine WHERE length(document) > 20")
        self.assertGreater(len(documents), 20)
        for document, reason, source_id in documents:
            for secret in (document, reason, source_id):
                if len(secret) > 12:
                    self.assertNotIn(secret.encode(), self.answer.body)
        for (source_id,) in query(self.db, "SELECT source_id FROM mission"):
            self.assertNotIn(source_id.encode(), self.answer.body)

    def test_a_reader_that_goes_away_leaves_the_server_well(self):
        for _ in range(12):
            with socket.create_connection(("127.0.0.1", self.server.port)) as s:
                s.sendall(b"GET /data/edge.sqlite HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                s.recv(1000)
        self.assertEqual(self.server.get("/data/edge.sqlite").body, self.answer.body)

    def test_readers_beyond_the_most_are_told_to_come_again(self):
        held = []
        try:
            for _ in range(8):
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                s.connect(("127.0.0.1", self.server.port))
                s.sendall(b"GET /data/edge.sqlite HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                s.recv(100)
                held.append(s)
            # A small file fits into the buffers of the system: then nobody is held.
            status = {self.server.get("/data/edge.sqlite").status for _ in range(3)}
            self.assertLessEqual(status, {200, 503})
            self.assertEqual(self.server.get("/").status, 200)
        finally:
            for s in held:
                s.close()


class Keeping(unittest.TestCase):
    def setUp(self):
        harness.needs("edge")
        self.folder = harness.temp_dir(self)
        self.db = self.folder / "edge.db"
        self.dump = demo(self, missions=4, profiles=5)

    def run_import(self, every="24h", now=NOW):
        edge("import", self.dump, "--db", self.db, env={"EDGE_SNAPSHOT": every, "EDGE_NOW": now})
        info = self.folder / "edge.db.snapshot.json"
        return json.loads(info.read_text()) if info.exists() else None

    def files(self):
        return sorted(p.name for p in self.folder.iterdir() if ".snapshot-" in p.name)

    def test_never_means_never(self):
        self.assertIsNone(self.run_import("0"))
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            answer = server.get("/data/edge.sqlite")
            self.assertEqual(answer.status, 503)
            self.assertIn("is no part of this copy", server.get("/data").text)
            self.assertIn("Retry-After", answer.headers)
            self.assertIsNone(server.get("/data.json").json()["snapshot"])

    def change(self):
        with sqlite3.connect(self.db) as db:
            db.execute("UPDATE mission SET comment = 'another', fingerprint = zeroblob(32)")
        db.close()

    def test_made_again_when_old_and_changed(self):
        first = self.run_import()
        self.assertEqual(self.run_import(now="2026-11-30T00:00:00Z"), first, "nothing has changed")
        self.change()
        self.assertEqual(self.run_import(), first, "it is not old enough")
        self.change()
        later = self.run_import(now="2026-11-30T00:00:00Z")
        self.assertGreater(later["generation"], first["generation"])
        self.assertEqual(later["made"], "2026-11-30T00:00:00Z")
        self.assertEqual(self.files(), [f"edge.db.snapshot-{later['sha256'][:16]}.sqlite"])

    def test_what_a_killed_run_left_is_cleared(self):
        (self.folder / "edge.db.snapshot-new").write_bytes(b"half")
        (self.folder / "edge.db.snapshot-0000000000000000.sqlite").write_bytes(b"old")
        self.run_import()
        self.assertEqual(len(self.files()), 1)

    def test_a_file_that_does_not_fit_is_not_served(self):
        info = self.run_import()
        path = self.folder / f"edge.db.snapshot-{info['sha256'][:16]}.sqlite"
        (self.folder / "secret").write_text("secret")
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            path.write_bytes(b"short")
            self.assertEqual(server.get("/data/edge.sqlite").status, 503)
            path.unlink()
            os.symlink(self.folder / "secret", path)
            self.assertEqual(server.get("/data/edge.sqlite").status, 503)
            (self.folder / "edge.db.snapshot.json").write_text('{"sha256": "../../secret"}')
            self.assertEqual(server.get("/data/edge.sqlite.sha256").status, 503)
            self.assertEqual(server.get("/").status, 200)

    def test_failing_to_make_one_does_not_fail_the_run(self):
        (self.folder / "edge.db.snapshot-new").mkdir()
        done = edge("import", self.dump, "--db", self.db, env={"EDGE_SNAPSHOT": "24h"})
        self.assertIn("warning: snapshot:", done.stderr)
        self.assertEqual(query(self.db, "SELECT count(*) > 0 FROM mission"), [(1,)])


class Backup(unittest.TestCase):
    def setUp(self):
        harness.needs("edge")
        self.folder = harness.temp_dir(self)
        self.db = self.folder / "edge.db"
        edge("import", demo(self, missions=4, profiles=5), "--db", self.db)

    def test_backup_is_the_store(self):
        copy = self.folder / "copy.db"
        # What stands in the log alone belongs to it too.
        writer = sqlite3.connect(self.db)
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE state SET generation = 77")
        writer.commit()
        done = edge("backup", copy, "--db", self.db, expect=0)
        self.assertEqual(done.stdout, f"{copy}: {copy.stat().st_size} bytes, checked\n")
        writer.close()
        self.assertEqual(query(copy, "SELECT generation FROM state"), [(77,)])
        for table in ("mission", "track_point", "total"):
            sql = f"SELECT * FROM {table}"
            self.assertEqual(query(copy, sql), query(self.db, sql))
        self.assertEqual(json.loads(edge("status", "--db", copy, "--json").stdout)["generation"], 77)
        self.assertFalse([p for p in self.folder.iterdir() if "part" in p.name])

    def test_backup_never_writes_over_a_file(self):
        copy = self.folder / "copy.db"
        copy.write_text("mine")
        edge("backup", copy, "--db", self.db, expect=73)
        self.assertEqual(copy.read_text(), "mine")
        edge("backup", self.folder / "no" / "copy.db", "--db", self.db, expect=73)
        edge("backup", "--db", self.db, expect=2)
        edge("backup", self.folder / "x.db", "--db", self.folder / "none.db", expect=78)

    def test_backup_of_a_damaged_store_is_refused(self):
        bytes_ = bytearray(self.db.read_bytes())
        for at in range(3 * 4096, len(bytes_) - 4096, 2 * 4096):
            bytes_[at : at + 64] = b"\xa5" * 64
        self.db.write_bytes(bytes_)
        copy = self.folder / "copy.db"
        edge("backup", copy, "--db", self.db, expect=78)
        self.assertFalse(copy.exists())


if __name__ == "__main__":
    unittest.main()
