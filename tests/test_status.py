"""The pages that say how old and how whole the data are: /status, /status/missions, /pipeline."""

import json
import re
import unittest

import harness
from test_dumps import NOW, demo, edge, query
from test_serve import Serving, Tree


def words(answer):
    return re.sub(r"\s+", " ", " ".join(Tree(answer.text).words))


class Clean(Serving):
    def test_status_tells_three_ages_and_what_the_run_did(self):
        status = self.json("/status.json")
        self.assertEqual(status["portal"]["state"], "copy")
        self.assertEqual(status["portal"]["mode"], "import")
        self.assertIsNone(status["portal"]["cause"])
        self.assertEqual(status["quarantine"], {"groups": [], "documents": 0})
        (run,) = status["runs"]
        count = query(self.db, "SELECT count(*) FROM mission")[0][0]
        self.assertEqual([run["new"], run["changed"], run["verb"]], [count, 0, "import"])
        self.assertEqual(status["store"]["bytes"], self.db.stat().st_size)
        live = self.json("/index.json")["at_sea"]
        self.assertEqual(status["platforms"]["at_sea"], len([m for m in live if not m["complete"]]))
        for item in status["platforms"]["silent"]:
            found = self.json(item["url"] + ".json")
            self.assertEqual([found["status"], found["end"]], ["silent", item["last_heard"]])
        self.assertIn("every document of the source fits", words(self.get("/status")))

    def test_status_is_made_anew_for_each_visitor(self):
        self.assertIn('cache;desc="off"', self.get("/status").headers["Server-Timing"])

    def test_a_mission_that_is_here_says_where_and_by_which_rule(self):
        platform, number = self.some_mission()
        for path in (f"/status/missions/{platform}-M{number}", f"/status/missions/{platform}/M{number}"):
            found = self.json(path + ".json")
            self.assertEqual([found["answer"], found["store"]["there"]], ["here", True])
            self.assertEqual(found["url"], f"/{platform}/M{number}")
            rules = {rule["about"]: rule for rule in found["rules"]}
            self.assertFalse(rules["landing page"]["shown"])
            self.assertRegex(rules["landing page"]["text"], r"last heard [\d,]+ (h|days) ago, more than 24 h")
            self.assertTrue(rules["totals"]["shown"])
            self.assertTrue(rules["maps"]["shown"])
            self.assertEqual(Tree(self.get(path).text).errors, [])

    def test_the_page_and_the_command_say_the_same(self):
        platform, number = self.some_mission("sailbuoy")
        lines = edge("explain", platform, f"M{number}", "--db", self.db, "--json", env={"EDGE_NOW": NOW})
        told = {line["about"]: line["text"] for line in json.loads(lines.stdout)["lines"]}
        for rule in self.json(f"/status/missions/{platform}/M{number}.json")["rules"][1:]:
            self.assertEqual(told[rule["about"]], rule["text"])

    def test_a_mission_that_is_nowhere_says_so_and_names_neighbours(self):
        platform, number = self.some_mission()
        found = self.json(f"/status/missions/{platform}-M99999.json")
        self.assertEqual([found["answer"], found["store"]["there"], found["rules"]], ["unknown", False, []])
        self.assertTrue([n for n in found["near"] if n["url"].startswith(f"/{platform}/M")])
        self.assertIn(f'href="/{platform}/M', self.get(f"/status/missions/{platform}", 404).text)
        self.get("/status/missions/SEA063-M01", 404)
        self.get("/status/missions/SEA063-M99999999999", 404)

    def test_other_ways_to_write_a_mission_are_understood(self):
        platform, number = self.some_mission()
        for id in (
            f"{platform}_M{number}", f"{platform.lower()}-m{number}",
            f"nrt_{platform}_M{number}", f"delayed_{platform}_M{number}",
        ):  # fmt: skip
            found = self.json(f"/status/missions/{id}.json")
            self.assertEqual([found["answer"], found["platform"], found["mission"]], ["here", platform, number], id)

    def test_an_address_without_a_mission_leads_to_the_reason(self):
        platform, _ = self.some_mission()
        links = Tree(self.get(f"/{platform}/M99999", 404).text).links
        self.assertIn(f"/status/missions/{platform}/M99999", links)
        self.get(f"/status/missions/{platform}/M99999")

    def test_pipeline_puts_the_late_first(self):
        page = self.json("/pipeline.json?limit=500")
        states = [item["state"] for item in page["items"]]
        self.assertEqual(states, sorted(states, key=["late", "waiting", "done"].index))
        self.assertEqual(page["counts"]["late"], states.count("late"))
        self.assertGreater(states.count("done"), 8)
        for state in ("late", "waiting"):
            ages = [item["since"] for item in page["items"] if item["state"] == state]
            self.assertEqual(ages, sorted(ages), "the longest wait first")
            only = self.json(f"/pipeline.json?show={state}")["items"]
            self.assertEqual(only, [item for item in page["items"] if item["state"] == state])
        rows = query(self.db, "SELECT count(*) FROM (SELECT DISTINCT platform, number FROM pipeline)")
        self.assertEqual(len(page["items"]), rows[0][0])
        for item in page["items"][:20]:
            kept = dict(query(
                self.db,
                "SELECT step, value FROM pipeline WHERE platform = ? AND number = ?",
                item["platform"], item["mission"],
            ))  # fmt: skip
            self.assertEqual({step: item[step]["count"] for step in kept}, kept)

    def test_pipeline_pages_lead_on_without_gap_or_repeat(self):
        whole = self.json("/pipeline.json?show=done&limit=500")["items"]
        seen, url = [], "/pipeline?show=done&limit=4"
        while url:
            page = self.json(url.replace("/pipeline?", "/pipeline.json?"))
            seen += page["items"]
            url = page["next_url"]
            self.assertTrue(url is None or url.startswith("/pipeline.json?"), "a twin leads on to a twin")
        self.assertEqual(seen, whole)
        for bad in ("show=x", "limit=0", "after=1.SEA063", "after=1.SEA063.1", "show=done&after=x.y.z"):
            self.get(f"/pipeline?{bad}", 400)
        lines = self.get("/pipeline.csv?show=done").text.splitlines()
        self.assertIn("complete_plots.time", lines[0].split(","))


