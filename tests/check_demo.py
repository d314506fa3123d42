#!/usr/bin/env python3
"""Reads a dump that `edge demo` wrote and checks that it keeps its promises.

    check_demo.py DIR [--coast basemap_region.bin] [--expect-live N]

Totals agree with the profiles, ids ascend, lists match, tracks are slow
enough for a glider and, with --coast, never touch land. Documents that
DIR/dirty.json lists, and missions they name, are left out. Exits 0 when all
is well, 1 with one line for each finding, 77 without the module bson.
"""
import argparse
import collections
import datetime
import gzip
import json
import math
import os
import struct
import sys

try:
    import bson
except ImportError:
    print("check_demo: needs the Python module bson", file=sys.stderr)
    sys.exit(77)

BASINS = (
    "Kattegat", "Great Belt", "The Sound", "Kiel Bay", "Bay of Mecklenburg",
    "Arkona Basin", "Bornholm Basin", "Gdansk Basin", "Eastern Gotland Basin",
    "Western Gotland Basin", "Gulf of Riga", "Northern Baltic Proper",
    "Gulf of Finland", "Åland Sea", "Bothnian Sea", "The Quark",
    "Bothnian Bay", "Skagerrak",
)
PRIVATE = ("user", "mailinglist", "vesseldata", "location")
CANARY = b"never-read-canary"
GLIDER_MOST_M_S = 0.9    # through the water, the current and the jitter
SAILBUOY_MOST_M_S = 2.5
EARTH_M = 6371008.8
CELL = 0.05              # degrees, of the grid of coast edges
FINDINGS_SHOWN = 40

findings = []


def finding(text):
    findings.append(text)
    if len(findings) <= FINDINGS_SHOWN:
        print("check_demo: " + text)


def distance_m(a, b):
    lat1, lat2 = math.radians(a[1]), math.radians(b[1])
    h = (math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) *
         math.sin(math.radians(b[0] - a[0]) / 2) ** 2)
    return 2 * EARTH_M * math.asin(min(1, math.sqrt(h)))


class Coast:
    """The edges of the land of a base map, in a grid of cells."""

    def __init__(self, path):
        self.cells = collections.defaultdict(list)
        self.bands = collections.defaultdict(list)
        with open(path, "rb") as file:
            data = file.read()
        magic, units = struct.unpack_from("<4sI", data)
        if magic != b"EBM1":
            raise ValueError("not a base map: " + path)
        lines, = struct.unpack_from("<I", data, 24)
        offset = 32
        for _ in range(lines):
            kind, count = struct.unpack_from("<B3xI", data, offset)
            x, y = struct.unpack_from("<ii", data, offset + 24)
            steps = struct.unpack_from("<%dh" % (2 * count - 2), data,
                                       offset + 32)
            offset += 32 + 4 * (count - 1)
            if kind == 2:
                continue
            ring = [(x / units, y / units)]
            for i in range(0, len(steps), 2):
                x, y = x + steps[i], y + steps[i + 1]
                ring.append((x / units, y / units))
            for a, b in zip(ring, ring[1:] + ring[:1]):
                self.add(a, b)

    def add(self, a, b):
        for cell in self.touched(a, b):
            self.cells[cell].append((a, b))
        low, high = sorted((a[1], b[1]))
        for band in range(int(low / CELL), int(high / CELL) + 1):
            self.bands[band].append((a, b))

    @staticmethod
    def touched(a, b):
        west, east = sorted((a[0], b[0]))
        south, north = sorted((a[1], b[1]))
        for column in range(int(west / CELL), int(east / CELL) + 1):
            for row in range(int(south / CELL), int(north / CELL) + 1):
                yield column, row

    def on_land(self, point):
        odd = False
        for a, b in self.bands.get(int(point[1] / CELL), ()):
            if (a[1] > point[1]) != (b[1] > point[1]):
                at = a[0] + (b[0] - a[0]) * (point[1] - a[1]) / (b[1] - a[1])
                if point[0] < at:
                    odd = not odd
        return odd

    def crossed(self, a, b):
        for cell in self.touched(a, b):
            for c, d in self.cells.get(cell, ()):
                if crosses(a, b, c, d):
                    return True
        return False

    def check(self, name, track):
        """A track that starts at sea and crosses no coast stays at sea."""
        if track and self.on_land(track[0]):
            finding("%s starts on land at %r" % (name, track[0]))
        for a, b in zip(track, track[1:]):
            if self.crossed(a, b):
                finding("%s crosses the coast at %r" % (name, a))
                return


def crosses(a, b, c, d):
    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    return (side(a, b, c) > 0) != (side(a, b, d) > 0) and \
        (side(c, d, a) > 0) != (side(c, d, b) > 0)


def path_of(folder, collection):
    for ending in (".bson", ".bson.gz"):
        path = os.path.join(folder, collection + ending)
        if os.path.exists(path):
            return path
    raise FileNotFoundError("%s: no %s.bson" % (folder, collection))


