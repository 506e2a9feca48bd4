#!/bin/sh
# Builds tacit and checks it: the tree itself, unit tests, replayed fuzz corpora, stories.
#
#	./check.sh		all of that
#	./check.sh deep		and with sanitizers, valgrind and fuzzing (FUZZ_SECONDS for each target, 60)
#	./check.sh soak		the same for longer (SOAK_ROUNDS of tests and stories, 10)
#
# The last line is "N passed, N failed" or "N passed, N failed, N skipped"; exit status 0 when
# nothing failed.
set -u
cd "$(dirname "$0")" || exit 2
depth=${1:-normal}
case $depth in
normal) ;;
deep) : "${FUZZ_SECONDS:=60}" ;;
soak) : "${FUZZ_SECONDS:=600}" "${SOAK_ROUNDS:=10}" ;;
*)
	echo "check.sh: unknown depth \"$depth\"; say nothing, deep or soak" >&2
	exit 2 ;;
esac

passed=0
failed=0
skipped=0
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 2' INT TERM
NO_COLOR=1
export NO_COLOR
unset TACIT_HOME TACIT_PASSPHRASE_FILE

note() { printf '%s\n' "$*"; }

show() { sed 's/^/    /' "$1"; }

finish() {
	line="$passed passed, $failed failed"
	[ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
	note "$line"
	[ "$failed" -eq 0 ]
	exit
}

# Runs a command as one check: check NAME COMMAND...
check() {
	name=$1
	shift
	if "$@" >"$scratch/out" 2>&1 </dev/null; then
		passed=$((passed + 1))
		note "ok      $name"
	else
		failed=$((failed + 1))
		note "FAILED  $name"
		show "$scratch/out"
	fi
}

# build FOLDER GOALS MAKE-ARGUMENTS...: false, with what the compiler said shown, if it fails.
build() {
	folder=$1
	goals=$2
	shift 2
	# fuzz.mk has a guard, so that it does not matter whether the Makefile includes it too.
	extra=
	[ ! -f fuzz/fuzz.mk ] || extra='-f fuzz/fuzz.mk'
	# shellcheck disable=SC2086
	if make -j2 -f Makefile $extra "BUILD=$folder" "$@" $goals >"$scratch/build" 2>&1; then
		note "built   $folder"
		return 0
	fi
	failed=$((failed + 1))
	note "FAILED  make BUILD=$folder $goals"
	grep -v '^\(cc\|gcc\|clang\) ' "$scratch/build" | tail -40 >"$scratch/out"
	show "$scratch/out"
	return 1
}

# One unit test program; each of its test functions counts. unit NAME COMMAND...
unit() {
	name=$1
	shift
	timeout "${UNIT_SECONDS:-300}" "$@" >"$scratch/out" 2>&1 </dev/null
	status=$?
	# cmocka's sums; a program that died has none, and its finished functions count.
	ok=$(awk '/^\[  PASSED  \] [0-9]+ test/ { n += $4 } END { print n + 0 }' "$scratch/out")
	bad=$(awk '/^\[  FAILED  \] [0-9]+ test/ { n += $4 } END { print n + 0 }' "$scratch/out")
	left=$(awk '/^\[  SKIPPED \] [0-9]+ test/ { n += $4 } END { print n + 0 }' "$scratch/out")
	if ! grep -q '^\[  PASSED  \] [0-9]' "$scratch/out"; then
		ok=$(grep -c '^\[       OK \]' "$scratch/out")
	fi
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
		bad=1
		[ "$status" -ne 124 ] || echo "took longer than allowed" >>"$scratch/out"
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + left))
	if [ "$bad" -eq 0 ]; then
		note "ok      $name ($ok$([ "$left" -eq 0 ] || echo ", $left skipped"))"
	else
		note "FAILED  $name ($ok passed, $bad failed, exit status $status)"
		grep -v '^\[ RUN  \|^\[       OK \]' "$scratch/out" >"$scratch/short"
		show "$scratch/short"
	fi
}

units() {	# units FOLDER LABEL [WRAPPER...]
	folder=$1
	label=$2
	shift 2
	for test in "$folder"/tests/*_test; do
		[ -x "$test" ] && [ -f "tests/unit/${test##*/}.c" ] || continue
		case " ${SKIP_UNITS:-} " in
		*" ${test##*/} "*)
			skipped=$((skipped + 1))
			note "SKIPPED $label${test##*/}: ${SKIP_WHY:-it does not work there}"
			continue ;;
		esac
		unit "$label${test##*/}" "$@" "$test"
	done
}

