# Where the sample film is unfolded, and what make run watches.
FILM ?= my-film

RELEASE := swift build -c release --static-swift-stdlib
SOURCES := Sources Tests Package.swift

# Descriptions of libraries that scripts/setup has put right.
export PKG_CONFIG_PATH := $(CURDIR)/.build/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

.DEFAULT_GOAL := help
.PHONY: help run build test format lint clean setup setup-test

help:
	@echo 'make run      build reel, unfold the sample film into ./$(FILM) and watch it'
	@echo 'make build    build reel for use: .build/release/reel'
	@echo 'make test     run all tests'
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

# One debug build serves the unit tests and the tests that drive the programs. Rooms that work with the kernel run by themselves,
# one after the other: inotify's limits, which some tests lower, belong to the whole system.
TEST := swift test --skip-build
KERNEL_TESTS := WatchingTests StudioTests EndToEndTests

test: setup-test
	Tests/schemas/run
	swift build --build-tests
	$(TEST) $(KERNEL_TESTS:%=--skip %)
	set -e; for room in $(KERNEL_TESTS); do $(TEST) --filter "$$room"; done

format:
	swift format -i -r $(SOURCES)

lint:
	swift format lint -s -r $(SOURCES)

clean:
	rm -rf .build
