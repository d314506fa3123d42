"""Documents that do not fit: set aside and named, while the last good version is served."""

import json
import math
import pathlib
import random
import shutil
import subprocess
import time
import unittest

import bson
from bson import json_util

import harness
import oracle
from test_dumps import (
    LENIENT, MISSIONS, PROFILES, at, change, check_equal, check_sound, content, copy, demo,
    documents, edge, flat_totals, generation, is_mission, mission_keys, one, query, raw_documents,
    remove, sha256, totals, tracks, write_documents, write_json_lines,
)  # fmt: skip

NUMBER = '{ "$numberInt" : "%d" }'  # an _id as it is listed

DOCUMENT_MOST = 4096
RSS_MOST = 64 * 1024 * 1024


def source_id(document_id):
    """An _id as the quarantine table has it; None: the document has none."""
    if isinstance(document_id, bson.ObjectId):
        return f'{{ "$oid" : "{document_id}" }}'
    return json.dumps(document_id)


def readable(folder, collection):
    """A collection's documents; of one that Python cannot read, such as a date in the year
    291538364, the _id alone."""
    for raw in raw_documents(folder, collection):
        try:
            yield bson.decode(raw, LENIENT)
        except bson.errors.InvalidBSON:
            yield {"_id": bson.ObjectId(raw[9:21])}


def in_quarantine(path):
    """{(collection, _id as text): (field, reason, platform, number)}"""
    return {
        (collection, name): tuple(rest)
        for collection, name, *rest in query(
            path,
            "SELECT collection, source_id, field, reason, platform, number FROM quarantine",
        )
    }


