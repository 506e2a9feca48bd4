# The terms of a score sum to it exactly, and "without" is what a vault that really forgot has.
. "$(dirname "$0")/lib"
need_films
history 1 14 >"$work/one.tsv"
history 10 24 >"$work/two.tsv"
history 3 4 | sed 's/T20:15/T22:00/; s/2025-01/2025-02/' >"$work/again.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/one.tsv" "$work/two.tsv" "$work/again.tsv"
done_well "telling" tacit tell "I love westerns"
done_well "telling" tacit tell "less drama"
done_well "liking" tacit like "Fargo (1996)"

tried=0
for title in "Wild Bunch, The (1969)" "Alien (1979)" "Godfather, The (1972)" "Babe (1995)"; do
	tacit why "$title" --json >"$work/why" || fail "why $title"
	score=$(number score <"$work/why")
	rank=$(number rank <"$work/why")
	sum=$(sum_of contribution <"$work/why")
	[ "$score" = "$sum" ] || fail "the contributions to $title sum to $score, not $sum"
	causes <"$work/why" >"$work/causes"
	[ "$(wc -l <"$work/causes")" -ge 20 ] || fail "$title has its causes"
	# Every third cause, and all that were told or stand for more than one event.
	awk -F '\t' 'NR % 3 == 0 || $3 != "-" || $4 != "-"' "$work/causes" >"$work/some"
	while IFS=$tab read -r reason event fact events contribution without rank_without label; do
		if [ "$reason" = popular ]; then
			[ "$without $rank_without" = "$score $rank" ] || fail "nothing to take back"
			continue
		fi
		rm -rf "$work/copy"
		cp -r "$TACIT_HOME" "$work/copy"
		if [ "$fact" != - ]; then
			set -- fact "$fact"
		elif [ "$events" != - ]; then
			set -- "$label"		# all the events of one thing
		else
			set -- event "$event"
		fi
		in_home "$work/copy" forget "$@" >"$work/out" 2>&1 || fail "forget $*"
		in_home "$work/copy" why "$title" --json >"$work/after" || fail "why $title"
		is="$(number score <"$work/after") $(number rank <"$work/after")"
		[ "$is" = "$without $rank_without" ] ||
			fail "$title without $label ($reason, $*): said $without $rank_without, is $is"
		tried=$((tried + 1))
	done <"$work/some" || exit 1
done
[ "$tried" -ge 30 ] || fail "only $tried causes were tried"
echo "$tried causes forgotten for real"