# Stories: the program from outside, each in a home of its own. stories FOLDER LABEL
stories() {
	for story in tests/stories/*.sh; do
		[ -f "$story" ] || continue
		name=$2${story#tests/}
		rm -rf "$scratch/home"
		mkdir -p "$scratch/home" "$scratch/tmp"
		TACIT=$PWD/$1/tacit TACIT_PACKS=$PWD/packs TACIT_HOME=$scratch/home/tacit HOME=$scratch/home \
			TMPDIR=$scratch/tmp PATH=$PWD/$1:$PATH \
			timeout "${STORY_SECONDS:-300}" sh "$story" >"$scratch/out" 2>&1 </dev/null
		status=$?
		case $status in
		0)
			passed=$((passed + 1))
			note "ok      $name" ;;
		77)
			skipped=$((skipped + 1))
			note "SKIPPED $name: $(tail -1 "$scratch/out")" ;;
		*)
			failed=$((failed + 1))
			note "FAILED  $name (exit status $status)"
			show "$scratch/out" ;;
		esac
		rm -rf "$scratch/home" "$scratch/tmp"
	done
}

corpus_of() {	# the folder of a target's seeds: fuzz/corpus/NAME for NAME_fuzz
	for folder in "fuzz/corpus/${1%_fuzz}" "fuzz/corpus/$1"; do
		[ ! -d "$folder" ] || { echo "$folder"; return; }
	done
}

replays() {
	for source in fuzz/*_fuzz.c; do
		[ -f "$source" ] || continue
		name=${source##*/}
		name=${name%.c}
		corpus=$(corpus_of "$name")
		if [ -z "$corpus" ] || [ -z "$(ls -A "$corpus")" ]; then
			skipped=$((skipped + 1))
			note "SKIPPED replay $name: no seeds in fuzz/corpus/${name%_fuzz}"
			continue
		fi
		check "replay $name" timeout 300 "$1/replay/$name" "$corpus"/*
	done
}

fuzzing() {
	sanitizers='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
	build build/fuzz fuzzers CC=clang WARNINGS= OPTIMISE='-O1 -g' \
		EXTRA_CFLAGS="-fsanitize=fuzzer-no-link $sanitizers" || return
	for fuzzer in build/fuzz/fuzzer/*_fuzz; do
		[ -x "$fuzzer" ] || continue
		name=${fuzzer##*/}
		mkdir -p "build/fuzz/corpus/$name" build/fuzz/found
		# shellcheck disable=SC2046
		check "fuzz $name for $FUZZ_SECONDS s" "$fuzzer" -max_total_time="$FUZZ_SECONDS" \
			-max_len=65536 -rss_limit_mb=4096 -print_final_stats=0 -verbosity=0 \
			-artifact_prefix=build/fuzz/found/ "build/fuzz/corpus/$name" $(corpus_of "$name")
	done
}

deep() {
	sanitizers='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
	sanitizers="$sanitizers -fno-omit-frame-pointer"
	HOSTILE_ALL=1 HOSTILE_SECONDS=60
	export HOSTILE_ALL HOSTILE_SECONDS
	if build build/asan 'all tests faults' WARNINGS= OPTIMISE='-O1 -g' EXTRA_CFLAGS="$sanitizers" \
		EXTRA_LDFLAGS="$sanitizers"; then
		units build/asan 'asan '
		stories build/asan 'asan '
	fi
	if build build/tsan 'build/tsan/tests/base_pool_test build/tsan/tests/pack_link_test' \
		WARNINGS= OPTIMISE='-O1 -g' EXTRA_CFLAGS=-fsanitize=thread \
		EXTRA_LDFLAGS=-fsanitize=thread; then
		units build/tsan 'tsan '
	fi
	if command -v valgrind >/dev/null 2>&1; then
		UNIT_SECONDS=1800
		# hashing what the audit hashes takes a quarter of an hour there
		SKIP_UNITS="sources_sandbox_test doors_confine_test doors_attack_test ledger_audit_test"
		SKIP_WHY="confined, or too slow, under valgrind; the address sanitizer has it"
		units build 'valgrind ' valgrind -q --error-exitcode=99 --leak-check=full
		unset UNIT_SECONDS SKIP_UNITS SKIP_WHY
	else
		skipped=$((skipped + 1))
		note "SKIPPED valgrind: it is not installed"
	fi
	fuzzing
}

if [ "$depth" = normal ]; then
	tools/packages.sh || finish
else
	tools/packages.sh clang libclang-rt-14-dev valgrind || note "deep tools are missing"
fi
build build 'all tests replayers faults' || finish
check "tidy" tools/tidy.sh
units build ''
replays build
stories build ''
if [ "$depth" != normal ]; then
	deep
fi
if [ "$depth" = soak ]; then
	round=1
	while [ "$round" -le "$SOAK_ROUNDS" ]; do
		units build/asan "round $round "
		stories build "round $round "
		round=$((round + 1))
	done
fi
finish
