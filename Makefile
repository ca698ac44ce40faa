# Latchkey. The two commands to know: `make demo` and `make check`.
#
#   make            build the programs into build/
#   make check      install what tests need, build, run every test
#   make demo       install what it needs, build, start everything, Ctrl-C ends it
#   make unit       unit tests only          make asan    the same under ASan+UBSan
#   make tsan       what has threads, under ThreadSanitizer
#   make analyse    gcc's analyser and clang-tidy over every program
#   make valgrind   unit tests under memcheck
#   make asan-whole the programs themselves under ASan+UBSan, with their peers
#   make lint       format, layers, banned calls
#   make format     rewrite C files in the house style
#   make coverage   lines and branches that tests reach, against tests/coverage/least.txt
#   make hostile    all that is hostile; writes SECURITY.md. AGAIN=1: what failed last time
#   make fuzz bench wifi soak metrics        long or special runs (bench, soak SHORT=1)
#   make sbom       what it is made of, with versions, as CycloneDX
#   make package    Debian packages; make package-check tests them in a bare Debian,
#                   make package-machine in one that systemd has started

B ?= build
CC = $(if $(FUZZ),clang,gcc)
HOSTCC = $(if $(FUZZ),clang,gcc)
VERSION = 0.1.0
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

# --- Debian packages -------------------------------------------------------
BUILD_DEPS = build-essential cmark-gfm pkg-config kore liboauth2-dev libcjose-dev \
	libcurl4-openssl-dev libsqlite3-dev libpq-dev libjansson-dev libssl-dev \
	libconfuse-dev libqrencode-dev libhpdf-dev libfribidi-dev libharfbuzz-dev \
	libseccomp-dev libpng-dev fonts-dejavu-core tzdata python3 binutils
TEST_DEPS = git testssl.sh libxml2-utils libcmocka-dev systemd clang clang-format clang-tidy libclang-rt-14-dev chromium \
	freeradius-utils radsecproxy haproxy zbar-tools zxing-cpp-tools poppler-utils \
	qpdf curl jq openssl iproute2 procps python3 fonts-wqy-microhei fonts-symbola fonts-noto-core \
	network-manager wpasupplicant hostapd openjdk-17-jre-headless \
	prometheus caddy nginx-light php-cli php-curl pebble certbot dehydrated \
	dbconfig-sqlite3 glewlwyd \
	postgresql-15 sqlite3 python3-aiosmtpd rsyslog rsyslog-gnutls libfaketime qemu-system-x86 xz-utils debian-archive-keyring
BENCH_DEPS = freeradius freeradius-config nginx-light wrk
COVERAGE_DEPS = gcovr
DEMO_DEPS = openssl curl freeradius-utils
NODE_DEPS = $(if $(and $(shell command -v node),$(shell command -v npm)),,nodejs npm)

# --- flags -----------------------------------------------------------------
WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef \
	-Wconversion -Wno-sign-conversion -Wnull-dereference -Wdate-time
HARD = $(if $(COV),-O0 -g -fPIE $(COVFLAGS),$(if $(SAN),-O1,-O2) -g \
	-fstack-protector-strong -fstack-clash-protection \
	-fcf-protection -fPIE '-ffile-prefix-map=$(CURDIR)=.' $(if $(SAN),,-D_FORTIFY_SOURCE=3))
# COV=1: counters of gcov that all processes of a program share (tests/coverage/figures.c)
COVFLAGS = --coverage -fprofile-update=atomic -fdata-sections \
	$(addprefix -fno-builtin-,fork execl execle execlp execv execve execvp)
