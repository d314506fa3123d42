"""What a portal on a source must show, computed from the source's documents alone.

The second opinion of the end-to-end tests: it shares nothing with edge but the rules.

    source = oracle.read("build/demo/voto")          # a mongodump directory
    source = oracle.read(client["voto"])             # or a pymongo database
    oracle.totals(source, year=2024)

As a script it prints everything as JSON: /usr/bin/python3 tests/oracle.py DUMPDIR
"""

import argparse
import collections
import datetime
import gzip
import json
import math
import pathlib
import sys

import bson
from bson import json_util

DAY_MS = 86_400_000
EPOCH = datetime.datetime(1970, 1, 1)

BASINS = {
    f"SEA-{number:03d}": name
    for number, name in enumerate(
        [
            "Kattegat",
            "Great Belt",
            "The Sound",
            "Kiel Bay",
            "Bay of Mecklenburg",
            "Arkona Basin",
            "Bornholm Basin",
            "Gdansk Basin",
            "Eastern Gotland Basin",
            "Western Gotland Basin",
            "Gulf of Riga",
            "Northern Baltic Proper",
            "Gulf of Finland",
            "Åland Sea",
            "Bothnian Sea",
            "The Quark",
            "Bothnian Bay",
            "Skagerrak",
        ],
        1,
    )
}


class Unfit(Exception):
    """A document that edge must set aside."""


# ---------------------------------------------------------------- values


def integer(value):
    """An int32, an int64 or an integral double."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unfit(f"not a number: {value!r}")
    if isinstance(value, float) and (not math.isfinite(value) or value != int(value)):
        raise Unfit(f"not integral: {value!r}")
    return int(value)


def amount(value):
    """A number to add up; missing and null count as nothing."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unfit(f"not a number: {value!r}")
    if not math.isfinite(value):
        raise Unfit(f"not finite: {value!r}")
    return value


def millis(value):
    """A BSON date, which is UTC, as milliseconds."""
    if not isinstance(value, datetime.datetime):
        raise Unfit(f"not a date: {value!r}")
    if value.tzinfo:
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return (value - EPOCH) // datetime.timedelta(milliseconds=1)


