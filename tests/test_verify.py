"""edge verify: whatever differs from the source is found and named, and nothing is written."""

import contextlib
import json
import re
import shutil
import sqlite3
import unittest

import harness
from syncing import Syncing
from test_dumps import (
    MISSIONS, NOW, PROFILES, at, change, content, copy, demo, documents, edge, editing, is_mission, one,
    query, remove, sha256, write_documents,
)  # fmt: skip

# A glider's mission with a basin, variables, a project and a track; the first of the store.
CHOSEN = """SELECT mission_id FROM mission WHERE kind = 'glider' AND project <> '' AND
  mission_id IN (SELECT mission_id FROM mission_basin) ORDER BY 1 LIMIT 1"""


def steps(text):
    """The commands that verify names to mend what differs."""
    return [step for step in re.findall("`([^`]+)`", text) if "PLATFORM" not in step]


def follow(command, db, dump=None, **options):
    verb, *words = command.split()
    assert verb == "edge", command
    edge(*(dump if word == "DIR" else word for word in words), "--db", db, expect=0, **options)


class Verifying(unittest.TestCase):
    """A store of a demo dump that a test spoils in one place."""

    flags = ()

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.voto = demo(cls, *cls.flags) / "voto"
        cls.imported = harness.temp_dir(cls) / "edge.db"
        edge("import", cls.voto, "--db", cls.imported, expect=0)

    def setUp(self):
        self.directory = harness.temp_dir(self)
        self.db = self.directory / "edge.db"
        shutil.copy(self.imported, self.db)
        self.chosen = one(self.db, CHOSEN)
        [[self.platform, self.number]] = query(
            self.db, "SELECT platform, number FROM mission WHERE mission_id = ?", self.chosen
        )
        self.mission = f"{self.platform} M{self.number}"
        self.is_chosen = is_mission(self.platform, self.number)

    def verify(self, *flags, dump=None, expect=0, **options):
        words = ("--db", self.db, "--dump", dump or self.voto)
        return edge("verify", *words, *flags, expect=expect, **options)

    def edit(self, sql, *values):
        with editing(self.db) as db:
            changed = db.execute(sql, values).rowcount
        self.assertGreater(changed, 0, sql)

    def differences(self, dump=None):
        """{(what, which)} of all differences; the exit code says that there are some."""
        found = json.loads(self.verify("--json", dump=dump, expect=1).stdout)
        self.assertIs(found["equal"], False)
        return {(d["what"], d["which"]) for d in found["differences"]}

    def check_found(self, what, which, sql, *values):
        self.edit(sql, *values)
        self.assertIn((what, which), self.differences())