COVLINK = --coverage -Wl,-T,tests/coverage/figures.ld -Wl,-u,figures_map -Wl,--wrap=__gcov_exit
FUZZFLAGS = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DSANITIZED -Wno-everything
# SAN=1: address and undefined; SAN=thread: races. A third less to compile at -O1.
SANFLAGS = $(if $(SAN),-fsanitize=$(if $(filter thread,$(SAN)),thread,address$(,)undefined) -fno-sanitize-recover=all -fno-omit-frame-pointer -DSANITIZED)
, := ,
CFLAGS = -std=gnu17 -D_GNU_SOURCE $(if $(FUZZ),$(FUZZFLAGS),$(HARD) $(if $(COV)$(SAN),-w,$(WARN)) $(SANFLAGS) $(ANALYSE))
CPPFLAGS = -I. -I/usr/include/postgresql -I$(B)/gen -DLATCHKEY_VERSION='"$(VERSION)"'
LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(SANFLAGS) $(if $(COV),$(COVLINK))
CORE_LIBS = -lsqlite3 -lpq -lcurl -lconfuse -lqrencode -lhpdf -lfribidi -lharfbuzz -lpng -ljansson -lssl -lcrypto -lm -lpthread
# liboauth2 and cjose are for the portal, libseccomp for all that serve; and for tests
EXTRA_LIBS = -loauth2 -lcjose -lseccomp

PROGRAMS = $(addprefix $(B)/,latchkey latchkey-radius latchkey-portal latchkey-keeper)
all: $(PROGRAMS)

# --- objects: every .c below a folder belongs to that folder's archive ------
CORE_SRC := $(wildcard core/*/*.c core/*/*/*.c)
RADIUS_SRC := $(filter-out radius/main.c,$(wildcard radius/*.c radius/*/*.c radius/*/*/*.c))
CLI_SRC := $(wildcard cli/*.c cli/*/*.c)
# portal/kore is what knows Kore; all the rest of the portal is testable without
KOREAPP_SRC := $(wildcard portal/kore/*.c)
PORTAL_SRC := $(filter-out portal/main.c,$(wildcard portal/*.c)) \
	$(filter-out $(KOREAPP_SRC) portal/keeper/main.c,$(wildcard portal/*/*.c portal/*/*/*.c))
obj = $(patsubst %.c,$(B)/%.o,$(1))

# files that need one instruction set extension say so in their name
%_shani.o %_shani.tidy: ISA = -msha -mssse3 -msse4.1
%_avx2.o %_avx2.tidy: ISA = -mavx2
%_avx512.o %_avx512.tidy: ISA = -mavx512f -mavx512vl -mavx512bw

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(ISA) -MMD -MP -c $< -o $@

$(B)/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $(filter %.o,$^)

