# What whatif announces is what comes when it is really done.
. "$(dirname "$0")/lib"
need_films
history 1 14 >"$work/one.tsv"
history 10 24 >"$work/two.tsv"
printf 'time\tverb\titem\tyear\n2025-06-01T20:00:00Z\twatch\tAlien\t1979\n' >"$work/other.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/one.tsv" "$work/two.tsv" "$work/other.tsv"
done_well "telling" tacit tell "I like westerns"

# The list after, as "rank score title".
announced() {
	tacit whatif "$@" -n 12 --json >"$work/whatif" || fail "whatif $*"
	awk '{
		n = split($0, part, /[{]"title":/)
		for (i = 2; i <= n; i++) {
			title = part[i]
			sub(/^"/, "", title)
			sub(/","before":.*/, "", title)
			rank = part[i]
			sub(/.*"after":/, "", rank)
			sub(/,.*/, "", rank)
			score = part[i]
			sub(/.*"score_after":/, "", score)
			sub(/[}].*/, "", score)
			if (rank > 0)
				print rank, score, title
		}
	}' "$work/whatif"
}

listed() {	# next --json of a home, in the same form
	in_home "$1" next films -n 12 --json | awk '{
		n = split($0, part, /[{]"item":"/)
		for (i = 2; i <= n; i++) {
			title = part[i]
			sub(/.*","title":"/, "", title)
			sub(/","score":.*/, "", title)
			year = ""
			if (title ~ /","year":[0-9]*$/ || title ~ /","year":[0-9]*,/) {
				year = title
				sub(/.*","year":/, "", year)
				sub(/,.*/, "", year)
			}
			sub(/",("creator"|"year").*/, "", title)
			score = part[i]
			sub(/.*"score":/, "", score)
			sub(/,.*/, "", score)
			sub(/","year.*/, "", title)
			print i - 1, score, title (year != "" ? " (" year ")" : "")
		}
	}'
}

event=$(tacit why "Aliens (1986)" --json | number event)
for change in "forget Alien" "forget event $event" "forget source 3" "forget source 1" \
	"like Fargo (1996)" "dislike Godfather, The (1972)" "done Godfather, The (1972)" \
	"love musicals" "no drama" "like comedies" "forget Heat (1995)"; do
	# shellcheck disable=SC2086
	announced $change >"$work/said"
	[ "$(wc -l <"$work/said")" -eq 12 ] || fail "$change: twelve places are announced"
	listed "$TACIT_HOME" >"$work/now"
	rm -rf "$work/copy"
	cp -r "$TACIT_HOME" "$work/copy"
	case $change in
	forget* | done* | dislike* | "like Fargo"*)
		# shellcheck disable=SC2086
		in_home "$work/copy" $change --json >"$work/out" 2>&1 ;;
	*)
		in_home "$work/copy" tell "$change" >"$work/out" 2>&1 ;;
	esac || { cat "$work/out"; fail "$change is done"; }
	listed "$work/copy" >"$work/is"
	same "$change: what was announced is what came" "$work/said" "$work/is"
	cmp -s "$work/now" "$work/is" && fail "$change changes something"
	listed "$TACIT_HOME" >"$work/still"
	same "$change: whatif itself changes nothing" "$work/now" "$work/still"
done
refused "a change that is none" 'no change that can be tried&forget TITLE' tacit whatif "my shoe size is 43"
refused "an unknown title" 'Nonesuch' tacit whatif forget Nonesuch Zzz
