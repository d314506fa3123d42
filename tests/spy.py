"""A TCP proxy that sees what edge asks a MongoDB server for, and what comes back.

    with Spy(server) as spy:
        run_edge("sync", "--once", "--db", db, uri=spy.uri("voto"))
    assert "profiles" not in spy.fields("glidermissions")

It decodes OP_MSG both ways, and OP_QUERY and OP_REPLY of the handshake. Nothing is changed on the
way; a test can hold a command up, or cut the connection, with on_command.
"""

import collections
import contextlib
import dataclasses
import socket
import threading

import bson

OP_REPLY = 1
OP_QUERY = 2004
OP_COMPRESSED = 2012
OP_MSG = 2013

HEADER = 16
CHECKSUM_PRESENT = 1

# Commands about the connection or the server: their names say what they are, not a collection.
ADMIN = {
    "hello", "ismaster", "isMaster", "ping", "buildInfo", "buildinfo", "saslStart", "saslContinue",
    "endSessions", "killSessions", "listCollections", "listDatabases", "getParameter", "serverStatus",
    "hostInfo", "getLog", "connectionStatus", "commitTransaction", "abortTransaction",
}  # fmt: skip


@dataclasses.dataclass
class Command:
    """One command as sent."""

    name: str
    database: str
    collection: str | None  # None for a command on no collection
    filter: object
    projection: object
    pipeline: object
    document: dict  # the whole command, without its document sequences
    sequences: dict  # identifier → number of documents

    def __str__(self):
        return f"{self.name} {self.collection or ''} {self.filter or self.pipeline or ''}".strip()


@dataclasses.dataclass
class Traffic:
    """What replies brought of one collection."""

    documents: int = 0
    bytes: int = 0
    fields: collections.Counter = dataclasses.field(default_factory=collections.Counter)


def _int32(data, at):
    return int.from_bytes(data[at : at + 4], "little", signed=True)


# Width of a BSON value by its type, where it is fixed.
_FIXED = {
    0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16,
    0x7F: 0, 0xFF: 0,
}  # fmt: skip


def elements(data):
    """Yields (type, name, start, end) of each top-level element of a BSON document's bytes."""
    end = _int32(data, 0) - 1
    if len(data) != end + 1 or data[end] != 0:
        raise ValueError("not a BSON document")
    at = 4
    while at < end:
        kind = data[at]
        zero = data.index(0, at + 1)
        name = data[at + 1 : zero].decode(errors="replace")
        at = zero + 1
        if kind in _FIXED:
            size = _FIXED[kind]
        elif kind in (0x02, 0x0D, 0x0E):
            size = 4 + _int32(data, at)
        elif kind in (0x03, 0x04, 0x0F):
            size = _int32(data, at)
        elif kind == 0x05:
            size = 5 + _int32(data, at)
        elif kind == 0x0B:
            size = data.index(0, data.index(0, at) + 1) + 1 - at
        elif kind == 0x0C:
            size = 16 + _int32(data, at)
        else:
            raise ValueError(f"unknown BSON type {kind:#x}")
        if size < 0 or at + size > end:
            raise ValueError("a BSON value passes the end of its document")
        yield kind, name, at, at + size
        at += size


def _embedded(data, name):
    """The bytes of an embedded document or array, or None."""
    for kind, key, start, end in elements(data):
        if key == name and kind in (0x03, 0x04):
            return data[start:end]
    return None


def _text(data, name):
    for kind, key, start, end in elements(data):
        if key == name and kind == 0x02:
            return data[start + 4 : end - 1].decode(errors="replace")
    return None


def _sections(data, at, end):
    """Yields (identifier or None, [document bytes]) of an OP_MSG body."""
    while at < end:
        kind = data[at]
        at += 1
        size = _int32(data, at)
        if kind == 0:
            yield None, [data[at : at + size]]
        elif kind == 1:
            stop = at + size
            zero = data.index(0, at + 4)
            name = data[at + 4 : zero].decode()
            documents, cursor = [], zero + 1
            while cursor < stop:
                length = _int32(data, cursor)
                documents.append(data[cursor : cursor + length])
                cursor += length
            yield name, documents
        else:
            raise ValueError(f"unknown section kind {kind}")
        at += size


