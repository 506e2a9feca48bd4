# Music needs no pack: what to hear comes from the person's own listening, with what was loved and left.
. "$(dirname "$0")/lib"
day() { date -u -d "$1 days ago" +%Y-%m-%dT20:00:00Z; }
{
	printf 'time\tverb\titem\tcreator\n'
	for d in 1 2 3 5 8 13 21; do printf '%s\tlisten\tTeardrop\tMassive Attack\n' "$(day $d)"; done
	for d in 4 9 16; do printf '%s\tlisten\tRoads\tPortishead\n' "$(day $d)"; done
	for d in 300 301 302 303 305 309 310; do printf '%s\tlisten\tHyperballad\tBjörk\n' "$(day $d)"; done
	printf '%s\tlisten\tAngel\tMassive Attack\n' "$(day 40)"
	printf '%s\tlisten\tProtection\tMassive Attack\n' "$(day 60)"
} >"$work/music.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/music.tsv"
done_well "next" tacit next music
cp "$work/out" "$work/next"
grep -q 'Next in music' "$work/next" || fail "it says which domain"
sed -n '/^ *1  /p' "$work/next" | grep -q 'Teardrop - Massive Attack' || {
	cat "$work/next"
	fail "what is heard most is first"
}
sed -n '/Loved once, and left/,$p' "$work/next" | grep -q 'Hyperballad - Björk' || fail "loved and left"
sed '/Loved once, and left/,$d' "$work/next" | grep -q '   4  Hyperballad\|   3  Hyperballad' || {
	cat "$work/next"
	fail "what was left stands behind"
}
tacit why Teardrop --domain music --json >"$work/why"
[ "$(number score <"$work/why")" = "$(sum_of contribution <"$work/why")" ] || fail "the sum is exact"
[ "$(causes <"$work/why" | wc -l)" -eq 7 ] || fail "seven times heard, seven causes"
causes <"$work/why" >"$work/causes"
while IFS=$tab read -r reason event fact events contribution without rank_without label; do
	rm -rf "$work/copy"
	cp -r "$TACIT_HOME" "$work/copy"
	in_home "$work/copy" forget event "$event" >/dev/null || fail "forget event $event"
	in_home "$work/copy" why Teardrop --domain music --json >"$work/after"
	is="$(number score <"$work/after") $(number rank <"$work/after")"
	[ "$is" = "$without $rank_without" ] || fail "$reason $label: said $without $rank_without, is $is"
done <"$work/causes" || exit 1
# A rule lifts all that it names: without it, none of them.
done_well "telling" tacit tell "I love Massive Attack"
tacit why Angel --domain music --json >"$work/why"
[ "$(number score <"$work/why")" = "$(sum_of contribution <"$work/why")" ] || fail "the sum is exact"
causes <"$work/why" | awk -F '\t' '$1 == "told" { print $3, $6, $7 }' >"$work/told"
read -r fact without rank_without <"$work/told" || fail "what was told is a cause"
done_well "forgetting it" tacit forget fact "$fact"
tacit why Angel --domain music --json >"$work/after"
is="$(number score <"$work/after") $(number rank <"$work/after")"
[ "$is" = "$without $rank_without" ] || fail "untold: said $without $rank_without, is $is"
done_well "telling" tacit tell "no Portishead"
tacit next music >"$work/out"
grep -q Roads "$work/out" && fail "what was told never comes"
done_well "not me" tacit not-me Teardrop --domain music
tacit next music >"$work/out"
grep -q Teardrop "$work/out" && fail "what was somebody else does not count"
refused "ranking without a pack" 'no pack for music&tacit pack add' tacit rank music -f "$work/music.tsv"
refused "nothing known of a domain" "I don't know&tacit add" tacit next books
tacit next books >/dev/null 2>&1
[ $? -eq 3 ] || fail "not knowing has an exit status of its own"
