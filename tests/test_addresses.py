"""Every public address of the portal that edge replaces still answers what it should."""

import unittest

import harness
import oracle
from test_dumps import NOW, demo, edge

BASINS = [f"SEA-{number:03}" for number in range(1, 19)]


class Addresses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        cls.dump = demo(cls, missions=60, profiles=12)
        db = harness.temp_dir(cls) / "edge.db"
        edge("import", cls.dump, "--db", db)
        cls.source = oracle.read(cls.dump / "voto")
        cls.server = harness.enter(cls, harness.EdgeServe(db, env={"EDGE_NOW": NOW}))

    def page(self, address, *words):
        answer = self.server.get(address)
        self.assertEqual(answer.status, 200, address)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/html"), address)
        for word in words:
            self.assertIn(word, answer.text, address)

    def test_pages(self):
        for address in ("/", "/map", "/missions", "/fleet", "/stats", "/pipeline", "/data"):
            self.page(address)
        for address in ("/data/updates", "/projects"):
            self.page(address)

    def test_every_mission_and_platform(self):
        missions = oracle.missions(self.source)
        self.assertGreater(len(missions), 50)
        platforms = {mission["platform"] for mission in missions}
        self.assertTrue(any(p.startswith("SB") for p in platforms))
        for mission in missions:
            title = f"{mission['platform']} M{mission['mission']}"
            self.page(f"/{mission['platform']}/M{mission['mission']}", title)
        for platform in platforms:
            self.page(f"/fleet/{platform}", platform)

    def test_every_basin(self):
        for basin in BASINS:
            self.page(f"/map/basin/{basin}", basin)
        for basin in ("SEA-000", "SEA-019", "SEA-1", "kattegat", "SEA-001x"):
            self.assertEqual(self.server.get(f"/map/basin/{basin}").status, 404, basin)

    def test_the_feed_and_all_that_leads_to_it(self):
        answer = self.server.get("/feed.xml")
        self.assertEqual(answer.status, 200)
        self.assertRegex(answer.headers["Content-Type"], r"xml")
        for address in ("/fee", "/feed", "/feeds", "/feed/", "/feed.rss", "/rs", "/rss", "/rss.xml"):
            hops = []
            while (answer := self.server.get(address)).status in (301, 308):
                address = answer.headers["Location"]
                hops.append(address)
            self.assertEqual(answer.status, 200, hops)
            self.assertEqual(hops[-1], "/feed.xml")
            self.assertLessEqual(len(hops), 2, hops)  # a slash at the end goes first

    def test_what_is_not_there_is_not_found(self):
        for address in ("/SEA999/M1", "/SB99999/M1", "/fleet/SEA999", "/login", "/pilot", "/vessel"):
            answer = self.server.get(address)
            self.assertEqual(answer.status, 404, address)
            self.assertIn("<h1", answer.text, address)

    def test_a_slash_at_the_end_leads_to_the_address_without(self):
        for address in ("/missions", "/fleet", "/stats", "/map", "/pipeline", "/data", "/projects"):
            answer = self.server.get(address + "/?a=b")
            self.assertEqual(answer.status, 308, address)
            self.assertEqual(answer.headers["Location"].split("?")[0], address)
        answer = self.server.get("/missions/?year=2025")
        self.assertEqual(answer.headers["Location"], "/missions?year=2025")


if __name__ == "__main__":
    unittest.main()
