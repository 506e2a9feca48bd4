#!/bin/sh
# How training and answering grow with the data, on interactions by a known process
# (bench/make_events.c): writes bench/quality/growth.json, from which bench/quality/report.py draws.
# For developers, not part of check.sh; the largest step needs 12 GB and about an hour.
#
#	bench/growth.sh [PEOPLE:ITEMS:EVENTS[:EPOCHS]...]
#
# The default is 20000:50000:1000000 80000:200000:4000000 400000:1000000:20000000:1, epochs 3.
#
# A step that is there already is measured anew. Training is `--dim 64 --epochs 3 --dropout 10`, so
# that nothing is searched. Quality is NDCG@10 of each person's last event (of a part of the people
# where all would take too long), which nothing was chosen by. The ceiling is arithmetic: of a list
# with the three things that follow the last one (chance 1/6 each) and then the first things of
# three known favourite groups (.4 / 3 each, the n-th of a group sqrt(n / 50) - sqrt((n - 1) / 50)).
#
#	TACIT		the program, default build/tacit
#	GROWTH_WORK	for data and packs, default a new folder in /tmp, removed
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
tacit=${TACIT:-$root/build/tacit}
out=$root/bench/quality/growth.json
if [ -z "${GROWTH_WORK:-}" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' INT TERM
else
	work=$GROWTH_WORK
	mkdir -p "$work"
fi
[ $# -gt 0 ] || set -- 20000:50000:1000000 80000:200000:4000000 400000:1000000:20000000:1

seconds() {	# seconds COMMAND...: of the clock, in three decimals
	began=$(date +%s%N)
	"$@" >"$work/said" 2>"$work/err" || { cat "$work/said" "$work/err" >&2; exit 1; }
	echo $((($(date +%s%N) - began) / 1000000)) | awk '{ printf "%.3f", $1 / 1000 }'
}

# A vault whose owner had fifty of the things; twenty-one calls of `next`.
answers() {
	TACIT_HOME=$work/home TACIT_KEY_FILE=$work/key TACIT_PACKS=$work/packs
	export TACIT_HOME TACIT_KEY_FILE TACIT_PACKS
	rm -rf "$TACIT_HOME"
	rm -f "$TACIT_KEY_FILE"
	head -c 32 /dev/urandom >"$TACIT_KEY_FILE"
	chmod 600 "$TACIT_KEY_FILE"
	awk -F'\t' 'NR == 1 { print "time\tverb\titem\tcreator" }
		NR > 1 && NR < 52 { printf "2026-01-%02dT%02d:00:00Z\twatch\t%s\t\n",
				    1 + NR / 4, NR % 24, $2 }' "$work/items.tsv" >"$work/mine.tsv"
	"$tacit" init >/dev/null
	link=$(seconds "$tacit" add "$work/mine.tsv")
	linked=$(grep -o '[0-9,]* of [0-9,]*' "$work/said" | head -n 1 || true)
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do
		seconds "$tacit" next films
		echo
	done | sort -n >"$work/next"
	next_p50=$(sed -n 11p "$work/next")
	next_p99=$(sed -n 21p "$work/next")
}

for step in "$@"; do
	# shellcheck disable=SC2046
	set -- $(echo "$step" | tr : ' ')
	people=$1 items=$2 events=$3 epochs=${4:-3}
	rm -rf "$work/packs"
	mkdir "$work/packs"
	"$root/build/bench/make_events" "$people" "$items" "$events" >"$work/events.tsv"
	awk -v items="$items" 'BEGIN {
		n = split("amber birch cedar delta ember fjord grove harbour island jasper", word, " ")
		print "item\ttitle"
		for (i = 0; i < items; i++)
			printf "i%d\t%s %s %s %d\n", i, word[1 + i % n], word[1 + int(i / 10) % n],
			       word[1 + int(i / 100) % n], i }' >"$work/items.tsv"
	/usr/bin/time -f '%e %M' -o "$work/time" "$tacit" train --interactions "$work/events.tsv" \
		--items "$work/items.tsv" --seen include --dim 64 --epochs "$epochs" --dropout 10 \
		--name growth -o "$work/packs/growth.pack" --json >"$work/figures.json"
	bytes=$(wc -c <"$work/packs/growth.pack")
	open=$(seconds "$tacit" pack verify "$work/packs/growth.pack")
	answers
	python3 - "$out" "$work" "$people" "$items" "$bytes" "$open" "$link" "$linked" \
		"$next_p50" "$next_p99" <<'PYTHON'
import json
import pathlib
import sys

out, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
people, items, size = map(int, sys.argv[3:6])
seconds, peak = map(float, (work / "time").read_text().split()[-2:])
text = (work / "figures.json").read_text()
figures = json.loads(text[text.index("{"):])
# what the comment on top of growth.sh says
gains = [1 / __import__("math").log2(k + 2) for k in range(10)]
rest = sorted((0.4 / 3 * ((n / 50) ** 0.5 - ((n - 1) / 50) ** 0.5) for n in range(1, 4)
               for _ in range(3)), reverse=True)
ceiling = sum(g / 6 for g in gains[:3]) + sum(g * p for g, p in zip(gains[3:], rest))
with (work / "events.tsv").open() as file:
    events = sum(1 for _ in file) - 1
row = {
    "people": people, "items": items, "events": events, "train_s": seconds,
    "peak_bytes": int(peak * 1024), "pack_bytes": size, "verify_s": float(sys.argv[6]),
    "link_s": float(sys.argv[7]), "linked": sys.argv[8], "next_p50_s": float(sys.argv[9]),
    "next_p99_s": float(sys.argv[10]), "rank_p50_us": figures["rank_p50_us"],
    "rank_p99_us": figures["rank_p99_us"], "NDCG@10": figures["validation_int8"],
    "popular_NDCG@10": figures["popular_NDCG@10"], "ceiling_NDCG@10": round(ceiling, 4),
    "params": figures["params"],
}
rows = json.loads(out.read_text()) if out.exists() else []
rows = [r for r in rows if (r["items"], r["people"]) != (items, people)] + [row]
rows = sorted(rows, key=lambda r: (r["items"], r["events"]))
out.write_text(json.dumps(rows, indent=1) + "\n")
print(json.dumps(row))
PYTHON
done
