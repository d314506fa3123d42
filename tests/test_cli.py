"""The command line: words, settings and exit codes."""

import json
import os
import re
import subprocess
import unittest

import harness
from test_dumps import MISSIONS, NOW, copy, demo, edge

VERBS = {"serve", "sync", "import", "verify", "status", "demo", "config", "version"}

# A line of `edge config`: name, value, origin.
SETTING = re.compile(
    r"(\w+) +(.*?) +(default|flag|environment|file|credential|not set|file in \w+)"
)


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge")

    def setUp(self):
        self.directory = harness.temp_dir(self)
        self.db = self.directory / "edge.db"

    def config_file(self, text):
        path = self.directory / "edge.json"
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        return path

    def fail_with(self, code, *args, **options):
        """The one line of standard error of a command that must fail so."""
        done = edge(*args, expect=code, **options)
        self.assertEqual(done.stdout, "")
        [line] = done.stderr.splitlines()
        return line

    def settings(self, *args, **options):
        """{name: (value, origin)} as `edge config` prints them."""
        done = edge("config", *args, expect=0, **options)
        lines = [SETTING.fullmatch(line) for line in done.stdout.splitlines()]
        self.assertNotIn(None, lines, done.stdout)
        return {name: (value, origin) for name, value, origin in (x.groups() for x in lines)}


class Help(Command):
    def verbs(self):
        done = edge("-h", expect=0)
        return set(re.findall(r"^  ([a-z]+) ", done.stdout, re.MULTILINE))

    def test_help_lists_the_verbs(self):
        self.assertLessEqual(VERBS, self.verbs())

    def test_help_has_three_names(self):
        texts = {edge(word, expect=0).stdout for word in ("-h", "--help", "help")}
        self.assertEqual(len(texts), 1)

    def test_help_of_a_verb_has_three_names(self):
        texts = {edge(*words, expect=0).stdout
                 for words in (("sync", "-h"), ("sync", "--help"), ("help", "sync"))}  # fmt: skip
        self.assertEqual(len(texts), 1)
        self.assertIn("did you mean sync?", edge("help", "syncc", expect=2).stderr)

    def test_help_names_the_exit_codes(self):
        text = edge("-h", expect=0).stdout
        for code in (0, 1, 2, 65, 69, 73, 74, 75, 78):
            self.assertRegex(text, rf"\b{code}\b")

    def test_help_of_each_verb_is_on_standard_output(self):
        for verb in sorted(self.verbs()):
            for flag in ("-h", "--help"):
                with self.subTest(f"{verb} {flag}"):
                    done = edge(verb, flag, expect=0)
                    self.assertTrue(done.stdout.startswith(f"usage: edge {verb}"), done.stdout)
                    self.assertIn("--config", done.stdout)
                    self.assertEqual(done.stderr, "")

    def test_help_of_a_verb_names_variable_and_default(self):
        text = edge("sync", "-h", expect=0).stdout
        self.assertRegex(text, r"--grace TIME .*\[EDGE_GRACE\] \(default 10min\)")

    def test_help_lists_the_words_of_a_verb(self):
        for text in (edge("-h", expect=0).stdout, edge("quarantine", "-h", expect=0).stdout):
            self.assertRegex(text, r"quarantine +list\|show ID\|retry ")
        self.assertTrue(edge("sync", "-h", expect=0).stdout.startswith("usage: edge sync --once|--watch "))

    def test_help_says_what_numbers_mean(self):
        text = edge("sync", "-h", expect=0).stdout
        for flag, meaning in (
            ("--deadline TIME", "0: no limit of its own"), ("--grace TIME", "0 not at all"),
            ("--deep-check TIME", "0 never"), ("--snapshot TIME", "0 never"),
            ("--interval TIME", "1s or more"), ("--removal-limit PERCENT", "0 none, 100 as --allow-mass-delete"),
        ):  # fmt: skip
            self.assertRegex(text, rf"(?m)^  {flag} .*{meaning}")
        self.assertIn("\nTIME is a number with ms, s, min, h or d behind it, or of seconds.\n", text)
        self.assertNotIn("TIME", edge("status", "-h", expect=0).stdout)

    def test_flags_and_variables_that_readme_names_are_there(self):
        readme = (harness.ROOT / "README.md").read_text()
        helps = "".join(edge(verb, "-h", expect=0).stdout for verb in self.verbs())
        others = {"--now", "--prefix", "--offline", "--install"}  # of systemd and cmake
        named = set(re.findall(r"--[a-z][a-z-]+", readme)) - others
        self.assertGreater(len(named), 15)
        self.assertLessEqual(named, set(re.findall(r"--[a-z][a-z-]+", helps)))
        named = set(re.findall(r"EDGE_[A-Z_]+", readme))
        named -= {"EDGE_MONGODB_URI", "EDGE_MONGODB_URI_FILE", "EDGE_TEST_MONGODB_URI"}
        self.assertLessEqual(named, set(re.findall(r"EDGE_[A-Z_]+", helps)))

    def test_help_does_not_need_sound_settings(self):
        edge("sync", "--once", "-h", env={"EDGE_LOG_LEVEL": "loud"}, expect=0)

    def test_no_verb_is_wrong_usage(self):
        done = edge(expect=2)
        self.assertEqual(done.stdout, "")
        self.assertIn("usage: edge", done.stderr)


