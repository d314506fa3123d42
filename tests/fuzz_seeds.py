"""Writes seeds for the fuzz drivers: documents of a small dirty demo dump, and files of an operator.

usage: fuzz_seeds.py DUMP_DIRECTORY OUT_DIRECTORY
"""
import pathlib
import struct
import sys

MOST_BYTES = 4096  # longer documents only slow the fuzzer down
PER_COLLECTION = 40

# By the number that fuzz_files.c knows each by.
FILES = (
    b'{"collections": {"glidermissions": {"collection": "x", "identity": {"platform_serial": '
    b'{"reference": "a.b", "to": "gliders"}, "mission": ["m", "n"]}, "fields": {"start": "s", '
    b'"end": "e", "comment": {"constant": "q"}}}, "gliders": {"collection": "g", '
    b'"identity": {"platform_serial": "p"}, "fields": {}}}}',
    b"---\ntitle: T\ndate: 2026-11-22\n---\nx [y](/z) **w**\n\n## h\n- q https://a.b\n- r\n",
    b'title: "T"\ndate: 2026-11-22T09:00:00Z\ntext: |\n  a\n   b\n\n  c\n',
    b'{"title": "T", "texts": {"about": ["[x](/y)", "z"]}, "region": [9, 53, 31, 66], '
    b'"colours": {"light": {"accent": "#00658f"}}, "plots": {"base": "https://a.b", '
    b'"glider": [{"title": "x", "path": "{serial}/M{number}.png"}]}}',
    b'{"type": "FeatureCollection", "features": [{"properties": {"name": "A"}, "geometry": '
    b'{"type": "MultiPolygon", "coordinates": [[[[1, 2], [3, 2], [3, 4], [1, 2]]]]}}]}',
    b'<svg viewBox="0 0 10 10"></svg>',
)


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
    for number, text in enumerate(FILES):
        (out / f"file-{number}").write_bytes(bytes([number]) + text)


main()
