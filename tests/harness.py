"""Starts the programs of an end-to-end test: MongoDB-protocol servers and edge itself.

Everything listens on a free port of 127.0.0.1, is stopped by its process id, and dies with the
test process, however that ends.

Environment: EDGE_BIN is the program under test, EDGE_BUILD its build directory. With
EDGE_TEST_MONGODB_URI, JavaServer stands for that server instead (a real replica set), in databases
with random names that are dropped afterwards. With CI=true a missing server fails the test
that needs it.
"""

import contextlib
import gzip
import http.client
import importlib.util
import json
import math
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import uuid

import bson
import pymongo
from bson.raw_bson import RawBSONDocument
from pymongo.uri_parser import parse_uri

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVERS = ROOT / "build" / "servers"
BUILD = pathlib.Path(os.environ.get("EDGE_BUILD", ROOT / "build"))
EDGE = pathlib.Path(os.environ.get("EDGE_BIN", BUILD / "edge"))

START_S = 30  # a JVM on a loaded machine with two cores
STOP_S = 5  # what edge promises to need at most for a drain
BATCH = 1000  # mongo-java-server takes no more writes at once

# A sanitizer's exit code must not look like one of edge's own.
SANITIZER_EXIT = 86
SANITIZER_WORDS = re.compile(r"runtime error:|ERROR: \w+Sanitizer")


# ---------------------------------------------------------------- what is there


def _have_java():
    if external_uri():
        return None
    if not (SERVERS / "java" / "Launcher.class").exists() or not shutil.which("java"):
        return "mongo-java-server is not built (tests/setup.sh)"
    return None


def _have_ferret():
    if not (SERVERS / "ferretdb").exists():
        return "FerretDB is not built (tests/setup.sh)"
    return None


def _have_mockupdb():
    if importlib.util.find_spec("mockupdb") is None:
        return "python3-mockupdb is not installed (tests/setup.sh)"
    return None


def _have_edge():
    return None if os.access(EDGE, os.X_OK) else f"no edge program at {EDGE.name} (make)"


def _have_chromium():
    return None if shutil.which("chromium") else "chromium is not installed (tests/setup.sh)"


def _have_browser():
    if not (SERVERS / "browser" / "node_modules").is_dir() or not shutil.which("node"):
        return "the packages that drive the browser are not installed (tests/setup.sh)"
    return None


_PROBES = {
    "java": _have_java,
    "ferret": _have_ferret,
    "mockupdb": _have_mockupdb,
    "edge": _have_edge,
    "chromium": _have_chromium,
    "browser": _have_browser,
}


def needs(*names):
    """Skips the calling test when one of the named things is missing; in CI it fails instead."""
    for name in names:
        reason = _PROBES[name]()
        if reason is None:
            continue
        if os.environ.get("CI") == "true":
            raise AssertionError(f"{reason}; in CI nothing may be skipped")
        raise unittest.SkipTest(reason)


def external_uri():
    """The URI of a real server to test with, or None."""
    return os.environ.get("EDGE_TEST_MONGODB_URI") or None


def needs_own_server(why):
    """Skips a test that stops, freezes or restarts the server, which a real one must not suffer."""
    if external_uri():
        raise unittest.SkipTest(f"EDGE_TEST_MONGODB_URI is set: {why}")


# ---------------------------------------------------------------- processes


def eventually(check, timeout=10, every=0.05):
    """Calls check until it returns something true, and returns that; fails after the timeout."""
    deadline = time.monotonic() + timeout
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {timeout} s: {check}")
        time.sleep(every)


# The kernel ends edge when the thread that started it ends: no killed test leaves one behind.
_BOUND = ["setpriv", "--pdeathsig", "KILL"]