class Manifest(unittest.TestCase):
    """The demo's dirty documents and the list of what becomes of each."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.dump = demo(cls, "--dirty", missions=6, profiles=20)
        cls.voto = cls.dump / "voto"
        cls.manifest = json_util.loads((cls.dump / "dirty.json").read_text())
        cls.db = harness.temp_dir(cls) / "edge.db"
        cls.done = edge("import", cls.voto, "--db", cls.db, expect=0)
        cls.quarantine = in_quarantine(cls.db)

    def listed(self, expected):
        return [d for d in self.manifest if d["expected"] == expected]

    def key(self, document):
        return document["collection"], source_id(document["_id"])

    def test_report_names_the_number(self):
        count = len(self.listed("quarantined"))
        self.assertGreater(count, 80)
        self.assertIn(f"; {count} documents in quarantine;", self.done.stdout)
        self.assertEqual(len(self.quarantine), count)

    def test_set_aside_each_document_that_does_not_fit(self):
        for document in self.listed("quarantined"):
            if document["_id"] is not None:
                with self.subTest(document["what"]):
                    self.assertIn(self.key(document), self.quarantine)

    def test_set_aside_a_document_without_id_by_its_place(self):
        [place] = [n for n, d in enumerate(readable(self.voto, MISSIONS), 1) if "_id" not in d]
        self.assertIn((MISSIONS, f"#{place}"), self.quarantine)

    def test_take_each_document_that_fits(self):
        for document in self.listed("accepted"):
            with self.subTest(document["what"]):
                self.assertNotIn(self.key(document), self.quarantine)

    def test_set_aside_nothing_else(self):
        listed = {self.key(d) for d in self.listed("quarantined")}
        others = {key for key in set(self.quarantine) - listed if not key[1].startswith("#")}
        self.assertEqual(others, set())

    def test_reason_names_the_field_and_what_is_wrong(self):
        for key, (field, reason, *_) in self.quarantine.items():
            with self.subTest(key):
                self.assertRegex(reason, rf"^{field}: .{{5,}}")

    def test_reasons_of_some(self):
        reasons = {
            "start is text": "start: is text, not a date",
            "lon beyond 180": "lon: 180.5 is not between -180 and 180",
            "lon is NaN": "lon: is NaN",
            "no platform": "platform_serial: is missing",
            "end before start": "end: is before start",
            "mission has a fraction": "mission: 7.5 is not a whole number",
            "comment is not UTF-8": "comment: is not valid UTF-8",
            "comment with a NUL inside": "comment: has a NUL inside",
            "the older of two documents of one mission": "mission: another document",
        }
        for document in self.manifest:
            reason = reasons.pop(document["what"], None)
            if reason:
                with self.subTest(document["what"]):
                    self.assertTrue(self.quarantine[self.key(document)][1].startswith(reason))
        self.assertEqual(reasons, {})

    def test_identity_is_kept_where_it_can_be_read(self):
        for document in self.listed("quarantined"):
            if document["what"] in ("start is text", "lon is text", "lat beyond the pole"):
                _, _, platform, number = self.quarantine[self.key(document)]
                self.assertRegex(platform, r"^(SEA|SB2)9\d\d$")
                self.assertGreater(number, 0)

    def accepted(self):
        """The oracle's reading of the documents that fit, written plainly."""
        aside = {self.key(d) for d in self.listed("quarantined")}

        def plain(value):
            if isinstance(value, bson.Decimal128):
                value = float(value.to_decimal())
            return None if isinstance(value, float) and math.isnan(value) else value

        def read(collection, *_):
            for document in readable(self.voto, collection):
                if (collection, source_id(document.get("_id"))) in aside or "_id" not in document:
                    continue
                document = {k: plain(v) for k, v in document.items()}
                for axis in ("lon", "lat"):
                    if isinstance(document.get(axis), list):
                        document[axis] = [math.nan if x is None else x for x in document[axis]]
                yield document

        source = oracle.from_documents(read)
        self.assertEqual(source.unfit, [])
        self.assertEqual(source.duplicates, [])
        return source

    def test_figures_are_those_of_the_documents_that_fit(self):
        source = self.accepted()
        check_sound(self, self.db)
        self.assertEqual(mission_keys(self.db), {m.key for m in source.missions.values()})
        self.assertEqual(totals(self.db), flat_totals(oracle.all_totals(source)))
        self.assertEqual(tracks(self.db), source.tracks)

    def test_store_of_dirty_data_is_equal_to_its_source(self):
        done = edge("verify", "--db", self.db, "--dump", self.voto, expect=0)
        self.assertIn("equal", done.stdout)

    def test_second_import_writes_nothing(self):
        before = sha256(self.db)
        edge("import", self.voto, "--db", self.db, now=at(5), expect=0)
        self.assertEqual(sha256(self.db), before)

    def test_documents_in_another_order_are_the_same(self):
        folder = copy(self, self.voto)
        for path in folder.glob("*.bson"):
            write_documents(folder, path.stem, raw_documents(folder, path.stem)[::-1])
        edge("verify", "--db", self.db, "--dump", self.voto, expect=0)
        other = harness.temp_dir(self) / "edge.db"
        edge("import", folder, "--db", other, expect=0)
        # But for the document that only its place names.
        for table in ("track_point", "total", "mission_basin", "mission_variable"):
            self.assertEqual(content(other)[table], content(self.db)[table], table)
        named = {key for key in in_quarantine(other) if not key[1].startswith("#")}
        self.assertEqual(named, {k for k in self.quarantine if not k[1].startswith("#")})

    def test_strict_import_exits_65(self):
        other = harness.temp_dir(self) / "edge.db"
        edge("import", self.voto, "--db", other, "--strict", expect=65)
        status = json.loads(edge("status", "--json", "--db", other, expect=0).stdout)
        self.assertEqual(status["exit_code"], 65)
        self.assertIsNotNone(status["last_success"])
        self.assertIsNone(status["failing_since"])

    def test_dirty_compressed_dump_is_the_same(self):
        folder = demo(self, "--dirty", "--gzip", missions=6, profiles=20) / "voto"
        edge("verify", "--db", self.db, "--dump", folder, expect=0)

    def test_list_names_every_document(self):
        found = json.loads(edge("quarantine", "list", "--json", "--db", self.db, expect=0).stdout)
        self.assertEqual({(d["collection"], d["_id"]) for d in found}, set(self.quarantine))
        self.assertLessEqual({"field", "reason", "platform", "mission", "since"}, set(found[0]))

    def test_list_as_text_holds_no_control_character_of_the_source(self):
        done = edge("quarantine", "list", "--db", self.db, expect=0)
        self.assertIn("Set-Cookie", done.stdout)
        lines = done.stdout.split("\n")
        self.assertEqual([x for x in lines if any(ord(c) < 32 or ord(c) == 127 for c in x)], [])
        self.assertEqual([x for x in lines if x.startswith("Set-Cookie")], [])

    def test_show_of_a_whole_id_shows_that_one(self):
        folder = harness.temp_dir(self)
        ids = ("5", "51", '"5"', 7, 71, {"$oid": "a" * 24}, {"a": "5"}, {"b": "6"})
        (folder / "glidermissions.json").write_text("".join(json.dumps({"_id": i}) + "\n" for i in ids))
        other = folder / "edge.db"
        edge("import", folder, "--db", other, expect=0)
        for word, shown in (
            ('"5"', '"5"'), ("5", '"5"'), ("51", '"51"'), ("7", NUMBER % 7), ("71", NUMBER % 71),
            (NUMBER % 7, NUMBER % 7), ("a" * 24, '{ "$oid" : "%s" }' % ("a" * 24)),
        ):  # fmt: skip
            done = edge("quarantine", "show", word, "--db", other, "--json", expect=0)
            self.assertEqual([d["_id"] for d in json.loads(done.stdout)], [shown], word)
        for word in ("1", "6", "a" * 23, "$oid", "", "%"):
            done = edge("quarantine", "show", word, "--db", other, expect=1)
            self.assertIn(f"has the _id '{word}'", done.stderr)

    def test_show_prints_the_document(self):
        [document] = [d for d in self.manifest if d["what"] == "start is text"]
        words = ("quarantine", "show", str(document["_id"]), "--db", self.db)
        done = edge(*words, "--json", expect=0)
        [found] = json.loads(done.stdout)
        self.assertEqual(json.loads(found["document"])["start"], "2024-05-01T00:00:00Z")

    def test_status_counts_the_quarantine(self):
        status = json.loads(edge("status", "--json", "--db", self.db, expect=0).stdout)
        self.assertEqual(status["quarantined"], len(self.quarantine))


