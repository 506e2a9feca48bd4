#!/bin/sh
# Whatever write or allocation fails, and whenever the program is killed: every act that was
# acknowledged is there, and no half act is.
#
#	40-vault-faults.sh [deep]	BUILD names the folder of fault.so and vault_fault (make faults);
#					without it, that of the program TACIT, or build
#
# The first faults, the last and a sample between them, or with `deep` every one.
set -u
build=${BUILD:-$(dirname "${TACIT:-build/tacit}")}
deep=${1:-}
limit=${LIMIT:-30}
if [ ! -x "$build/vault_fault" ] || [ ! -f "$build/fault.so" ]; then
	echo "SKIPPED: no fault.so and vault_fault in $build (make faults)"
	exit 77
fi
if ldd "$build/vault_fault" | grep -q libasan; then
	echo "SKIPPED: the fault library and the address sanitizer both stand in for malloc"
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/tacit-faults-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
vault="$build/vault_fault"
failures=0
tried=0

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# run FAULT OP... : the operation under the fault; its output is in $work/out, its status in $status
run() {
	fault=$1
	shift
	TACIT_FAULT="$fault" TACIT_FAULT_COUNT="$work/count" LD_PRELOAD="$build/fault.so" \
		"$vault" "$work/home" "$work/key" "$@" >"$work/out" 2>"$work/err"
	status=$?
	tried=$((tried + 1))
	# 0 done, 2 told in words, 137 killed; a crash is none of them.
	case $status in
	0 | 2 | 137) ;;
	*) fail "$fault $*: status $status: $(cat "$work/err")" ;;
	esac
}

check() {
	"$vault" "$work/home" "$work/key" check "$@" 2>"$work/err" ||
		fail "$fault: $(cat "$work/err")"
}

# fresh WHAT : a home as it is before the operation
fresh() {
	rm -rf "$work/home"
	[ "$1" = import ] || cp -r "$work/full" "$work/home"
}

# total KIND OP... : how many faults of that kind the operation has room for
total() {
	kind=$1
	shift
	fresh "$1"
	run "none:0" "$@"
	[ "$status" = 0 ] || fail "$* fails without a fault: $(cat "$work/err")"
	if [ "$kind" = alloc ]; then
		cut -d' ' -f2 "$work/count"
	else
		cut -d' ' -f4 "$work/count"
	fi
}

# after OP... : what must hold after the operation met a fault
after() {
	case $1 in
	import)
		acknowledged=$(sed -n 's/^acts //p' "$work/out" | tail -n 1)
		least=${acknowledged:-0}
		grep -q created "$work/out" || least=-1
		# A commit that was told to have failed, or was not told at all, may be there or not.
		check "$least" $((${acknowledged:-0} + 50))
		;;
	forget)
		if grep -q forgot "$work/out"; then check 200 200; else check 200 300; fi
		;;
	*)
		check 300 300 "$work/key2"
		if grep -q rekeyed "$work/out"; then
			"$vault" "$work/home" "$work/key2" check 300 300 2>"$work/err" ||
				fail "$fault: acknowledged, but the new key does not open it"
		fi
		;;
	esac
}

# each KIND OP... : one run for each n
each() {
	kind=$1
	shift
	count=$(total "$kind" "$@")
	step=1
	[ "$deep" = deep ] || step=$((count / limit + 1))
	n=1
	while [ "$n" -le "$count" ]; do
		fresh "$1"
		run "$kind:$n" "$@"
		after "$@"
		if [ "$n" -le 4 ] || [ "$n" -gt $((count - 3)) ]; then n=$((n + 1)); else n=$((n + step)); fi
	done
	echo "$* $kind: $count places"
}

head -c 64 /dev/urandom >"$work/key"
head -c 64 /dev/urandom >"$work/key2"
fault=none
"$vault" "$work/home" "$work/key" import >/dev/null || fail "import"
cp -r "$work/home" "$work/full"

for kind in kill torn write short alloc; do
	each "$kind" import
	each "$kind" forget
	each "$kind" rekey "$work/key2"
	[ "$kind" = alloc ] || each "$kind" rewrap "$work/key2"
done
echo "$tried runs, $failures failures"
[ "$failures" = 0 ]
