"""A small replica set that plays what no real server gives on demand.

    source = scripted.Source(documents)                 # {"glidermissions": [...], ...}
    source.on("getMore", MISSIONS, stream=True, answer=scripted.error(286, "history lost"))
    source[MISSIONS].insert_one({...})                  # as pymongo; change streams tell of it
    run_edge("sync", "--once", "--db", db, uri=source.uri())

It speaks MongoDB's wire protocol through mockupdb and answers find, getMore, aggregate (counts of
profiles, change streams), listCollections, ping and the handshake from Python data, consistently,
so that a scenario is one rule for what goes wrong. Every request is counted. A rule's answer is a
reply, or CUT, HALF (the connection ends in the middle of a reply), HANG (no answer, ever), bytes
to be sent as they are, or a function of the call that gives one of these or None for the plain
answer.
"""

import collections
import contextlib
import copy
import dataclasses
import hashlib
import hmac
import os
import socket
import struct
import threading
import time
from base64 import b64decode, b64encode

import bson
import mockupdb
from bson.timestamp import Timestamp

DATABASE = "voto"
CUT, HALF, HANG = "cut", "half", "hang"
COLLECTIONS = (
    "glidermissions", "sailbuoymissions", "profiles", "gliders", "sailbuoys", "gliderstats",
    "pipelinestatus",
)  # fmt: skip
SALT = b"twenty-eight bytes, of salt."  # as many as the driver wants
BATCH = 5000  # events in one answer
START = 1_700_000_000  # the seconds of the first operation


def error(code, message="scripted", *labels, **fields):
    """An error answer of a server."""
    return {"ok": 0, "code": code, "codeName": f"Code{code}", "errmsg": message,
            "errorLabels": list(labels), **fields}  # fmt: skip


def token(number):
    return {"_data": f"{number:016x}"}


def _same(wanted, found):
    if isinstance(wanted, dict) and "$in" in wanted:
        return any(_same(one, found) for one in wanted["$in"])
    return wanted == found and isinstance(wanted, bool) == isinstance(found, bool)


def matches(filter, document):
    """What find and delete here take: equality, $in and $or."""
    for name, wanted in (filter or {}).items():
        if name == "$or":
            if not any(matches(part, document) for part in wanted):
                return False
        elif not _same(wanted, document.get(name)):
            return False
    return True


def project(fields, document):
    """Inclusion of names and dotted names, as a server does it; _id comes always."""
    if not fields:
        return document
    deep = collections.defaultdict(dict)
    for name in fields:
        head, _, rest = name.partition(".")
        deep[head].update({rest: 1} if rest else {})
    return {
        name: project(deep[name], value) if isinstance(value, dict) else value
        for name, value in document.items()
        if name == "_id" or name in deep
    }


@dataclasses.dataclass
class Call:
    """One request as it arrives."""

    name: str
    collection: str | None
    stream: bool  # of a change stream
    document: dict
    member: int
    at: float  # monotonic
    request: object


class Rule:
    def __init__(self, name, collection, stream, answer, times, after, member):
        self.name, self.collection, self.stream = name, collection, stream
        self.answer, self.times, self.after, self.member = answer, times, after, member
        self.hits = 0

    def take(self, call):
        """The answer for a call, None when the rule is not about it."""
        if (
            self.name not in (None, call.name)
            or self.collection not in (None, call.collection)
            or self.stream not in (None, call.stream)
            or self.member not in (None, call.member)
        ):
            return None
        if self.after > 0:
            self.after -= 1
            return None
        if self.times == 0:
            return None
        answer = self.answer(call) if callable(self.answer) else self.answer
        if answer is not None:
            self.hits += 1
            if self.times is not None:
                self.times -= 1
        return answer


class _Cursor:
    def __init__(self, collection, rows=(), position=None, fields=None):
        self.collection = collection
        self.rows = list(rows)
        self.position = position  # of a stream: the number of the last operation told
        self.fields = fields

    @property
    def stream(self):
        return self.position is not None


