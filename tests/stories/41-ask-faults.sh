#!/bin/sh
# Kill the program at every step of an ask, or let any write fail: either no answer left, or its
# receipt is in the vault and in the log, and everything verifies.
#
#	41-ask-faults.sh [deep]		every step of killing; of failing writes and allocations the
#					first, the last and a sample, or with `deep` every one
set -u
build=${BUILD:-$(dirname "${TACIT:-build/tacit}")}
deep=${1:-}
limit=${LIMIT:-12}
if [ ! -x "$build/ask_fault" ] || [ ! -f "$build/fault.so" ]; then
	echo "SKIPPED: no fault.so and ask_fault in $build (make faults)"
	exit 77
fi
if ldd "$build/ask_fault" | grep -q libasan; then
	echo "SKIPPED: the fault library and the address sanitizer both stand in for malloc"
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/tacit-ask-faults-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
tried=0
answers=0

head -c 64 /dev/urandom >"$work/key"
chmod 600 "$work/key"
"$build/ask_fault" "$work/full" "$work/key" make || exit 1

# one FAULT : asks under it, then checks what is left
one() {
	rm -rf "$work/home"
	cp -r "$work/full" "$work/home"
	TACIT_FAULT="$1" TACIT_FAULT_COUNT="$work/count" LD_PRELOAD="$build/fault.so" \
		"$build/ask_fault" "$work/home" "$work/key" ask >"$work/out" 2>"$work/err"
	status=$?
	tried=$((tried + 1))
	answers=$((answers + $(grep -c answer "$work/out")))
	case $status in
	0 | 2 | 137) ;;
	*) echo "FAIL: $1: status $status: $(cat "$work/err")"; failures=$((failures + 1)) ;;
	esac
	"$build/ask_fault" "$work/home" "$work/key" check <"$work/out" >/dev/null 2>"$work/err" || {
		echo "FAIL: after $1: $(cat "$work/err")"
		failures=$((failures + 1))
	}
}

one none:0
[ "$status" = 0 ] || { echo "FAIL: without a fault: $(cat "$work/err")"; exit 1; }
[ "$(grep -c answer "$work/out")" = 6 ] || { echo "FAIL: 6 answers were expected"; exit 1; }
writes=$(cut -d' ' -f4 "$work/count")
allocations=$(cut -d' ' -f2 "$work/count")

for kind in kill torn write short; do
	step=1
	case $kind in write | short) [ "$deep" = deep ] || step=$((writes / limit + 1)) ;; esac
	n=1
	while [ "$n" -le "$writes" ]; do
		one "$kind:$n"
		n=$((n + step))
	done
done
n=1
step=$((allocations / limit + 1))
[ "$deep" != deep ] || step=$((allocations / 2000 + 1))
while [ "$n" -le "$allocations" ]; do
	one "alloc:$n"
	n=$((n + step))
done
echo "$tried runs, $writes writes and $allocations allocations in one, $answers answers left"
[ "$failures" -eq 0 ]
