# Front door to CMake. Everything that is made goes to build/.
#
#   make          builds build/edge
#   make demo     installs what is missing, makes example data, serves them (LISTEN, DEMO_PORT)
#   make check    every test, with gcc and with sanitizers, and a clang build
#   make soak     random histories, kills, failing calls, fuzzing for SOAK_SECONDS (1200)
#   make bench    measures
#   make deb      build/edge_VERSION_ARCH.deb
#   make clean    removes what was built, but not the test servers

JOBS ?= 2
TEST_JOBS ?= 4 # most of them wait for a server most of the time
DEMO_PORT ?= 8080
LISTEN ?= 127.0.0.1:$(DEMO_PORT)

# Read when the recipe runs, as the first recipe may be what installs ninja.
GENERATOR = $$(command -v ninja >/dev/null && echo Ninja || echo 'Unix Makefiles')

# Frames that a sanitizer moves to the heap do not keep libbson's 128-byte alignment, so
# use-after-return is not looked for. An error must not be lost in a log, and a sanitizer's exit code must not look like edge's own.
SANITIZERS = ASAN_OPTIONS=exitcode=86:detect_leaks=1 \
  UBSAN_OPTIONS=exitcode=86:print_stacktrace=1

# $(call build,DIR,OPTIONS,TARGET); without a target everything, the tests, too
define build
@command -v cmake >/dev/null || \
  { echo 'edge: no cmake here; deploy/install-deps.sh installs it' >&2; exit 1; }
CMAKE_GENERATOR="$(GENERATOR)" cmake -S . -B $(1) $(2)
cmake --build $(1) --parallel $(JOBS) $(if $(3),--target $(3))
endef

.PHONY: all demo check soak bench deb clean

all:
	$(call build,build)

demo:
	deploy/install-deps.sh
	$(call build,build,,edge)
	rm -rf build/demo build/demo.db*
	build/edge demo build/demo
	build/edge import build/demo/voto --db build/demo.db
	@echo "open http://$(LISTEN)/ (Ctrl-C ends it)"
	@build/edge serve --db build/demo.db --listen $(LISTEN)

check:
	tests/setup.sh
	$(call build,build/clang,-DCMAKE_C_COMPILER=clang -DEDGE_WERROR=ON -DEDGE_FUZZ=ON)
	ctest --test-dir build/clang --output-on-failure --no-tests=error -R '^fuzz_'
	$(call build,build/gcc,-DCMAKE_C_COMPILER=gcc -DEDGE_WERROR=ON)
	ctest --test-dir build/gcc --output-on-failure --no-tests=error -j $(TEST_JOBS)
	@for file in build/gcc/weight*.txt; do [ ! -f "$$file" ] || cat "$$file"; done
	$(call build,build/asan,-DCMAKE_C_COMPILER=gcc -DEDGE_WERROR=ON -DEDGE_SANITIZE=ON)
	$(SANITIZERS) ctest --test-dir build/asan --output-on-failure --no-tests=error -j $(TEST_JOBS)

soak:
	tests/setup.sh
	$(call build,build/gcc,-DCMAKE_C_COMPILER=gcc -DEDGE_WERROR=ON)
	$(call build,build/clang,-DCMAKE_C_COMPILER=clang -DEDGE_WERROR=ON -DEDGE_FUZZ=ON)
	tests/soak.sh

bench:
	tests/setup.sh
	$(call build,build)
	cmake --build build --target $@

deb:
	deploy/install-deps.sh dpkg-dev file
	$(call build,build,,edge)
	cd build && cpack -G DEB

clean:
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name servers -exec rm -rf {} +
