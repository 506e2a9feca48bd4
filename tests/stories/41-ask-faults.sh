#!/bin/sh
# Kill the program at every step of an ask, or let any write fail: either no answer left, or its
# receipt is in the vault and in the log, and everything verifies.
#
#	41-ask-faults.sh [deep]		every step of killing; of failing writes and allocations the
#					first, the last and a sample, or with `deep` every one
limit=${LIMIT:-12}
program=ask_fault
. "$(dirname "$0")/faults"
answers=0

"$program" "$work/full" "$work/key" make || exit 1

# one FAULT : asks under it, then checks what is left
one() {
	rm -rf "$work/home"
	cp -r "$work/full" "$work/home"
	run "$1" ask
	answers=$((answers + $(grep -c answer "$work/out")))
	"$program" "$work/home" "$work/key" check <"$work/out" >/dev/null 2>"$work/err" ||
		fail "after $fault: $(cat "$work/err")"
}

one none:0
[ "$status" = 0 ] || { echo "FAIL: without a fault: $(cat "$work/err")"; exit 1; }
[ "$(grep -c answer "$work/out")" = 6 ] || { echo "FAIL: 6 answers were expected"; exit 1; }
writes=$(writes)
allocations=$(allocations)

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
