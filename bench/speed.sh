#!/bin/sh
# How an answer grows: builds bench/answer, runs it pinned to one core over invented packs and
# histories, and prints one table. Each row is the run with the least median of REPEAT (3).
#
#	bench/speed.sh		CORE names the core (the last), DIM the columns (256)
#	QUICK=1 bench/speed.sh	without the million, which needs 2.5 GB
#
# "read" is the time that reading the same bytes took in the same run, "ratio" is p50 to that.
# "x" is how much longer an answer takes than that of the row above.
set -eu
cd "$(dirname "$0")/.."
core=${CORE:-$(($(nproc) - 1))}
dim=${DIM:-256}
repeat=${REPEAT:-3}
make -s build/bench/answer

# once ITEMS EVENTS KIND: the figures of one run, the best of some
once() {
	runs=2000
	[ "$1" -lt 100000 ] || runs=300
	[ "$1" -lt 1000000 ] || runs=50
	n=0
	while [ "$n" -lt "$repeat" ]; do
		BENCH_LINE=1 taskset -c "$core" build/bench/answer --make "$1" "$dim" "$2" "$runs" "$3"
		n=$((n + 1))
	done | sort -k4,4n | head -n 1
}

head_line() {
	printf '%-8s%8s%7s%10s%10s%10s%8s%8s%10s\n' rows items events 'p50 us' 'p99 us' 'read us' \
		ratio x 'given us'
}

row() {	# row ITEMS EVENTS KIND
	once "$1" "$2" "$3" | awk -v kind="$3" -v before="$before" '{
		printf "%-8s%8d%7d%10.1f%10.1f%10.1f%8.2f%8s%10.1f\n", kind, $1, $3, $4, $5, $6, $7,
			(before > 0 ? sprintf("%.2f", $4 / before) : "-"), $8
		print $4 >"/dev/stderr" }' 2>"$last"
	before=$(cat "$last")
}

last=$(mktemp)
trap 'rm -f "$last"' EXIT
trap 'exit 2' INT TERM

echo "Fold-in and exact first 10, $dim columns, core $core; 100 given items at the right."
echo
head_line
for kind in falling even; do
	before=0
	for items in 1000 10000 100000 ${QUICK:-1000000}; do
		[ "$items" -eq 1 ] || row "$items" 200 "$kind"
	done
done
echo
head_line
before=0
for events in 10 20 50 100 200 500 1000 2000; do
	row 10000 "$events" falling
done
