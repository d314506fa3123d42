"""What is new, as a page and as feeds; the sitemap and robots; where old feeds were."""

import datetime
import email.utils
import json
import re
import unittest
import xml.etree.ElementTree

import harness
from test_dumps import NOW, NOW_MS, demo, edge, query
from test_serve import Serving, Tree

NEWS = {
    "2026-11-20-glider.md": (
        "---\ntitle: A new glider & its <sensors>\ndate: 2026-11-20\n---\n"
        "**SEA130** is here: [the fleet](/fleet) or https://www.example.org.\n\n## Measures\n\n- salt ]]> <b>x</b>\n"
    ),
    "outage.yml": 'title: "Maintenance"\ndate: 2026-11-21T09:00:00Z\ntext: |\n  Away.\n\n  Back again.\n',
    "2011-02-03-first.md": "---\ntitle: The first\ndate: 2011-02-03\n---\nStays, however much happens.\n",
    "tomorrow.yaml": "title: Not yet\ndate: 2036-01-01\ntext: the future\n",
    "bad-date.md": "---\ntitle: x\ndate: yesterday\n---\ny\n",
    "bad-link.md": "---\ntitle: x\ndate: 2026-01-01\n---\n[y](javascript:alert)\n",
    "no-front.md": "just text\n",
    "empty.yml": "title: x\ndate: 2026-01-01\n",
    "two words.md": "---\ntitle: x\ndate: 2026-01-01\n---\ny\n",
    "unknown.yml": "title: x\ndate: 2026-01-01\nauthor: z\ntext: y\n",
    "notes.txt": "not news at all",
}
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


