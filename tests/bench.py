"""Measures edge on this machine and prints figures and ratios; asserts nothing.

usage: make bench    (or: EDGE_BIN=build/edge /usr/bin/python3 tests/bench.py [MISSIONS [PROFILES]])

Ratios are taken in one run, so that they hold on a slow or busy machine as well: a page that is
kept against a small file of the same server, a page made anew against one that is kept, a second
run against a first.
"""

import http.client
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import harness

ROUNDS = 400


def run(*args):
    """Runs edge; its seconds and peak memory in MiB."""
    started = time.monotonic()
    process = subprocess.Popen(
        [str(harness.EDGE), *map(str, args)], stdout=subprocess.DEVNULL, env=harness.edge_env()
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if status:
        raise SystemExit(f"edge {' '.join(map(str, args))}: status {status}")
    return seconds, usage.ru_maxrss / 1024


def latencies(server, path, rounds=ROUNDS, headers=None):
    """Milliseconds of requests on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        connection.request("GET", path, headers=headers or {})
        connection.getresponse().read()
        found.append((time.perf_counter() - started) * 1000)
    connection.close()
    return found


def middle(values):
    return statistics.median(values)


def high(values):
    return sorted(values)[int(len(values) * 0.99) - 1]


def main():
    missions = int(sys.argv[1]) if len(sys.argv) > 1 else 240
    profiles = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory(prefix="edge-bench-") as name:
        here = pathlib.Path(name)
        dump, db = here / "dump", here / "edge.db"
        made, _ = run("demo", dump, "--missions", missions, "--profiles", profiles)
        first, first_rss = run("import", dump, "--db", db)
        again, again_rss = run("import", dump, "--db", db)
        checked, checked_rss = run("verify", "--dump", dump, "--db", db)
        print(f"{missions} missions of about {profiles} profiles, {os.cpu_count()} processors")
        print(f"demo data    {made:7.2f} s")
        print(f"first import {first:7.2f} s  {first_rss:6.1f} MiB  store {db.stat().st_size / 2**20:.1f} MiB")
        print(f"next import  {again:7.2f} s  {again_rss:6.1f} MiB  1/{first / again:.0f} of the first")
        print(f"verify       {checked:7.2f} s  {checked_rss:6.1f} MiB")
        print()
        print(f"{'':24}{'median':>9}{'p99':>9} ms")
        with harness.EdgeServe(db) as kept, harness.EdgeServe(db, "--no-cache") as anew:
            small = latencies(kept, "/favicon.svg")
            print(f"{'a small file':24}{middle(small):9.3f}{high(small):9.3f}")
            for path in ("/", "/missions", "/missions?q=salinity",
                         "/missions?year=2025&basin=SEA-018&status=silent&sort=basins",
                         "/fleet", "/stats", "/stats/gantt.svg", "/api/v1/totals"):  # fmt: skip
                fast, slow = latencies(kept, path), latencies(anew, path)
                print(f"{path:24}{middle(fast):9.3f}{high(fast):9.3f}  "
                      f"{middle(fast) / middle(small):4.1f} × the file")
                print(f"{'  made anew':24}{middle(slow):9.3f}{high(slow):9.3f}  "
                      f"{middle(slow) / middle(fast):4.1f} × kept")
            with open(f"/proc/{kept.pid}/status", encoding="ascii") as status:
                rss = next(line for line in status if line.startswith("VmRSS"))
            print(f"serving takes {int(rss.split()[1]) / 1024:.1f} MiB")


main()
