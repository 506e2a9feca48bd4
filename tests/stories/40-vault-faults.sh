#!/bin/sh
# Whatever write or allocation fails, and whenever the program is killed: every act that was
# acknowledged is there, and no half act is.
#
#	40-vault-faults.sh [deep]	the first faults, the last and a sample between them, or with
#					`deep` every one
limit=${LIMIT:-30}
program=vault_fault
. "$(dirname "$0")/faults"

check() {
	"$program" "$work/home" "$work/key" check "$@" 2>"$work/err" ||
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
	if [ "$kind" = alloc ]; then allocations; else writes; fi
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
			"$program" "$work/home" "$work/key2" check 300 300 2>"$work/err" ||
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

head -c 64 /dev/urandom >"$work/key2"
"$program" "$work/home" "$work/key" import >/dev/null || fail "import"
cp -r "$work/home" "$work/full"

for kind in kill torn write short alloc; do
	each "$kind" import
	each "$kind" forget
	each "$kind" rekey "$work/key2"
	[ "$kind" = alloc ] || each "$kind" rewrap "$work/key2"
done
echo "$tried runs, $failures failures"
[ "$failures" = 0 ]