def _end(process, sig=signal.SIGTERM):
    """Ends a process; kills it when that takes too long. Returns whether it ended by itself."""
    if process.poll() is None:
        process.send_signal(sig)
    try:
        process.wait(STOP_S)
        return True
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def _stopped(task):
    return (task / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def temp_dir(test):
    """A directory that goes away after the test (or, given a class, after its last test)."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="edge-test-"))
    cleanup = test.addClassCleanup if isinstance(test, type) else test.addCleanup
    cleanup(shutil.rmtree, path, ignore_errors=True)
    return path


def enter(test, context):
    """Enters a context for the rest of the test (or of the class) and returns its value."""
    value = context.__enter__()
    cleanup = test.addClassCleanup if isinstance(test, type) else test.addCleanup
    cleanup(context.__exit__, None, None, None)
    return value


# ---------------------------------------------------------------- MongoDB-protocol servers


class _Server(contextlib.AbstractContextManager):
    """A server process that prints "PORT n" when it listens and ends when its input closes."""

    host = "127.0.0.1"
    external = False

    def __init__(self, port=0):
        self.port = port
        self._process = None
        self._clients = []

    def _command(self):
        raise NotImplementedError

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts it; after stop() or kill() on the same port as before."""
        with tempfile.TemporaryFile() as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
            try:
                self.port = self._read_port()
            except Exception as error:
                self.kill()
                log.seek(0)
                text = log.read().decode(errors="replace")[-2000:]
                raise RuntimeError(
                    f"{type(self).__name__} did not start: {error}\n{text}"
                ) from None

    def _read_port(self):
        out = self._process.stdout
        deadline = time.monotonic() + START_S
        line = b""
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([out], [], [], left)[0]:
                raise TimeoutError(f"no port after {START_S} s")
            byte = os.read(out.fileno(), 1)
            if not byte:
                raise ChildProcessError(f"ended with {self._process.wait()}")
            line += byte
        match = re.fullmatch(rb"PORT (\d+)\n", line)
        if not match:
            raise ValueError(f"unexpected line {line!r}")
        return int(match.group(1))

    @property
    def pid(self):
        return self._process.pid

    def database(self, name="voto"):
        """A pymongo database."""
        return self.client()[name]

    def uri(self, name="voto"):
        """The URI for edge, with the database in its path."""
        return f"mongodb://{self.host}:{self.port}/{name}"

    def client(self, **options):
        """A pymongo client, closed with the server."""
        client = pymongo.MongoClient(
            self.uri(""), serverSelectionTimeoutMS=START_S * 1000, **options
        )
        self._clients.append(client)
        return client

    def freeze(self):
        """Stops answering while connections stay open."""
        self._process.send_signal(signal.SIGSTOP)
        # A thread that still runs on the other core could answer once more.
        tasks = pathlib.Path(f"/proc/{self.pid}/task")
        eventually(lambda: all(_stopped(t) for t in tasks.iterdir()), every=0.005)

    def thaw(self):
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        """Ends it at once, as a crash does. JavaServer's data are in memory and gone."""
        self._process.kill()
        self._reap()

    def stop(self):
        self.thaw()
        _end(self._process)
        self._reap()

    def _reap(self):
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def close(self):
        for client in self._clients:
            client.close()
        self._clients.clear()
        if self._process and self._process.poll() is None:
            self.stop()


class _JavaProcess(_Server):
    def _command(self):
        # The serial collector and the first compiler start fastest and leave the cores to edge.
        return [
            "java",
            "-Xmx3g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            f"{SERVERS}/java:{SERVERS}/java/*",
            "Launcher",
            str(self.port),
        ]


class FerretServer(_Server):
    """FerretDB on SQLite: a standalone, slow, without change streams."""

    def __init__(self, port=0):
        super().__init__(port)
        self._dir = None

    def _command(self):
        if self._dir is None:
            self._dir = tempfile.mkdtemp(prefix="edge-ferret-")
        return [str(SERVERS / "ferretdb"), str(self.port), self._dir]

    def close(self):
        super().close()
        if self._dir:
            shutil.rmtree(self._dir, ignore_errors=True)
            self._dir = None


class _External(contextlib.AbstractContextManager):
    """The server of EDGE_TEST_MONGODB_URI with JavaServer's methods.

    A test's database names get a random suffix; those databases are dropped at the end.
    """

    external = True

    def __init__(self, port=0):
        self._suffix = uuid.uuid4().hex[:8]
        self._names = set()
        self._clients = []
        self.host, self.port = parse_uri(external_uri())["nodelist"][0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _real(self, name):
        name = f"edge_test_{name}_{self._suffix}"
        self._names.add(name)
        return name

    def database(self, name="voto"):
        return self.client()[self._real(name)]

    def uri(self, name="voto"):
        scheme, rest = external_uri().split("://", 1)
        rest, _, query = rest.partition("?")
        uri = f"{scheme}://{rest.partition('/')[0]}/{self._real(name)}"
        return f"{uri}?{query}" if query else uri

    def client(self, **options):
        client = pymongo.MongoClient(external_uri(), **options)
        self._clients.append(client)
        return client

    def _refuse(self):
        needs_own_server("the test would stop it")

    start = stop = kill = freeze = thaw = _refuse

    def close(self):
        if self._names:
            client = self.client()
            for name in self._names:
                client.drop_database(name)
            self._names.clear()
        for client in self._clients:
            client.close()
        self._clients.clear()


def JavaServer(port=0):
    """mongo-java-server (change streams, fast), or the real server when one is given."""
    return _External(port) if external_uri() else _JavaProcess(port)


# ---------------------------------------------------------------- data


def split_bson(data):
    """Yields each document of a .bson file's bytes as bytes."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        if size < 5 or at + size > len(data):
            raise ValueError(f"broken BSON at byte {at}")
        yield data[at : at + size]
        at += size


def without_nan(value):
    """The same with null for NaN, which some servers do not take."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    if isinstance(value, dict):
        return {name: without_nan(item) for name, item in value.items()}
    return value


def load_dump(directory, database, nan=True):
    """Inserts a dump's .bson and .bson.gz files into a pymongo database. Returns the counts."""
    counts = {}
    for path in sorted(pathlib.Path(directory).iterdir()):
        name = path.name
        if name.endswith(".bson.gz"):
            data, name = gzip.decompress(path.read_bytes()), name[: -len(".bson.gz")]
        elif name.endswith(".bson"):
            data, name = path.read_bytes(), name[: -len(".bson")]
        else:
            continue
        counts[name] = 0
        batch = []
        for document in split_bson(data):
            batch.append(
                RawBSONDocument(document) if nan else without_nan(bson.decode(document))
            )
            if len(batch) == BATCH:
                database[name].insert_many(batch, ordered=False)
                counts[name] += len(batch)
                batch = []
        if batch:
            database[name].insert_many(batch, ordered=False)
            counts[name] += len(batch)
    return counts


# ---------------------------------------------------------------- edge


def edge_env(uri=None, env=None):
    """The environment for edge: none of the caller's EDGE_ settings, and the source's URI."""
    result = {k: v for k, v in os.environ.items() if not k.startswith("EDGE_")}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        options = [result[name]] if result.get(name) else []
        result[name] = ":".join([*options, f"exitcode={SANITIZER_EXIT}"])
    if uri:
        result["EDGE_MONGODB_URI"] = uri
    # The driver keeps counters in shared memory that a killed process leaves behind, and a later
    # one of the same id warns of.
    result["MONGOC_DISABLE_SHM"] = "1"
    # Few tests ask for the file to take away, and it takes its time.
    result["EDGE_SNAPSHOT"] = "0"
    result.update({k: str(v) for k, v in (env or {}).items()})
    return result


def _check_sanitizer(code, stderr):
    if code == SANITIZER_EXIT or SANITIZER_WORDS.search(stderr):
        raise AssertionError(f"a sanitizer stopped edge:\n{stderr[-6000:]}")


def run_edge(*args, uri=None, env=None, timeout=60, expect=None, **options):
    """Runs edge to its end. With expect, any other exit code fails the test."""
    done = subprocess.run(
        [*_BOUND, str(EDGE), *map(str, args)],
        env=edge_env(uri, env),
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        **options,
    )
    _check_sanitizer(done.returncode, done.stderr)
    if expect is not None and done.returncode != expect:
        raise AssertionError(
            f"edge {' '.join(map(str, args))}: exit {done.returncode}, expected {expect}\n"
            f"{done.stdout[-2000:]}{done.stderr[-4000:]}"
        )
    return done


class EdgeProcess(contextlib.AbstractContextManager):
    """edge running in the background (serve, run, sync --watch) with its log at hand.

    Start it from the main thread: it dies with the thread that started it.
    """

    def __init__(self, *args, uri=None, env=None, **options):
        self.args = [*_BOUND, str(EDGE), *map(str, args)]
        self._env = edge_env(uri, env)
        self._options = options
        self._process = None
        self._lines = []
        self._news = threading.Condition()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        elif self._process:
            # The test has failed already: its own error is the one to show.
            _end(self._process)
            self._close()

    def start(self):
        self._process = subprocess.Popen(
            self.args,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            **self._options,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stderr:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    @property
    def pid(self):
        return self._process.pid

    @property
    def log(self):
        with self._news:
            return "".join(self._lines)

    def running(self):
        return self._process.poll() is None

    def wait_for(self, pattern, timeout=START_S, since=0):
        """Waits for a log line that matches, from line number since on; returns the match."""
        deadline = time.monotonic() + timeout
        with self._news:
            seen = since
            while True:
                for line in self._lines[seen:]:
                    match = re.search(pattern, line)
                    if match:
                        return match
                seen = max(seen, len(self._lines))
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive() and seen == len(self._lines):
                    text = "".join(self._lines)[-4000:]
                    raise AssertionError(f"no log line matches {pattern!r}:\n{text}")
                self._news.wait(min(left, 0.2))

    def lines(self):
        """How many log lines there are, for wait_for's since."""
        with self._news:
            return len(self._lines)

    def send(self, number):
        self._process.send_signal(number)

    def kill(self):
        """Ends it at once, at whatever instruction it is."""
        self._process.kill()
        self._process.wait()
        self._close()

    def wait(self, timeout=60):
        """Waits until it ends by itself; returns its exit code."""
        code = self._process.wait(timeout)
        self._close()
        _check_sanitizer(code, self.log)
        return code

    def wait_for_signals(self, timeout=START_S):
        """Waits until the program looks at SIGTERM: a busy machine takes its time to load it."""

        def looks():
            if not self.running():
                return True
            text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
            caught = int(re.search(r"^SigCgt:\s*(\w+)$", text, re.MULTILINE)[1], 16)
            return bool(caught >> (signal.SIGTERM - 1) & 1)

        eventually(looks, timeout, every=0.001)

    def stop(self, sig=signal.SIGTERM, expect=0):
        """Stops it as the system would, and asserts that it drains in time and exits well."""
        if self._process is None or self._process.stderr.closed:
            return
        in_time = _end(self._process, sig)
        self._close()
        code = self._process.returncode
        _check_sanitizer(code, self.log)
        if not in_time:
            raise AssertionError(f"edge did not stop within {STOP_S} s:\n{self.log[-4000:]}")
        if code != expect:
            raise AssertionError(f"edge exited {code}, expected {expect}:\n{self.log[-4000:]}")

    def _close(self):
        if self._process and not self._process.stderr.closed:
            self._reader.join(STOP_S)
            self._process.stderr.close()


class Answer:
    """An HTTP answer: status, headers (case-insensitive), body as bytes."""

    def __init__(self, response, body):
        self.status = response.status
        self.reason = response.reason
        self.headers = response.headers
        self.body = body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


class EdgeServe(EdgeProcess):
    """`edge serve` (or another verb that serves) on a free port."""

    def __init__(self, db, *flags, verb="serve", **options):
        super().__init__(verb, "--db", db, "--listen", "127.0.0.1:0", *flags, **options)
        self.port = None

    def start(self):
        super().start()
        try:
            match = self.wait_for(r"listening on http://127\.0\.0\.1:(\d+)")
        except AssertionError:
            _end(self._process)
            self._close()
            raise
        self.port = int(match.group(1))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def request(self, method, path, headers=None, body=None, timeout=10):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def get(self, path, headers=None, **options):
        return self.request("GET", path, headers, **options)

    def json(self, path):
        """The JSON body of a path that must answer 200."""
        answer = self.get(path)
        if answer.status != 200:
            raise AssertionError(f"GET {path}: {answer.status}\n{answer.text[:1000]}")
        return answer.json()
