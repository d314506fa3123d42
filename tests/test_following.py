"""What follows the source beside the store: the file to take away, completed missions, metrics of `edge run`."""

import json
import re
import unittest
import urllib.request

import harness
from syncing import Syncing
from test_dumps import query
from test_metrics import parse


class Following(Syncing):
    size = {"missions": 8, "profiles": 10}

    def test_run_makes_the_file_and_sees_a_mission_turn_complete(self):
        env = {"EDGE_SNAPSHOT": "1s"}
        flags = ("--metrics-listen", "127.0.0.1:0")
        with harness.EdgeServe(self.db, *flags, verb="run", uri=self.uri, env=env) as server:
            info = self.db.with_name(self.db.name + ".snapshot.json")
            harness.eventually(info.exists, timeout=30)
            first = json.loads(info.read_text())
            self.assertEqual(server.get("/data/edge.sqlite").status, 200)
            mission = self.mission()
            platform, number = mission.key.split("/")
            mission.replace(is_complete=False)
            state = "SELECT complete, completed_ms, synced_ms FROM mission WHERE platform = ? AND number = ?"
            harness.eventually(lambda: query(self.db, state, platform, number)[0][:2] == (0, None), timeout=30)
            mission.replace(is_complete=True)
            harness.eventually(lambda: query(self.db, state, platform, number)[0][0] == 1, timeout=30)
            complete, completed, synced = query(self.db, state, platform, number)[0]
            self.assertEqual(completed, synced, "when edge saw it")
            events = server.get("/data/updates.json").json()["items"]
            self.assertTrue([e for e in events if e["id"].endswith(f"{platform}/M{number}/completed")])
            # The next look at the clock makes the file anew.
            harness.eventually(
                lambda: json.loads(info.read_text())["generation"] > first["generation"], timeout=40
            )
            found = parse(urllib.request.urlopen(
                re.search(r"metrics on (http://\S+)", server.log).group(1), timeout=10).read().decode())  # fmt: skip
            self.assertEqual(found["edge_sync_failing"], {None: 0})
            self.assertIn(next(iter(found["edge_sync_mode"])), ('mode="watch"', 'mode="poll"'))
            self.assertLess(found["edge_sync_lag_seconds"][None], 60)


if __name__ == "__main__":
    unittest.main()
