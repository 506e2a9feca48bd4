#!/bin/sh
# What an answer costs and how that grows: builds bench/answer, runs it pinned to one core over
# invented packs and histories, beside `implicit` (PyPI) for the same answers, and training beside
# what its products allow; writes docs/speed.md. For developers, not part of check.sh.
#
#	bench/speed.sh		CORE names the core (the last), DIM the columns (256)
#	QUICK=1 bench/speed.sh	without the million, which needs 2.5 GB
#
# Each row is the run with the least median of REPEAT (3). "read" is the time that reading the same
# bytes took in the same run, "ratio" is p50 to that, "x" is how much longer an answer takes than
# that of the row above, "given" are 100 given things.
#
#	TACIT_QUALITY	where bench/quality.sh keeps its Python, default ~/.cache/tacit-quality;
#			without it `implicit` is left out, and said so
set -eu
cd "$(dirname "$0")/.."
core=${CORE:-$(($(nproc) - 1))}
dim=${DIM:-256}
repeat=${REPEAT:-3}
python=${TACIT_QUALITY:-${XDG_CACHE_HOME:-$HOME/.cache}/tacit-quality}/venv/bin/python
make -s build/bench/answer build/bench/train

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
	once "$1" "$2" "$3" >"$work/line"
	awk -v kind="$3" -v before="$before" '{
		printf "%-8s%8d%7d%10.1f%10.1f%10.1f%8.2f%8s%10.1f\n", kind, $1, $3, $4, $5, $6, $7,
			(before > 0 ? sprintf("%.2f", $4 / before) : "-"), $8 }' "$work/line"
	before=$(awk '{ print $4 }' "$work/line")
	awk '{ print $1, $3, $4 }' "$work/line" >>"$work/curve"
}

# The p50 of the last table, a bar each, by the logarithm, so that straight growth is straight.
curve() {	# curve COLUMN NAME
	echo
	awk -v column="$1" -v name="$2" '
		{ of[NR] = $column; us[NR] = $3
		  if (NR == 1 || $3 < low) low = $3
		  if ($3 > high) high = $3 }
		END { for (i = 1; i <= NR; i++) {
			bar = ""
			long = 1 + 44 * log(2 * us[i] / low) / log(2 * high / low)
			while (length(bar) < long) bar = bar "#"
			printf "%9d %s %10.1f us  %s\n", of[i], name, us[i], bar } }' "$work/curve"
	: >"$work/curve"
	echo
}

answers() {
	for kind in falling even; do
		head_line
		before=0
		for items in 1000 10000 100000 ${QUICK:-1000000}; do
			[ "$items" -eq 1 ] || row "$items" 200 "$kind"
		done
		curve 1 items
	done
	head_line
	before=0
	for events in 10 20 50 100 200 500 1000 2000; do
		row 10000 "$events" falling
	done
	curve 2 events
}

others() {
	if [ ! -x "$python" ]; then
		echo "implicit: left out, $python is not there (bench/quality.sh makes it)"
		return
	fi
	BENCH_LINE=1 taskset -c "$core" build/bench/answer --make 10000 "$dim" 200 1000 falling \
		>"$work/own"
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 taskset -c "$core" "$python" \
		bench/quality/implicit_speed.py 10000 "$dim" 200 1000 2>/dev/null >"$work/other"
	paste -d ' ' "$work/own" "$work/other" | awk '{
		printf "first ten of 10,000 behind 200 events   tacit %8.1f us   implicit %8.1f us   %6.1f x\n",
			$4, $10, $10 / $4
		printf "100 given, open profile / fold-in       tacit %8.1f us   implicit %8.1f us   %6.1f x\n",
			$8, $12, $12 / $8
		printf "an iteration of training, one thread                         implicit %8.2f s\n", $14 }'
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
: >"$work/curve"
{
	echo '# What answers cost'
	echo
	echo 'Written by `bench/speed.sh`: one core, '"$dim"' columns, six banks, invented packs and histories; each row is the'
	echo 'run with the least median of '"$repeat"'. `falling`: rows whose size falls from column to column, as trained ones'
	echo 'do; `even`: no shortcut by size. `read us` is what reading the same bytes took in the same run, `ratio` is'
	echo 'p50 to that, `x` how much longer than the row above; `given us`: 100 given things with chances, at an open'
	echo 'profile. Bars are p50, by the logarithm. Growth with people and of training: [quality.md](quality.md).'
	echo
	echo '```'
	answers
	echo '```'
	echo
	echo '## Beside implicit'
	echo
	echo 'The same machine, core, columns and history length, in the same run; `implicit` (PyPI, alternating least'
	echo 'squares) recomputes the person from the history, in floating point.'
	echo
	echo '```'
	others
	echo '```'
	echo
	echo '## Training'
	echo
	echo 'An epoch of `follow` by phase on 6,040 people, 3,416 things and 800,000 events, beside what its products'
	echo 'would take with OpenBLAS in single precision at the peak that the same run measured (`build/bench/train`):'
	echo
	echo '```'
	build/bench/train 6040 3416 800000 "$dim" 2 3 | fold -s -w 100
	echo '```'
} >"$work/speed.md"
cp "$work/speed.md" docs/speed.md
cat docs/speed.md