class Spy(contextlib.AbstractContextManager):
    """Listens on 127.0.0.1 and forwards to one of the harness's servers.

    on_command(command) is called before a command is passed on, in the connection's thread: it may
    take its time, change the source by another client, or return "cut" to close the connection.
    """

    def __init__(self, server, on_command=None):
        self._target = (server.host, server.port)
        self._server = server
        self.on_command = on_command
        self._lock = threading.Lock()
        self._pairs = set()
        self._threads = []
        self._listener = None
        self.host, self.port = "127.0.0.1", 0
        self.clear()

    def clear(self):
        """Forgets what was seen so far."""
        with self._lock:
            self.commands = []
            self.errors = []  # what could not be decoded: a test asserts that it is empty
            self.traffic = collections.defaultdict(Traffic)
            self.connections = 0
            self.bytes_to_server = 0
            self.bytes_to_client = 0

    # ------------------------------------------------------------ what was seen

    def collections(self):
        """The names of all collections that a command or a reply named."""
        with self._lock:
            asked = {c.collection for c in self.commands if c.collection}
            return asked | set(self.traffic)

    def mentions(self, word):
        """Whether a command has this string as a value anywhere, as in a $lookup's from."""

        def has(value):
            if isinstance(value, dict):
                value = value.values()
            elif not isinstance(value, list):
                return value == word
            return any(map(has, value))

        with self._lock:
            return any(has(c.document) for c in self.commands)

    def named(self, *names):
        """The commands of these names, in order."""
        with self._lock:
            return [c for c in self.commands if c.name in names]

    def fields(self, collection):
        """The top-level field names of the documents that came of a collection."""
        with self._lock:
            return set(self.traffic[collection].fields)

    def documents(self, collection):
        with self._lock:
            return self.traffic[collection].documents

    def bytes(self, collection):
        with self._lock:
            return self.traffic[collection].bytes

    def uri(self, name="voto"):
        """The server's URI for this database, by way of the spy."""
        uri = self._server.uri(name)
        scheme, rest = uri.split("://", 1)
        authority, slash, path = rest.partition("/")
        user, at, _ = authority.rpartition("@")
        path, _, query = path.partition("?")
        # A replica set's members would be reached by their own addresses, past the spy.
        options = [o for o in query.split("&") if o and not o.startswith("replicaSet=")]
        if self._server.external:
            options.append("directConnection=true")
        tail = "?" + "&".join(options) if options else ""
        return f"mongodb://{user}{at}{self.host}:{self.port}{slash}{path}{tail}"

    # ------------------------------------------------------------ the proxy

    def __enter__(self):
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept)
        return self

    def __exit__(self, *_):
        # shutdown wakes the accepting thread, which close alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def cut(self):
        """Closes every connection; new ones are accepted."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._close(pair)

    def _spawn(self, target, *args):
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target, 10)
            except OSError:
                client.close()
                continue
            for s in (client, server):
                s.settimeout(None)
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
                self.connections += 1
            asked = {}  # request id → command, of this connection
            self._spawn(self._pump, pair, client, server, self._seen_request, asked)
            self._spawn(self._pump, pair, server, client, self._seen_reply, asked)

    def _close(self, pair):
        with self._lock:
            if pair not in self._pairs:
                return
            self._pairs.discard(pair)
        for s in pair:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()

    def _pump(self, pair, source, sink, seen, asked):
        buffer = bytearray()
        try:
            while True:
                chunk = source.recv(262144)
                if not chunk:
                    return
                buffer += chunk
                while len(buffer) >= 4:
                    size = _int32(buffer, 0)
                    if size < HEADER:
                        raise ValueError(f"message of {size} bytes")
                    if len(buffer) < size:
                        break
                    message = bytes(buffer[:size])
                    del buffer[:size]
                    try:
                        verdict = seen(message, asked)
                    except Exception as error:  # an answer or request that is not understood
                        with self._lock:
                            self.errors.append(repr(error))
                        verdict = None
                    if verdict == "cut":
                        return
                    sink.sendall(message)
        except (OSError, ValueError):
            pass
        finally:
            self._close(pair)

    # ------------------------------------------------------------ decoding

    def _seen_request(self, message, asked):
        command = self._decode_request(message)
        with self._lock:
            self.bytes_to_server += len(message)
            self.commands.append(command)
            asked[_int32(message, 4)] = command
        return self.on_command(command) if self.on_command else None

    def _decode_request(self, message):
        code = _int32(message, 12)
        if code == OP_MSG:
            flags = _int32(message, HEADER)
            end = len(message) - (4 if flags & CHECKSUM_PRESENT else 0)
            body, sequences = {}, {}
            for name, documents in _sections(message, HEADER + 4, end):
                if name is None:
                    body = bson.decode(documents[0])
                else:
                    sequences[name] = len(documents)
            return self._command(body.get("$db", ""), body, sequences)
        if code == OP_QUERY:
            zero = message.index(0, HEADER + 4)
            database, _, collection = message[HEADER + 4 : zero].decode().partition(".")
            at = zero + 1 + 8
            query = bson.decode(message[at : at + _int32(message, at)])
            query = query.get("$query", query)
            if collection == "$cmd":
                return self._command(database, query, {})
            return Command("find", database, collection, query, None, None, query, {})
        raise ValueError(f"request with opcode {code}")

    @staticmethod
    def _command(database, body, sequences):
        name = next(iter(body), "")
        value = body.get("collection") if name == "getMore" else body.get(name)
        collection = value if isinstance(value, str) and name not in ADMIN else None
        return Command(
            name,
            database,
            collection,
            body.get("filter", body.get("query")),
            body.get("projection"),
            body.get("pipeline"),
            body,
            sequences,
        )

    def _seen_reply(self, message, asked):
        with self._lock:
            self.bytes_to_client += len(message)
            command = asked.get(_int32(message, 8))
        code = _int32(message, 12)
        if code == OP_MSG:
            flags = _int32(message, HEADER)
            end = len(message) - (4 if flags & CHECKSUM_PRESENT else 0)
            for name, documents in _sections(message, HEADER + 4, end):
                if name is None:
                    self._seen_body(documents[0], command)
        elif code == OP_REPLY:
            at = HEADER + 20
            while at < len(message):
                size = _int32(message, at)
                self._seen_body(message[at : at + size], command)
                at += size
        else:
            raise ValueError(f"reply with opcode {code}")
        if command is not None and code == OP_MSG:
            # With moreToCome set the server goes on answering, each reply to the one before.
            with self._lock:
                asked[_int32(message, 4)] = command

    def _seen_body(self, body, command):
        cursor = _embedded(body, "cursor")
        if cursor is None:
            return
        collection = (_text(cursor, "ns") or "").partition(".")[2]
        if not collection or collection.startswith("$cmd"):
            collection = command.collection if command and command.collection else "?"
        for name in ("firstBatch", "nextBatch"):
            batch = _embedded(cursor, name)
            if batch is None:
                continue
            documents, size, fields = 0, 0, collections.Counter()
            for _, _, start, end in elements(batch):
                documents += 1
                size += end - start
                fields.update({key for _, key, _, _ in elements(batch[start:end])})
            with self._lock:
                seen = self.traffic[collection]
                seen.documents += documents
                seen.bytes += size
                seen.fields.update(fields)
