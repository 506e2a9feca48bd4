# Books without a pack: what was put on the list comes by what else of its creator was read.
. "$(dirname "$0")/lib"
day() { date -u -d "$1 days ago" +%Y-%m-%dT20:00:00Z; }
{
	printf 'time\tverb\titem\tcreator\n'
	for d in 3 50; do printf '%s\tread\tThe Dispossessed\tUrsula Le Guin\n' "$(day $d)"; done
	printf '%s\tread\tEmma\tJane Austen\n' "$(day 9)"
	printf '%s\tbookmark\tThe Lathe of Heaven\tUrsula Le Guin\n' "$(day 30)"
	printf '%s\tbookmark\tThe Word for World Is Forest\tUrsula Le Guin\n' "$(day 80)"
	printf '%s\tbookmark\tPersuasion\tJane Austen\n' "$(day 45)"
	printf '%s\tbookmark\tSolaris\tStanislaw Lem\n' "$(day 60)"
} >"$work/rows.tsv"
awk -F '\t' -v OFS='\t' 'NR == 1 { print $0, "domain"; next } { print $0, "books" }' \
	"$work/rows.tsv" >"$work/books.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/books.tsv"
done_well "next" tacit next books
grep -q '   1  The Lathe of Heaven' "$work/out" || { cat "$work/out"; fail "the list's best is first"; }
tried=0
for title in "The Lathe of Heaven" "The Word for World Is Forest" "Persuasion"; do
	tacit why "$title" --domain books --json >"$work/why" || fail "why $title"
	[ "$(number score <"$work/why")" = "$(sum_of contribution <"$work/why")" ] || fail "the sum"
	causes <"$work/why" | awk -F '\t' '$1 == "creator"' >"$work/creators"
	[ -s "$work/creators" ] || fail "$title has its creator as a cause"
	while IFS=$tab read -r reason event fact events contribution without rank_without label; do
		rm -rf "$work/copy"
		cp -r "$TACIT_HOME" "$work/copy"
		in_home "$work/copy" forget "$label" >"$work/out" || fail "forget $label"
		in_home "$work/copy" why "$title" --domain books --json >"$work/after"
		is="$(number score <"$work/after") $(number rank <"$work/after")"
		[ "$is" = "$without $rank_without" ] ||
			fail "$title without $label ($reason): said $without $rank_without, is $is"
		tried=$((tried + 1))
	done <"$work/creators" || exit 1
done
[ "$tried" -eq 3 ] || fail "three causes were tried"
