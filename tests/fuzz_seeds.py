"""Writes seeds for the fuzz drivers: documents of a small dirty demo dump.

usage: fuzz_seeds.py DUMP_DIRECTORY OUT_DIRECTORY
"""
import pathlib
import struct
import sys

MOST_BYTES = 4096  # longer documents only slow the fuzzer down
PER_COLLECTION = 40


def documents(path):
    data = path.read_bytes()
    at = 0
    while at + 4 <= len(data):
        (length,) = struct.unpack_from("<i", data, at)
        yield data[at:at + length]
        at += length


def main():
    dump, out = map(pathlib.Path, sys.argv[1:3])
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(dump.glob("**/*.bson")):
        kept = [d for d in documents(path) if len(d) <= MOST_BYTES]
        for number, document in enumerate(kept[-PER_COLLECTION:]):
            (out / f"{path.stem}-{number}").write_bytes(document)


main()
