# Where the sample film is unfolded, and what make run watches.
FILM ?= my-film

# How long each fuzzer runs.
MINUTES ?= 10

# Where make install puts things; DESTDIR goes before it, for packages.
PREFIX ?= /usr/local
# The build that is installed.
BUILD ?= .build/release

# Swift's library is linked in, and with it the C++ library that it is written with (scripts/setup): loading that one took a sixth of the
# start. Nothing is looked for beside the program.
RELEASE := swift build -c release --static-swift-stdlib --disable-local-rpath -Xlinker -L$(CURDIR)/.build/static \
  -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
SOURCES := Sources Tests Benchmarks/Program Package.swift

# Descriptions of libraries that scripts/setup has put right.
export PKG_CONFIG_PATH := $(CURDIR)/.build/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

.DEFAULT_GOAL := help
.PHONY: help run build install uninstall test soak fuzz sanitize bench format lint clean setup setup-test

help:
	@echo 'make run      build reel, unfold the sample film into ./$(FILM) and watch it'
	@echo 'make build    build reel for use: .build/release/reel'
	@echo 'make install  put reel, its manual page, completions and systemd unit below $(PREFIX)'
	@echo 'make test     run all tests'
	@echo 'make soak     run what takes minutes: kills, faults, power cuts, bursts, edits by the thousand'
	@echo 'make fuzz     give what reads strangers'"'"' bytes $(MINUTES) minutes of made-up ones each (MINUTES=10)'
	@echo 'make sanitize run all tests with the address and the thread sanitizer: about two hours on two cores'
	@echo 'make bench    measure reel against others and write Benchmarks/RESULTS.md; on a quiet machine'
	@echo 'make format   lay out the source as the project does'
	@echo 'make lint     check the layout of the source'
	@echo 'make clean    remove what was built (never your films)'

setup:
	@scripts/setup run

setup-test:
	@scripts/setup test

# reel looks for its helper beside itself.
build: setup
	$(RELEASE) --product reel
	$(RELEASE) --product reel-imaging

# Unfolded aside and renamed, so that a copy that was broken off does not pass for a film.
$(FILM):
	@rm -rf '$(FILM).part'
	@cp -R sample-project '$(FILM).part'
	@mv '$(FILM).part' '$(FILM)'

run: build | $(FILM)
	@.build/release/reel watch '$(FILM)' || [ $$? -eq 130 ] # Ctrl-C is how a watch ends

SHARE := $(DESTDIR)$(PREFIX)/share
INSTALLED := $(DESTDIR)$(PREFIX)/bin/reel $(DESTDIR)$(PREFIX)/libexec/reelwright/reel-imaging \
  $(SHARE)/man/man1/reel.1 $(SHARE)/bash-completion/completions/reel $(SHARE)/zsh/site-functions/_reel \
  $(SHARE)/fish/vendor_completions.d/reel.fish $(SHARE)/systemd/user/reel@.service \
  $(SHARE)/doc/reelwright/LICENSE $(SHARE)/doc/reelwright/NOTICE

# Builds nothing, so that it can be run as root: make build, then sudo make install.
install:
	@[ -x $(BUILD)/reel ] || { echo 'make build comes first' >&2; exit 1; }
	install -d $(sort $(dir $(INSTALLED)))
	install $(BUILD)/reel '$(DESTDIR)$(PREFIX)/bin/reel'
	install $(BUILD)/reel-imaging '$(DESTDIR)$(PREFIX)/libexec/reelwright/reel-imaging'
	$(BUILD)/reel manual >'$(SHARE)/man/man1/reel.1'
	$(BUILD)/reel completions bash >'$(SHARE)/bash-completion/completions/reel'
	$(BUILD)/reel completions zsh >'$(SHARE)/zsh/site-functions/_reel'
	$(BUILD)/reel completions fish >'$(SHARE)/fish/vendor_completions.d/reel.fish'
	sed 's|@BINDIR@|$(PREFIX)/bin|' packaging/reel@.service >'$(SHARE)/systemd/user/reel@.service'
	install -m 644 LICENSE NOTICE '$(SHARE)/doc/reelwright'

uninstall:
	rm -f $(INSTALLED)
	-rmdir '$(DESTDIR)$(PREFIX)/libexec/reelwright' '$(SHARE)/doc/reelwright'

# One debug build serves the unit tests and the tests that drive the programs. Rooms that work with the kernel run by themselves,
# one after the other: inotify's limits, which some tests lower, belong to the whole system.
TEST := swift test --skip-build
KERNEL_TESTS := WatchingTests StudioTests EndToEndTests
# All tests of a room run in one process. The library that watches takes no descriptor from 1024 on: with all of them at once on a
# slow machine there is none left below, and folders are polled.
FEWER := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=24

test: setup-test
	Tests/schemas/run
	Tests/comfyui/replay
	swift build --build-tests
	Tests/page/run
	$(TEST) $(KERNEL_TESTS:%=--skip %)
	set -e; for room in $(KERNEL_TESTS); do $(FEWER) $(TEST) --filter "$$room"; done

# Hundreds of kills, a fault at every call, every power cut, thousands of edits: half an hour on two cores. SOAK=0.1 does a tenth.
SOAK ?= 1
SOAK_ROOMS := KillTests|FaultTests|PowerCutTests|DiskTests|SoakTests|ComfyUIWorkerTests|PageLoadTests

soak: setup-test
	swift build --build-tests
	@rm -f .build/soak-rows
	@REEL_SOAK=$(SOAK) REEL_SOAK_ROWS=$(CURDIR)/.build/soak-rows $(TEST) --filter 'EndToEndTests\.($(SOAK_ROOMS))/' \
	  >.build/soak.log 2>&1; status=$$?; scripts/soak-summary $(SOAK) .build/soak-rows >.build/soak-summary.md; \
	  cat .build/soak-summary.md; [ $$status -eq 0 ] || { echo 'soak: FAILED; see .build/soak.log' >&2; exit 1; }

fuzz: setup
	Fuzz/run $(MINUTES)

# Each builds the whole package anew, into a folder of its own.
sanitize: setup-test
	scripts/sanitize address
	scripts/sanitize thread

# Some twenty minutes; measures the release build.
bench: build
	Benchmarks/run

format:
	swift format -i -r $(SOURCES)

lint:
	swift format lint -s -r $(SOURCES)

clean:
	rm -rf .build