class Feeds(Serving):
    url = "https://portal.example.org"

    @classmethod
    def setUpClass(cls):
        folder = harness.temp_dir(cls)
        cls.news = folder / "news"
        cls.news.mkdir()
        for name, text in NEWS.items():
            (cls.news / name).write_text(text)
        (cls.news / "binary.md").write_bytes(b"---\ntitle: x\ndate: 2026-01-01\n---\n\xff\xfe\0\n")
        portal = {"title": "T & <T>", "news": "news", "security": "mailto:safe@example.org"}
        if cls.url:
            portal["url"] = cls.url
        (folder / "portal.json").write_text(json.dumps(portal))
        cls.serve_flags = ("--portal", folder / "portal.json")
        super().setUpClass()

    def rss(self):
        answer = self.get("/feed.xml")
        self.assertEqual(answer.headers["Content-Type"], "application/rss+xml")
        return xml.etree.ElementTree.fromstring(answer.text).find("channel")

    def test_rss_has_what_readers_need(self):
        channel = self.rss()
        self.assertEqual(channel.findtext("title"), "T & <T>")
        self.assertEqual(channel.findtext("link"), self.url + "/")
        self.assertTrue(channel.findtext("description"))
        self.assertEqual(channel.find(ATOM + "link").get("href"), self.url + "/feed.xml")
        items = channel.findall("item")
        announced = [i for i in items if ",2026:news/" in i.findtext("guid")]
        self.assertEqual(len(items) - len(announced), 60, "the newest events")
        self.assertEqual(announced[-1].findtext("title"), "The first", "whatever happened since")
        times = [email.utils.parsedate_to_datetime(item.findtext("pubDate")) for item in items]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertEqual(channel.findtext("lastBuildDate"), items[0].findtext("pubDate"))
        ids = [item.findtext("guid") for item in items]
        self.assertEqual(len(set(ids)), len(ids))
        for item in items:
            self.assertRegex(item.findtext("guid"), r"^tag:portal\.example\.org,2026:")
            self.assertEqual(item.find("guid").get("isPermaLink"), "false")
            self.assertTrue(item.findtext("link").startswith(self.url + "/"))
            self.assertTrue(item.findtext("title") and item.findtext("description"))

    def test_events_are_those_of_the_missions(self):
        events = {}
        for platform, number, kind, start, end, complete, completed in query(
            self.db, "SELECT platform, number, kind, start_ms, end_ms, complete, completed_ms FROM mission"
        ):
            name = f"{platform}/M{number}"
            events[name + "/started"] = start
            window = 86400000 if kind == "glider" else 43200000
            if complete:
                self.assertEqual(completed, end, "complete from the first")
                events[name + "/completed"] = end
            elif end + window <= NOW_MS:
                day = datetime.datetime.fromtimestamp(end / 1000, datetime.timezone.utc)
                events[f"{name}/silent/{day:%Y-%m-%d}"] = end + window
        newest = sorted((ms for ms in events.values() if ms <= NOW_MS), reverse=True)
        items = [i for i in self.json("/data/updates.json")["items"] if i["kind"] != "news"]
        self.assertEqual({i["kind"] for i in items}, {"started", "completed", "silent"})
        for at, item in enumerate(items):
            told = datetime.datetime.fromisoformat(item["time"].replace("Z", "+00:00")).timestamp() * 1000
            self.assertAlmostEqual(told, events[re.sub("^tag:.*2026:", "", item["id"])], delta=1)
            self.assertAlmostEqual(told, newest[at], delta=1)

    def test_announcements_are_shown_and_text_stays_text(self):
        page = self.get("/data/updates")
        tree = Tree(page.text)
        self.assertEqual(tree.errors, [])
        words = " ".join(tree.words)
        self.assertIn("A new glider & its <sensors>", words)
        self.assertIn("salt ]]> <b>x</b>", words)
        self.assertNotIn("Not yet", words, "its date has not come")
        self.assertIn("https://www.example.org", tree.links)
        anchors = {a.get("id") for _, a in tree.tags}
        self.assertIn("2026-11-20-glider", anchors)
        for item in self.rss().findall("item"):
            if item.findtext("guid").endswith("news/2026-11-20-glider"):
                self.assertEqual(item.findtext("title"), "A new glider & its <sensors>")
                html = item.findtext(CONTENT + "encoded")
                self.assertIn('<a href="/fleet">the fleet</a>', html)
                self.assertIn("salt ]]&gt; &lt;b&gt;x&lt;/b&gt;", html)
                break
        else:
            self.fail("not in the feed")

    def test_the_first_page_names_the_newest_announcements(self):
        found = self.json("/index.json")["announcements"]
        self.assertEqual([a["title"] for a in found], ["Maintenance", "A new glider & its <sensors>"])
        links = Tree(self.get("/").text).links
        for path in [a["url"] for a in found] + ["/data/updates"]:
            self.assertIn(path, links)

    def test_files_that_do_not_fit_are_named_and_left_out(self):
        self.get("/data/updates")
        log = self.server.log
        for name in ("bad-date.md", "bad-link.md", "no-front.md", "empty.yml", "two words.md", "unknown.yml", "binary.md"):
            self.assertEqual(log.count(f"/{name}: "), 1, name)
        self.assertNotIn("notes.txt", log)
        news = [i for i in self.json("/data/updates.json")["items"] if i["kind"] == "news"]
        self.assertEqual([i["title"] for i in news], ["Maintenance", "A new glider & its <sensors>", "The first"])

    def test_check_names_them_too(self):
        said = edge("check", "--db", self.db, *self.serve_flags, expect=78)
        for name in ("bad-date.md", "bad-link.md", "no-front.md", "binary.md"):
            self.assertIn(f"/{name}: ", said.stdout + said.stderr)
        self.assertIn("news: 4 announcements in", said.stdout + said.stderr)

    def test_json_feed(self):
        answer = self.get("/feed.json")
        self.assertEqual(answer.headers["Content-Type"], "application/feed+json")
        feed = answer.json()
        self.assertEqual(feed["version"], "https://jsonfeed.org/version/1.1")
        self.assertEqual(feed["title"], "T & <T>")
        self.assertEqual(feed["feed_url"], self.url + "/feed.json")
        self.assertEqual(set(feed) - {"version", "title", "home_page_url", "feed_url", "language", "items"}, set())
        self.assertEqual(
            [item["id"] for item in feed["items"]], [item.findtext("guid") for item in self.rss().findall("item")]
        )
        for item in feed["items"]:
            self.assertTrue(item["url"].startswith(self.url + "/"))
            self.assertTrue(item["content_text"])
            self.assertRegex(item["date_published"], r"Z$")

    def test_conditional_get(self):
        for path in ("/feed.xml", "/feed.json"):
            tag = self.get(path).headers["ETag"]
            self.assertEqual(self.get(path, 304, If_None_Match=tag).body, b"")

    def test_old_addresses_lead_to_the_feed(self):
        for path in ("/feed", "/feeds", "/fee", "/feed.rss", "/feed/atom", "/rss", "/rss.xml", "/rs", "/rss?x=1"):
            answer = self.get(path, 308)
            self.assertEqual(answer.headers["Location"], "/feed.xml", path)
        self.get("/fleet")

    def test_security_contact(self):
        text = self.get("/.well-known/security.txt").text
        self.assertIn("Contact: mailto:safe@example.org\n", text)
        (expires,) = re.findall(r"^Expires: (\S+)$", text, re.M)
        until = datetime.datetime.fromisoformat(expires.replace("Z", "+00:00")).timestamp() * 1000
        self.assertLess(until, NOW_MS + 366 * 86400000, "less than a year, as RFC 9116 has it")
        self.assertGreater(until, NOW_MS + 300 * 86400000)

    def test_sitemap_names_every_mission(self):
        root = xml.etree.ElementTree.fromstring(self.get("/sitemap.xml").text)
        places = {element.text for element in root.iter() if element.tag.endswith("}loc")}
        for platform, number in query(self.db, "SELECT platform, number FROM mission"):
            self.assertIn(f"{self.url}/{platform}/M{number}", places)
        self.assertEqual(sum("/map/basin/SEA-" in place for place in places), 18)
        for place in places:
            self.assertTrue(place.startswith(self.url + "/"))
        for path in [p.removeprefix(self.url) for p in sorted(places)][:40]:
            self.get(path)
        self.assertIn(f"Sitemap: {self.url}/sitemap.xml\n", self.get("/robots.txt").text)