class Usage(Command):
    """Wrong words: exit 2, one line on standard error, with what may have been meant."""

    def test_unknown_verb_names_the_near_one(self):
        for word, near in (("sycn", "sync"), ("Status", "status"), ("improt", "import")):
            line = self.fail_with(2, word)
            self.assertIn(f"'{word}'", line)
            self.assertIn(f"did you mean {near}?", line)

    def test_unknown_verb_far_from_all_names_none(self):
        self.assertNotIn("did you mean", self.fail_with(2, "xyzzyxyzzy"))

    def test_unknown_flag_names_the_near_one(self):
        self.assertIn("did you mean --json?", self.fail_with(2, "status", "--jsno"))
        self.assertIn("did you mean --once?", self.fail_with(2, "sync", "--onec"))
        self.assertIn("did you mean --db?", self.fail_with(2, "verify", "--bd=x"))

    def test_flag_of_another_verb_is_unknown(self):
        self.assertIn("--once", self.fail_with(2, "status", "--once"))

    def test_flag_without_its_value(self):
        self.assertIn("--db takes a value", self.fail_with(2, "status", "--db"))

    def test_value_that_does_not_fit(self):
        for flags, word in (
            (("--grace", "soon"), "duration"),
            (("--deadline=-1s",), "duration"),
            (("--interval", "0"), "at least 1s"),
            (("--interval", "999ms"), "at least 1s"),
            (("--deep-check", "36501d"), "duration"),
            (("--removal-limit", "101"), "percent, 0 to 100"),
            (("--removal-limit", "-1"), "percent, 0 to 100"),
            (("--removal-limit", "20%"), "percent, 0 to 100"),
            (("--deadline", "5 parsecs"), "duration"),
            (("--log-level", "loud"), "debug"),
            (("--log-format=xml",), "json"),
        ):
            with self.subTest(flags):
                line = self.fail_with(2, "sync", "--once", *flags)
                self.assertIn(word, line)
                self.assertIn(flags[-1].split("=")[-1], line)

    def test_count_that_does_not_fit(self):
        for value in ("many", "-1", "1.5", "99999999999999999999", "", "7x"):
            with self.subTest(value):
                self.fail_with(2, "demo", self.directory / "d", "--missions", value)
                self.assertFalse((self.directory / "d").exists())

    def test_words_that_a_verb_does_not_take(self):
        for words in (("sync", "--once", "now"), ("verify", "x"), ("serve", "x"), ("status", "x"),
                      ("config", "x"), ("version", "x")):  # fmt: skip
            with self.subTest(words):
                self.assertIn(words[-1], self.fail_with(2, *words))

    def test_words_that_a_verb_needs(self):
        self.fail_with(2, "import", "--db", self.db)
        self.fail_with(2, "import", "a", "b", "--db", self.db)
        self.fail_with(2, "demo")
        self.assertFalse(self.db.exists())

    def test_word_after_a_double_dash_is_no_flag(self):
        line = self.fail_with(78, "import", "--db", self.db, "--", "--once")
        self.assertIn("--once", line)

    def test_value_behind_an_equals_sign(self):
        self.assertIn(str(self.db), self.fail_with(78, "status", f"--db={self.db}"))

    def test_last_of_two_flags_wins(self):
        line = self.fail_with(78, "status", "--db", "first.db", "--db", self.db)
        self.assertIn(str(self.db), line)

    def test_very_long_words_are_cut(self):
        for words in (("x" * 100_000,), ("status", "--" + "x" * 100_000)):
            self.assertLess(len(self.fail_with(2, *words)), 400)

    def test_very_long_word_is_near_to_none(self):
        for words in (("x" * 100_000,), ("status", "--" + "x" * 100_000)):
            self.assertNotIn("did you mean", self.fail_with(2, *words))

    def test_full_standard_output_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [str(harness.EDGE), "version"], stdout=full, stderr=subprocess.PIPE, text=True,
                env=harness.edge_env(),
            )  # fmt: skip
        self.assertEqual(done.returncode, 74)
        self.assertIn("standard output", done.stderr)