def raw_documents(folder, collection):
    path = path_of(folder, collection)
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        while True:
            head = file.read(4)
            if not head:
                return
            rest = file.read(struct.unpack("<i", head)[0] - 4)
            yield head + rest


def clean_documents(folder, collection, dirty):
    """Documents but the dirty ones, whose bytes need not even decode."""
    last = None
    for raw in raw_documents(folder, collection):
        if CANARY in raw and collection not in PRIVATE:
            finding("%s holds what must never be read" % collection)
        if raw[4:9] != b"\x07_id\x00":
            continue
        oid = raw[9:21]
        if last is not None and oid <= last:
            finding("%s: ids do not ascend at %s" % (collection, oid.hex()))
        last = oid
        if (collection, oid.hex()) not in dirty:
            yield bson.decode(raw)


def dirty_ids(directory, folder):
    path = os.path.join(directory, "dirty.json")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        manifest = json.load(file)
    for row in manifest:
        if row["expected"] not in ("accepted", "quarantined"):
            finding("dirty.json: %r" % row)
    listed = {(row["collection"], row["_id"]["$oid"]) for row in manifest
              if row["_id"] and "$oid" in row["_id"]}
    there = {(name, raw[9:21].hex())
             for name in {row["collection"] for row in manifest}
             for raw in raw_documents(folder, name)}
    for collection, oid in sorted(listed - there):
        finding("dirty.json names %s %s, which is not there" %
                (collection, oid))
    return listed


def platform_of(document):
    if "glider" in document:
        return "SEA%03d" % document["glider"]
    return document["platform_serial"]


def is_dirt(platform):
    return platform.startswith("SEA9") and len(platform) == 6


def check_fields(name, document, fields):
    for field, kinds in fields.items():
        if field not in document:
            finding("%s has no %s" % (name, field))
        elif not isinstance(document[field], kinds) or \
                isinstance(document[field], bool) != (kinds is bool):
            finding("%s: %s is %r" % (name, field, document[field]))


NUMBERS = {"lat_min": float, "lat_max": float, "lon_min": float,
           "lon_max": float, "total_distance_m": float}
MISSION = dict(NUMBERS, mission=int, start=datetime.datetime,
               end=datetime.datetime, is_complete=bool, sea_name=str,
               wmo_id=int, variables=list, project=str,
               last_modified=datetime.datetime)


def check_basin(name, document):
    basin = document.get("basin", "")
    if basin.strip():
        for part in basin.split(", "):
            if part not in BASINS:
                finding("%s: basin %r" % (name, part))


def check_bounds(name, document, track):
    found = (min(p[0] for p in track), max(p[0] for p in track),
             min(p[1] for p in track), max(p[1] for p in track))
    told = tuple(document[k] for k in ("lon_min", "lon_max", "lat_min",
                                       "lat_max"))
    if found != told:
        finding("%s: bounds %r, not %r" % (name, told, found))


def check_mission(name, document, profiles, coast):
    check_fields(name, document, dict(MISSION, total_profiles=int,
                                      total_depth=int, total_data_points=int))
    check_basin(name, document)
    track = [(p["lon"], p["lat"]) for p in profiles]
    times = [p["time"] for p in profiles]
    numbers = [p["number"] for p in profiles]
    if document["total_profiles"] != len(profiles) or not profiles:
        finding("%s: total_profiles %d, but %d are there" %
                (name, document["total_profiles"], len(profiles)))
        return
    if document["profile_ids"] != [p["_id"] for p in profiles] or \
            len(document["profiles"]) != len(profiles):
        finding("%s: its lists of profiles do not match" % name)
    if document["_id"].generation_time < profiles[-1]["_id"].generation_time:
        finding("%s is older than its profiles" % name)
    if (document["start"], document["end"]) != (times[0], times[-1]):
        finding("%s: start and end are not its profiles'" % name)
    if sorted(set(numbers)) != numbers or sorted(times) != times:
        finding("%s: numbers or times do not ascend" % name)
    check_bounds(name, document, track)
    depth = sum(p["max_depth"] for p in profiles)
    if abs(document["total_depth"] - depth) > 1:
        finding("%s: total_depth %d, not %.1f" %
                (name, document["total_depth"], depth))
    steps = [distance_m(a, b) for a, b in zip(track, track[1:])]
    if abs(sum(steps) - document["total_distance_m"]) > 1:
        finding("%s: total_distance_m %.1f, not %.1f" %
                (name, document["total_distance_m"], sum(steps)))
    for step, (t0, t1) in zip(steps, zip(times, times[1:])):
        if step - 250 > GLIDER_MOST_M_S * (t1 - t0).total_seconds():
            finding("%s: %d m in %s at %s" % (name, step, t1 - t0, t0))
            break
    if coast:
        coast.check(name, track)