class Quarantined(unittest.TestCase):
    """What is kept of a document."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.voto = demo(cls, missions=4, profiles=10) / "voto"

    def kept(self, found):
        """The texts kept of missions that do not fit, by _id."""
        folder = copy(self, self.voto)
        [mission, *_] = documents(folder, MISSIONS)
        for document in found:
            for name, value in mission.items():
                document.setdefault(name, value)
        write_documents(folder, MISSIONS, found)
        db = harness.temp_dir(self) / "edge.db"
        edge("import", folder, "--db", db, expect=0)
        rows = query(db, "SELECT source_id, CAST(document AS BLOB) FROM quarantine")
        self.assertEqual(len(rows), len(found))
        return dict(rows)

    def test_document_is_extended_json(self):
        kept = self.kept([{"_id": 1, "mission": 7.5, "comment": "Åland 'quoted' \"twice\" \n"}])
        [text] = kept.values()
        found = json_util.loads(text.decode())
        self.assertEqual(found["mission"], 7.5)
        self.assertEqual(found["comment"], "Åland 'quoted' \"twice\" \n")

    def test_long_document_is_cut_at_4_kib(self):
        [text] = self.kept([{"_id": 1, "mission": 7.5, "comment": "a" * 10000}]).values()
        self.assertLessEqual(len(text), DOCUMENT_MOST)
        self.assertGreater(len(text), DOCUMENT_MOST - 100)

    def test_cut_never_falls_inside_a_character(self):
        found = [
            {"_id": n, "mission": 7.5, "project": "p" * pad, "comment": letter * 4000}
            for n, (pad, letter) in enumerate(
                (pad, letter) for pad in range(4) for letter in ("å", "€", "🐋", '"', "\n", "\x01")
            )
        ]
        for name, text in self.kept(found).items():
            with self.subTest(name):
                self.assertLessEqual(len(text), DOCUMENT_MOST)
                text.decode()

    def test_fields_that_are_not_mapped_are_not_kept(self):
        [text] = self.kept([{"_id": 1, "mission": 7.5, "secret": "never-read-canary"}]).values()
        self.assertNotIn(b"never-read-canary", text)

    def test_many_wrong_fields_are_all_in_the_reason(self):
        folder = copy(self, self.voto)
        change(folder, MISSIONS, lambda d: True, start=1, end="x", project=7, variables="v")
        db = harness.temp_dir(self) / "edge.db"
        edge("import", folder, "--db", db, expect=0)
        reason = query(db, "SELECT reason FROM quarantine")[0][0]
        for field in ("start", "end", "project", "variables"):
            self.assertIn(f"{field}: ", reason)


class LastGood(unittest.TestCase):
    """A mission that was clean and is not any more."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.voto = demo(cls) / "voto"
        cls.source = oracle.read(cls.voto)
        cls.imported = harness.temp_dir(cls) / "edge.db"
        edge("import", cls.voto, "--db", cls.imported, expect=0)

    def setUp(self):
        self.folder = copy(self, self.voto)
        self.db = harness.temp_dir(self) / "edge.db"
        shutil.copy(self.imported, self.db)
        self.mission = next(
            m for m in self.source.missions.values() if m.kind == "glider" and m.counted
        )
        self.is_chosen = is_mission(self.mission.platform, self.mission.number)

    def load(self, expect=0, **options):
        return edge("import", self.folder, "--db", self.db, expect=expect, **options)

    def spoil(self, raw=None, **fields):
        """Changes the mission's document, or puts raw bytes in its place."""
        if raw is None:
            change(self.folder, MISSIONS, self.is_chosen, **fields)
            return
        found = documents(self.folder, MISSIONS)
        at_place = next(n for n, d in enumerate(found) if self.is_chosen(d))
        found[at_place] = raw
        write_documents(self.folder, MISSIONS, found)

    def raw(self):
        return next(
            raw for raw in raw_documents(self.folder, MISSIONS) if self.is_chosen(bson.decode(raw))
        )

    def check_held(self):
        check_equal(self, self.db, self.source)
        self.assertEqual(one(self.db, "SELECT count(*) FROM quarantine"), 1)
        edge("verify", "--db", self.db, "--dump", self.folder, expect=0)

    def test_keep_it_when_its_document_stops_fitting(self):
        self.spoil(start="yesterday")
        self.load()
        self.check_held()

    def test_keep_it_when_the_document_is_a_new_one(self):
        # The source writes every update under a new _id.
        day = self.mission.document["start"]
        for fields in (
            {"start": "yesterday"},
            {"end": ...},
            {"start": self.mission.document["end"], "end": day},
            {"total_distance_m": -1.0},
            {"total_profiles": "many"},
            {"variables": ["salinity", 7]},
            {"basin": 7},
            {"comment": "before\0after"},
            {"is_complete": "yes"},
        ):
            with self.subTest(fields):
                self.folder = copy(self, self.voto)
                shutil.copy(self.imported, self.db)
                self.spoil(_id=bson.ObjectId(), **fields)
                self.load()
                self.check_held()

    def test_keep_it_when_the_new_document_is_not_utf_8(self):
        self.spoil(_id=bson.ObjectId(), comment="<<<comment>>>")
        self.spoil(raw=self.raw().replace(b"<<<comment>>>", b"\xff\xfe\xc3( comment>"))
        self.load()
        self.check_held()

    def test_keep_it_when_its_number_cannot_be_read(self):
        # Its _id tells whose document it is.
        self.spoil(mission="33")
        self.load()
        self.check_held()

    def test_keep_it_when_its_document_is_no_valid_bson(self):
        self.spoil(odd={"a": 1})
        raw = self.raw()
        inner = bson.encode({"a": 1})
        self.assertIn(inner, raw)
        self.spoil(raw=raw.replace(inner, inner[:4] + b"\x7e" + inner[5:]))
        self.load()
        self.check_held()

    def test_keep_every_mission_when_none_fits(self):
        change(self.folder, MISSIONS, lambda d: True, end="never")
        change(self.folder, "sailbuoymissions", lambda d: True, end="never")
        self.load()
        check_equal(self, self.db, self.source)

    def test_do_not_show_a_mission_that_never_fitted(self):
        found = documents(self.folder, MISSIONS)
        new = {**found[0], "_id": "new", "mission": 901, "end": "never"}
        write_documents(self.folder, MISSIONS, [*found, new])
        self.load()
        self.check_held()

    def test_release_it_when_it_fits_again(self):
        self.spoil(start="yesterday", _id="second")
        self.load()
        self.folder = copy(self, self.voto)
        self.spoil(comment="clean again", _id="third")
        before = generation(self.db)
        self.load()
        self.assertEqual(in_quarantine(self.db), {})
        self.assertGreater(generation(self.db), before)
        check_equal(self, self.db, oracle.read(self.folder))

    def test_release_it_when_it_is_as_it_was(self):
        self.spoil(start="yesterday")
        self.load()
        self.folder = self.voto
        self.load()
        self.assertEqual(in_quarantine(self.db), {})
        check_equal(self, self.db, self.source)

    def test_replace_its_row_when_it_is_dirty_in_another_way(self):
        self.spoil(start="yesterday", _id="second")
        self.load(now=at(0))
        self.spoil(start="tomorrow", end=7, _id="third")
        self.load(now=at(5))
        [(key, (field, reason, *_))] = in_quarantine(self.db).items()
        self.assertEqual(key[1], '"third"')
        self.assertIn("end: ", reason)

    def test_keep_the_time_of_a_row_that_stays(self):
        self.spoil(start="yesterday")
        self.load(now=at(0))
        first = one(self.db, "SELECT first_ms FROM quarantine")
        change(self.folder, "gliders", lambda d: True, name="Renamed")
        self.load(now=at(5))
        self.assertEqual(one(self.db, "SELECT first_ms FROM quarantine"), first)

    def test_remove_it_when_the_document_is_gone(self):
        self.spoil(start="yesterday")
        self.load()
        remove(self.folder, MISSIONS, self.is_chosen)
        self.load()
        self.assertNotIn(self.mission.key, mission_keys(self.db))
        self.assertEqual(in_quarantine(self.db), {})
        check_equal(self, self.db, oracle.read(self.folder))

    def test_serve_the_fitting_one_of_two_documents(self):
        found = documents(self.folder, MISSIONS)
        dirty = {**next(d for d in found if self.is_chosen(d)), "_id": "zzz", "end": "never"}
        write_documents(self.folder, MISSIONS, [*found, dirty])
        self.load()
        self.check_held()

    def spoil_profile(self, **fields):
        """A new version of the mission with one profile that does not fit."""
        first = next(d for d in documents(self.folder, PROFILES) if self.is_chosen(d))
        change(self.folder, PROFILES, lambda d: d["_id"] == first["_id"], **fields)
        self.spoil(_id=bson.ObjectId())

    def test_leave_a_dirty_profile_out_of_the_track(self):
        self.spoil_profile(lat=float("nan"))
        self.load()
        expected = self.source.tracks[self.mission.key] - 1
        self.assertEqual(tracks(self.db)[self.mission.key], expected)
        [(collection, _)] = in_quarantine(self.db)
        self.assertEqual(collection, PROFILES)
        edge("verify", "--db", self.db, "--dump", self.folder, expect=0)

    def test_release_a_profile_that_fits_again(self):
        self.spoil_profile(lat=float("nan"))
        self.load()
        self.folder = self.voto
        self.load()
        self.assertEqual(in_quarantine(self.db), {})
        check_equal(self, self.db, self.source)

    def test_keep_a_dirty_profile_when_other_missions_change(self):
        self.spoil_profile(lat=float("nan"))
        self.load()
        other = next(
            m for m in self.source.missions.values()
            if m.kind == "glider" and m.key != self.mission.key
        )  # fmt: skip
        change(self.folder, MISSIONS, is_mission(other.platform, other.number), comment="changed")
        self.load()
        self.assertEqual(len(in_quarantine(self.db)), 1)
        edge("verify", "--db", self.db, "--dump", self.folder, expect=0)


