#!/bin/sh
# The long forms of random histories, kills, failing calls and fuzzing, for about SOAK_SECONDS
# (1200), from build/gcc and build/clang. Prints a line a step; exits 1 when one failed. Seeds to
# repeat a failure with stand in its log, build/soak/STEP.log.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${SOAK_SECONDS:-1200}
logs=$PWD/build/soak
export CI=true PYTHONDONTWRITEBYTECODE=1
export EDGE_BIN="$PWD/build/gcc/edge" EDGE_BUILD="$PWD/build/gcc"
mkdir -p "$logs" || exit 1
failed=0

# step NAME COMMAND...: runs it, keeps its log, prints how it went.
step() {
	name=$1 began=$(date +%s)
	shift
	if "$@" >"$logs/$name.log" 2>&1; then verdict=passed; else verdict=FAILED failed=1; fi
	printf '%-16s %s in %d s%s\n' "$name" "$verdict" "$(($(date +%s) - began))" \
		"$(grep -ohE '[A-Z]+_SEED=[0-9]+|[0-9]+ (changes|kills|runs on a|checks in).*|^Done [0-9]+ runs' \
			"$logs/$name.log" | sort -u | sed 's/^/; /' | tr -d '\n')"
	[ "$verdict" = passed ] || tail -n 60 "$logs/$name.log"
}

step history env SOAK_SECONDS=$((seconds * 40 / 100)) /usr/bin/python3 tests/test_history.py -v
step kill env SOAK_SECONDS=$((seconds * 35 / 100)) /usr/bin/python3 tests/test_kill.py -v
step faults env EDGE_SOAK=1 sh -c 'cd build/gcc/tests && exec ./unit_faults'
step seeds ctest --test-dir build/clang --output-on-failure --no-tests=error -R '^fuzz_(demo|seeds)$'
for driver in build/clang/tests/fuzz_*; do
	[ -x "$driver" ] && [ -f "$driver" ] || continue
	step "$(basename "$driver")" "$driver" -max_total_time=$((seconds * 25 / 300)) \
		-rss_limit_mb=1024 -timeout=10 -artifact_prefix="$logs/" build/clang/tests/seeds
done
exit $failed
