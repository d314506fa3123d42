"""/fleet and the platforms' pages against the source's documents."""

import collections
import datetime
import unittest
import urllib.parse

import oracle
from test_serve import Serving, Tree


def year_of(ms):
    return (oracle.EPOCH + datetime.timedelta(milliseconds=ms)).year


class Fleet(Serving):
    def platforms(self):
        return sorted({m.platform for m in self.source.missions.values()})

    def missions_of(self, platform):
        return oracle.select(self.source, platform=platform)

    def test_every_platform_has_its_figures(self):
        rows = {row["platform"]: row for row in self.json("/fleet.json")["items"]}
        self.assertEqual(sorted(rows), self.platforms())
        for platform, row in rows.items():
            missions = self.missions_of(platform)
            last = max(missions, key=lambda m: m.end)
            said = self.source.platforms.get(platform, {})
            self.assertEqual(row["missions"], len(missions))
            self.assertEqual(row["last_seen"], oracle.rfc3339(last.end))
            self.assertEqual(row["latest"]["url"], f"/{platform}/M{last.number}")
            if "total_depth" in said:
                self.assertAlmostEqual(row["deepest_dives"], said["total_depth"] / 21_968)
            self.assertTrue(row["strip"])
            self.assertTrue(all(0 <= m["x"] and m["w"] > 0 for m in row["strip"]))

    def test_dives_to_the_deepest_ocean_are_said_as_the_old_portal_said_them(self):
        for platform, said in self.source.platforms.items():
            if said.get("total_depth"):
                words = " ".join(Tree(self.get(f"/fleet/{platform}").text).words)
                dives = oracle.deepest_dives(said["total_depth"])
                self.assertIn(f"{dives} dives to the deepest ocean and back", words)

    def test_page_of_each_platform(self):
        serials = self.platforms()
        for i, platform in enumerate(serials):
            page = self.json(f"/fleet/{platform}.json")
            missions = self.missions_of(platform)
            self.assertEqual(page["basins"], oracle.basins_visited(self.source, platform))
            self.assertEqual([area["name"] for area in page["areas"]], page["basins"])
            links = Tree(self.get(f"/fleet/{platform}").text).links
            for area in page["areas"]:
                if area["url"]:
                    self.assertIn(area["url"], links)
                    self.assertIn(area["name"], self.get(area["url"]).text)
            urls = [m["url"] for m in page["items"]]
            starts = {f"/{platform}/M{m.number}": m.start for m in missions}
            self.assertEqual(sorted(urls), sorted(starts))
            self.assertEqual(urls, sorted(urls, key=lambda url: -starts[url]))
            for name, at in (("previous", i - 1), ("next", i + 1)):
                there = 0 <= at < len(serials)
                expected = there and {"platform": serials[at], "url": f"/fleet/{serials[at]}"}
                self.assertEqual(page[name], expected or None)

    def test_years_and_variables_of_each_platform(self):
        for platform in self.platforms():
            page = self.json(f"/fleet/{platform}.json")
            missions = self.missions_of(platform)
            years = collections.defaultdict(list)
            measured = collections.defaultdict(list)
            for m in missions:
                years[year_of(m.start)].append(m.end - m.start)
                for variable in m.variables:
                    measured[variable].append(m.start)
            self.assertEqual(
                page["by_year"],
                [
                    {"year": y, "missions": len(v), "days": sum(v) // oracle.DAY_MS}
                    for y, v in sorted(years.items(), reverse=True)
                ],
            )
            self.assertEqual(
                page["measured"],
                [
                    {
                        "variable": name,
                        "missions": len(v),
                        "first": oracle.rfc3339(min(v)),
                        "last": oracle.rfc3339(max(v)),
                        "url": f"/missions?platform={platform}&variable={urllib.parse.quote(name)}",
                    }
                    for name, v in sorted(measured.items())
                ],
            )

    def test_links_of_a_platform_lead_to_what_they_count(self):
        platform = self.platforms()[0]
        page = self.json(f"/fleet/{platform}.json")
        for variable in page["measured"]:
            found = self.json(variable["url"].replace("/missions?", "/missions.json?"))
            self.assertEqual(found["count"], variable["missions"])
        links = Tree(self.get(f"/fleet/{platform}").text).links
        self.assertIn(f"/missions?platform={platform}&year={page['by_year'][0]['year']}", links)


class Hostile(Serving):
    flags = ("--dirty",)

    def test_every_platform_has_a_page(self):
        for row in self.json("/fleet.json")["items"]:
            self.assertEqual(Tree(self.get(row["url"]).text).errors, [], row["url"])


if __name__ == "__main__":
    unittest.main()