# --- pages and files of the portal, made into C ------------------------------
COMPILER_SRC := $(filter-out templates/compile_main.c,$(wildcard templates/*.c))
PAGES := $(sort $(wildcard templates/*.html))
ASSETS := $(sort $(wildcard static/*.css static/*.js static/*.svg static/*.png))
$(B)/host/compile: templates/compile_main.c $(COMPILER_SRC) core/base/buf.c core/base/secret.c core/base/err.c $(wildcard templates/*.h)
	@mkdir -p $(@D)
	@$(HOSTCC) -std=gnu17 -D_GNU_SOURCE -O1 -g -I. -o $@ $(filter %.c,$^)
# sentences in C, and the catalogues; the result changes only when they do
SAYING := $(sort $(wildcard portal/*/*.c core/service/*.[ch] core/model/*.c core/model/*.def core/base/err.def))
CATALOGUES := $(sort $(wildcard templates/po/*.po))
$(B)/gen/templates.stamp: $(B)/host/compile $(PAGES) $(SAYING) $(CATALOGUES)
	@mkdir -p $(@D)
	@echo "PAGES $@"
	@$(B)/host/compile $(B)/gen/templates.h.new $(B)/gen/templates.c.new $(B)/gen/templates.pot $(PAGES) $(SAYING) $(CATALOGUES)
	@for f in h c; do cmp -s $(B)/gen/templates.$$f.new $(B)/gen/templates.$$f || cp $(B)/gen/templates.$$f.new $(B)/gen/templates.$$f; done
	@touch $@
$(B)/gen/templates.c: $(B)/gen/templates.stamp
	@:
# brings the catalogues in line with the pages
po:
	@$(MAKE) --no-print-directory $(B)/gen/templates.stamp
	@templates/po/tidy $(B)/gen/templates.pot $(CATALOGUES)
$(B)/gen/assets.c: static/embed $(ASSETS)
	@mkdir -p $(@D)
	@echo "ASSETS $@"
	@static/embed $(B)/gen $(ASSETS)
$(B)/gen/%.o: $(B)/gen/%.c
	@echo "CC $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
GUIDES := $(sort $(wildcard conf/access-points/*.md))
$(B)/gen/guides.c: portal/admin/guides $(GUIDES)
	@mkdir -p $(@D)
	@echo "GUIDES $@"
	@portal/admin/guides $(GUIDES) >$@.new && mv $@.new $@
GENERATED := $(B)/gen/assets.c $(B)/gen/templates.c
$(call obj,$(wildcard portal/*.c portal/*/*.c tests/unit/*.c tests/fuzz/*.c)): | $(GENERATED)
# pages name the style sheet and the script by hash: a new hash is a new page
$(B)/gen/assets.h: $(B)/gen/assets.c ;
$(B)/gen/templates.h: $(B)/gen/templates.stamp ;
$(B)/gen/templates.o: $(B)/gen/assets.h
$(B)/libtemplates.a: $(call obj,$(COMPILER_SRC))

# the list of words, as C
$(B)/gen/words.c: core/model/words.txt
	@mkdir -p $(@D)
	@{ echo '#include "core/model/words.h"'; \
	   echo 'const char *const words[] = {'; sed 's/.*/"&",/' $<; echo '};'; \
	   echo 'const size_t words_count = sizeof(words) / sizeof(*words);'; } >$@

$(B)/libcore.a: $(call obj,$(CORE_SRC) $(if $(COV),tests/coverage/figures.c)) $(B)/gen/words.o
$(B)/libportal.a: $(call obj,$(PORTAL_SRC)) $(B)/gen/templates.o $(B)/gen/assets.o $(B)/gen/guides.o
$(B)/libradius.a: $(call obj,$(RADIUS_SRC))
$(B)/libcli.a: $(call obj,$(filter-out cli/main.c,$(CLI_SRC)))

$(B)/latchkey: $(B)/cli/main.o $(B)/libcli.a $(B)/libcore.a
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

$(B)/latchkey-radius: $(B)/radius/main.o $(B)/libradius.a $(B)/libcore.a
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS) -lseccomp

# --- Kore: its packaged source, patched (portal/kore/README) ---------------
KORE = $(B)/kore
KORE_SRC = buf connection domain fileref kore keymgr linux mem module msg net \
	pool runtime seccomp timer utils worker
KORE_DEFS = -DKORE_NO_HTTP -DKORE_SINGLE_BINARY -D_FILE_OFFSET_BITS=64
KORE_CFLAGS = -std=gnu99 -D_GNU_SOURCE $(HARD) $(SANFLAGS) $(KORE_DEFS) -Wall \
	-DPREFIX='"/usr"' -Wno-deprecated-declarations -fno-sanitize=alignment \
	-I$(KORE)/include/kore -I$(KORE)
# what Kore finds by name at run time
KORE_LD = -Wl,--export-dynamic-symbol=kore_parent_configure \
	-Wl,--export-dynamic-symbol=kore_worker_configure \
	-Wl,--export-dynamic-symbol=kore_worker_teardown \
	-Wl,--export-dynamic-symbol=kore_seccomp_hook \
	-Wl,--export-dynamic-symbol=conn_open