class Dirty(Serving):
    flags = ("--dirty",)

    def test_quarantine_is_counted_and_not_shown(self):
        groups = {
            (g["collection"], g["field"]): g["documents"]
            for g in self.json("/status.json")["quarantine"]["groups"]
        }
        kept = query(self.db, "SELECT collection, field, count(*) FROM quarantine GROUP BY 1, 2")
        self.assertEqual(groups, {(c, f): n for c, f, n in kept})
        self.assertGreater(len(groups), 10)
        page = self.get("/status").text + self.get("/status.json").text
        for source_id, document in query(self.db, "SELECT source_id, document FROM quarantine"):
            self.assertNotIn(document, page)
            self.assertNotIn(source_id, page)

    def test_a_quarantined_mission_says_which_field_does_not_fit(self):
        platform, number, reason = query(
            self.db,
            "SELECT platform, number, reason FROM quarantine AS q WHERE number >= 0 AND platform <> ''"
            " AND collection = 'glidermissions' AND NOT EXISTS (SELECT 1 FROM mission AS m"
            " WHERE m.platform = q.platform AND m.number = q.number) LIMIT 1",
        )[0]
        path = f"/status/missions/{platform}/M{number}"
        found = self.json(path + ".json")
        self.assertEqual([found["answer"], found["quarantine"][0]["reason"]], ["quarantined", reason])
        self.assertIn("does not fit", words(self.get(path)))

    def test_hostile_text_stays_text(self):
        rows = query(
            self.db,
            "SELECT platform, number FROM mission WHERE basin LIKE '%<%' OR project LIKE '%<%' OR comment LIKE '%<%'",
        )
        self.assertTrue(rows)
        for platform, number in rows:
            tree = Tree(self.get(f"/status/missions/{platform}/M{number}").text)
            self.assertEqual(tree.errors, [])
            self.assertFalse([tag for tag, a in tree.tags if tag in ("img", "iframe") or "onerror" in a])


class Rules(Serving):
    """Missions changed in the store's own file, where no source would give them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import sqlite3

        cls.gliders = query(
            cls.db, "SELECT mission_id, platform, number FROM mission WHERE kind = 'glider' ORDER BY start_ms LIMIT 3"
        )
        (uncounted, *_), (pointless, *_), (gone, *_) = cls.gliders
        with sqlite3.connect(cls.db) as db:
            db.execute("UPDATE mission SET basin = NULL, counted = 0 WHERE mission_id = ?", (uncounted,))
            db.execute("UPDATE mission SET track_points = 0 WHERE mission_id = ?", (pointless,))
            db.execute("INSERT INTO gone VALUES (?, 1795000000000)", (gone,))
        db.close()

    def rules(self, at):
        _, platform, number = self.gliders[at]
        found = self.json(f"/status/missions/{platform}/M{number}.json")
        return found, {rule["about"]: rule for rule in found["rules"]}

    def test_no_basin_keeps_it_from_the_totals(self):
        _, rules = self.rules(0)
        self.assertEqual([rules["totals"]["shown"], rules["totals"]["text"]],
                         [False, "not counted: basin is missing or null"])  # fmt: skip

    def test_no_position_keeps_it_from_the_maps(self):
        self.assertFalse(self.rules(1)[1]["maps"]["shown"])

    def test_a_vanished_mission_is_in_its_grace_time(self):
        found, _ = self.rules(2)
        self.assertRegex(found["store"]["vanished_since"], "^2026-11-18T")
        _, platform, number = self.gliders[2]
        self.assertIn("vanished from the source", words(self.get(f"/status/missions/{platform}/M{number}")))
        self.assertIn(f"{platform}/M{number}", " ".join(Tree(self.get("/status").text).links))


class Failing(unittest.TestCase):
    """What the status file says shows on the page, without names of servers."""

    def test_causes_are_words(self):
        harness.needs("edge")
        dump = demo(self, missions=3, profiles=5)
        db = harness.temp_dir(self) / "edge.db"
        edge("import", dump, "--db", db)
        beat = db.with_name("edge.db.status")
        for code, state, cause in ((75, "failing", "the source did not answer"), (74, "failing", "the disk")):
            beat.write_text(json.dumps({
                "last_attempt": "2026-11-22T09:00:00Z", "last_success": "2026-11-22T01:00:00Z",
                "failing_since": "2026-11-22T02:00:00Z", "mode": "watch", "exit_code": code,
                "error": "mongodb://secret.example:27017: nobody <b>home</b>", "resyncs": 2,
                "last_resync": "2026-11-21T00:00:00Z",
                "resync_reason": "profiles: code 286: secret.example lost it",
            }))  # fmt: skip
            with harness.EdgeServe(db, env={"EDGE_NOW": NOW}) as server:
                answer = server.get("/status.json").json()["portal"]
                page = server.get("/status").text
            self.assertEqual([answer["state"], answer["resync_cause"]], [state, "history_lost"])
            self.assertIn(cause, answer["cause"])
            self.assertIn("history lost", page)
            self.assertNotIn("secret.example", page)


if __name__ == "__main__":
    unittest.main()