class Equal(Verifying):
    def test_equal_store_exits_0(self):
        done = self.verify()
        self.assertRegex(done.stdout, r"^equal: .*edge\.db")
        self.assertEqual(done.stderr, "")

    def test_equal_store_as_json(self):
        found = json.loads(self.verify("--json").stdout)
        self.assertEqual(found, {"equal": True, "differences": [], "notes": []})

    def test_verify_writes_nothing_to_an_equal_store(self):
        before = sha256(self.db)
        self.verify()
        self.assertEqual(sha256(self.db), before)

    def test_verify_writes_nothing_to_an_unequal_store(self):
        self.edit("UPDATE total SET missions = missions + 1")
        before = content(self.db)
        bytes_before = sha256(self.db)
        self.verify(expect=1)
        self.assertEqual(sha256(self.db), bytes_before)
        self.assertEqual(content(self.db), before)

    def test_verify_while_a_reader_holds_the_store(self):
        with contextlib.closing(sqlite3.connect(self.db, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM mission").fetchall()
            self.verify()

    def test_verify_while_a_writer_holds_the_store(self):
        with contextlib.closing(sqlite3.connect(self.db, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("DELETE FROM mission")
            self.verify()

    def test_verify_leaves_no_temporary_file(self):
        temporary = harness.temp_dir(self)
        self.verify(env={"TMPDIR": temporary})
        self.edit("UPDATE total SET missions = missions + 1")
        self.verify(env={"TMPDIR": temporary}, expect=1)
        damaged = copy(self, self.voto)
        (damaged / "profiles.bson").write_bytes((damaged / "profiles.bson").read_bytes()[:-1])
        self.verify(env={"TMPDIR": temporary}, dump=damaged, expect=65)
        self.assertEqual(list(temporary.iterdir()), [])

    def test_difference_as_text_names_both_values(self):
        self.edit("UPDATE total SET missions = missions + 1000 WHERE scope = 'all'")
        done = self.verify(expect=1)
        [line] = [x for x in done.stdout.splitlines() if x.startswith("total all  glider:")]
        self.assertRegex(line, r"expected 12 platforms, 23 missions,.*found 12 platforms, 1023 ")
        self.assertRegex(done.stderr, r"\d+ differences")

    def test_difference_as_text_names_the_way_out(self):
        later = copy(self, self.voto)
        change(later, MISSIONS, self.is_chosen, comment="later")
        done = self.verify(dump=later, expect=1)
        again, anew = steps(done.stdout)
        follow(again, self.db, later)
        self.verify(dump=later)
        # What is wrong in the store alone no run sees.
        self.edit("UPDATE total SET missions = missions + 1")
        follow(again, self.db, later)
        self.verify(dump=later, expect=1)
        follow(anew, self.db, later)
        self.verify(dump=later)

    def test_store_is_built_anew_while_pages_are_served_from_it(self):
        later = copy(self, self.voto)
        change(later, MISSIONS, self.is_chosen, comment="later")
        with harness.EdgeServe(self.db, env={"EDGE_NOW": NOW}) as server:
            before = server.get("/api/v1/generation").json()["generation"]
            server.get("/missions")
            edge("import", later, "--db", self.db, expect=0)
            server.get("/missions")
            self.edit("UPDATE total SET missions = missions + 1")
            edge("import", later, "--rebuild", "--db", self.db, expect=0)
            self.assertEqual(server.get("/missions").status, 200)
            after = server.get("/api/v1/generation").json()["generation"]
            self.assertGreater(after, before + 1)
            self.verify(dump=later)
        self.verify(dump=later)

    def test_store_is_built_anew_only_from_a_source_that_has_its_missions(self):
        few = copy(self, self.voto)
        remove(few, MISSIONS, lambda document: document["mission"] % 3)
        before = content(self.db)
        said = edge("import", few, "--rebuild", "--db", self.db, expect=1).stderr
        self.assertIn("nothing was changed", said)
        self.assertEqual(content(self.db), before)
        edge("sync", "--watch", "--rebuild", "--db", self.db, uri="mongodb://127.0.0.1:1/x", expect=2)

    def test_difference_as_json_names_both_values(self):
        self.edit("DELETE FROM mission WHERE mission_id = ?", self.chosen)
        found = json.loads(self.verify("--json", expect=1).stdout)
        wanted = {"what": "mission", "which": self.mission, "expected": "present"}
        self.assertIn({**wanted, "found": "missing"}, found["differences"])


class Totals(Verifying):
    def test_find_an_edited_total_of_each_scope(self):
        for scope in ("all", "year", "basin", "platform", "project"):
            for column in ("platforms", "missions", "profiles", "sea_time_ms", "distance_mm",
                           "vertical_mm", "data_points"):  # fmt: skip
                with self.subTest(f"{scope} {column}"):
                    shutil.copy(self.imported, self.db)
                    key = one(
                        self.db,
                        "SELECT max(key) FROM total WHERE scope = ? AND kind = 'glider'",
                        scope,
                    )
                    self.check_found(
                        "total", f"{scope} {key} glider",
                        f"UPDATE total SET {column} = {column} + 1 "
                        "WHERE scope = ? AND key = ? AND kind = 'glider'",
                        scope, key,
                    )  # fmt: skip

    def test_find_a_missing_total(self):
        self.check_found(
            "total", "all  sailbuoy", "DELETE FROM total WHERE scope = 'all' AND kind = 'sailbuoy'"
        )

    def test_find_an_extra_total(self):
        self.check_found(
            "total", "year 1999 glider",
            "INSERT INTO total VALUES ('year', '1999', 'glider', 1, 1, 1, 1, 1, 1, 1)",
        )  # fmt: skip

    def test_find_totals_that_are_not_those_of_the_facts(self):
        self.check_found(
            "total against facts", "all  glider",
            "UPDATE total SET distance_mm = 0 WHERE scope = 'all' AND kind = 'glider'",
        )  # fmt: skip


class Found(Verifying):
    """What lists are filtered, ordered and searched by."""

    def test_find_a_bit_that_is_wrong(self):
        for sql in (
            "UPDATE facet SET bits = x'01' WHERE scope = 'variable' AND key = ?",
            "DELETE FROM facet WHERE scope = 'variable' AND key = ?",
            "INSERT INTO facet VALUES ('variable', ?, 7, x'01')",
        ):
            with self.subTest(sql):
                shutil.copy(self.imported, self.db)
                key = one(self.db, "SELECT max(variable) FROM mission_variable")
                self.check_found("filter against facts", f"variable {key}", sql, key)

    def test_find_a_place_that_is_wrong(self):
        for sort in ("start", "basins", "profiles"):
            with self.subTest(sort):
                shutil.copy(self.imported, self.db)
                self.check_found(
                    "order against facts", self.mission,
                    "UPDATE mission_order SET key = 'x' WHERE mission_id = ? AND sort = ?",
                    self.chosen, sort,
                )  # fmt: skip

    def test_find_words_that_are_missing(self):
        self.check_found(
            "search against facts", f"mission_id {self.chosen}",
            "DELETE FROM mission_search WHERE rowid = ?", self.chosen,
        )  # fmt: skip


class Tracks(Verifying):
    def test_find_a_deleted_point(self):
        self.check_found(
            "track", self.mission,
            "DELETE FROM track_point WHERE mission_id = ? AND number = 3", self.chosen,
        )  # fmt: skip

    def test_find_a_deleted_point_that_the_mission_does_not_count(self):
        self.edit(
            "UPDATE mission SET track_points = track_points - 1 WHERE mission_id = ?", self.chosen
        )
        self.test_find_a_deleted_point()

    def test_find_an_added_point(self):
        self.check_found(
            "track", self.mission,
            "INSERT INTO track_point VALUES (?, 100000, NULL, 18, 57, NULL)", self.chosen,
        )  # fmt: skip

    def test_find_a_renumbered_point(self):
        # As many points as before; the last has another number.
        self.edit(
            """UPDATE track_point SET number = 100000 WHERE mission_id = ?1 AND number =
               (SELECT max(number) FROM track_point WHERE mission_id = ?1)""",
            self.chosen,
        )
        which = {which for _, which in self.differences()}
        self.assertIn(self.mission, which)

    def test_find_a_changed_point(self):
        changes = {"lon": 1e-7, "lat": -1e-7, "time_ms": 1, "max_depth_m": 0.1}
        for column, change_by in changes.items():
            with self.subTest(column):
                shutil.copy(self.imported, self.db)
                self.check_found(
                    "track points", self.mission,
                    f"UPDATE track_point SET {column} = {column} + ? "
                    "WHERE mission_id = ? AND number = 2",
                    change_by, self.chosen,
                )  # fmt: skip

    def test_find_an_edited_line(self):
        self.check_found(
            "track line", self.mission,
            "UPDATE track_line SET line = line || '??' WHERE mission_id = ? AND detail = 1",
            self.chosen,
        )  # fmt: skip

    def test_find_a_missing_line(self):
        self.check_found(
            "track line", self.mission,
            "DELETE FROM track_line WHERE mission_id = ? AND detail = 0", self.chosen,
        )  # fmt: skip


class Facts(Verifying):
    def test_find_each_edited_field_of_a_mission(self):
        columns = query(self.db, "SELECT name, type FROM pragma_table_info('mission')")
        # Its own number, its identity and its own times are not the source's.
        apart = {"mission_id", "platform", "number", "kind", "synced_ms", "completed_ms"}
        self.assertGreater(len(columns), 25)
        for column, kind in columns:
            if column in apart:
                continue
            with self.subTest(column):
                shutil.copy(self.imported, self.db)
                new = {
                    "TEXT": f"ifnull({column}, '') || 'x'",
                    "BLOB": "zeroblob(32)",
                    "REAL": f"ifnull({column}, 0) + 0.25",
                    "INTEGER": f"ifnull({column}, 0) + 1",
                }[kind]
                if column in ("basin_exists", "counted", "complete"):
                    new = f"1 - {column}"
                if column == "start_ms":
                    new = "start_ms - 1"
                self.edit(f"UPDATE mission SET {column} = {new} WHERE mission_id = ?", self.chosen)
                which = {which for _, which in self.differences()}
                self.assertIn(self.mission, which)

    def test_find_a_missing_mission(self):
        self.check_found(
            "mission", self.mission, "DELETE FROM mission WHERE mission_id = ?", self.chosen
        )

    def test_find_an_extra_mission(self):
        names = [
            name
            for [name] in query(self.db, "SELECT name FROM pragma_table_info('mission')")
            if name not in ("mission_id", "number")
        ]
        rest = ", ".join(names)
        self.check_found(
            "mission", f"{self.platform} M901",
            f"INSERT INTO mission (number, {rest}) SELECT 901, {rest} FROM mission "
            "WHERE mission_id = ?",
            self.chosen,
        )  # fmt: skip

    def test_find_a_missing_basin(self):
        self.check_found(
            "basins", self.mission,
            "DELETE FROM mission_basin WHERE mission_id = ?", self.chosen,
        )  # fmt: skip

    def test_find_another_basin(self):
        self.check_found(
            "basins", self.mission,
            """UPDATE mission_basin SET basin_id = (SELECT basin_id FROM basin
               WHERE name = 'The Quark') WHERE mission_id = ? AND rank = 0""",
            self.chosen,
        )  # fmt: skip

    def test_find_basins_in_another_order(self):
        [[mission, platform, number]] = query(
            self.db,
            """SELECT mission_id, platform, number FROM mission
               JOIN mission_basin USING (mission_id) WHERE rank = 1 ORDER BY 1 LIMIT 1""",
        )
        self.check_found(
            "basins", f"{platform} M{number}",
            "UPDATE mission_basin SET rank = 9 WHERE mission_id = ? AND rank = 0", mission,
        )  # fmt: skip

    def test_find_a_basin_row_with_another_start(self):
        # Lists of a basin are in the order of this copy of the mission's start.
        self.edit(
            "UPDATE mission_basin SET start_ms = start_ms + 1 WHERE mission_id = ?", self.chosen
        )
        self.assertIn(self.mission, {which for _, which in self.differences()})

    def test_find_a_missing_variable(self):
        self.check_found(
            "variables", self.mission,
            """DELETE FROM mission_variable WHERE mission_id = ?1 AND variable =
               (SELECT min(variable) FROM mission_variable WHERE mission_id = ?1)""",
            self.chosen,
        )  # fmt: skip

    def test_find_a_variable_row_with_another_start(self):
        self.edit(
            "UPDATE mission_variable SET start_ms = start_ms + 1 WHERE mission_id = ?", self.chosen
        )
        self.assertIn(self.mission, {which for _, which in self.differences()})

    def test_find_a_mission_that_is_recent_no_more(self):
        [[key, platform, number]] = query(
            self.db,
            """SELECT mission_id, platform, number FROM mission WHERE kind = 'glider'
               AND basin_exists ORDER BY end_ms DESC LIMIT 1""",
        )
        self.check_found(
            "recent", f"{platform} M{number}",
            "UPDATE mission SET end_ms = end_ms - 86400000, start_ms = start_ms - 86400000 "
            "WHERE mission_id = ?", key,
        )  # fmt: skip

    def test_find_an_edited_platform(self):
        self.check_found(
            "platform", self.platform, "UPDATE platform SET name = 'X' WHERE serial = ?",
            self.platform,
        )  # fmt: skip

    def test_find_an_extra_platform(self):
        self.check_found(
            "platform", "SEA999", "INSERT INTO platform (serial, kind) VALUES ('SEA999', 'glider')"
        )

    def test_find_an_edited_statistic(self):
        [[name, year, key]] = query(
            self.db, "SELECT name, year, key FROM stat WHERE number IS NOT NULL LIMIT 1"
        )
        self.check_found(
            "statistic", f"{name} {year} {key}",
            "UPDATE stat SET number = number + 1 WHERE name = ? AND year = ? AND key = ?",
            name, year, key,
        )  # fmt: skip

    def test_find_a_missing_statistic(self):
        [[name, year, key]] = query(self.db, "SELECT name, year, key FROM stat LIMIT 1")
        self.check_found(
            "statistic", f"{name} {year} {key}",
            "DELETE FROM stat WHERE name = ? AND year = ? AND key = ?", name, year, key,
        )  # fmt: skip

    def test_find_an_edited_pipeline_step(self):
        [[platform, number]] = query(
            self.db, "SELECT platform, number FROM pipeline WHERE step = 'yml' LIMIT 1"
        )
        self.check_found(
            "pipeline", f"{platform} M{number} yml",
            """UPDATE pipeline SET value = 1 - value
               WHERE platform = ? AND number = ? AND step = 'yml'""",
            platform, number,
        )  # fmt: skip


class Stale(Verifying):
    """The source has moved on since the store was filled."""

    def setUp(self):
        super().setUp()
        self.folder = copy(self, self.voto)

    def test_find_a_changed_mission(self):
        change(self.folder, MISSIONS, self.is_chosen, comment="changed")
        self.assertEqual(self.differences(self.folder), {("mission fields", self.mission)})

    def test_find_a_new_mission(self):
        found = documents(self.folder, MISSIONS)
        new = {**next(d for d in found if self.is_chosen(d)), "_id": "new", "mission": 901}
        write_documents(self.folder, MISSIONS, [*found, new])
        self.assertIn(("mission", f"{self.platform} M901"), self.differences(self.folder))

    def test_find_a_deleted_mission(self):
        remove(self.folder, MISSIONS, self.is_chosen)
        self.assertIn(("mission", self.mission), self.differences(self.folder))

    def test_find_a_profile_gone_under_an_unchanged_mission(self):
        first = next(d for d in documents(self.folder, PROFILES) if self.is_chosen(d))
        remove(self.folder, PROFILES, lambda d: d["_id"] == first["_id"])
        self.assertIn(("track", self.mission), self.differences(self.folder))

    def test_find_a_profile_moved_under_an_unchanged_mission(self):
        first = next(d for d in documents(self.folder, PROFILES) if self.is_chosen(d))
        change(
            self.folder, PROFILES, lambda d: d["_id"] == first["_id"], lat=first["lat"] + 0.0001
        )
        self.assertIn(("track points", self.mission), self.differences(self.folder))

    def test_equal_again_after_an_import(self):
        change(self.folder, MISSIONS, self.is_chosen, comment="changed")
        edge("import", self.folder, "--db", self.db, expect=0)
        self.verify(dump=self.folder)


class Held(Verifying):
    """A mission whose document does not fit is served as it last did."""

    def setUp(self):
        super().setUp()
        self.folder = copy(self, self.voto)
        change(self.folder, MISSIONS, self.is_chosen, start="yesterday", _id="new")
        edge("import", self.folder, "--db", self.db, expect=0)

    def test_held_mission_is_equal_with_a_note(self):
        found = json.loads(self.verify("--json", dump=self.folder).stdout)
        self.assertIs(found["equal"], True)
        [note] = found["notes"]
        self.assertEqual(note["which"], self.mission)
        self.assertIn("quarantine", note["found"])

    def test_note_as_text(self):
        done = self.verify(dump=self.folder)
        self.assertIn(f"note: mission {self.mission}: held", done.stdout)

    def test_find_an_edited_total_beside_a_held_mission(self):
        self.edit("UPDATE total SET profiles = profiles + 1 WHERE scope = 'all'")
        self.assertIn(("total", "all  glider"), self.differences(self.folder))

    def test_find_a_held_mission_that_is_missing_in_the_totals(self):
        self.edit("UPDATE mission SET counted = 0 WHERE mission_id = ?", self.chosen)
        self.assertIn(("total against facts", "all  glider"), self.differences(self.folder))

    def test_find_a_missing_quarantine_row(self):
        self.edit("DELETE FROM quarantine")
        self.assertIn("quarantine", {what for what, _ in self.differences(self.folder)})

    def test_find_an_extra_quarantine_row(self):
        self.edit(
            """INSERT INTO quarantine SELECT collection, '"other"', field, reason, '', -1,
               first_ms, document FROM quarantine"""
        )
        self.assertIn(("quarantine", 'glidermissions "other"'), self.differences(self.folder))


class Refusals(Verifying):
    def test_missing_store(self):
        self.db.unlink()
        done = self.verify(expect=78)
        self.assertIn(str(self.db), done.stderr)

    def test_store_of_another_program(self):
        self.db.unlink()
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            db.execute("CREATE TABLE t (x)")
        self.verify(expect=78)

    def test_missing_dump(self):
        self.verify(dump="/nonexistent", expect=78)

    def test_no_source(self):
        done = edge("verify", "--db", self.db, expect=78)
        self.assertIn("EDGE_MONGODB_URI", done.stderr)

    def test_no_room_for_temporary_files(self):
        done = self.verify(env={"TMPDIR": "/nonexistent"}, expect=73)
        self.assertIn("/nonexistent", done.stderr)

    def test_server_away(self):
        uri = "mongodb://127.0.0.1:1/voto?serverSelectionTimeoutMS=300"
        done = edge("verify", "--db", self.db, uri=uri, expect=75)
        self.assertIn("127.0.0.1:1", done.stderr)

    def test_failure_prints_no_half_json(self):
        done = self.verify("--json", dump="/nonexistent", expect=78)
        self.assertEqual(done.stdout, "")


class Server(Syncing):
    """The same against a server."""

    def setUp(self):
        super().setUp()
        self.sync()

    def differences(self, **options):
        done = edge("verify", "--db", self.db, "--json", uri=self.uri, **options)
        found = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if found["equal"] else 1)
        return {(d["what"], d["which"]) for d in found["differences"]}, found["notes"]

    def test_equal_after_sync(self):
        self.assertEqual(self.differences(), (set(), []))

    def test_find_a_replaced_mission(self):
        mission = self.mission()
        mission.replace(more=2)
        found, _ = self.differences()
        self.assertIn(("track", mission.name), found)
        self.assertIn(("mission fields", mission.name), found)

    def test_find_a_profile_gone_under_an_unchanged_mission(self):
        mission = self.mission()
        self.database[PROFILES].delete_one({**mission.filter, "number": 3})
        self.assertIn(("track", mission.name), self.differences()[0])
        done = edge("verify", "--db", self.db, uri=self.uri, expect=1)
        again, anew = steps(done.stdout)
        follow(again, self.db, uri=self.uri, now=at(1))
        self.assertEqual(self.differences(), (set(), []))
        with editing(self.db) as db:
            db.execute("UPDATE total SET missions = missions + 1")
        follow(anew, self.db, uri=self.uri)
        self.assertEqual(self.differences(), (set(), []))

    def test_mission_in_its_grace_time_is_equal_with_a_note(self):
        mission = self.mission()
        mission.take_away()
        self.sync(now=at(0))
        found, [note] = self.differences(env={"EDGE_NOW": at(9)})
        self.assertEqual(found, set())
        self.assertEqual(note["which"], mission.name)
        self.assertIn("vanished", note["found"])

    def test_find_a_mission_that_stayed_beyond_its_grace_time(self):
        mission = self.mission()
        mission.take_away()
        self.sync(now=at(0))
        found, notes = self.differences(env={"EDGE_NOW": at(11)})
        self.assertIn(("mission", mission.name), found)
        self.assertEqual(notes, [])

    def test_mission_gone_just_now_is_a_difference(self):
        mission = self.mission()
        mission.take_away()
        self.assertIn(("mission", mission.name), self.differences()[0])

    def test_wrong_database_is_refused(self):
        uri = self.server.uri("no_such_database")
        edge("verify", "--db", self.db, uri=uri, expect=69)

    def test_verify_asks_for_mapped_fields_only(self):
        with self.spy() as spy:
            edge("verify", "--db", self.db, uri=spy.uri(self.name), expect=0)
            self.assertNotIn("profiles", spy.fields(MISSIONS))
            self.assertNotIn("profile_ids", spy.fields(MISSIONS))


if __name__ == "__main__":
    unittest.main()