def rfc3339(ms):
    text = (EPOCH + datetime.timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
    return text.removesuffix(".000") + "Z"


def position(lon, lat):
    for value, limit in ((lon, 180), (lat, 90)):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Unfit(f"not a coordinate: {value!r}")
        if not abs(value) <= limit:
            raise Unfit(f"not on earth: {value!r}")


def glider_serial(document):
    """Newer documents have the serial, older ones an int."""
    serial = document.get("platform_serial")
    if isinstance(serial, str) and serial:
        return serial
    if serial is None and document.get("glider") is not None:
        return f"SEA{integer(document['glider']):03d}"
    raise Unfit("no platform")


def sailbuoy_serial(document):
    if document.get("sailbuoy") is None:
        raise Unfit("no platform")
    return f"SB{integer(document['sailbuoy'])}"


# ---------------------------------------------------------------- reading


class Mission:
    """A mission document as the rules see it."""

    def __init__(self, kind, document):
        self.kind = kind
        self.document = document
        self.platform = (glider_serial if kind == "glider" else sailbuoy_serial)(document)
        if document.get("mission") is None:
            raise Unfit("no mission number")
        self.number = integer(document["mission"])
        self.start = millis(document.get("start"))
        self.end = millis(document.get("end"))
        if self.end < self.start:
            raise Unfit("ends before it starts")
        self.has_basin = "basin" in document
        self.basin = document.get("basin")
        if self.basin is not None and not isinstance(self.basin, str):
            raise Unfit("basin is no text")
        self.project = document.get("project") or ""
        self.distance_m = amount(document.get("total_distance_m"))
        self.depth_m = amount(document.get("total_depth"))
        self.profiles = amount(document.get("total_profiles"))
        self.data_points = amount(document.get("total_data_points"))
        self.variables = sorted(set(document.get("variables") or []))
        self.complete = bool(document.get("is_complete"))

    @property
    def key(self):
        return f"{self.platform}/{self.number}"

    @property
    def basins(self):
        return [name.strip() for name in (self.basin or "").split(",") if name.strip()]

    @property
    def counted(self):
        """Gliders without a basin are test deployments, which no total has."""
        return self.kind == "sailbuoy" or (self.basin is not None and self.basin != "")

    def in_basin(self, code):
        return BASINS[code].casefold() in (self.basin or "").casefold()

    @property
    def year(self):
        """The year whose totals have it: none when it starts on the stroke of January 1."""
        start = EPOCH + datetime.timedelta(milliseconds=self.start)
        return None if start == datetime.datetime(start.year, 1, 1) else start.year


class Source:
    """The documents of a source, mapped."""

    def __init__(self):
        self.missions = {}  # (platform, number) → Mission; the last document wins
        self.unfit = []  # (collection, _id, reason)
        self.duplicates = []
        self.tracks = {}  # "SEA063/33" → number of positions
        self.orphans = collections.Counter()  # profiles whose mission is not there
        self.stats = {}
        self.platforms = {}
        self.pipeline = {}


def _dump_documents(directory, collection):
    for suffix, opened in ((".bson", open), (".bson.gz", gzip.open)):
        path = directory / (collection + suffix)
        if path.exists():
            with opened(path, "rb") as stream:
                yield from bson.decode_file_iter(stream)
            return
    for suffix, opened in ((".json", open), (".json.gz", gzip.open)):
        path = directory / (collection + suffix)
        if path.exists():
            with opened(path, "rt", encoding="utf-8") as stream:
                for line in stream:
                    if line.strip():
                        yield json_util.loads(line)
            return


def read(origin):
    """Reads a dump directory (a path) or a pymongo database."""
    if isinstance(origin, (str, pathlib.Path)):
        directory = pathlib.Path(origin)

        def documents(collection, *_):
            return _dump_documents(directory, collection)

    else:

        def documents(collection, projection=None):
            return origin[collection].find({}, projection)

    return from_documents(documents)


def from_documents(documents):
    """documents(collection, projection) gives the documents of a collection."""
    source = Source()

    def each(collection, projection, take):
        for document in documents(collection, projection):
            try:
                take(document)
            except Unfit as reason:
                source.unfit.append((collection, document.get("_id"), str(reason)))

    def mission(kind):
        def take(document):
            found = Mission(kind, document)
            key = (found.platform, found.number)
            if key in source.missions:
                source.duplicates.append(found.key)
            source.missions[key] = found

        return take

    each("glidermissions", {"profiles": 0, "profile_ids": 0}, mission("glider"))
    each("sailbuoymissions", None, mission("sailbuoy"))
    _read_tracks(source, each)
    each("gliderstats", None, lambda d: _take_stat(source, d))
    each("gliders", None, lambda d: _take_platform(source, glider_serial(d), d))
    each("sailbuoys", None, lambda d: _take_platform(source, sailbuoy_serial(d), d))
    each("pipelinestatus", None, lambda d: _take_pipeline(source, d))
    return source


def _read_tracks(source, each):
    numbers = collections.defaultdict(set)

    def profile(document):
        key = (glider_serial(document), integer(document.get("mission")))
        number = integer(document.get("number"))
        position(document.get("lon"), document.get("lat"))
        if key in source.missions:
            numbers[key].add(number)
        else:
            source.orphans[f"{key[0]}/{key[1]}"] += 1

    fields = ("platform_serial", "glider", "mission", "number", "lon", "lat")
    each("profiles", {field: 1 for field in fields}, profile)

    for key, found in source.missions.items():
        if found.kind == "glider":
            source.tracks[found.key] = len(numbers[key])
        else:
            pairs = zip(found.document.get("lon") or [], found.document.get("lat") or [])
            source.tracks[found.key] = sum(
                None not in pair and all(map(math.isfinite, pair)) for pair in pairs
            )


def _take_stat(source, document):
    name, year = document.get("name"), integer(document.get("stat_year"))
    date = millis(document.get("date"))
    years = source.stats.setdefault(name, {})
    if year not in years or date >= years[year]["date"]:
        years[year] = {"date": date, "value": document.get("value") or {}}


def _take_platform(source, serial, document):
    source.platforms[serial] = {
        field: document.get(field)
        for field in (
            "name",
            "missions",
            "total_profiles",
            "total_seconds",
            "total_depth",
            "total_dist",
        )
        if document.get(field) is not None
    }


def _take_pipeline(source, document):
    key = f"{glider_serial(document)}/{integer(document.get('mission'))}"
    source.pipeline[key] = {
        field: millis(value) if isinstance(value, datetime.datetime) else value
        for field, value in document.items()
        if field not in ("_id", "mission", "platform_serial", "glider")
    }


# ---------------------------------------------------------------- figures


def select(source, year=None, basin=None, platform=None, project=None):
    """The missions in a scope, in no particular order."""
    return [
        m
        for m in source.missions.values()
        if (year is None or m.year == int(year))
        and (basin is None or m.in_basin(basin))
        and (platform is None or m.platform == platform)
        and (project is None or m.project == project)
    ]


def _sum(values):
    values = list(values)
    return math.fsum(values) if any(isinstance(v, float) for v in values) else sum(values)


def totals(source, **scope):
    """The body of GET /api/v1/totals for a scope, without generation and as_of."""
    counted = [m for m in select(source, **scope) if m.counted]
    gliders = [m for m in counted if m.kind == "glider"]
    sailbuoys = [m for m in counted if m.kind == "sailbuoy"]

    def platforms(missions):
        return len({m.platform for m in missions})

    def sea_time_s(missions):
        return sum(m.end - m.start for m in missions) // 1000

    def km(metres):
        return math.floor(_sum(metres) / 1000)

    return {
        "glider": {
            "platforms": platforms(gliders),
            "missions": len(gliders),
            "profiles": int(_sum(m.profiles for m in gliders)),
            "sea_time_s": sea_time_s(gliders),
            "distance_km": km(m.distance_m for m in gliders),
            "vertical_km": km(m.depth_m for m in gliders),
            "data_points": int(_sum(m.data_points for m in gliders)),
        },
        "sailbuoy": {
            "platforms": platforms(sailbuoys),
            "missions": len(sailbuoys),
            "sea_time_s": sea_time_s(sailbuoys),
            "distance_km": km(m.distance_m for m in sailbuoys),
        },
    }


def scopes(source):
    """Every scope that has a mission, and all 18 basins, as arguments of totals."""
    missions = source.missions.values()
    yield {}
    for year in sorted({m.year for m in missions} - {None}):
        yield {"year": year}
    for code in BASINS:
        yield {"basin": code}
    for platform in sorted({m.platform for m in missions}):
        yield {"platform": platform}
    for project in sorted({m.project for m in missions} - {""}):
        yield {"project": project}


def all_totals(source):
    """{"all": …, "year": {"2024": …}, "basin": {…}, "platform": {…}, "project": {…}}."""
    result = {"all": {}, "year": {}, "basin": {}, "platform": {}, "project": {}}
    for scope in scopes(source):
        figures = totals(source, **scope)
        if not scope:
            result["all"] = figures
        for kind, value in scope.items():
            result[kind][str(value)] = figures
    return result


def recent_gliders(source, now_ms):
    """Keys of the landing page's gliders, first started first."""
    since = now_ms - DAY_MS
    return _recent(source, "glider", lambda m: m.has_basin and m.end >= since)


def recent_sailbuoys(source, now_ms):
    since = now_ms - DAY_MS // 2
    return _recent(source, "sailbuoy", lambda m: m.end >= since)


def _recent(source, kind, keep):
    found = [m for m in source.missions.values() if m.kind == kind and keep(m)]
    return [m.key for m in sorted(found, key=lambda m: (m.start, m.platform, m.number))]


def missions(source, variable=None, **scope):
    """The items of GET /api/v1/missions, newest start first; missions that start together have no
    order of their own that a test could rely on, here platform and number."""
    found = [m for m in select(source, **scope) if variable is None or variable in m.variables]
    return [
        {
            "kind": m.kind,
            "platform": m.platform,
            "mission": m.number,
            "start": rfc3339(m.start),
            "end": rfc3339(m.end),
            "basins": m.basins,
            "project": m.project,
            "variables": m.variables,
            "profiles": int(m.profiles),
            "distance_km": math.floor(m.distance_m / 1000),
            "complete": m.complete,
            "url": f"/{m.platform}/M{m.number}",
        }
        for m in sorted(found, key=lambda m: (-m.start, m.platform, m.number))
    ]


def sea_time_words(seconds):
    days = seconds // 86_400
    years = days // 365
    return f"{years} years {days - years * 365} days" if years else f"{days} days"


def deepest_dives(depth_m):
    """How often a glider's metres reach the deepest ocean and back."""
    times = depth_m / 21_968
    return f"{times:.0f}" if times > 10 else f"{times:.1f}"


def nautical_miles(metres):
    return math.floor(metres * 0.00053996)


def basins_visited(source, platform):
    return sorted({b for m in select(source, platform=platform) for b in m.basins})


def everything(source, now_ms):
    """All figures as one JSON object."""
    return {
        "totals": all_totals(source),
        "recent": {
            "gliders": recent_gliders(source, now_ms),
            "sailbuoys": recent_sailbuoys(source, now_ms),
        },
        "missions": missions(source),
        "tracks": source.tracks,
        "stats": source.stats,
        "platforms": source.platforms,
        "pipeline": source.pipeline,
        "unfit": [[collection, str(i), reason] for collection, i, reason in source.unfit],
        "duplicates": source.duplicates,
        "orphans": source.orphans,
    }


def main():
    parser = argparse.ArgumentParser(description="Prints what a portal on a dump must show.")
    parser.add_argument("dump", help="directory with glidermissions.bson and the others")
    parser.add_argument("--now", type=int, help="milliseconds since 1970 (default: the clock)")
    args = parser.parse_args()
    now = args.now
    if now is None:
        now = millis(datetime.datetime.now(datetime.timezone.utc))
    json.dump(everything(read(args.dump), now), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
