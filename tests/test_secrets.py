"""What is never printed nor written: the address of MongoDB with its password."""

import socket
import unittest

from test_cli import Command
from test_dumps import demo, edge


class Secrets(Command):
    """The address of MongoDB may hold a password: it is nowhere in what edge prints or writes."""

    # Each part can be told from all other text.
    PASSWORDS = (
        "zqA1@zqA2",
        "zqA1/zqA2",
        "zqA1?zqA2",
        "zqA1#zqA2",
        "zqA1%zqA2",
        "zqA1:zqA2",
        "zqA1@zqA2/zqA3?zqA4%zqA5#zqA6",
        "zqA1%40zqA2%2FzqA3%3FzqA4%25zqA5",
        "zqA1 zqA2",
        "zqA1\u00e5zqA2",
    )

    def setUp(self):
        super().setUp()
        closed = socket.socket()
        self.addCleanup(closed.close)
        closed.bind(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{closed.getsockname()[1]}"

    def dump(self):
        return demo(self, missions=2, profiles=4) / "voto"

    def uri(self, password):
        options = "serverSelectionTimeoutMS=100&authSource=admin"
        return f"mongodb://zquser:{password}@{self.host}/voto?{options}"

    def check_hidden(self, done):
        text = done.stdout + done.stderr
        text += "".join(p.read_text(errors="replace") for p in self.directory.glob("edge.db*"))
        self.assertNotRegex(text, "zqA[0-9]")
        self.assertNotIn("zquser", text)

    def test_config_shows_the_host_only(self):
        for password in self.PASSWORDS:
            with self.subTest(password):
                done = edge("config", uri=self.uri(password), expect=0)
                self.check_hidden(done)
                self.assertIn(f"mongodb://***@{self.host}/voto", done.stdout)

    def test_config_hides_what_is_no_address(self):
        # The host was forgotten, or all of it is something else.
        for uri in ("mongodb://zquser:zqA1/voto", "mongodb://zquser:zqA1", "zquser:zqA1@h", "zqA1"):
            with self.subTest(uri):
                self.check_hidden(edge("config", uri=uri, expect=0))

    def test_config_tells_where_a_secret_comes_from(self):
        path = self.directory / "uri"
        path.write_text(self.uri("zqA1"))
        (self.directory / "mongodb-uri").write_text(self.uri("zqA1"))
        origins = (
            {"EDGE_MONGODB_URI": self.uri("zqA1")},
            {"EDGE_MONGODB_URI_FILE": path},
            {"CREDENTIALS_DIRECTORY": self.directory},
            {"EDGE_CONFIG": self.config_file({"mongodb_uri": self.uri("zqA1")})},
        )
        words = set()
        for env in origins:
            done = edge("config", env=env, expect=0)
            self.check_hidden(done)
            [line] = [x for x in done.stdout.splitlines() if x.startswith("mongodb_uri")]
            words.add(line.rpartition("/voto")[2].strip())
        self.assertEqual(len(words), 4)

    def test_config_reads_a_secret_from_the_file_its_file_names(self):
        path = self.directory / "uri"
        path.write_text(self.uri("zqA1") + "\n")
        done = edge("config", "--config", self.config_file({"mongodb_uri_file": str(path)}))
        self.assertEqual(done.returncode, 0)
        self.check_hidden(done)
        self.assertIn(self.host, done.stdout)

    def test_sync_that_fails_hides_it(self):
        for password in self.PASSWORDS:
            with self.subTest(password):
                words = ("sync", "--once", "--db", self.db, "--log-level", "debug")
                done = edge(*words, uri=self.uri(password), env={"EDGE_DEADLINE": "3s"})
                self.assertIn(done.returncode, (75, 78))
                self.check_hidden(done)

    def test_verify_that_fails_hides_it(self):
        edge("import", self.dump(), "--db", self.db, expect=0)
        uri = self.uri("zqA1%40zqA2")
        self.check_hidden(edge("verify", "--db", self.db, uri=uri, expect=75))

    def test_address_that_is_none_is_not_repeated(self):
        for uri in (
            "zqA1",
            "http://zquser:zqA1@h/voto",
            "mongodb:/zquser:zqA1@h/voto",
            "mongodb://zquser:zqA1@/voto",
            "mongodb://zquser:zqA1@h:port/voto",
        ):
            with self.subTest(uri):
                done = edge("sync", "--once", "--db", self.db, uri=uri, expect=78)
                self.check_hidden(done)

    def check_refused(self, code, *words, **options):
        done = edge(*words, expect=code, **options)
        self.check_hidden(done)
        self.assertIn("EDGE_MONGODB_URI", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_address_in_the_wrong_place_is_not_repeated(self):
        """Wherever a word may stand, and however the address is spelt."""
        for uri in (
            "mongodb://zquser:zqA1@h/voto",
            "mongodb+srv://zquser:zqA1@h/voto?authSource=zqA2",
            "MONGODB://zquser:zqA1@h",
            "mongodb://zquser:zqA1/zqA2 zqA3@h/voto",
            "mongodb://zquser:zqA1",
            "mongodb:/zquser:zqA1@h/voto",
            "mongo://zquser:zqA1@h/voto",
        ):
            for words in (
                (uri,), ("help", uri), (f"--uri={uri}",), ("sync", uri), ("sync", "--once", uri),
                ("sync", f"--uri={uri}"), ("sync", "--mongodb-uri", uri), ("sync", f"--mongo={uri}"),
                ("sync", "--once", "--db", uri), ("sync", f"--config={uri}"), ("sync", f"--{uri}"),
                ("sync", "--once", "--", uri), ("sync", "--grace", uri), ("sync", f"--once={uri}"),
                ("import", uri, "--db", self.db), ("import", "a", "b", "c", "d", uri),
                ("verify", "--dump", uri), ("verify", uri), ("explain", uri, "M1"),
                ("explain", "SEA063", uri), ("quarantine", "show", uri), ("quarantine", uri),
                ("backup", uri), ("export", uri), ("export", "out", "--portal", uri), ("demo", uri),
                ("demo", "out", "--seed", uri), ("serve", "--listen", uri), ("serve", uri),
                ("serve", "--metrics-listen", uri), ("run", "--mapping", uri), ("check", uri),
                ("status", uri), ("config", uri), ("version", uri), ("sync", "--log-level", uri),
            ):  # fmt: skip
                with self.subTest(words):
                    self.check_refused(2, *words)

    def test_address_in_the_wrong_setting_is_not_repeated(self):
        uri = "mongodb://zquser:zqA1@h/voto"
        for name in ("CONFIG", "DB", "LISTEN", "METRICS_LISTEN", "MAPPING", "TITLE", "PORTAL",
                     "LOG_LEVEL", "LOG_FORMAT", "GRACE", "MONGODB_URI_FILE"):  # fmt: skip
            with self.subTest(name):
                self.check_refused(78, "config", env={f"EDGE_{name}": uri})
        for item in ({"db": uri}, {uri: "db"}, {"mongodb_uri_file": uri}, {"strict": uri},
                     {"portal": uri}):  # fmt: skip
            with self.subTest(item):
                self.check_refused(78, "config", "--config", self.config_file(item))

    def test_title_may_name_a_page(self):
        title = "Gliders (https://example.org/@ocean)"
        done = edge("config", env={"EDGE_TITLE": title}, expect=0)
        self.assertIn(title, done.stdout)

    def test_option_of_an_address_that_does_not_fit(self):
        line = self.fail_with(78, "sync", "--once", uri="mongodb://h/voto?tls=perhaps")
        self.assertIn("every option", line)

    def test_option_that_the_driver_drops_is_named(self):
        uri = self.uri("zqA1") + "&ssll=zqA2&replicaset=zqA3&foo=zqA4"
        edge("import", self.dump(), "--db", self.db, expect=0)
        named = r"(?m)^(edge: warning|note): mongodb://\*\*\*@\S+/voto: .*no effect.*: ssll, foo$"
        for words, code in ((("sync", "--once"), 75), (("verify",), 75), (("check",), 0)):
            with self.subTest(words):
                done = edge(*words, "--db", self.db, uri=uri, expect=code)
                self.check_hidden(done)
                self.assertRegex(done.stdout + done.stderr, named)
                done = edge(*words, "--db", self.db, uri=self.uri("zqA1"), expect=code)
                self.assertNotIn("no effect", done.stdout + done.stderr)

    def test_option_without_a_value_or_with_two_is_named(self):
        for option, name in (("tls=", "tls"), ("tls=true&tls=false", "tls")):
            done = edge("check", "--db", self.db, uri=f"mongodb://h/voto?{option}", expect=0)
            self.assertRegex(done.stdout, f"no effect.*: {name}\n")
        many = "&".join(f"zq{n}option=1" for n in range(60))
        done = edge("check", "--db", self.db, uri=f"mongodb://h/voto?{many}", expect=0)
        self.assertRegex(done.stdout, r"no effect.*: (zq\d+option(, |\n))+")

    def test_option_that_may_be_part_of_a_password_is_not_named(self):
        done = edge("check", "--db", self.db, uri="mongodb://zquser:12/x?zqA1=w@h/voto")
        self.assertIn("no effect", done.stdout)
        self.check_hidden(done)

    def test_check_looks_nothing_up(self):
        uri = "mongodb+srv://zquser:zqA1@cluster.example.invalid/voto"
        done = edge("check", "--db", self.db, uri=uri, expect=0)
        self.assertIn("source: mongodb+srv://***@cluster.example.invalid/voto\n", done.stdout)
        self.check_hidden(done)

    def test_check_looks_at_who_may_read_the_password(self):
        path = self.directory / "mongodb-uri"
        path.write_text(self.uri("zqA1"))
        config = self.config_file({"mongodb_uri": self.uri("zqA1")})
        for env, file in (
            ({"EDGE_MONGODB_URI_FILE": path}, path),
            ({"CREDENTIALS_DIRECTORY": self.directory}, path),
            ({"EDGE_CONFIG": config}, config),
        ):
            for mode, code in ((0o644, 78), (0o602, 78), (0o640, 0), (0o600, 0)):
                with self.subTest(env, mode=oct(mode)):
                    file.chmod(mode)
                    done = edge("check", "--db", self.db, env=env, expect=code)
                    self.check_hidden(done)
                    told = [x for x in done.stdout.splitlines() if f"{file}: holds a password" in x]
                    self.assertEqual(len(told), code != 0, done.stdout)
                    # Services read the configuration as another user.
                    way = "mongodb_uri_file" if file == config else "chmod 600"
                    self.assertTrue(all(way in x for x in told), told)
        for file in (path, config):
            file.chmod(0o644)
        env = {"EDGE_MONGODB_URI": self.uri("zqA1"), "EDGE_MONGODB_URI_FILE": path}
        edge("check", "--db", self.db, env=env, expect=0)  # the file is not read
        for uri in ("mongodb://h/voto", "mongodb://reader@h/voto", "mongodb://h/voto?appname=a@b"):
            path.write_text(uri)
            edge("check", "--db", self.db, env={"EDGE_MONGODB_URI_FILE": path}, expect=0)

    def test_run_without_an_address_serves_nobody(self):
        line = self.fail_with(78, "run", "--db", self.db, "--listen", "127.0.0.1:0")
        self.assertIn("no source", line)

    def test_secret_file_that_is_empty(self):
        path = self.directory / "uri"
        path.write_text("\n")
        line = self.fail_with(78, "sync", "--once", env={"EDGE_MONGODB_URI_FILE": path})
        self.assertIn("mongodb_uri", line)

    def test_secret_file_that_is_too_large_is_not_repeated(self):
        path = self.directory / "uri"
        path.write_text("zqA1" * 10_000)
        done = edge("sync", "--once", env={"EDGE_MONGODB_URI_FILE": path}, expect=78)
        self.check_hidden(done)
        self.assertIn(str(path), done.stderr)


if __name__ == "__main__":
    unittest.main()
