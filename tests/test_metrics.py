"""/metrics: on an address of its own, in the format Prometheus reads, with figures that are right."""

import json
import re
import socket
import sqlite3
import unittest
import urllib.request

import harness
from test_dumps import NOW, demo, edge, query

SAMPLE = re.compile(r'^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+)\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$')


def parse(text):
    """{name: {labels: value}}; fails on anything that is not the exposition format."""
    found, types = {}, {}
    if not text.endswith("\n"):
        raise AssertionError("no newline at the end")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            if name in types:
                raise AssertionError(f"{name} twice")
            types[name] = kind
        elif not line.startswith("# HELP "):
            match = SAMPLE.match(line)
            if not match:
                raise AssertionError(f"not a sample: {line}")
            name, labels, value = match.groups()
            if re.sub("_(bucket|sum|count)$", "", name) not in types and name not in types:
                raise AssertionError(f"{name} has no type")
            samples = found.setdefault(name, {})
            if labels in samples:
                raise AssertionError(f"{line} twice")
            samples[labels] = float(value)
    return found


class Metrics(unittest.TestCase):
    flags = ("--metrics-listen", "127.0.0.1:0")

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.folder = harness.temp_dir(cls)
        cls.db = cls.folder / "edge.db"
        edge("import", demo(cls, "--dirty", missions=10, profiles=10), "--db", cls.db)
        with sqlite3.connect(cls.db) as db:
            db.executemany(
                "INSERT INTO run VALUES (NULL, 0, 0, 'sync', 'resync', ?, 0, 0, 0, 0, 0)",
                [("profiles: code 286: secret.example",), ("gliders: code 286: x",), ("x: the source reports drop",)],
            )
        db.close()

    def setUp(self):
        self.server = harness.enter(self, harness.EdgeServe(self.db, *self.flags, env={"EDGE_NOW": NOW}))
        self.url = re.search(r"metrics on (http://\S+)", self.server.log).group(1)

    def ask(self, url=None):
        with urllib.request.urlopen(url or self.url, timeout=10) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            return answer.read().decode()

    def test_the_store_and_its_runs(self):
        text = self.ask()
        self.assertNotIn("secret.example", text)
        found = parse(text)
        for name in ("edge_generation", "edge_store_up"):
            self.assertEqual(found[name], {None: 1})
        self.assertEqual(found["edge_missions"], {None: query(self.db, "SELECT count(*) FROM mission")[0][0]})
        self.assertEqual(found["edge_db_bytes"], {None: self.db.stat().st_size})
        self.assertEqual(
            found["edge_quarantined_documents"],
            {f'collection="{c}"': n for c, n in query(self.db, "SELECT collection, count(*) FROM quarantine GROUP BY 1")},
        )
        self.assertEqual(found["edge_sync_resyncs_total"], {'reason="history_lost"': 2, 'reason="drop"': 1})
        beat = json.loads(self.db.with_name("edge.db.status").read_text())
        self.assertTrue(beat["last_success"].startswith("2026-11-22T"))
        self.assertGreater(found["edge_sync_last_success_timestamp_seconds"][None], 1795300000)
        self.assertEqual(found["edge_disk_full"], {None: 0})
        self.assertIn('version="', next(iter(found["edge_build_info"])))

    def test_what_runs_wrote_and_what_they_failed_with(self):
        folder = harness.temp_dir(self)
        db, dump = folder / "edge.db", demo(self, missions=6, profiles=10)
        edge("import", dump, "--db", db, expect=0)
        profiles = next((dump / "voto").glob("profiles.bson"))
        whole = profiles.read_bytes()
        profiles.write_bytes(whole[:-1])
        for _ in range(2):
            edge("import", dump, "--db", db, expect=65)
        profiles.write_bytes(whole)
        edge("import", dump, "--db", db, expect=0)
        with harness.EdgeServe(db, *self.flags, env={"EDGE_NOW": NOW}) as server:
            found = parse(self.ask(re.search(r"metrics on (http://\S+)", server.log).group(1)))
        [[missions, points]] = query(db, "SELECT count(*), sum(track_points) FROM mission")
        self.assertEqual(
            found["edge_sync_documents_total"],
            {
                'collection="missions",op="new"': missions,
                'collection="missions",op="changed"': 0,
                'collection="missions",op="removed"': 0,
                'collection="profiles",op="written"': points,
            },
        )
        self.assertEqual(found["edge_sync_errors_total"], {'kind="bad-data"': 2})

    def test_requests_by_pattern_and_code(self):
        platform, number = query(self.db, "SELECT platform, number FROM mission LIMIT 1")[0]
        for path, times in ((f"/{platform}/M{number}", 3), ("/nope/../x", 1), ("/nope", 2), ("/healthz", 1), ("/rss", 1)):
            for _ in range(times):
                self.server.get(path)
        found = parse(self.ask())
        counts = found["edge_http_requests_total"]
        self.assertEqual(counts['route="/{serial}/M{number:int}",code="200"'], 3)
        self.assertEqual(counts['route="none",code="404"'], 2)
        self.assertEqual(counts['route="/healthz",code="200"'], 1)
        self.assertEqual(counts['route="/rs{rest:any}",code="308"'], 1)
        self.assertNotIn(platform, " ".join(counts))
        name = "edge_http_request_duration_seconds"
        buckets = list(found[name + "_bucket"].values())
        self.assertEqual(buckets, sorted(buckets), "buckets are cumulative")
        self.assertEqual(buckets[-1], found[name + "_count"][None])
        self.assertEqual(buckets[-1], sum(counts.values()))
        self.assertEqual(found["edge_http_workers_busy"], {None: 0})

    def test_the_public_address_does_not_have_them(self):
        self.assertEqual(self.server.get("/metrics").status, 404)

    def test_the_other_address_has_nothing_else(self):
        base = self.url.removesuffix("/metrics")
        for path in ("/", "/missions", "/metrics/x", "/data/edge.sqlite"):
            with self.assertRaises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(base + path, timeout=10)
            self.assertEqual(raised.exception.code, 404)
            raised.exception.close()
        port = int(base.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
            s.sendall(b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            self.assertRegex(s.recv(1000), rb"^HTTP/1.1 4\d\d ")

    def test_they_are_answered_while_all_others_wait(self):
        held = []
        try:
            for _ in range(70):
                s = socket.create_connection(("127.0.0.1", self.server.port))
                s.sendall(b"GET / HT")
                held.append(s)
            self.assertEqual(parse(self.ask())["edge_store_up"], {None: 1})
        finally:
            for s in held:
                s.close()

    def test_without_a_store_they_say_so(self):
        with harness.EdgeServe(self.folder / "none.db", *self.flags) as server:
            found = parse(self.ask(re.search(r"metrics on (http://\S+)", server.log).group(1)))
        self.assertEqual(found["edge_store_up"], {None: 0})
        self.assertEqual(found["edge_sync_last_success_timestamp_seconds"], {None: 0})
        self.assertNotIn("edge_generation", found)

    def test_an_address_that_cannot_be_used_ends_the_start(self):
        for bad in ("nowhere", f"127.0.0.1:{self.server.port}"):
            edge("serve", "--db", self.db, "--listen", "127.0.0.1:0", "--metrics-listen", bad, expect=78)


class Unset(unittest.TestCase):
    def test_nothing_listens_unasked(self):
        harness.needs("edge")
        folder = harness.temp_dir(self)
        with harness.EdgeServe(folder / "none.db") as server:
            self.assertNotIn("metrics", server.log)
            self.assertEqual(server.get("/metrics").status, 404)


if __name__ == "__main__":
    unittest.main()