$(KORE)/stamp: $(wildcard portal/kore/patches/*.patch)
	@rm -rf $(KORE) && mkdir -p $(KORE)
	@cp -r /usr/share/kore/src /usr/share/kore/include /usr/share/kore/misc $(KORE)
	@for p in $(sort $^); do patch -s -d $(KORE) -p1 <$$p || exit 1; done
	@cd $(KORE) && sh misc/linux-platform.sh >platform.h
	@echo 'const char *kore_version = "4.1.0";' >$(KORE)/src/version.c
	@touch $@

$(KORE)/%.o: $(KORE)/stamp
	@echo "CC kore/$*.c"
	@$(CC) $(KORE_CFLAGS) $(if $(filter kore,$*),-Dmain=kore_main) -c $(KORE)/src/$*.c -o $@
$(B)/libkore.a: $(patsubst %,$(KORE)/%.o,$(KORE_SRC) version)

KOREAPP_OBJ = $(call obj,$(KOREAPP_SRC))
$(KOREAPP_OBJ): | $(KORE)/stamp
$(KOREAPP_OBJ) $(KOREAPP_OBJ:.o=.tidy): CPPFLAGS += $(KORE_DEFS) -isystem $(KORE)/include -isystem $(KORE)/include/kore

$(B)/latchkey-portal: $(B)/portal/main.o $(KOREAPP_OBJ) $(B)/libkore.a $(B)/libportal.a $(B)/libcore.a
	@echo "LD $@"
	@$(CC) $(LDFLAGS) $(KORE_LD) -o $@ $^ $(EXTRA_LIBS) $(CORE_LIBS) -ldl

$(B)/latchkey-keeper: $(B)/portal/keeper/main.o $(B)/libportal.a $(B)/libcore.a
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS) -lseccomp

# --- unit tests: tests/unit/NAME_test.c -> $(B)/tests/unit/NAME_test --------
UNIT := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*_test.c))
ALL_LIBS = $(B)/libtemplates.a $(B)/libportal.a $(B)/libradius.a $(B)/libcli.a $(B)/libcore.a
$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(B)/tests/unit/main.o $(ALL_LIBS)
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka $(CORE_LIBS) $(EXTRA_LIBS)

# --- programs that tests drive: tests/harness/NAME.c ------------------------
HARNESS := $(patsubst %.c,$(B)/%,$(wildcard tests/harness/*.c))
$(B)/tests/harness/%: $(B)/tests/harness/%.o $(ALL_LIBS)
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(CORE_LIBS) $(EXTRA_LIBS)

# --- the programs one step of the schema later: upgrades while older ones run --
NEXT := $(addprefix $(B)/next/,latchkey latchkey-portal latchkey-radius latchkey-keeper)
$(B)/next/core/store/migrations.def: core/store/migrations.def tests/store/next.def
	@mkdir -p $(@D)
	@{ cat $<; n=$$(grep -c '^MIGRATION(' $<); sed "s/NEXT/$$((n + 1))/" tests/store/next.def; } >$@
$(B)/next/store.o: core/store/store.c $(B)/next/core/store/migrations.def
	@echo "CC $< (next)"
	@$(CC) -I$(B)/next $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
$(B)/next/latchkey: $(B)/cli/main.o $(B)/next/store.o $(B)/libcli.a $(B)/libcore.a
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)
$(B)/next/latchkey-radius: $(B)/radius/main.o $(B)/next/store.o $(B)/libradius.a $(B)/libcore.a
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS) -lseccomp
$(B)/next/latchkey-portal: $(B)/portal/main.o $(KOREAPP_OBJ) $(B)/next/store.o $(B)/libkore.a $(B)/libportal.a $(B)/libcore.a
	@echo "LD $@"
	@$(CC) $(LDFLAGS) $(KORE_LD) -o $@ $^ $(EXTRA_LIBS) $(CORE_LIBS) -ldl
$(B)/next/latchkey-keeper: $(B)/latchkey-keeper
	@cp $< $@

unit-build: $(UNIT) $(HARNESS) $(NEXT)
unit: $(UNIT)
	@tests/run unit $(B)
asan:
	@tests/run asan $(B)
asan-whole: deps-test
	@tests/sanitized $(B)/asan

# --- analysis: ANALYSE=-fanalyzer builds with gcc's analyser; then clang-tidy -----------
# gcc 12 forgets what a loop has written to an array of vectors
$(B)/radius/match/query_avx2.o $(B)/radius/wire/md5_avx2.o: override ANALYSE += -Wno-analyzer-use-of-uninitialized-value
# nor what was put where a number, which a loop has found, says: put() of catalogue.c
$(B)/templates/catalogue.o: override ANALYSE += -Wno-analyzer-malloc-leak
$(B)/%.tidy: %.c .clang-tidy $(B)/%.o
	@echo "TIDY $<"
	@clang-tidy-14 --quiet $< -- $(CPPFLAGS) -std=gnu17 -D_GNU_SOURCE $(ISA) 2>$@.said || { grep -v ' generated\.$$' $@.said; exit 1; }
	@touch $@
ANALYSED := $(call obj,$(wildcard core/*/*.c core/*/*/*.c radius/*.c radius/*/*.c radius/*/*/*.c \
	portal/*.c portal/*/*.c portal/*/*/*.c cli/*.c cli/*/*.c templates/*.c conf/*/*.c))