class Settings(Command):
    """Flags win over the environment, that over the file, that over defaults."""

    def test_defaults(self):
        found = self.settings()
        self.assertEqual(found["db"], ("edge.db", "default"))
        self.assertEqual(found["listen"], ("127.0.0.1:8080", "default"))
        self.assertEqual(found["grace"], ("10min", "default"))
        self.assertEqual(found["mongodb_uri"][1], "not set")

    def test_file_wins_over_default(self):
        path = self.config_file({"db": "of-file.db", "grace": "3min", "no_cache": True})
        found = self.settings("--config", path)
        self.assertEqual(found["db"], ("of-file.db", "file"))
        self.assertEqual(found["grace"], ("3min", "file"))
        self.assertEqual(found["no_cache"], ("true", "file"))
        self.assertEqual(found["listen"][1], "default")

    def test_environment_wins_over_file(self):
        path = self.config_file({"db": "of-file.db", "title": "Of file"})
        found = self.settings("--config", path, env={"EDGE_DB": "of-variable.db"})
        self.assertEqual(found["db"], ("of-variable.db", "environment"))
        self.assertEqual(found["title"], ("Of file", "file"))

    def test_flag_wins_over_environment(self):
        path = self.config_file({"db": "of-file.db"})
        flags = ("--config", path, "--db", "of-flag.db")
        found = self.settings(*flags, env={"EDGE_DB": "of-variable.db"})
        self.assertEqual(found["db"], ("of-flag.db", "flag"))

    def test_file_named_by_the_environment(self):
        path = self.config_file({"db": "of-file.db"})
        self.assertEqual(self.settings(env={"EDGE_CONFIG": path})["db"], ("of-file.db", "file"))

    def test_file_named_by_a_flag_wins_over_one_named_by_the_environment(self):
        path = self.config_file({"db": "of-file.db"})
        found = self.settings("--config", path, env={"EDGE_CONFIG": "/nonexistent"})
        self.assertEqual(found["db"], ("of-file.db", "file"))

    def test_empty_variable_is_not_set(self):
        self.assertEqual(self.settings(env={"EDGE_DB": ""})["db"], ("edge.db", "default"))

    def test_number_in_a_file_is_a_value(self):
        path = self.config_file({"deadline": 90})
        self.assertEqual(self.settings("--config", path)["deadline"], ("90", "file"))

    def test_setting_takes_effect(self):
        path = self.config_file({"db": str(self.db)})
        self.assertIn(str(self.db), self.fail_with(78, "status", "--config", path))
        line = self.fail_with(78, "status", env={"EDGE_DB": self.db})
        self.assertIn(str(self.db), line)

    def test_missing_file_is_named(self):
        path = self.directory / "no-such.json"
        self.assertIn(str(path), self.fail_with(78, "config", "--config", path))

    def test_file_that_is_no_json_names_the_line(self):
        path = self.config_file('{\n  "db": "x",\n  "title" "y"\n}\n')
        line = self.fail_with(78, "config", "--config", path)
        self.assertIn(str(path), line)
        self.assertIn("line 3", line)

    def test_file_with_more_after_its_end(self):
        path = self.config_file('{"db": "x"}\n{"db": "y"}\n')
        self.assertIn("line 2", self.fail_with(78, "config", "--config", path))

    def test_file_that_is_no_object(self):
        for text in ("[]", '"db"', "7", "", "null"):
            with self.subTest(text):
                path = self.config_file(text)
                self.assertIn(str(path), self.fail_with(78, "config", "--config", path))

    def test_unknown_name_in_a_file(self):
        path = self.config_file({"dp": "x"})
        line = self.fail_with(78, "config", "--config", path)
        self.assertIn(str(path), line)
        self.assertIn("'dp'", line)

    def test_unknown_name_in_a_file_names_the_near_one(self):
        path = self.config_file({"lisen": "127.0.0.1:1"})
        line = self.fail_with(78, "config", "--config", path)
        self.assertIn("did you mean listen?", line)

    def test_check_reads_the_addresses_to_listen_on(self):
        path = self.config_file({"listen": "portal", "metrics_listen": "[::1]:9180"})
        done = edge("check", "--db", self.db, "--config", path, expect=78)
        problems = re.findall(r"(?m)^problem: (.*)$", done.stdout)
        self.assertEqual(len(problems), 2, done.stdout)
        self.assertIn("cannot listen on portal: ", problems[0])
        self.assertIn("IPv6", problems[1])

    def as_other(self, *words):
        """Runs edge as a user who may not write to the test's folder."""
        self.directory.chmod(0o555)
        self.addCleanup(self.directory.chmod, 0o755)
        other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        return subprocess.run(
            [*(other if os.geteuid() == 0 else []), harness.EDGE, *map(str, words)],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def test_check_looks_at_the_folder_of_the_store(self):
        missing = self.directory / "no"
        done = edge("check", "--db", missing / "edge.db", expect=78)
        self.assertIn(f"problem: store: the folder {missing}: No such file", done.stdout)
        edge("check", "--db", self.db, expect=0)
        self.assertNotIn("the folder", edge("check", "--db", self.db, expect=0).stdout)
        done = self.as_other("check", "--db", self.db)
        self.assertEqual(done.returncode, 78, done.stdout + done.stderr)
        self.assertIn(f"problem: store: the folder {self.directory}: Permission", done.stdout)

    def test_lock_of_another_user_says_the_way_out(self):
        lock = self.directory / "edge.db.lock"
        lock.touch(0o600)
        dump = demo(self, missions=1, profiles=1)
        dump.parent.chmod(0o755)
        done = self.as_other("import", dump, "--db", self.db)
        self.assertEqual(done.returncode, 73, done.stderr)
        self.assertIn(f"{lock}: Permission denied; run this as", done.stderr)

    def test_store_that_may_only_be_read_says_the_way_out(self):
        edge("import", demo(self, missions=1, profiles=1), "--db", self.db, expect=0)
        for beside in self.directory.glob("edge.db-*"):
            beside.unlink()
        done = self.as_other("status", "--db", self.db)
        self.assertEqual(done.returncode, 74, done.stdout)
        self.assertIn("give it write access to the folder", done.stderr)
        self.db.chmod(0)
        self.addCleanup(self.db.chmod, 0o644)
        done = self.as_other("status", "--db", self.db)
        self.assertIn(f"{self.db}: Permission denied", done.stderr)

    def test_store_in_a_folder_that_is_not_there(self):
        db = self.directory / "no" / "edge.db"
        line = self.fail_with(73, "import", demo(self, missions=1, profiles=1), "--db", db)
        self.assertIn(f"{db}: the folder of this store is not there", line)

    def test_backup_into_a_folder_that_is_not_there(self):
        edge("import", demo(self, missions=1, profiles=1), "--db", self.db, expect=0)
        copy = self.directory / "no" / "copy.db"
        line = self.fail_with(73, "backup", copy, "--db", self.db)
        self.assertIn(f"{copy}.part: No such file or directory", line)

    def test_file_that_is_a_folder(self):
        for words in (("config", "--config"), ("export", "out", "--portal")):
            with self.subTest(words):
                done = edge(*words, self.directory, "--db", self.db, expect=78)
                self.assertIn(f"{self.directory}: Is a directory", done.stderr)

    def test_flag_that_is_no_setting_is_unknown_in_a_file(self):
        for name in ("once", "json", "allow_mass_delete", "dump", "help", "config"):
            with self.subTest(name):
                path = self.config_file({name: True})
                self.assertIn(f"'{name}'", self.fail_with(78, "config", "--config", path))

    def test_wrong_type_in_a_file_names_the_setting(self):
        for value in (None, [1], {"a": 1}):
            with self.subTest(value):
                path = self.config_file({"title": value})
                line = self.fail_with(78, "config", "--config", path)
                self.assertIn(str(path), line)
                self.assertIn("title", line)

    def test_wrong_value_in_a_file_names_the_setting(self):
        for name, value in (("grace", "soon"), ("no_cache", "perhaps"), ("log_level", "loud"),
                            ("title", "")):  # fmt: skip
            with self.subTest(name):
                path = self.config_file({name: value})
                line = self.fail_with(78, "config", "--config", path)
                self.assertIn(str(path), line)
                self.assertIn(name, line)

    def test_wrong_value_in_the_environment_names_the_setting(self):
        line = self.fail_with(78, "sync", "--once", env={"EDGE_GRACE": "soon"})
        self.assertIn("grace (environment)", line)
        line = self.fail_with(78, "sync", "--once", env={"EDGE_REMOVAL_LIMIT": "200"})
        self.assertIn("removal_limit (environment): takes a whole number of percent", line)
        file = self.directory / "edge.json"
        for value in 20.7, 100.4, 0.2, 101:
            file.write_text(json.dumps({"removal_limit": value}))
            done = edge("config", "--config", file, expect=78)
            self.assertIn(f"0 to 100, not '{value}'", done.stderr)

    def test_file_that_is_too_large(self):
        path = self.config_file({"title": "x" * 100_000})
        self.assertIn(str(path), self.fail_with(78, "config", "--config", path))

    def test_same_name_twice_in_a_file(self):
        # Which of the two is meant nobody can tell.
        path = self.config_file('{"db": "first.db", "db": "second.db"}')
        done = edge("config", "--config", path)
        if done.returncode == 0:
            self.assertIn("first.db", done.stdout)
        else:
            self.assertEqual(done.returncode, 78)

    def test_every_setting_has_one_line(self):
        done = edge("config", expect=0)
        names = [line.split()[0] for line in done.stdout.splitlines()]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 8)