class Rows(list):
    """What find gives, as far as tests use it."""

    def sort(self, name, direction=1):
        return Rows(sorted(self, key=lambda d: d[name], reverse=direction < 0))


class Collection:
    """A collection with the methods of pymongo that the tests' source uses."""

    def __init__(self, source, name):
        self.source, self.name = source, name

    def _documents(self):
        return self.source.data.setdefault(self.name, [])

    def find(self, filter=None, projection=None):
        del projection
        with self.source.news:
            return Rows(copy.deepcopy(d) for d in self._documents() if matches(filter, d))

    def find_one(self, filter=None):
        return next(iter(self.find(filter)), None)

    def count_documents(self, filter):
        return len(self.find(filter))

    def insert_many(self, documents):
        with self.source.news:
            for document in documents:
                document = {"_id": bson.ObjectId(), **copy.deepcopy(document)}
                self._documents().append(document)
                self.source.tell("insert", self.name, document)

    def insert_one(self, document):
        self.insert_many([document])

    def replace_one(self, filter, document):
        with self.source.news:
            for place, found in enumerate(self._documents()):
                if matches(filter, found):
                    self._documents()[place] = {**copy.deepcopy(document), "_id": found["_id"]}
                    self.source.tell("update", self.name, self._documents()[place])
                    return

    def set(self, filter, **fields):
        """update_one with $set."""
        self.replace_one(filter, {**self.find_one(filter), **fields})

    def _delete(self, filter, most):
        with self.source.news:
            hits = [d for d in self._documents() if matches(filter, d)][:most]
            for document in hits:
                self._documents().remove(document)
                self.source.tell("delete", self.name, document)

    def delete_many(self, filter):
        self._delete(filter, None)

    def delete_one(self, filter):
        self._delete(filter, 1)

    def drop(self, kind="drop"):
        """Drops or renames it: the stream tells, and ends with an invalidate event."""
        with self.source.news:
            self.source.data.pop(self.name, None)
            self.source.tell(kind, self.name)
            self.source.tell("invalidate", self.name)