class Mutations(unittest.TestCase):
    """Random damage: edge reads it, sets it aside or refuses it, and never falls over."""

    SECONDS = 12
    CODES = {0, 1, 65}

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.voto = demo(cls, missions=3, profiles=4) / "voto"
        cls.imported = harness.temp_dir(cls) / "edge.db"
        edge("import", cls.voto, "--db", cls.imported, expect=0)

    @staticmethod
    def mutate(chance, data):
        data = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            place = chance.randrange(len(data))
            act = chance.randrange(6)
            if act == 0:
                data[place] = chance.randrange(256)
            elif act == 1:
                data[place] ^= 1 << chance.randrange(8)
            elif act == 2:
                data[place] = chance.choice((0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 18, 19, 127, 255))
            elif act == 3:
                size = chance.randrange(1, 9)
                data[place : place + size] = chance.randbytes(size)
            elif act == 4:
                value = chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF))
                data[place : place + 4] = value.to_bytes(4, "little")
            elif len(data) > 16:
                del data[place : place + chance.randrange(1, 9)]
        return bytes(data)

    def spoil(self, folder, names, rounds, seed):
        """Spoils one of the files at a time; every exit code is one of the documented ones. Returns
        those that came."""
        chance = random.Random(seed)
        directory = harness.temp_dir(self)
        db = directory / "edge.db"
        deadline = time.monotonic() + self.SECONDS / 3
        codes = []
        for n in range(rounds):
            if time.monotonic() > deadline and len(codes) > 20:
                break
            path = folder / chance.choice(names)
            sound = path.read_bytes()
            path.write_bytes(self.mutate(chance, sound))
            for old in directory.iterdir():
                old.unlink()
            if n % 2:
                shutil.copy(self.imported, db)
            done = edge("import", folder, "--db", db)
            if done.returncode not in self.CODES:
                spoilt = path.read_bytes()
                self.fail(f"{path.name} of round {n}: {done.returncode}\n{done.stderr}\n{spoilt}")
            if done.returncode == 0:
                check_sound(self, db)
                if n % 4 == 0:
                    edge("verify", "--db", db, "--dump", folder, expect=0)
            path.write_bytes(sound)
            codes.append(done.returncode)
        return set(codes)

    def test_damage_of_bson_files(self):
        folder = copy(self, self.voto)
        names = [f"{name}.bson" for name in (MISSIONS, PROFILES, "sailbuoymissions", "gliders",
                                             "gliderstats", "pipelinestatus")]  # fmt: skip
        # The damage is neither all harmless nor all fatal.
        self.assertLessEqual({0, 65}, self.spoil(folder, names, 300, 1))

    def test_damage_of_json_files(self):
        folder = harness.temp_dir(self) / "json"
        write_json_lines(self.voto, folder, json_util.CANONICAL_JSON_OPTIONS)
        names = [f"{name}.json" for name in (MISSIONS, PROFILES, "gliderstats")]
        self.assertLessEqual({0, 65}, self.spoil(folder, names, 150, 2))

    def test_damage_of_compressed_files(self):
        folder = demo(self, "--gzip", missions=3, profiles=4) / "voto"
        names = [f"{MISSIONS}.bson.gz", f"{PROFILES}.bson.gz"]
        self.assertIn(65, self.spoil(folder, names, 150, 3))