.PHONY: asan-whole valgrind analyse analyse-build
analyse-build: $(ANALYSED:.o=.tidy)
analyse: deps-test
	@$(MAKE) --no-print-directory -k -j2 B=$(B)/analyse ANALYSE=-fanalyzer analyse-build

# --- valgrind, which knows no seccomp(): tests with a filter go without ------
FILTERED = keeper_test keeper_lanes_test keeper_guard_test
$(FILTERED:%=$(B)/memcheck/%): $(B)/memcheck/%: $(B)/tests/unit/%.o $(B)/tests/unit/main.o $(B)/tests/unit/unconfined.o $(ALL_LIBS)
	@mkdir -p $(@D)
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka $(CORE_LIBS) $(EXTRA_LIBS)
valgrind: deps-test
	@tests/deps valgrind
	@$(MAKE) --no-print-directory -s -j2 $(UNIT) $(FILTERED:%=$(B)/memcheck/%)
	@tests/memcheck $(B)

# what has threads, under ThreadSanitizer
tsan: deps-test
	@tests/races $(B)/tsan

# --- fuzzing: tests/fuzz/NAME_fuzz.c, built by clang with FUZZ=1 -------------
FUZZERS := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/*_fuzz.c))
$(B)/tests/fuzz/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(ALL_LIBS)
	@echo "LD $@"
	@$(CC) -fsanitize=fuzzer,address,undefined -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(CORE_LIBS) $(EXTRA_LIBS)
fuzz-build: $(FUZZERS)
fuzz:
	@tests/fuzz/run $(B) $(if $(HOURS),$$(($(HOURS) * 3600)),$(or $(FUZZ_SECONDS),20))

# --- coverage: unit tests, seeds of the fuzz targets, the running programs ----
REPLAYS := $(FUZZERS:%_fuzz=%_replay)
$(B)/tests/fuzz/%_replay: $(B)/tests/fuzz/%_fuzz.o $(B)/tests/fuzz/replay.o $(ALL_LIBS)
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(CORE_LIBS) $(EXTRA_LIBS)
replay-build: $(REPLAYS)
coverage: deps-test
	@tests/deps $(COVERAGE_DEPS)
	@tests/coverage/run $(B)/coverage

# --- benchmarks: tests/bench/NAME.c -> $(B)/tests/bench/NAME -----------------
BENCH := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
$(B)/tests/bench/%: $(B)/tests/bench/%.o $(ALL_LIBS)
	@echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(CORE_LIBS) $(EXTRA_LIBS)
bench: deps-test deps-bench
	@$(MAKE) --no-print-directory -j2 all $(B)/tests/harness/site_harness $(B)/tests/harness/portal_harness bench-build
	@tests/bench/run $(B) $(if $(SHORT),--short --results $(B)/bench-short.md)
bench-build: $(BENCH)
unit-build: bench-build # tests drive them, too
# --- an hour of everything: does anything creep? (SHORT=1: a minute) ----------
soak: deps-test
	@$(MAKE) --no-print-directory -j2 all $(B)/tests/harness/portal_harness
	@tests/soak/run $(B) $(if $(SHORT),--short)
deps-bench:
	@tests/deps $(BENCH_DEPS)

# --- manuals, and where everything goes --------------------------------------
MANUALS := $(patsubst conf/man/%,$(B)/man/%,$(wildcard conf/man/*.8)) $(B)/man/latchkey.conf.5
$(B)/host/settings: conf/man/settings.c core/conf/conf.def core/base/languages.def
	@mkdir -p $(@D)
	@$(HOSTCC) -std=gnu17 -O1 -I. -o $@ $<
$(B)/man/latchkey.conf.5: $(B)/host/settings
	@mkdir -p $(@D)
	@$< >$@
$(B)/man/%.8: conf/man/%.8
	@mkdir -p $(@D)
	@cp $< $@
man: $(MANUALS)

PREFIX ?= /usr
D = $(DESTDIR)$(PREFIX)
# what it is made of, as CycloneDX (conf/sbom)
sbom: $(B)/sbom.cdx.json
$(B)/sbom.cdx.json: conf/sbom $(PROGRAMS) core/model/words.txt tests/package-lock.json $(wildcard portal/kore/patches/*)
	@echo "SBOM $@"
	@conf/sbom $(B) $(VERSION) >$@

install: all man sbom
	@install -d $D/bin $D/sbin $D/share/man/man5 $D/share/man/man8 $D/share/doc/latchkey \
	    $D/share/bash-completion/completions $(DESTDIR)/lib/systemd/system
	@install -m 755 $(B)/latchkey $D/bin/
	@install -m 755 $(B)/latchkey-portal $(B)/latchkey-keeper $(B)/latchkey-radius $D/sbin/
	@install -m 644 $(B)/man/*.5 $D/share/man/man5/
	@install -m 644 $(B)/man/*.8 $D/share/man/man8/
	@install -m 644 README.md ARCHITECTURE.md SECURITY.md NOTICE $(B)/sbom.cdx.json $D/share/doc/latchkey/
	@cp -r conf/access-points conf/prometheus conf/proxy conf/recipes conf/*.md $D/share/doc/latchkey/
	@install -m 644 conf/completion.bash $D/share/bash-completion/completions/latchkey
	@install -m 644 conf/systemd/*.service conf/systemd/*.socket $(DESTDIR)/lib/systemd/system/

# --- Debian packages, in build/package ------------------------------------------
PACKAGE_DEPS = debhelper dpkg-dev
package: deps
	@tests/deps $(PACKAGE_DEPS)
	@rm -rf build/package && mkdir -p build/package/src
	@tar -c --exclude=./build --exclude=./.git --exclude=node_modules . | tar -x -C build/package/src
	@cd build/package/src && DEB_BUILD_OPTIONS=noautodbgsym dpkg-buildpackage -us -uc -b >../build.log 2>&1 || { tail -n 20 ../build.log; exit 1; }
	@rm -rf build/package/src && ls build/package/*.deb
# built, installed, run, upgraded, removed and purged where nothing else is
package-check: package
	@tests/deps debootstrap lintian
	@tests/package build/package
# and on a machine of its own, started by systemd
package-machine: package
	@tests/deps debootstrap qemu-system-x86 e2fsprogs
	@tests/machine build/package

# --- checks ----------------------------------------------------------------
C_FILES = $(shell git ls-files -co --exclude-standard '*.c' '*.h' | grep -v /vendor/)
lint:
	@tests/lint
format:
	@clang-format -i $(C_FILES)

deps:
	@tests/deps $(BUILD_DEPS)
deps-test: deps
	@tests/deps $(TEST_DEPS) $(NODE_DEPS)
	@tests/npm

metrics:
	@tests/metrics

# every row of tests/hostile/rows.txt that has a test; writes SECURITY.md
hostile: deps-test
	@$(MAKE) --no-print-directory -j2 all unit-build
	@RUN=hostile LATCHKEY_LONG=1 tests/run $(if $(AGAIN),again,hostile) $(B) | tee $(B)/hostile.log
	@tail -n 1 $(B)/hostile.log | grep -q ' passed, '
	@tests/hostile/cover --security $(B)/hostile.log
	@tail -n 1 $(B)/hostile.log | grep -q ' 0 failed'

# hostapd and wpa_supplicant on simulated radios, all scenarios
wifi: deps-test
	@$(MAKE) --no-print-directory -j2 all
	@LATCHKEY_WIFI=long tests/run wifi $(B)

check: deps-test
	@$(MAKE) --no-print-directory -j2 all unit-build
	@tests/run all $(B)

demo: deps
	@tests/deps $(DEMO_DEPS) $(NODE_DEPS)
	@tests/npm
	@$(MAKE) --no-print-directory -j2 all
	@LATCHKEY_BUILD=$(B) exec tests/demo.mjs

clean:
	rm -rf build

-include $(shell find $(B) -type f -name '*.d' 2>/dev/null)
.PHONY: hostile package package-check package-machine all man install unit unit-build asan tsan lint format deps deps-test check clean coverage demo fuzz bench wifi soak metrics po sbom