class Nowhere(Feeds):
    """A portal that does not know its own address never takes it from a request."""

    url = ""

    def test_rss_has_what_readers_need(self):
        text = self.get("/feed.xml", Host="evil.example").text
        self.assertNotIn("evil.example", text)
        self.assertNotIn("127.0.0.1", text)
        self.assertEqual(self.rss().find("item").findtext("link")[0], "/")

    def test_json_feed(self):
        feed = self.get("/feed.json").json()
        self.assertNotIn("feed_url", feed)

    def test_sitemap_names_every_mission(self):
        self.get("/sitemap.xml", 404)
        self.assertNotIn("Sitemap:", self.get("/robots.txt").text)


class Hostile(Serving):
    flags = ("--dirty",)

    def test_no_contact_no_security_txt(self):
        self.get("/.well-known/security.txt", 404)

    def test_feeds_of_hostile_missions_are_well_formed(self):
        text = self.get("/feed.xml").text
        xml.etree.ElementTree.fromstring(text)
        self.assertFalse(re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text))
        self.get("/feed.json").json()
        self.assertEqual(Tree(self.get("/data/updates").text).errors, [])


class Completed(unittest.TestCase):
    def test_a_mission_that_turns_complete_says_when_edge_saw_it(self):
        import sqlite3

        harness.needs("edge")
        dump = demo(self, missions=6, profiles=5)
        db = harness.temp_dir(self) / "edge.db"
        edge("import", dump, "--db", db)
        (chosen, end) = query(db, "SELECT mission_id, end_ms FROM mission WHERE complete LIMIT 1")[0]
        # As it would be, had the store known the mission while it went on.
        with sqlite3.connect(db) as store:
            store.execute(
                "UPDATE mission SET complete = 0, completed_ms = NULL, fingerprint = zeroblob(32)"
                " WHERE mission_id = ?",
                (chosen,),
            )
        store.close()
        edge("import", dump, "--db", db)
        seen = query(db, "SELECT complete, completed_ms, synced_ms FROM mission WHERE mission_id = ?", chosen)[0]
        self.assertEqual(seen[0], 1)
        self.assertEqual(seen[1], seen[2])
        self.assertNotEqual(seen[1], end)
        edge("import", dump, "--db", db)
        again = query(db, "SELECT completed_ms FROM mission WHERE mission_id = ?", chosen)[0][0]
        self.assertEqual(again, seen[1], "once seen, it stays")


class Empty(unittest.TestCase):
    """A portal that begins: there are announcements before there are missions."""

    @classmethod
    def setUpClass(cls):
        harness.needs("edge")
        folder = harness.temp_dir(cls)
        (folder / "news").mkdir()
        (folder / "news" / "a.md").write_text("---\ntitle: In Markdown\ndate: 2026-11-20\n---\nWe begin.\n")
        (folder / "news" / "a.yml").write_text("title: In YAML\ndate: 2026-11-19\ntext: We begin soon.\n")
        (folder / "portal.json").write_text('{"news": "news", "url": "https://portal.example.org"}')
        (folder / "voto").mkdir()
        (folder / "voto" / "glidermissions.bson").write_bytes(b"")
        edge("import", folder / "voto", "--db", folder / "edge.db", expect=0)
        flags = ("--portal", folder / "portal.json")
        cls.server = harness.enter(cls, harness.EdgeServe(folder / "edge.db", *flags, env={"EDGE_NOW": NOW}))

    def tree(self, path):
        answer = self.server.get(path)
        self.assertEqual(answer.status, 200)
        tree = Tree(answer.text)
        self.assertEqual(tree.errors, [])
        return tree, " ".join(" ".join(tree.words).split())

    def test_the_first_page_has_the_announcements(self):
        tree, words = self.tree("/")
        for text in ("There are no missions here yet", "In Markdown", "In YAML", "All that is new"):
            self.assertEqual(words.count(text), 1, text)
        updates, _ = self.tree("/data/updates")
        anchors = [a["id"] for tag, a in updates.tags if tag == "li" and "id" in a]
        self.assertEqual(anchors, ["a", "a.yml"])
        for anchor in anchors:
            self.assertIn(f"/data/updates#{anchor}", tree.links)

    def test_announcements_of_one_name_have_two_ids(self):
        channel = xml.etree.ElementTree.fromstring(self.server.get("/feed.xml").text).find("channel")
        ids = [item.findtext("guid") for item in channel.findall("item")]
        self.assertEqual(ids, [f"tag:portal.example.org,2026:news/{name}" for name in ("a", "a.yml")])
        self.assertEqual([item["id"] for item in self.server.json("/feed.json")["items"]], ids)

    def test_pages_of_figures_say_that_there_are_none(self):
        for path in ("/stats", "/map"):
            tree, words = self.tree(path)
            self.assertIn("There are no missions", words)
            self.assertIn("They appear by themselves once they are copied from the source.", words)
            self.assertNotIn("table", [tag for tag, _ in tree.tags])
            self.assertFalse([link for link in tree.links if link.startswith(("/map.svg", "/map/basin"))])


if __name__ == "__main__":
    unittest.main()
