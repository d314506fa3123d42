"""A source that changes at random, as a real one does and as a broken one might.

    history = History(database, random.Random(seed))
    history.begin()
    history.step()      # one change
    history.names       # what the changes were, newest last
"""

import datetime
import math

import bson
from bson import Decimal128, Int64

from test_dumps import MISSIONS, PROFILES

GLIDERS = ("SEA001", "SEA044", "SG607", "Ünal", "sea-9_x")
BUOYS = (2301, 2302)
BASINS = (
    "Kattegat", "Bornholm Basin, Eastern Gotland Basin", "Åland Sea,Kattegat", " ", "", None,
    "Sea of Elsewhere", "the sound, , THE SOUND",
)  # fmt: skip
PROJECTS = ("SAMBA", "Voice of the <Ocean>", "", None)
VARIABLES = ("temperature", "salinity", "oxygen", "phycocyanin", "ad2cp")
START = datetime.datetime(2023, 12, 31, 23, 0)

# A value of every kind that fits no field, or few.
DIRT = (
    None, "", "x", "\ud7ff \u202e", "7", -1, 1.5, math.nan, math.inf, -math.inf,
    True, Int64(2**62), 10**9, Decimal128("1E+40"), Decimal128("NaN"), {}, {"a": {"b": 1}}, [], [1],
    ["a", "a", "b"], datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31),
    bson.Timestamp(5, 1), b"\x00\x01", bson.Regex("a"), bson.ObjectId("5" * 24), "x" * 1500,
    "a/b", "..", "fleet",
)  # fmt: skip


def number(chance, value):
    """The same number in one of the ways it may be written."""
    return chance.choice((int, Int64, float, lambda v: Decimal128(str(v)), int))(value)


def name_of(document):
    """The mission a document belongs to, however it is written."""
    serial, number_ = document.get("platform_serial"), str(document.get("mission"))
    if not isinstance(serial, str):
        serial = f"SEA{document.get('glider')!s:0>3}"
    return serial, number_.removesuffix(".0")


