#!/bin/sh
# How fast exports are read, beside jq and xmllint on the same file in the same run.
#
#	bench/reading.sh [MB] [SHAPE...]	MB of each invented file, default 200
#
# Everything is pinned to one core and run by turns, ROUNDS times (default 3); the best time counts.
# Columns: MB/s by the processor time of the reading child alone; MB/s on the clock with the parent
# and all its checks; the other program's MB/s; child to other; the child's most memory in MB, the
# other's. Needs make bench, jq, xmllint, taskset and GNU time.
set -eu
cd "$(dirname "$0")/.."
megabytes=${1:-200}
[ $# -eq 0 ] || shift
sources=${SOURCES:-build/bench/sources}
folder=$(mktemp -d "${TMPDIR:-/tmp}/tacit-reading-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' INT TERM
core=$(taskset -cp $$ | sed 's/.*[ ,-]//')

# other NAME FILE COMMAND...: seconds of processor time and MB of memory, appended to NAME
other() {
	name=$1
	shift
	taskset -c "$core" /usr/bin/time -f '%U %S %M' -o "$folder/time" "$@" >/dev/null 2>&1 || true
	awk 'NF == 3 { print $1 + $2, $3 / 1000 }' "$folder/time" >>"$name"
}

best() { sort -n "$1" | head -1 | cut -d' ' -f"$2"; }

printf '%-14s %6s %8s %8s  %-16s %8s %6s %8s %8s\n' file MB child clock beside MB/s times \
	memory "its own"
for shape in ${*:-$("$sources" make)}; do
	file=$folder/$shape
	"$sources" make "$shape" "$megabytes" >"$file"
	case $shape in
	*.json) others='jq-c jq--stream' ;;
	*.xml) others=xmllint--stream ;;
	*) others=wc ;;
	esac
	rm -f "$folder"/own "$folder"/other.*
	for round in $(seq "${ROUNDS:-3}"); do
		taskset -c "$core" "$sources" read "$file" | awk '{ print $3, $0 }' >>"$folder/own"
		# jq -c keeps the whole file in memory as a tree: one turn is enough.
		case $shape in
		*.json)
			[ "$round" -gt 1 ] || other "$folder/other.jq-c" jq -c . "$file"
			[ "$round" -gt 1 ] || other "$folder/other.jq--stream" jq -c --stream . "$file" ;;
		*.xml) other "$folder/other.xmllint--stream" xmllint --stream --noout "$file" ;;
		*) other "$folder/other.wc" wc -lw "$file" ;;
		esac
	done
	sort -n "$folder/own" | head -1 >"$folder/own1"
	for beside in $others; do
		echo "$shape $(cat "$folder/own1") $beside $(best "$folder/other.$beside" 1)" \
			"$(best "$folder/other.$beside" 2)"
	done | awk '{ printf "%-14s %6.0f %8.0f %8.0f  %-16s %8.0f %6.1f %8.0f %8.0f\n", $1, $3,
		$3 / $5, $3 / $4, $9, $3 / ($10 > 0 ? $10 : 0.01), $10 / $5, $7, $11 }'
	rm -f "$file"
done
