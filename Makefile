# Each target does all of its own set-up and works again when run again.

.PHONY: help program install uninstall packages build demo-programs image emoji demo test test-long simulate release fuzz golden \
    pictures bench \
    ledger waiting contract-aws lint clean

help:
	@echo "make demo    the main job end to end, on real workers"
	@echo "make test    builds and runs all tests"
	@echo "make unit FILTER='ReadLog.*'   builds the unit tests, and runs those of this GoogleTest filter (without it: all)"
	@echo "make pytest FILE=tests/contract/test_shapes.py   builds what the tests of that folder need, and runs this file, or FILE::TEST"
	@echo "make test-long  what is too long for each commit: 50,000 histories, and all the ways to break the program"
	@echo "make simulate SEEDS=100000  drains with faults in simulated time, each held against the promises"
	@echo "make fuzz SECONDS=60   fuzzes every parser of outside bytes, each for so long"
	@echo "make golden  writes tests/unit/golden anew: every message to Slack, each screen of -a status"
	@echo "make pictures  docs/pictures anew, from a run of the demo"
	@echo "make bench   a whole quiet, measured beside a script with the AWS CLI, against its targets (BENCH=quick: up to 50 instances)"
	@echo "make ledger LEDGER_CYCLES=12  counts what becomes of each job, ours beside the naive ways"
	@echo "make waiting what the script costs an instance while it waits for a job to end"
	@echo "make contract-aws PROFILE=… REGION=…   the contract tests on your AWS account, by reading calls (docs/contract-aws.md)"
	@echo "make lint    formats, includes, prose, clang-tidy, shellcheck, cfn-lint, sam"
	@echo "make program the program alone: build/release/bin/snow-white"
	@echo "make install PREFIX=/usr/local   the program, its manual and completions; make uninstall takes them away"
	@echo "make packages  a .deb and a tarball of the same: build/release/packages/"
	@echo "make image   the container's image: build/container/snow-white.tar"
	@echo "make release  dist/: tarballs, .debs and images for amd64 and arm64, SBOMs, SHA256SUMS (docs/releases.md)"
	@echo "make emoji   images/snowwhite.png from its drawing"
	@echo "make clean   removes build/"

program:
	@scripts/setup program
	@scripts/curl build/curl || echo "make program: going on with the libcurl of the system" >&2
	@scripts/compile release

build:
	@scripts/setup program sandbox
	@scripts/compile dev

PREFIX = /usr/local
install: program
	@cmake --install build/release --strip --prefix $(PREFIX)

uninstall:
	@xargs -d '\n' rm -fv <build/release/install_manifest.txt

packages: program
	@scripts/setup packages
	@cd build/release && cpack >packages.log || { cat packages.log; exit 1; }
	@ls build/release/packages/snow-white*

image:
	@scripts/setup image
	@scripts/image

release:
	@scripts/setup release
	@scripts/release

emoji:
	@scripts/setup emoji
	@scripts/emoji

# Builds only the program and the sandbox, and at the same time the root of the booted instances.
demo-programs:
	@scripts/setup program sandbox instances
	@as_root=; [ "$$(id -u)" -eq 0 ] || as_root=sudo; \
	$$as_root sandbox/instances/root >/dev/null & root=$$!; \
	scripts/compile dev:demo; compiled=$$?; wait $$root && exit $$compiled

demo: demo-programs
	@scripts/demo

pictures: demo-programs
	@scripts/setup pictures
	@scripts/pictures

test: build
	@scripts/setup instances fuzz judges stamp
	@tests/run dev

# make puts what stands on its command line (FILTER, FILE) into the environment of its commands.
# GoogleTest calls a run of no test a success; here a filter that matches none is an error.
unit_tests = build/dev/bin/unit_tests --gtest_filter="$${FILTER:-*}"
unit:
	@scripts/setup program sandbox
	@scripts/compile dev:unit
	@$(unit_tests) --gtest_list_tests | grep -q '^  ' || { echo "make unit: no test matches FILTER=$$FILTER" >&2; exit 2; }
	@$(unit_tests) --gtest_brief=1

# The time limits are those of tests/run. The instance tests need nothing that is compiled.
pytest:
	@case "$$FILE" in \
	tests/contract*) scripts/setup program sandbox instances judges stamp && scripts/python-env template && \
	    scripts/compile dev:contract ;; \
	tests/simulation*) scripts/setup program sandbox && scripts/compile dev:simulation ;; \
	tests/instance*) scripts/setup sandbox instances judges ;; \
	*) echo "make pytest: write FILE=… below tests/contract, tests/simulation or tests/instance" >&2; exit 2 ;; \
	esac
	@scripts/python-env
	@case "$$FILE" in tests/instance*) limit=600 ;; tests/simulation*) limit=900 ;; *) limit=120 ;; esac; \
	SNOW_WHITE_BIN="$$PWD/build/dev/bin" build/venv/bin/python -m pytest -q -o timeout=$$limit "$$FILE"

test-long: build
	@scripts/python-env
	@SNOW_WHITE_BIN="$$PWD/build/dev/bin" SIMULATION_MUTANTS=all SIMULATION_HISTORIES=50000 \
	    build/venv/bin/python -m pytest -q -n 2 -o timeout=7200 tests/simulation

simulate: build
	@build/dev/bin/simulate --first $(or $(FIRST),1) --count $(or $(SEEDS),10000)

SECONDS = 60
fuzz:
	@scripts/setup program sandbox fuzz
	@scripts/compile fuzz
	@tests/fuzz/run $(SECONDS)

golden:
	@scripts/setup program sandbox
	@scripts/compile dev:unit
	@SNOW_WHITE_WRITE_GOLDEN=1 build/dev/bin/unit_tests --gtest_brief=1 --gtest_filter='*Golden.IsAsWritten*'

bench: build program
	@scripts/setup bench image instances
	@scripts/python-env
	@bench/sidekiq_redis
	@build/venv/bin/python bench/quiet

ledger:
	@scripts/setup instances
	@bench/ledger

waiting:
	@bench/waiting

# PROFILE, REGION, CONFIRM, CLEANUP and OUTPUT reach it as make hands on what stands on its command line.
contract-aws:
	@scripts/contract-aws

lint:
	@scripts/setup program sandbox lint stamp
	@scripts/python-env
	@scripts/python-env template
	@scripts/lint

clean:
	rm -rf build