class History:
    """A database with few missions and every way to change them."""

    def __init__(self, database, chance):
        self.database, self.chance = database, chance
        self.names = []
        self.loud = False  # every change of a track is told by its mission's document
        self.away = []  # missions taken away, to be brought again
        self.silent = set()  # missions whose track alone was changed since the last comparison

    def pick(self, collection):
        found = list(self.database[collection].find())
        return self.chance.choice(found) if found else None

    # ---- documents

    def glider(self):
        """The identity of a glider, newer or older."""
        serial = self.chance.choice(GLIDERS)
        if serial.startswith("SEA") and self.chance.random() < 0.2:
            return {"glider": int(serial[3:])}
        return {"platform_serial": serial}

    def times(self):
        start = START + datetime.timedelta(hours=self.chance.randrange(20_000))
        if self.chance.random() < 0.1:
            start = datetime.datetime(2024, 1, 1)
        return start, start + datetime.timedelta(minutes=self.chance.randrange(60_000))

    def common(self):
        start, end = self.times()
        document = {
            "mission": number(self.chance, self.chance.randrange(1, 7)),
            "start": start,
            "end": end,
            "basin": self.chance.choice(BASINS),
            "project": self.chance.choice(PROJECTS),
            "variables": self.chance.sample(VARIABLES, self.chance.randrange(4)),
            "total_distance_m": number(self.chance, self.chance.randrange(10**6)),
            "lat_min": self.chance.choice((55.5, math.nan, None)),
            "wmo_id": self.chance.choice((6800001, "6800002", None)),
            "is_complete": self.chance.choice((True, False, None, 1)),
            "comment": f"comment {self.chance.randrange(1000)}",
            "profiles": ["never read"] * 20,
        }
        for name in ("basin", "project", "variables", "wmo_id", "lat_min", "is_complete"):
            if self.chance.random() < 0.1:
                del document[name]
        return document

    def mission_document(self):
        document = {**self.glider(), **self.common()}
        document["total_depth"] = self.chance.choice((1000.25, 77, None))
        document["total_data_points"] = number(self.chance, self.chance.randrange(10**9))
        return document

    def buoy_document(self):
        fixes = self.chance.randrange(7)
        lon = [self.chance.choice((18 + n / 9, 18 + n / 7, math.nan)) for n in range(fixes)]
        return {
            "sailbuoy": number(self.chance, self.chance.choice(BUOYS)),
            **self.common(),
            "lon": lon,
            "lat": [57 + n / 8 for n in range(fixes)],
        }

    @staticmethod
    def identity(document):
        return {
            name: document[name]
            for name in ("platform_serial", "glider", "mission")
            if name in document
        }

    def profile(self, document, at):
        start = document.get("start")
        if not isinstance(start, datetime.datetime) or start.year > 2050 or start.year < 1980:
            start = START
        return {
            "_id": bson.ObjectId(),
            **self.identity(document),
            "number": number(self.chance, at),
            "lon": 18 + at / 100 + self.chance.random(),
            "lat": 57 + at / 90,
            "time": start + datetime.timedelta(minutes=90 * at + self.chance.randrange(60)),
            "max_depth": self.chance.choice((80.5, 200, None, math.nan)),
        }

    # ---- a mission as the source writes it

    def write(self, document, profiles):
        """Profiles first, the mission last, under an _id never used before."""
        if profiles:
            self.database[PROFILES].insert_many(profiles)
        kind = self.chance.random()
        document["_id"] = bson.ObjectId()
        if kind < 0.05:
            document["_id"] = f"text {bson.ObjectId()}"
        elif kind < 0.08:
            document["_id"] = {"a": 1, "b": str(bson.ObjectId())}
        elif kind < 0.1:
            document["_id"] = self.chance.randrange(10**6)
            self.database[MISSIONS].delete_many({"_id": document["_id"]})
        self.database[MISSIONS].insert_one(document)

    def fresh(self):
        document = self.mission_document()
        count = self.chance.randrange(9)
        document["total_profiles"] = number(self.chance, count)
        return document, [self.profile(document, n) for n in range(1, count + 1)]

    def take_away(self, document, orphans=False):
        who = self.identity(document)
        profiles = list(self.database[PROFILES].find(who)) if who else []
        if who and not orphans:
            self.database[PROFILES].delete_many(who)
        self.database[MISSIONS].delete_one({"_id": document["_id"]})
        return document, profiles

    # ---- changes

    def add_mission(self):
        self.write(*self.fresh())

    def replace_mission(self):
        document = self.pick(MISSIONS)
        if document is None:
            return self.add_mission()
        document, profiles = self.take_away(document)
        for at, profile in enumerate(profiles):
            profile["_id"] = bson.ObjectId()
            if self.chance.random() < 0.3:
                profile["lat"] = 56 + at / 10
        if self.chance.random() < 0.7:
            profiles.append(self.profile(document, len(profiles) + 1))
        document["total_profiles"] = len(profiles)
        if self.chance.random() < 0.3:
            document.update(self.common())
        if self.chance.random() < 0.2 and profiles:
            self.spoil(self.chance.choice(profiles))
        return self.write(document, profiles)

    def vanish(self):
        document = self.pick(MISSIONS)
        if document is not None:
            self.away.append(self.take_away(document))

    def return_again(self):
        if self.away:
            document, profiles = self.away.pop(self.chance.randrange(len(self.away)))
            self.write(document, [{**p, "_id": bson.ObjectId()} for p in profiles])

    def lose_document(self):
        """The mission goes, its profiles stay behind."""
        document = self.pick(MISSIONS)
        if document is not None:
            self.take_away(document, orphans=True)

    def edit_mission(self):
        document = self.pick(MISSIONS)
        if document is not None:
            fields = self.mission_document()
            name = self.chance.choice([n for n in fields if n not in ("profiles",)])
            self.database[MISSIONS].update_one(
                {"_id": document["_id"]}, {"$set": {name: fields[name]}}
            )

    def rename_platform(self):
        document = self.pick(MISSIONS)
        if document is None:
            return
        who, new = self.identity(document), self.glider()
        if self.chance.random() < 0.7 and who:
            self.database[PROFILES].update_many(who, {"$set": new})
        self.database[MISSIONS].update_one({"_id": document["_id"]}, {"$set": new})

    def spoil(self, document):
        name = self.chance.choice([n for n in document if n not in ("_id", "profiles")])
        if self.chance.random() < 0.2:
            del document[name]
        else:
            document[name] = self.chance.choice(DIRT)
        return document

    def spoil_mission(self):
        document = self.pick(MISSIONS)
        if document is not None:
            self.database[MISSIONS].replace_one({"_id": document["_id"]}, self.spoil(document))

    def mend_mission(self):
        document = self.pick(MISSIONS)
        if document is not None:
            fields = self.mission_document()
            self.database[MISSIONS].update_one({"_id": document["_id"]}, {"$set": fields})

    def duplicate_mission(self):
        document = self.pick(MISSIONS)
        if document is not None:
            self.write({**document, **self.common(), "mission": document.get("mission")}, [])

    def drop_duplicate(self):
        document = self.pick(MISSIONS)
        if document is not None:
            self.database[MISSIONS].delete_one({"_id": document["_id"]})

    def tracks(self):
        """The profiles of every mission by its name."""
        found = {}
        for profile in self.database[PROFILES].find():
            found.setdefault(name_of(profile), []).append(profile)
        return found

    def tell(self, before, missions):
        """A mission's document tells of a change of its track that counts and last times hide:
        the deep check sees no more. One added and one deleted may hide each other, so that every
        change after the first is told."""

        def seen(track):
            times = [p["time"] for p in track if isinstance(p.get("time"), datetime.datetime)]
            return len(track), max(times, default=None)

        after = self.tracks()
        for name in before.keys() | after.keys():
            old, new = before.get(name, []), after.get(name, [])
            if [bson.encode(p) for p in old] == [bson.encode(p) for p in new]:
                continue
            if self.loud or seen(old) == seen(new) or name in self.silent:
                self.touch(name, missions)
            self.silent.add(name)

    def touch(self, name, missions):
        """Changes those documents of a mission that the change left as they were."""
        for document in self.database[MISSIONS].find():
            if name_of(document) == name and bson.encode(document) in missions:
                self.database[MISSIONS].update_one(
                    {"_id": document["_id"]},
                    {"$set": {"comment": f"touched {self.chance.randrange(10**6)}"}},
                )

    def add_profile(self):
        document = self.pick(MISSIONS)
        if document is not None and self.identity(document):
            profile = self.profile(document, self.chance.randrange(1, 12))
            if self.chance.random() < 0.2:
                self.spoil(profile)
            self.database[PROFILES].insert_one(profile)

    def delete_profile(self):
        profile = self.pick(PROFILES)
        if profile is not None:
            self.database[PROFILES].delete_one({"_id": profile["_id"]})

    def edit_profile(self):
        profile = self.pick(PROFILES)
        if profile is not None:
            self.database[PROFILES].replace_one({"_id": profile["_id"]}, self.spoil(profile))

    def buoy(self):
        here = self.database["sailbuoymissions"]
        document = self.pick("sailbuoymissions")
        way = self.chance.randrange(6)
        if document is None or way == 0:
            here.insert_one(self.buoy_document())
        elif way == 1:
            here.delete_one({"_id": document["_id"]})
        elif way == 2:
            here.replace_one({"_id": document["_id"]}, self.spoil(document))
        elif way == 3:
            here.delete_one({"_id": document["_id"]})
            here.insert_one({**self.buoy_document(), **{"sailbuoy": document.get("sailbuoy")}})
        else:
            here.update_one({"_id": document["_id"]}, {"$set": self.buoy_document()})

    def small(self, collection, make):
        here, document = self.database[collection], self.pick(collection)
        way = self.chance.randrange(5)
        if document is None or way <= 1:
            here.insert_one(make())
        elif way == 2:
            here.delete_one({"_id": document["_id"]})
        elif way == 3:
            here.replace_one({"_id": document["_id"]}, self.spoil(document))
        else:
            here.update_one({"_id": document["_id"]}, {"$set": make()})

    def gliders(self):
        self.small("gliders", lambda: {
            **self.glider(), "name": f"Name {self.chance.randrange(50)}",
            "total_profiles": self.chance.randrange(1000), "total_seconds": 5.5,
            "total_depth": self.chance.choice((None, 3.25)), "missions": [1, 2],
        })  # fmt: skip

    def sailbuoys(self):
        self.small("sailbuoys", lambda: {
            "sailbuoy": self.chance.choice(BUOYS), "total_seconds": self.chance.randrange(99),
            "total_dist": 7.5,
        })  # fmt: skip

    def stats(self):
        self.small("gliderstats", lambda: {
            "name": "glider_uptime", "stat_year": self.chance.choice((0, 2023, 2024)),
            "date": START + datetime.timedelta(days=self.chance.randrange(6)),
            "value": {
                self.chance.choice(("up", "down", "µ")): self.chance.choice((0.5, 3, "n/a", None))
                for _ in range(3)
            },
        })  # fmt: skip

    def pipeline(self):
        self.small("pipelinestatus", lambda: {
            **self.glider(), "mission": self.chance.randrange(1, 4),
            "yml": self.chance.choice((True, False, 3)),
            "yml_time": START, "up_mtime": datetime.datetime(1970, 1, 1),
        })  # fmt: skip

    def empty(self):
        """A collection is emptied for good or for a while."""
        if self.chance.random() < 0.3:
            name = self.chance.choice((PROFILES, "gliders", "gliderstats", "sailbuoymissions"))
            self.database[name].delete_many({})

    CHANGES = (
        (6, "add_mission"), (8, "replace_mission"), (3, "vanish"), (4, "return_again"),
        (1, "lose_document"), (6, "edit_mission"), (2, "rename_platform"), (4, "spoil_mission"),
        (3, "mend_mission"), (2, "duplicate_mission"), (2, "drop_duplicate"), (3, "add_profile"),
        (2, "delete_profile"), (3, "edit_profile"), (5, "buoy"), (2, "gliders"), (1, "sailbuoys"),
        (2, "stats"), (2, "pipeline"), (1, "empty"),
    )  # fmt: skip

    def begin(self, missions=8):
        # A server without these collections has another database's name.
        for _ in range(missions):
            self.add_mission()
        self.database["sailbuoymissions"].insert_one(self.buoy_document())

    def step(self, without=()):
        weights, names = zip(*((w, n) for w, n in self.CHANGES if n not in without))
        [name] = self.chance.choices(names, weights)
        self.names.append(name)
        before = self.tracks()
        missions = [bson.encode(document) for document in self.database[MISSIONS].find()]
        getattr(self, name)()
        self.tell(before, missions)