class Source:
    """The replica set. `sessions`: it tells operation times; `standalone`: no change streams;
    `user`: (name, password) that a connection must give."""

    def __init__(self, documents, members=1, sessions=False, standalone=False, user=None):
        self.data = {name: copy.deepcopy(list(found)) for name, found in documents.items()}
        self.sessions, self.standalone, self.user = sessions, standalone, user
        self.news = threading.Condition(threading.RLock())
        self.rules, self.calls = [], []
        self.operations = []  # (number, collection, event) in order
        self.number = 0  # of the last operation; grows with every look, as a real clock does
        self.primary = 0
        self.closed = False
        self.batch = None  # documents in one answer, whatever was asked for
        self._cursors = {}
        self._next_cursor = 1000
        self._logins = {}  # connection → what it has said so far
        self.members = [None] * members
        self.ports = [None] * members
        for member in range(members):
            self.start(member)

    # ------------------------------------------------------------ what a test does

    def __getitem__(self, name):
        return Collection(self, name)

    def start(self, member=0):
        """Starts a member, again on its port."""
        server = mockupdb.MockupDB(port=self.ports[member], request_timeout=1000)
        server.autoresponds(lambda request: self._answer(member, request))
        self.ports[member] = server.run()
        self.members[member] = server

    def stop(self, member=0):
        """Ends a member with its connections."""
        server, self.members[member] = self.members[member], None
        if server:
            # Its thread that accepts stumbles over the closed socket; that is no news.
            hook, threading.excepthook = threading.excepthook, lambda _: None
            try:
                server.stop()
            finally:
                threading.excepthook = hook

    def close(self):
        with self.news:
            self.closed = True
            self.news.notify_all()
        for member in range(len(self.members)):
            self.stop(member)

    def uri(self, options="", user=None):
        """The address for edge; `user` "name:password@" percent-encoded."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        if not self.standalone and len(self.members) > 1:
            options = "&".join(filter(None, ("replicaSet=rs", options)))
        return f"mongodb://{user or ''}{hosts}/{DATABASE}?{options}"

    def on(self, name=None, collection=None, *, answer, stream=None, times=None, after=0,
           member=None):  # fmt: skip
        """Adds a rule, before those there are; `after` so many calls it would have met."""
        rule = Rule(name, collection, stream, answer, times, after, member)
        with self.news:
            self.rules.insert(0, rule)
        return rule

    def off(self, *rules):
        """Takes rules away, all of them when none is named."""
        with self.news:
            self.rules = [r for r in self.rules if rules and r not in rules]

    def seen(self, name, collection=None, stream=None, since=0.0):
        """The calls so far of a kind."""
        with self.news:
            return [
                c for c in self.calls
                if c.name == name and collection in (None, c.collection)
                and stream in (None, c.stream) and c.at >= since
            ]  # fmt: skip

    def tell(self, kind, collection, document=None):
        """Makes an operation, which the streams tell of."""
        with self.news:
            self.number += 1
            event = {
                "_id": token(self.number), "operationType": kind, "clusterTime": self.time(),
                "ns": {"db": DATABASE, "coll": collection},
            }  # fmt: skip
            if document is not None:
                event["documentKey"] = {"_id": document["_id"]}
                if kind != "delete":
                    event["fullDocument"] = copy.deepcopy(document)
            self.put(collection, event)

    def put(self, collection, event, number=None):
        """Puts an event as it is into a collection's stream."""
        with self.news:
            self.operations.append((number or self.number, collection, event))
            self.news.notify_all()

    def time(self):
        return Timestamp(START + self.number, 1)

    def empty(self):
        """Takes everything out, silently, as a restored backup of nothing would."""
        with self.news:
            for name in self.data:
                self.data[name] = []

    # ------------------------------------------------------------ the protocol

    def _answer(self, member, request):
        name = request.command_name
        document = request.doc
        with self.news:
            call = self._call(name, document, member, request)
            self.calls.append(call)
            answer = next((a for a in (r.take(call) for r in self.rules) if a is not None), None)
            if answer is None and not self._may(call):
                answer = error(13, f"command {name} requires authentication")
            if answer is None:
                handler = getattr(self, f"_do_{name.lower()}", None)
                answer = handler(call) if handler else error(59, f"no such command: {name}")
        self._send(call, answer)
        return True

    def _call(self, name, document, member, request):
        collection = document.get(name)
        stream = False
        if name == "getMore":
            cursor = self._cursors.get(document["getMore"])
            collection = document.get("collection")
            stream = bool(cursor and cursor.stream)
        elif name == "aggregate":
            stream = any("$changeStream" in stage for stage in document["pipeline"])
        return Call(
            name, collection if isinstance(collection, str) else None, stream, document, member,
            time.monotonic(), request,
        )  # fmt: skip

    def _send(self, call, answer):
        request = call.request
        if answer is HANG:
            return
        with contextlib.suppress(OSError):
            if answer is CUT:
                request.hangup()
            elif isinstance(answer, bytes):
                request._client.sendall(answer)
            elif answer is HALF:
                with self.news:
                    whole = getattr(self, f"_do_{call.name.lower()}")(call)
                reply = mockupdb.make_op_msg_reply(whole or {"ok": 1}).reply_bytes(request)
                request._client.sendall(reply[: len(reply) // 2])
                request.hangup()
            elif answer == "wait":
                threading.Thread(target=self._wait, args=(call,), daemon=True).start()
            else:
                request.replies({"ok": 1, **answer, **self._times()})

    def _times(self):
        if not self.sessions:
            return {}
        # Nobody checks the signature.
        signature = {"hash": b"\0" * 20, "keyId": 0}
        return {"operationTime": self.time(),
                "$clusterTime": {"clusterTime": self.time(), "signature": signature}}  # fmt: skip

    def _hello(self, call):
        answer = {
            "ismaster": call.member == self.primary, "maxWireVersion": 13, "minWireVersion": 0,
            "maxBsonObjectSize": 1 << 24, "maxMessageSizeBytes": 48000000,
            "maxWriteBatchSize": 100000, "readOnly": False,
        }  # fmt: skip
        if not self.standalone:
            names = [f"127.0.0.1:{port}" for port in self.ports]
            answer.update(
                setName="rs", hosts=names, me=names[call.member], setVersion=1,
                secondary=call.member != self.primary,
            )  # fmt: skip
            if self.primary is not None:
                answer["primary"] = names[self.primary]
        if self.sessions:
            answer["logicalSessionTimeoutMinutes"] = 30
        if self.user:
            answer["saslSupportedMechs"] = ["SCRAM-SHA-256"]
        return answer

    _do_hello = _do_ismaster = _hello

    def _do_ping(self, call):
        return {}

    _do_endsessions = _do_killsessions = _do_ping

    def _do_listcollections(self, call):
        rows = [{"name": name, "type": "collection"} for name in self.data]
        return self._first("$cmd.listCollections", rows, 0)

    def _do_count(self, call):
        return {"n": len(self.data.get(call.collection, ()))}

    def _do_killcursors(self, call):
        for number in call.document["cursors"]:
            self._cursors.pop(number, None)
        return {"cursorsKilled": call.document["cursors"]}

    def _first(self, collection, rows, size):
        cursor = _Cursor(collection, rows)
        batch = self._batch(cursor, self.batch or size or 101)
        number = 0
        if cursor.rows:
            number = self._keep(cursor)
        return {"cursor": {"id": bson.Int64(number), "ns": f"{DATABASE}.{collection}",
                           "firstBatch": batch}}  # fmt: skip

    def _keep(self, cursor):
        self._next_cursor += 1
        self._cursors[self._next_cursor] = cursor
        return self._next_cursor

    def _batch(self, cursor, size):
        batch, cursor.rows = cursor.rows[:size], cursor.rows[size:]
        return batch

    def _do_find(self, call):
        document = call.document
        rows = [
            project(document.get("projection"), d)
            for d in self.data.get(call.collection, ())
            if matches(document.get("filter"), d)
        ]
        if document.get("limit"):
            rows = rows[: document["limit"]]
        return self._first(call.collection, rows, document.get("batchSize"))

    def _do_aggregate(self, call):
        pipeline = call.document["pipeline"]
        if call.stream:
            return self._open_stream(call, pipeline)
        [group] = [stage["$group"] for stage in pipeline if "$group" in stage]
        rows = {}
        for document in self.data.get(call.collection, ()):
            key = {
                name: document[path[1:]] for name, path in group["_id"].items()
                if path[1:] in document
            }  # fmt: skip
            row = rows.setdefault(repr(key), {"_id": key})
            for name, how in group.items():
                if name != "_id":
                    self._accumulate(row, name, how, document)
        return self._first(call.collection, list(rows.values()), 0)

    @staticmethod
    def _accumulate(row, name, how, document):
        if "$sum" in how:
            row[name] = row.get(name, 0) + how["$sum"]
        else:
            value = document.get(how["$max"][1:])
            if value is not None and (row.get(name) is None or value > row[name]):
                row[name] = value

    # ------------------------------------------------------------ change streams

    def _open_stream(self, call, pipeline):
        if self.standalone:
            return error(40573, "The $changeStream stage is only supported on replica sets")
        options = pipeline[0]["$changeStream"]
        after = options.get("startAfter") or options.get("resumeAfter")
        position = self.number if after is None else int(after["_data"], 16)
        for number, collection, event in self.operations:
            if (after and "resumeAfter" in options and number == position
                    and event["operationType"] == "invalidate"):  # fmt: skip
                return error(260, "cannot resume after an invalidate event")
        fields = next((s["$project"] for s in pipeline if "$project" in s), None)
        cursor = _Cursor(call.collection, position=position, fields=fields)
        return {"cursor": {"id": bson.Int64(self._keep(cursor)),
                           "ns": f"{DATABASE}.{call.collection}", "firstBatch": [],
                           "postBatchResumeToken": token(position)}}  # fmt: skip

    def _news(self, number):
        """A getMore's answer for a stream that has something to tell, else None."""
        cursor = self._cursors.get(number)
        if cursor is None:
            return error(43, f"cursor id {number} not found")
        told = [
            (n, event) for n, collection, event in self.operations
            if collection == cursor.collection and n > cursor.position
        ]  # fmt: skip
        if not told:
            return None
        batch, last = [], 0
        for n, event in told[:BATCH]:
            batch.append(project(cursor.fields, event))
            last = max(last, n)
            if event.get("operationType") == "invalidate":
                number = 0
                break
        cursor.position = last
        return self._more(cursor, number, batch)

    def _more(self, cursor, number, batch):
        if not batch:
            # Time goes on at an idle source.
            self.number += 1
            cursor.position = self.number
        return {"cursor": {"id": bson.Int64(number), "ns": f"{DATABASE}.{cursor.collection}",
                           "nextBatch": batch,
                           "postBatchResumeToken": token(cursor.position)}}  # fmt: skip

    def _do_getmore(self, call):
        number = call.document["getMore"]
        cursor = self._cursors.get(number)
        if cursor is None:
            return error(43, f"cursor id {number} not found")
        if cursor.stream:
            return self._news(number) or "wait"
        size = call.document.get("batchSize") or len(cursor.rows)
        batch = self._batch(cursor, self.batch or size)
        if not cursor.rows:
            del self._cursors[number]
            number = 0
        return {"cursor": {"id": bson.Int64(number), "ns": f"{DATABASE}.{cursor.collection}",
                           "nextBatch": batch}}  # fmt: skip

    def _wait(self, call):
        """Holds a stream's answer back until there is one, or as long as it may."""
        number = call.document["getMore"]
        end = time.monotonic() + call.document.get("maxTimeMS", 1000) / 1000
        with self.news:
            while not self.closed and (answer := self._news(number)) is None:
                left = end - time.monotonic()
                if left <= 0:
                    answer = self._more(self._cursors[number], number, [])
                    break
                self.news.wait(left)
        if answer is not None:
            self._send(call, answer)

    # ------------------------------------------------------------ SCRAM-SHA-256

    def _may(self, call):
        login = self._logins.get(call.request._client)
        return (
            not self.user or login == "in"
            or call.name.lower() in ("hello", "ismaster", "saslstart", "saslcontinue")
        )  # fmt: skip

    def _do_saslstart(self, call):
        first = bytes(call.document["payload"]).decode().partition(",,")[2]
        nonce = first.partition(",r=")[2] + b64encode(os.urandom(18)).decode()
        salt = b64encode(SALT).decode()
        second = f"r={nonce},s={salt},i=4096"
        self._logins[call.request._client] = (first, second)
        return {"conversationId": 1, "done": False, "payload": second.encode()}

    def _do_saslcontinue(self, call):
        login = self._logins.get(call.request._client)
        if login == "in":
            return {"conversationId": 1, "done": True, "payload": b""}
        first, second = login
        last = bytes(call.document["payload"]).decode()
        bare, _, proof = last.rpartition(",p=")
        name, password = self.user

        def keyed(key, text):
            return hmac.new(key, text, "sha256").digest()

        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, 4096)
        key = keyed(salted, b"Client Key")
        message = ",".join((first, second, bare)).encode()
        signed = keyed(hashlib.sha256(key).digest(), message)
        expected = bytes(a ^ b for a, b in zip(key, signed))
        if f"n={name}," not in first + "," or b64decode(proof) != expected:
            return error(18, "Authentication failed.")
        self._logins[call.request._client] = "in"
        server = keyed(keyed(salted, b"Server Key"), message)
        return {"conversationId": 1, "done": False, "payload": b"v=" + b64encode(server)}


def message(call, document=b"", opcode=2013, length=None):
    """The bytes of an answer to a call, with a body and a length of one's choice."""
    body = struct.pack("<Ib", 0, 0) + document
    size = 16 + len(body) if length is None else length
    return struct.pack("<iiii", size, 1, call.request.request_id, opcode) + body


def closed_port():
    """A port nobody listens at; the socket is to be kept."""
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    return s
