"""Text of the source, however odd and wherever cut: what is made of it is UTF-8 and JSON."""

import json
import unittest

import bson

import harness
import scripted
from following import Following
from test_dumps import MISSIONS, demo, edge, query

# A text of three-byte characters is cut in the middle of one, whatever stands before it.
LONG = [pad * "x" + 400 * "漢" for pad in range(3)]


def broken(call):
    """An error whose message is no UTF-8."""
    body = bson.encode({"ok": 0, "code": 1, "errmsg": "AAAA"})
    return scripted.message(call, body.replace(b"AAAA", b"\xff\xfe\xc3A"))


class OddMessages(Following):
    """What a server says when it fails."""

    options = ""  # nothing hangs here

    def check_json(self, text):
        # The harness decodes what is not UTF-8 as U+FFFD.
        self.assertNotIn("\ufffd", text)
        return json.loads(text)

    def check_status(self):
        """The status file, the verb and the page."""
        self.check_json(self.db.with_name("edge.db.status").read_text(errors="replace"))
        found = self.check_json(edge("status", "--json", "--db", self.db, expect=0).stdout)
        with harness.EdgeServe(self.db) as served:
            for path in ("/status.json", "/status"):
                served.get(path).body.decode()
        return found

    def test_error_of_a_run(self):
        for answer in (*(scripted.error(1, text) for text in LONG), broken):
            self.source.off()
            self.source.on("find", MISSIONS, answer=answer)
            log = self.sync("--log-format", "json", expect=None).stderr
            for line in log.splitlines():
                self.check_json(line)
            self.assertIn(MISSIONS, log)
            error = self.check_status()["error"]
            self.assertRegex(error, r"\?\?\?A$" if answer is broken else "漢{60,}$")

    def test_reason_of_a_lost_place(self):
        for text in LONG:
            self.source.off()
            self.source.on("getMore", MISSIONS, stream=True, times=1,
                           answer=scripted.error(286, text))  # fmt: skip
            with self.following(served=False):
                harness.eventually(lambda: self.status()["resync_reason"], timeout=60)
                harness.eventually(lambda: self.runs()[-1][0] == "resync", timeout=60)
            self.assertRegex(self.check_status()["resync_reason"], "漢$")
            for (reason,) in query(self.db, "SELECT CAST(reason AS BLOB) FROM run"):
                reason.decode()


class OddDocuments(unittest.TestCase):
    """What is kept of documents that do not fit."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.voto = demo(cls, missions=2, profiles=3) / "voto"

    def test_quarantine_is_json_wherever_an_id_is_cut(self):
        path = self.voto / f"{MISSIONS}.bson"
        [one, *_] = bson.decode_all(path.read_bytes())
        with path.open("ab") as file:
            for text in LONG:
                file.write(bson.encode({**one, "_id": text, "mission": "x"}))
                file.write(bson.encode({**one, "_id": text[:9], "platform_serial": text}))
        folder = harness.temp_dir(self)
        db = folder / "edge.db"
        edge("import", self.voto, "--db", db, expect=0)
        done = edge("quarantine", "list", "--json", "--db", db, expect=0)
        self.assertNotIn("\ufffd", done.stdout)
        ids = {row["_id"] for row in json.loads(done.stdout)}
        self.assertEqual(len(ids), 6)
        for words in (("list",), *(("show", word) for word in ids)):
            done = edge("quarantine", *words, "--json", "--db", db, expect=0)
            self.assertEqual({row["_id"] for row in json.loads(done.stdout)} & ids, set(words[1:]) or ids)
            self.assertNotIn("\ufffd", edge("quarantine", *words, "--db", db, expect=0).stdout)
        texts = "SELECT CAST(source_id AS BLOB), CAST(reason AS BLOB) FROM quarantine"
        for row in query(db, texts):
            for text in row:
                text.decode()

    def test_names_of_files_may_be_any_bytes(self):
        odd = self.voto.with_name("odd-\udcff\udcc3")
        self.voto.rename(odd)
        self.addCleanup(odd.rename, self.voto)
        db = harness.temp_dir(self) / "edge-\udcff.db"
        edge("import", odd, "--db", db, expect=0)
        done = edge("status", "--json", "--db", db, expect=0)
        self.assertNotIn("\ufffd", done.stdout)
        found = json.loads(done.stdout)
        self.assertRegex(found["store"], r"edge-\?\.db$")
        self.assertRegex(found["source"], r"odd-\?")


if __name__ == "__main__":
    unittest.main()