class Version(Command):
    def test_version_names_edge_and_its_libraries(self):
        done = edge("version", expect=0)
        self.assertRegex(done.stdout, r"^edge \d+\.\d+.*SQLite 3\.\d+.*libmongoc \d")
        self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_version_as_a_flag(self):
        self.assertEqual(edge("--version", expect=0).stdout, edge("version", expect=0).stdout)

    def test_version_as_json(self):
        found = json.loads(edge("version", "--json", expect=0).stdout)
        self.assertRegex(found["edge"], r"^\d+\.\d+")
        self.assertIn("SQLite", found["libraries"])


class Status(Command):
    KEYS = {"generation", "missions", "quarantined", "last_success", "mode"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voto = demo(cls, missions=4, profiles=10) / "voto"

    def setUp(self):
        super().setUp()
        edge("import", self.voto, "--db", self.db, expect=0)

    def status(self):
        return json.loads(edge("status", "--db", self.db, "--json", expect=0).stdout)

    def test_status_as_json(self):
        found = self.status()
        self.assertLessEqual(self.KEYS, set(found))
        self.assertEqual(found["generation"], 1)
        self.assertGreaterEqual(found["missions"], 4)
        self.assertEqual(found["quarantined"], 0)
        self.assertEqual(found["last_success"], NOW)
        self.assertEqual(found["mode"], "import")

    def test_status_as_text_has_the_same_names(self):
        text = edge("status", "--db", self.db, expect=0).stdout
        for name in self.status():
            self.assertRegex(text, rf"(?m)^{name} ")

    def test_status_of_a_missing_store(self):
        line = self.fail_with(78, "status", "--db", self.directory / "none.db")
        self.assertIn("none.db", line)
        self.assertFalse((self.directory / "none.db").exists())

    def test_status_after_a_first_run_that_failed(self):
        db = self.directory / "first.db"
        uri = "mongodb://u:geheim@127.0.0.1:1/voto?serverSelectionTimeoutMS=100"
        edge("sync", "--once", "--db", db, uri=uri, expect=75)
        line = self.fail_with(78, "status", "--db", db)
        self.assertRegex(line, f"first.db: there is no such store; .*; the last run \\({NOW}\\) failed: "
                               r"mongodb://\*\*\*@127\.0\.0\.1:1/voto: handshake: No suitable")  # fmt: skip
        self.assertNotIn("geheim", line)

    def test_status_of_a_file_that_is_no_store(self):
        path = self.directory / "text.db"
        path.write_text("not a database, but long enough to be read as one " * 100)
        self.fail_with(78, "status", "--db", path)

    def test_status_without_a_status_file(self):
        for text in (None, "", "{", "[]", '{"last_success": 7, "mode": null}', "x" * 10_000):
            with self.subTest(text):
                path = self.directory / "edge.db.status"
                path.unlink(missing_ok=True)
                if text is not None:
                    path.write_text(text)
                found = self.status()
                self.assertIsNone(found["last_success"])
                self.assertEqual(found["mode"], "")

    def test_status_after_a_failure_names_it(self):
        damaged = copy(self, self.voto)
        path = damaged / f"{MISSIONS}.bson"
        path.write_bytes(path.read_bytes()[:-1])
        later = NOW.replace("09:40", "09:50")
        edge("import", damaged, "--db", self.db, now=later, expect=65)
        found = self.status()
        self.assertIn(str(path), found["error"])
        self.assertEqual(found["failing_since"], later)
        self.assertEqual(found["last_success"], NOW)

    def test_status_reads_only(self):
        before = {p.name: p.read_bytes() for p in self.directory.iterdir()}
        self.status()
        # SQLite's own files of a reader may stand beside the store afterwards.
        self.assertEqual({name: (self.directory / name).read_bytes() for name in before}, before)


class Log(Command):
    def import_missing(self, *flags, **options):
        done = edge("import", "/nonexistent", "--db", self.db, *flags, expect=78, **options)
        [line] = done.stderr.splitlines()
        return line

    def test_log_is_text_unless_told(self):
        self.assertTrue(self.import_missing().startswith("edge: error: /nonexistent"))

    def test_log_as_json(self):
        for flags, env in ((("--log-format", "json"), {}), ((), {"EDGE_LOG_FORMAT": "json"})):
            found = json.loads(self.import_missing(*flags, env=env))
            self.assertEqual(found["time"], NOW)
            self.assertEqual(found["level"], "error")
            self.assertIn("/nonexistent", found["message"])

    def test_log_level_hides_what_is_below(self):
        voto = demo(self, missions=4, profiles=10) / "voto"
        lengths = []
        for level in ("error", "info", "debug"):
            self.db = self.directory / f"{level}.db"
            done = edge("import", voto, "--db", self.db, "--log-level", level, expect=0)
            lengths.append(len(done.stderr))
        self.assertEqual(lengths[0], 0)
        self.assertLess(lengths[1], lengths[2])

    def test_message_of_odd_bytes_is_one_line_of_sound_json(self):
        name = os.fsdecode(b"/nonexistent/a\nb\"c\x1b[31m\xff\xc3(")
        done = edge("import", name, "--db", self.db, "--log-format", "json", expect=78)
        [line] = done.stderr.split("\n")[:-1]
        self.assertIn("/nonexistent/a", json.loads(line)["message"])
        self.assertNotIn("\x1b", line)


class Clock(Command):
    """EDGE_NOW makes time stand still, for tests."""

    def test_now_is_a_fixed_time(self):
        voto = demo(self, missions=2, profiles=4) / "voto"
        edge("import", voto, "--db", self.db, now="2020-02-29T12:00:00.250Z", expect=0)
        found = json.loads(edge("status", "--db", self.db, "--json", expect=0).stdout)
        self.assertEqual(found["last_success"], "2020-02-29T12:00:00.250Z")

    def test_now_with_a_zone(self):
        voto = demo(self, missions=2, profiles=4) / "voto"
        edge("import", voto, "--db", self.db, now="2026-11-22T11:40:00+02:00", expect=0)
        found = json.loads(edge("status", "--db", self.db, "--json", expect=0).stdout)
        self.assertEqual(found["last_success"], NOW)

    def demo_files(self, name, *flags, now=NOW):
        directory = self.directory / name
        edge("demo", directory, "--missions", 3, "--profiles", 9, *flags, now=now, expect=0)
        return {p.name: p.read_bytes() for p in (directory / "voto").iterdir()}

    def test_demo_of_a_seed_and_a_time_is_always_the_same(self):
        self.assertEqual(self.demo_files("a"), self.demo_files("b"))

    def test_demo_is_ended_by_a_signal(self):
        words = [harness.EDGE, "demo", self.directory / "large", "--missions", "100000"]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
            harness.eventually(lambda: (self.directory / "large" / "voto").exists())
            process.terminate()
            self.assertIn("is not whole", process.communicate(timeout=20)[1])
            self.assertEqual(process.returncode, 75)

    def test_demo_of_another_seed_is_another(self):
        first, second = self.demo_files("a"), self.demo_files("b", "--seed", 2)
        self.assertNotEqual(first[f"{MISSIONS}.bson"], second[f"{MISSIONS}.bson"])

    def test_demo_again_leaves_one_form_of_each_file(self):
        self.demo_files("a", "--gzip")
        names = set(self.demo_files("a"))
        self.assertEqual({n for n in names if n.endswith(".gz")}, set())

    def test_demo_into_a_path_that_cannot_be_made(self):
        line = self.fail_with(73, "demo", "/proc/none/demo")
        self.assertIn("/proc/none", line)


if __name__ == "__main__":
    unittest.main()
