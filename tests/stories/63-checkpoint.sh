# Training that is stopped goes on from its checkpoint and ends in the same pack.
. "$(dirname "$0")/lib"
awk 'BEGIN {
	print "user\titem\ttime"
	for (u = 0; u < 400; u++)
		for (t = 0; t < 30; t++)
			printf "u%d\ti%d\t%d\n", u, (u * 37 + t * (1 + u % 5)) % 600, t
}' >"$work/events.tsv"
learning() {	# learning PACK OPTIONS...: in the place of this process
	pack=$1
	shift
	exec "$TACIT" train --interactions "$work/events.tsv" --dim 64 --epochs 12 --dropout 20 \
		--name checked -o "$pack" "$@" >"$work/out" 2>"$work/err"
}
learn() { (learning "$@"); }
learn "$work/probe.pack" || {
	grep -q 'install the package' "$work/err" && skip "there is no OpenBLAS"
	cat "$work/err"
	fail "training works"
}
for negatives in '' '--negatives 100'; do
	rm -f "$work/stopped.pack"
	# shellcheck disable=SC2086
	learn "$work/whole.pack" $negatives || fail "training works"
	# shellcheck disable=SC2086
	learning "$work/stopped.pack" $negatives --checkpoint "$work/state" &
	child=$!
	while [ ! -s "$work/state" ] && kill -0 "$child" 2>/dev/null; do sleep 0.02; done
	kill -TERM "$child" 2>/dev/null
	if wait "$child"; then
		echo "it was done before it could be stopped"
	else
		[ -s "$work/state" ] || fail "what was stopped has left its state"
		[ ! -e "$work/stopped.pack" ] || fail "what was stopped has made no pack"
		grep -q 'the same command goes on' "$work/err" || { cat "$work/err"; fail "it says how to go on"; }
		refused "a checkpoint of other options" 'state is of other data or options&remove' \
			"$TACIT" train --interactions "$work/events.tsv" --dim 32 --epochs 12 \
			--dropout 20 --name checked -o "$work/other.pack" --checkpoint "$work/state"
		# shellcheck disable=SC2086
		learn "$work/stopped.pack" $negatives --checkpoint "$work/state" || {
			cat "$work/err"
			fail "the same command goes on"
		}
		grep -q 'going on from the checkpoint' "$work/out" || fail "it says that it goes on"
	fi
	cmp "$work/whole.pack" "$work/stopped.pack" || fail "the pack is the same to the bit"
	[ ! -e "$work/state" ] || fail "the checkpoint is gone when the pack is there"
done
echo "nonsense" >"$work/state"
refused "a file that is no checkpoint" 'state is no checkpoint&another file' \
	"$TACIT" train --interactions "$work/events.tsv" --dim 32 --epochs 2 --dropout 20 \
	--name checked -o "$work/other.pack" --checkpoint "$work/state"