class Memory(unittest.TestCase):
    """Memory does not grow with the source."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        if b"__asan_init" in harness.EDGE.read_bytes():
            raise unittest.SkipTest("a sanitizer takes memory of its own")

    def peak(self, *args):
        """The most memory that edge held, in bytes."""
        program = str(harness.EDGE.resolve())
        process = subprocess.Popen(
            [program, *map(str, args)], env=harness.edge_env(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        found = 0
        place = pathlib.Path("/proc", str(process.pid))
        while process.poll() is None:
            try:
                # Before it has become edge it still is this test's own process.
                if str((place / "exe").readlink()) == program:
                    status = (place / "status").read_text()
                    found = int(status.split("VmHWM:")[1].split()[0]) * 1024
            except (OSError, IndexError):
                pass
            time.sleep(0.001)
        self.assertEqual(process.returncode, 0)
        self.assertGreater(found, 0)
        return found

    def test_document_of_16_megabytes(self):
        voto = demo(self, "--dirty", missions=6, profiles=20) / "voto"
        self.assertGreater((voto / "glidermissions.bson").stat().st_size, 16_000_000)
        db = harness.temp_dir(self) / "edge.db"
        self.assertLess(self.peak("import", voto, "--db", db), RSS_MOST)

    def test_many_missions_and_profiles(self):
        voto = demo(self, missions=100, profiles=500) / "voto"
        db = harness.temp_dir(self) / "edge.db"
        self.assertLess(self.peak("import", voto, "--db", db), RSS_MOST)
        self.assertLess(self.peak("verify", "--db", db, "--dump", voto), RSS_MOST)


if __name__ == "__main__":
    unittest.main()
