# Each word of feedback is in the next answer; the view of the next year is refused where it is
# not known.
. "$(dirname "$0")/lib"
need_films
history 1 40 >"$work/one.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/one.tsv"

# The list of a home.
list() { in_home "$1" next films -n 400 --json >"$work/out" 2>"$work/err" || fail "a list"; }
titled() { grep -o '"title":"[^"]*"' "$work/out" | sed -n "$1p" | sed 's/"title":"//; s/"$//'; }
# The score that a file's list has for a title.
score_of() { tr '{' '\n' <"$1" | grep -F "\"title\":\"$2\"" | number score; }

list "$TACIT_HOME"
cp "$work/out" "$work/before"
first=$(titled 1)
second=$(titled 2)
[ -n "$first" ] && [ -n "$second" ] || fail "there is a list"
second_before=$(score_of "$work/before" "$second")

for word in like dislike done; do
	cp -r "$TACIT_HOME" "$work/$word.home"
	in_home "$work/$word.home" "$word" "$first" --domain films >"$work/said" || fail "$word"
	list "$work/$word.home"
	cp "$work/out" "$work/$word"
	! grep -qF "\"title\":\"$first\"" "$work/$word" || fail "after $word it was had: $first"
	[ "$(score_of "$work/$word" "$second")" != "$second_before" ] ||
		fail "after $word other scores move"
done
list "$TACIT_HOME"
same "the first home knows of none of it" "$work/before" "$work/out"
same_like=$(score_of "$work/like" "$second")
[ "$same_like" != "$(score_of "$work/dislike" "$second")" ] || fail "like and dislike differ"

# Not me: the thing counts for nothing, though its events stay.
mine=$(tacit why "$first" --domain films --json | causes | awk -F '\t' '$2 != "-" && $2 != "null" { print $8; exit }')
[ -n "$mine" ] || fail "a cause is of the history"
tacit why "$first" --domain films --json | causes | grep -qF "$mine" || fail "$mine is a cause"
done_well "not me" tacit not-me "$mine" --domain films
! tacit why "$first" --domain films --json | causes | grep -qF "$mine" ||
	fail "what was not me is no cause: $mine"
list "$TACIT_HOME"
[ "$(score_of "$work/out" "$second")" != "$second_before" ] || fail "not-me moves the scores"

# A pack of before has no such head.
if ! tacit next films --long >"$work/out" 2>"$work/err"; then
	refused "the long view" 'does not say what the next year holds' tacit next films --long
	refused "why of it" 'does not say what the next year holds' tacit why --long "$first"
fi
refused "chances of it" 'what comes next only' tacit next films --long --sure 10
