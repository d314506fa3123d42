"""edge explain: one mission from the source document to the pages, as a support mailbox needs it."""

import json
import re
import unittest

import bson

import harness
from syncing import Syncing
import oracle
from test_dumps import MISSIONS, NOW_MS, PROFILES, at, content, edge

MISSING = "mongodb://127.0.0.1:1/voto?serverSelectionTimeoutMS=300"


class Explaining(Syncing):
    size = {"missions": 8, "profiles": 12}

    def explain(self, *words, expect=0, uri="", **options):
        return edge(
            "explain", *words, "--db", self.db, uri=self.uri if uri == "" else uri, expect=expect,
            **options,
        )  # fmt: skip

    def told(self, *words, **options):
        """{about: [text, …]} and the whole object."""
        found = json.loads(self.explain(*words, "--json", **options).stdout)
        told = {}
        for line in found["lines"]:
            told.setdefault(line["about"], []).append(line["text"])
        return told, found

    def setUp(self):
        super().setUp()
        self.sync()
        self.one = self.mission()
        self.words = self.one.platform, f"M{self.one.number}"

    def test_synced_mission(self):
        told, found = self.told(*self.words)
        [store] = told["store"]
        document = self.one.document()
        self.assertIn(str(document["_id"]), store)
        self.assertRegex(store, rf"synced 2026-11-22T09:40:00Z .* {len(self.one.profiles())} track")
        self.assertRegex(told["source"][0], r"fits; it is the one that is served")
        self.assertEqual(told["next run"], ["leaves it: nothing has changed"])
        self.assertIn(f"/{self.one.platform}/M{self.one.number}", told["pages"][0])
        self.assertIn(document["basin"], told["totals"][0])
        self.assertEqual(
            [found[k] for k in ("platform", "mission", "served", "source", "documents", "fitting")],
            [self.one.platform, self.one.number, True, "asked", 1, 1],
        )

    def test_text_has_the_same_lines_as_json(self):
        told, _ = self.told(*self.words)
        lines = self.explain(*self.words).stdout.splitlines()
        self.assertEqual(len(lines), sum(map(len, told.values())))
        for about, texts in told.items():
            for text in texts:
                self.assertIn(f"{about:<16} {text}", lines)

    def test_every_way_to_name_it(self):
        expected = self.explain(*self.words).stdout
        number = str(self.one.number)
        for words in ((self.one.platform, number), (self.one.platform, f"m{number}"),
                      (f"/{self.one.platform}/M{number}",), (f"{self.one.platform} M{number}",)):  # fmt: skip
            self.assertEqual(self.explain(*words).stdout, expected, words)
        for words in ((), ("SEA063",), ("SEA063", "x"), ("SEA063", "M-1"),
                      ("SEA063", "M1x"), ("x" * 50, "M1"), ("", "M1"), ("SEA063", "M9" * 30)):  # fmt: skip
            self.assertIn("SEA063 M33", self.explain(*words, expect=2).stderr, words)
        self.explain("SEA063", "M1", "M2", expect=2)

    def test_sailbuoy(self):
        document = self.database["sailbuoymissions"].find_one()
        told, found = self.told(f"SB{document['sailbuoy']}", f"M{document['mission']}")
        self.assertIn("it is the one that is served", told["source"][0])
        self.assertEqual(told["totals"], ["counted"])
        self.assertEqual(told["next run"], ["leaves it: nothing has changed"])
        self.assertEqual(found["documents"], 1)

    def test_mission_the_source_has_and_the_store_not_yet(self):
        self.database[MISSIONS].insert_one(
            {**self.one.document(), "_id": bson.ObjectId(), "mission": 77}
        )
        told, found = self.told(self.one.platform, "M77")
        self.assertEqual((told["store"], told["next run"]), (["not there"], ["takes it"]))
        self.assertFalse(found["served"])

    def test_changed_document_and_changed_track(self):
        self.database[MISSIONS].update_one(self.one.filter, {"$set": {"comment": "changed"}})
        told, _ = self.told(*self.words)
        self.assertEqual(told["next run"], ["takes it again: the source has changed"])
        self.sync()
        self.database[PROFILES].delete_one(self.one.filter)
        told, _ = self.told(*self.words)
        self.assertRegex(told["next run"][0], r"deep check reads its \d+ profiles")

    def test_quarantined_from_the_start_with_its_reason(self):
        self.database[MISSIONS].insert_one(
            {**self.one.document(), "_id": "bad", "mission": 78, "start": "yesterday"}
        )
        self.sync()
        told, found = self.told(self.one.platform, "M78")
        reason = "start: is text, not a date"
        self.assertEqual(told["store"], ["not there"])
        self.assertEqual(told["quarantine"], [f'{MISSIONS} "bad": {reason}'])
        self.assertEqual(told["source"], [f'document "bad" does not fit: {reason}'])
        self.assertEqual(told["next run"], ["leaves it out: no document fits"])
        self.assertEqual((found["documents"], found["fitting"]), (1, 0))

    def test_document_that_stopped_fitting_leaves_the_version_before(self):
        self.database[MISSIONS].update_one(self.one.filter, {"$set": {"end": None}})
        self.sync()
        told, found = self.told(*self.words)
        self.assertTrue(found["served"])
        self.assertIn("end: ", told["quarantine"][0])
        self.assertEqual(
            told["next run"], ["leaves the version that is served: no document fits"]
        )

    def test_document_whose_number_is_text_is_found(self):
        platform = self.one.platform
        for _id, number in (("t", "79"), ("m", "M79"), ("f", 79.5), ("x", "x"), ("n", None),
                            ("o", "80"), ("l", "79")):  # fmt: skip
            self.database[MISSIONS].insert_one(
                {**self.one.document(), "_id": _id, "mission": number,
                 "comment": "c" * (5000 if _id == "l" else 5)}
            )  # fmt: skip
        self.sync()
        told, found = self.told(platform, "M79")
        ids = [re.sub(rf'{MISSIONS} "(\w)": mission: .*', r"\1", t) for t in told["quarantine"]]
        unknown = "perhaps of this mission: "
        self.assertEqual(ids, ["f", "m", "t", unknown + "l", unknown + "n", unknown + "x"])
        self.assertRegex(told["source"][0], "has none that says .* is in quarantine$")
        self.assertEqual(told["next run"], ["leaves it out: no document fits"])
        self.assertFalse(found["served"])
        self.explain(platform, "M79", uri=None)
        self.explain(platform, "M81", expect=1)
        listed = json.loads(
            edge("quarantine", "list", "--json", "--db", self.db, expect=0).stdout
        )
        self.assertEqual({(q["platform"], q["mission"]) for q in listed}, {(platform, None)})
        with harness.EdgeServe(self.db) as served:
            why = served.json(f"/status/missions/{platform}-M79.json")
            self.assertEqual((why["answer"], len(why["quarantine"])), ("quarantined", 3))
            why = served.json(f"/status/missions/{platform}-M81.json")
            self.assertEqual((why["answer"], why["quarantine"]), ("unknown", []))

    def test_number_that_is_text_leaves_the_version_before_and_comes_back(self):
        one = {"_id": self.one.document()["_id"]}
        self.database[MISSIONS].insert_one(
            {**self.one.document(), "_id": bson.ObjectId(), "mission": 77}
        )
        self.database[MISSIONS].update_one(one, {"$set": {"mission": str(self.one.number)}})
        self.sync()
        told, found = self.told(*self.words)
        self.assertEqual((found["served"], len(told["quarantine"])), (True, 1))
        for number in (None, "x"):  # of a document that the store knows
            self.database[MISSIONS].update_one(one, {"$set": {"mission": number}})
            self.sync()
            [reason] = self.told(*self.words)[0]["quarantine"]
            self.assertTrue(reason.startswith(f"{MISSIONS} "), reason)
            self.assertNotIn("quarantine", self.told(self.one.platform, "M77")[0])
        self.database[MISSIONS].update_one(one, {"$set": {"mission": self.one.number}})
        self.sync()
        self.assertNotIn("quarantine", self.told(*self.words)[0])
        self.check()

    def test_profile_in_quarantine_is_named(self):
        profile = self.one.profiles()[0]
        self.database[PROFILES].update_one({"_id": profile["_id"]}, {"$set": {"lon": "east"}})
        self.database[MISSIONS].update_one(self.one.filter, {"$set": {"comment": "changed"}})
        self.sync()
        told, _ = self.told(*self.words)
        self.assertRegex(told["quarantine"][0], rf"^{PROFILES} .*{profile['_id']}.*: lon: is text")

    def test_track_that_does_not_fit_is_held(self):
        document, profiles = self.one.take_away()
        self.one.bring_profiles([{**p, "lat": str(p["lat"])} for p in profiles[2:]] + profiles[:2])
        self.one.bring_document({**document, "comment": "new"}, len(profiles))
        self.sync()
        told, _ = self.told(*self.words)
        self.assertIn(f"{len(profiles)} track points", told["store"][0])
        self.assertEqual(len(told["quarantine"]), len(profiles) - 2)
        self.assertEqual(
            told["next run"],
            [f"leaves the version that is served: only 2 of its {len(profiles)} profiles fit; mend the "
             "documents or, if that is right, stop edge run, then run "
             "`edge sync --once --allow-mass-delete`"],
        )

    def test_rules_that_hide_it(self):
        self.database[MISSIONS].update_one(
            self.one.filter, {"$unset": {"basin": 1}, "$set": {"end": oracle_time(NOW_MS)}}
        )
        self.sync()
        told, found = self.told(*self.words)
        self.assertEqual(told["totals"], ["not counted: basin is missing or null"])
        self.assertIn("no field basin", told["landing page"][0])
        shown = {line["about"]: line.get("shown") for line in found["lines"]}
        self.assertEqual(
            [shown[k] for k in ("totals", "landing page", "maps")], [False, False, True]
        )
        self.database[MISSIONS].update_one(
            self.one.filter, {"$set": {"basin": "Kattegat", "end": oracle_time(NOW_MS)}}
        )
        self.sync()
        self.assertEqual(self.told(*self.words)[0]["landing page"], ["among the live"])
        told, _ = self.told(*self.words, now=at(25 * 60))
        self.assertIn("25 h ago, more than 24 h", told["landing page"][0])

    def test_vanished_mission_says_until_when_it_is_kept(self):
        self.one.take_away()
        self.sync(now=at(5))
        told, found = self.told(*self.words, now=at(6))
        self.assertRegex(
            told["store"][1], r"vanished from the source 2026-11-22T09:45:00Z.*09:55:00Z"
        )
        self.assertRegex(told["source"][0], r"has no document of it$")
        self.assertEqual(found["documents"], 0)

    def test_vanished_mission_that_the_guard_holds_says_what_allows_its_removal(self):
        for mission in self.missions(5):
            mission.take_away()
        self.sync("--grace", "1s")
        self.sync("--grace", "1s", now=at(5), expect=1)
        told, _ = self.told(*self.words, now=at(6))
        self.assertRegex(
            told["store"][1],
            r"^vanished from the source 2026-11-22T09:40:00Z; kept, .* held it back: .* missions "
            r"are no longer there, .*; if that is right, stop edge run, then run "
            r"`edge sync --once --allow-mass-delete`$",
        )
        with harness.EdgeServe(self.db) as served:
            path = "/status/missions/{}-{}".format(*self.words)
            why = served.json(f"{path}.json")
            self.assertEqual((why["store"]["held"], why["failing"]), (True, True))
            self.assertIn("so much at once", why["cause"])
            self.assertIn("until the removal of so much is allowed", served.get(path).text)
        # A source that is away holds nothing back.
        self.sync(uri=MISSING, now=at(7), expect=75)
        told, _ = self.told(*self.words, now=at(8))
        self.assertRegex(told["store"][1], r"removed by the first run.*the last run failed: .*:1")
        self.sync("--allow-mass-delete", now=at(20))
        self.explain(*self.words, expect=1)

    def test_source_away_or_not_named_answers_from_the_store(self):
        told, found = self.told(*self.words, uri=MISSING)
        self.assertRegex(told["source"][0], r"^cannot be asked; this is what the store knows: ")
        self.assertIn("127.0.0.1:1", told["source"][0])
        self.assertEqual((found["source"], found["served"]), ("away", True))
        told, found = self.told(*self.words, uri=None)
        self.assertEqual(told["source"], ["not asked: EDGE_MONGODB_URI is not set"])
        self.assertEqual(found["source"], "not asked")

    def test_unknown_to_the_store_while_the_source_is_away_cannot_be_said(self):
        done = self.explain("SEA999", "M1", uri=MISSING, expect=75)
        self.assertIn("127.0.0.1:1", done.stderr)

    def test_unknown_mission_names_what_may_be_meant(self):
        done = self.explain(self.one.platform, "M9999", expect=1)
        self.assertRegex(done.stdout, rf"{self.one.platform} is known, with the missions .*\d")
        self.assertIn(f"{self.one.platform} M9999 is unknown\n", done.stderr)
        done = self.explain(self.one.platform.lower(), "M1", expect=1)
        self.assertIn(f"is unknown (did you mean {self.one.platform}?)", done.stdout)
        done = self.explain("Q" * 20, "M1", expect=1, uri=None)
        self.assertNotIn("did you mean", done.stdout)
        self.assertIn("is unknown to the store", done.stderr)

    def test_hostile_text_stays_on_its_line_and_gives_no_commands(self):
        self.database[MISSIONS].update_one(
            self.one.filter, {"$set": {"basin": "Kattegat\x1b[31m\nstore there"}}
        )
        self.sync()
        done = self.explain(*self.words)
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual(len(re.findall(r"^store ", done.stdout, re.M)), 1)

    def test_it_writes_nothing(self):
        before = content(self.db)
        self.explain(*self.words)
        self.assertEqual(content(self.db), before)

    def test_no_store(self):
        self.db = self.db.with_name("other.db")
        self.explain(*self.words, expect=78)
        self.assertFalse(self.db.exists())


def oracle_time(ms):
    return oracle.EPOCH + oracle.datetime.timedelta(milliseconds=ms)


if __name__ == "__main__":
    unittest.main()