def check_gliders(folder, dirty, coast):
    profiles = collections.defaultdict(list)
    sums = collections.defaultdict(lambda: [set(), 0, 0, 0])
    ends, count = [], 0
    for document in clean_documents(folder, "profiles", dirty):
        platform = platform_of(document)
        if not is_dirt(platform):
            profiles[platform, document["mission"]].append(document)
    for document in clean_documents(folder, "glidermissions", dirty):
        platform, number = platform_of(document), document["mission"]
        count += len(profiles[platform, number])
        check_mission("%s M%d" % (platform, number), document,
                      profiles.pop((platform, number)), coast)
        ends.append(document["end"])
        total = sums[platform]
        if number in total[0]:
            finding("%s M%d is there twice" % (platform, number))
        total[0].add(number)
        total[1] += document["total_profiles"]
        total[2] += int((document["end"] -
                         document["start"]).total_seconds())
        total[3] += document["total_depth"]
    for key in profiles:
        finding("%s M%d: profiles without a mission" % key)
    for document in clean_documents(folder, "gliders", dirty):
        name = platform_of(document)
        told = [set(document["missions"]), document["total_profiles"],
                document["total_seconds"], document["total_depth"]]
        if told != sums.pop(name, None):
            finding("glider %s: totals do not match its missions" % name)
    for name in sums:
        finding("glider %s is not there" % name)
    return ends, count


def check_sailbuoys(folder, dirty, coast):
    sums = collections.defaultdict(lambda: [set(), 0, 0.0])
    count = nans = 0
    for document in clean_documents(folder, "sailbuoymissions", dirty):
        name = "SB%d M%d" % (document["sailbuoy"], document["mission"])
        check_fields(name, document, MISSION)
        check_basin(name, document)
        if len(document["lon"]) != len(document["lat"]):
            finding("%s: lon and lat differ in length" % name)
        track = [(x, y) for x, y in zip(document["lon"], document["lat"])
                 if x == x and y == y]
        nans += len(document["lon"]) - len(track)
        check_bounds(name, document, track)
        length = sum(distance_m(a, b) for a, b in zip(track, track[1:]))
        if abs(length - document["total_distance_m"]) > 1:
            finding("%s: total_distance_m" % name)
        seconds = (document["end"] - document["start"]).total_seconds()
        if length > SAILBUOY_MOST_M_S * max(seconds, 1):
            finding("%s is too fast" % name)
        if coast:
            coast.check(name, track)
        total = sums[document["sailbuoy"]]
        total[0].add(document["mission"])
        total[1] += int(seconds)
        total[2] += document["total_distance_m"]
        count += 1
    for document in clean_documents(folder, "sailbuoys", dirty):
        total = sums.pop(document["sailbuoy"], [set(), 0, 0])
        if set(document["missions"]) != total[0] or \
                document["total_seconds"] != total[1] or \
                abs(document["total_dist"] - total[2]) > 1:
            finding("sailbuoy %d: totals" % document["sailbuoy"])
    if count >= 12 and nans == 0:
        finding("no sailbuoy ever missed a fix")
    return count


def check_rest(folder, dirty):
    years = collections.defaultdict(list)
    for document in clean_documents(folder, "gliderstats", dirty):
        years[document["stat_year"]].append(document["date"])
        for key, value in document["value"].items():
            if not isinstance(value, (str, int, float)):
                finding("gliderstats: %s is %r" % (key, value))
    if 0 not in years:
        finding("gliderstats has nothing for all years")
    if max(len(dates) for dates in years.values()) < 2:
        finding("gliderstats has no year with two dates")
    for document in clean_documents(folder, "pipelinestatus", dirty):
        check_fields("pipelinestatus %s M%d" % (
            document["platform_serial"], document["mission"]), document, {
                "yml": bool, "nrt_profiles": int, "nrt_proc": bool,
                "nrt_plots": bool, "complete_profiles": int,
                "complete_proc": bool, "complete_plots": bool, "up": bool,
                "yml_time": datetime.datetime,
                "complete_plots_mtime": datetime.datetime})
    for collection in PRIVATE:
        raws = list(raw_documents(folder, collection))
        if not raws or not all(CANARY in raw for raw in raws):
            finding("%s has no canary" % collection)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dir")
    parser.add_argument("--coast", help="basemap_region.bin of the build")
    parser.add_argument("--expect-live", type=int, default=0, help="gliders "
                        "heard within 24 h of the newest, at least")
    args = parser.parse_args()
    folder = os.path.join(args.dir, "voto")
    coast = Coast(args.coast) if args.coast else None
    dirty = dirty_ids(args.dir, folder)
    ends, profiles = check_gliders(folder, dirty, coast)
    buoys = check_sailbuoys(folder, dirty, coast)
    check_rest(folder, dirty)
    day = datetime.timedelta(hours=24)
    live = sum(end >= max(ends) - day for end in ends) if ends else 0
    if live < args.expect_live:
        finding("%d gliders are live, not %d" % (live, args.expect_live))
    print("%d glider missions, %d profiles, %d live; %d sailbuoy missions; "
          "%d dirty; land %s; %d findings" % (
              len(ends), profiles, live, buoys, len(dirty),
              "checked" if coast else "not checked", len(findings)))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
