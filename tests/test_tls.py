"""A source behind TLS: whose certificate is good, and what is said of one that is not."""

import json
import unittest

import harness
import oracle
import scripted
from following import LOGIN, PASSWORD, PATIENT, SECRETS, USER, Following
from test_dumps import check_equal, edge
from tls import Certificates, Tls


class Encrypted(Following):
    source_options = {"user": (USER, PASSWORD)}
    login = LOGIN
    synced = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made = Certificates(harness.temp_dir(cls))
        cls.others = Certificates(harness.temp_dir(cls))
        cls.pair = cls.made.server()

    def tls(self, pair=None, **options):
        return harness.enter(self, Tls(self.source.ports[0], pair or self.pair, **options))

    def address(self, tls, *options):
        # Logging in through the proxy of a busy machine takes a while.
        options = "&".join(("tls=true", PATIENT, *options))
        return f"mongodb://{LOGIN}127.0.0.1:{tls.port}/{scripted.DATABASE}?{options}"

    def run_with(self, tls, *options, expect=0):
        done = self.sync("--log-level", "debug", uri=self.address(tls, *options), expect=expect)
        text = done.stdout + done.stderr
        text += "".join(p.read_text(errors="replace") for p in self.db.parent.glob("edge.db*"))
        for secret in SECRETS:
            self.assertNotIn(secret, text)
        return done

    def check_refused(self, tls, *options, cause):
        """Exit 75, and one line that names server and cause; nothing was told to the server."""
        done = self.run_with(tls, *options, expect=75)
        [line] = [x for x in done.stderr.splitlines() if x.startswith("edge: error:")]
        self.assertIn(f"mongodb://***@127.0.0.1:{tls.port}/", line)
        self.assertIn(cause, line)
        self.assertIn("tlsCAFile", line)
        self.assertEqual(tls.served, 0)
        self.assertFalse(self.db.exists())
        status = json.loads(self.db.with_name("edge.db.status").read_text())
        self.assertEqual(status["exit_code"], 75)

    def test_authority_that_is_known(self):
        tls = self.tls()
        self.run_with(tls, f"tlsCAFile={self.made.ca}")
        check_equal(self, self.db, oracle.read(self.source))
        self.assertGreater(tls.served, 0)

    def test_authority_that_is_not_known(self):
        tls = self.tls()
        self.check_refused(tls, f"tlsCAFile={self.others.ca}", cause="issuer certificate")
        self.check_refused(tls, cause="issuer certificate")

    def test_certificate_of_another_host(self):
        pair = self.made.server("elsewhere", "DNS:other.example")
        ca = f"tlsCAFile={self.made.ca}"
        self.check_refused(self.tls(pair), ca, cause="mismatch")
        self.run_with(self.tls(pair), ca, "tlsAllowInvalidHostnames=true")

    def test_certificate_that_has_run_out(self):
        pair = self.made.server("late", days=-1)
        self.check_refused(self.tls(pair), f"tlsCAFile={self.made.ca}", cause="has expired")

    def test_certificate_that_goes_bad_leaves_what_is_served(self):
        self.run_with(self.tls(), f"tlsCAFile={self.made.ca}")
        self.run_with(self.tls(), f"tlsCAFile={self.others.ca}", expect=75)
        check_equal(self, self.db, oracle.read(self.source))
        self.run_with(self.tls(), f"tlsCAFile={self.made.ca}")

    def test_server_that_wants_a_certificate(self):
        tls = self.tls(client_ca=self.made.ca)
        self.run_with(tls, f"tlsCAFile={self.made.ca}", expect=75)
        certificate, key = self.made.server("client")
        both = certificate.with_name("both.pem")
        both.write_text(key.read_text() + certificate.read_text())
        self.run_with(tls, f"tlsCAFile={self.made.ca}", f"tlsCertificateKeyFile={both}")
        check_equal(self, self.db, oracle.read(self.source))

    def test_one_speaks_tls_and_the_other_does_not(self):
        tls = self.tls()
        plain = self.address(tls).replace("tls=true", "tls=false")
        done = self.sync(uri=plain, expect=75)
        self.assertIn(f"127.0.0.1:{tls.port}", done.stderr)
        done = self.sync(uri=f"{self.uri}&tls=true", expect=75)
        self.assertIn(f"127.0.0.1:{self.source.ports[0]}", done.stderr)

    def test_file_that_is_not_there_is_a_fault_of_the_settings(self):
        missing = self.made.folder / "missing.pem"
        tls = self.tls()
        uri = self.address(tls, f"tlsCAFile={missing}")
        line = f"EDGE_MONGODB_URI: tlsCAFile: {missing}: No such file"
        for words in (("sync", "--once"), ("sync", "--watch"), ("verify",),
                      ("run", "--listen", "127.0.0.1:0"), ("quarantine", "retry")):  # fmt: skip
            with self.subTest(words):
                done = edge(*words, "--db", self.db, uri=uri, expect=78)
                self.assertIn(line, done.stderr)
        done = edge("check", "--db", self.db, uri=uri, expect=78)
        self.assertIn(f"problem: {line}", done.stdout)

    def test_check_tells_what_is_open_to_others(self):
        uri = f"mongodb://{LOGIN}db.example.org/voto?"
        done = edge("check", "--db", self.db, uri=uri, expect=0)
        self.assertRegex(done.stdout, r"(?m)^note: mongodb://\*\*\*@db\.example\.org/voto: .* TLS")
        done = edge("check", "--db", self.db, uri=f"{uri}tlsInsecure=true", expect=0)
        self.assertRegex(done.stdout, "(?m)^note: .*tlsInsecure takes any server")
        done = edge("check", "--db", self.db, uri=f"{uri}tls=true", expect=0)
        self.assertNotIn("note: mongodb", done.stdout)
        for secret in SECRETS:
            self.assertNotIn(secret, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
