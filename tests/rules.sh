#!/bin/sh
# The rules of the rooms, held by grep. Prints each line that breaks one.
set -u
cd "$(dirname "$0")/.." || exit 1

# rule TEXT: what is on standard input breaks it.
rule() {
	lines=$(cat)
	[ -z "$lines" ] || printf 'broken: %s\n%s\n' "$1" "$lines"
}

includes() { grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"][^>\"]*$1" $2 2>/dev/null; }

rules() {
includes 'mongoc' "$(ls ./*.c schema/*.[ch] web/*.[ch] sync/*.[ch] | grep -v sync/source_mongo.c)" |
	rule "mongoc.h is included by sync/source_mongo.c alone"
includes 'civetweb' "$(ls ./*.c schema/*.[ch] sync/*.[ch] web/*.[ch] | grep -v web/server.c)" |
	rule "civetweb.h is included by web/server.c alone"
includes 'bson' "$(ls ./*.c schema/*.[ch] web/*.[ch])" |
	rule "bson.h stays in sync/"
grep -nE 'sqlite3_|sqlite3\.h' ./*.c sync/*.[ch] web/*.[ch] |
	rule "sqlite3_* stays in schema/"
includes '(\.\./)?sync/' "$(ls schema/*.[ch] web/*.[ch])" |
	rule "schema and web do not include sync"
includes '(\.\./)?web/' "$(ls schema/*.[ch] sync/*.[ch])" |
	rule "schema and sync do not include web"
grep -nE '"[[:space:]]*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP)[[:space:]]' ./*.c sync/*.c web/*.c |
	rule "SQL stands in the .sql files"
grep -nE 'strcpy|sprintf|strcat' web/*.[ch] | grep -vE 'snprintf|vsnprintf' |
	rule "web copies text with its length"
for file in ./*.c schema/*.[ch] sync/*.[ch] web/*.[ch] tests/*.[ch] tests/*.py schema/*.sql www/*.css www/*.mjs www/*.js; do
	[ -f "$file" ] || continue
	lines=$(wc -l <"$file")
	[ "$lines" -le 700 ] || echo "$file: $lines lines"
done | rule "no file is longer than 700 lines"
grep -nE '^static [^(]*[^)];$' schema/*.c sync/*.c web/*.c | grep -vE 'const|_Thread_local|volatile sig_atomic_t' |
	grep -vE 'schema/log.c:[0-9]+:static enum log_(level|format)' |
	rule "no mutable globals"
}

broken=$(rules)
[ -z "$broken" ] || { echo "$broken"; exit 1; }
