# What each source is worth sums to the whole; no source is worth something before it is there.
. "$(dirname "$0")/lib"
need_films
history 1 12 >"$work/one.tsv"
history 9 22 >"$work/two.tsv"
printf 'time\tverb\titem\n2025-03-20T20:00:00Z\twatch\tA Film That Nobody Knows (2020)\n' >"$work/nothing.tsv"
done_well "a vault" tacit init
refused "worth of nothing" 'tacit add' tacit worth films
done_well "adding" tacit add "$work/one.tsv" "$work/two.tsv" "$work/nothing.tsv"
tacit worth films --json >"$work/worth" || fail "worth"
tacit worth films >"$work/table" || fail "worth as a table"
[ "$(grep -o '"shapley"' "$work/worth" | wc -l)" -eq 3 ] || { cat "$work/worth"; fail "three sources"; }
# The total, in points with one decimal, is in the table; the shares sum to it.
total=$(sed -n 's/.*together \([+-][0-9.]*\) points.*/\1/p' "$work/table")
sum=$(sum_of shapley <"$work/worth" | awk '{ printf "%+.1f", 100 * $1 / 1048576 }')
[ "$sum" = "$total" ] || fail "the shares sum to $sum, the whole is $total"
# A row that the catalogue does not know moves nothing.
tr '}' '\n' <"$work/worth" | grep nothing.tsv >"$work/row"
for key in low high; do
	value=$(number $key <"$work/row")
	[ "${value#-}" -lt 110000 ] || { cat "$work/row"; fail "an unknown film is worth about nothing"; }
done
# The same question, the same answer.
tacit worth films --json >"$work/second"
same "worth is a pure function of the vault" "$work/worth" "$work/second"
