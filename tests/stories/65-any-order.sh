# Real samples of exports, file by file: in one order, in the other, and each once more. The vault
# shows the same, byte for byte, and nothing is added by the second time.
# TACIT_ALL_SAMPLES=1 takes all of the feeds and calendars instead of one in forty, or in six.
. "$(dirname "$0")/lib"
data=${TACIT_DATA:-../shared/data}
[ -d "$data/exports" ] || skip "there are no samples of exports at $data"
for kind in exports location health feeds ics personal-timeline; do
	find "$data/$kind" -type f ! -name 'LICENSE*' ! -name README
done | sort | awk -v all="${TACIT_ALL_SAMPLES:-}" \
	'all != "" { print; next } /\/wellformed\// { if (n++ % 40 == 0) print; next }
	/\/opml\/|\/ics\// { if (m++ % 6 == 0) print; next } { print }' >"$work/forward"
sort -r "$work/forward" >"$work/backward"

# read_all HOME LIST: what was read and kept in all, to the file `sums`
read_all() {
	in_home "$1" init >/dev/null
	while IFS= read -r file; do
		in_home "$1" add --json "$file" 2>/dev/null </dev/null
	done <"$2" | tr '{' '\n' | awk -F'"read":' '/"read":/ { read += $2
		split($0, k, "\"kept\":"); kept += k[2]; split($0, d, "\"duplicate\":"); twice += d[2] }
		END { print read + 0, kept + 0, twice + 0 }' >"$work/sums"
}

read_all "$work/one" "$work/forward"
read -r rows kept twice <"$work/sums"
[ "$kept" -gt 1000 ] || fail "the samples give acts ($rows rows, $kept kept)"
read_all "$work/other" "$work/backward"
in_home "$work/one" export >"$work/export.one"
in_home "$work/other" export >"$work/export.other"
same "the other order shows the same vault" "$work/export.one" "$work/export.other"
read -r rows_back kept_back twice_back <"$work/sums"
[ "$rows $kept $twice" = "$rows_back $kept_back $twice_back" ] ||
	fail "as many rows, kept and known ($rows $kept $twice; $rows_back $kept_back $twice_back)"

while IFS= read -r file; do
	in_home "$work/one" add --json "$file" 2>/dev/null </dev/null
done <"$work/backward" | tr '{' '\n' | grep -o '"kept":[0-9]*' | grep -qv '"kept":0' &&
	fail "a second time adds nothing"
in_home "$work/one" export >"$work/export.again"
same "and changes nothing" "$work/export.one" "$work/export.again"
echo "$(wc -l <"$work/forward") files, $rows rows, $kept kept, $twice known already"
