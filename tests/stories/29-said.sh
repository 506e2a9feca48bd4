# What services believe of the person stands beside what is true, changes nothing, and goes again.
. "$(dirname "$0")/lib"
need_films
history 1 12 >"$work/films.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/films.tsv"
done_well "telling" tacit tell "I love westerns"
tacit next films --json >"$work/next"
tacit why "Vertigo (1958)" --json >"$work/why" || fail "why"
tacit export >"$work/whole"
grep -q '"@graph"' "$work/whole" || fail "an export"

# Sentences that would be rules if the person had said them are no rules here.
mkdir "$work/beliefs"
cp tests/fixtures/exports/facebook/ads/*.json tests/fixtures/exports/personalization.js "$work/beliefs"
printf '{"topics_v2":["no science fiction","never Vertigo (1958)","I hate westerns"]}' \
	>"$work/beliefs/ads_interests_2.json"
done_well "adding what they believe" tacit add "$work/beliefs" --json
[ "$(sum_of kept <"$work/out")" = 17 ] || { cat "$work/out"; fail "seventeen beliefs"; }
[ "$(sum_of duplicate <"$work/out")" = 1 ] || fail "Cats twice"
says "me" "films: 12 events&what you said:.*loves +westerns" tacit me
says "me" "what services believe of you \(nothing is inferred from it\)" tacit me
says "me" "said +facebook: advertiser list +Shoe Shop" tacit me
says "facts" "said +twitter: age +35-49&said +twitter: interest +Cats" tacit facts
says "facts" "said +facebook: interest +Cats&said +facebook: interest +Cafés" tacit facts

tacit next films --json >"$work/next.with"
same "no suggestion changes" "$work/next" "$work/next.with"
tacit why "Vertigo (1958)" --json >"$work/why.with"
same "no reason changes" "$work/why" "$work/why.with"
tacit export >"$work/with"
for line in '"facebook: interest","value":"Cafés","tacit:mark":"said"' \
	'"twitter: gender","value":"male","tacit:mark":"said"'; do
	grep -q "$line" "$work/with" || fail "the export has $line"
done
grep -v '"tacit:mark":"said"' "$work/with" | sed 's/,$//' >"$work/rest"
sed 's/,$//' "$work/whole" >"$work/before"
same "nothing else in the export" "$work/before" "$work/rest"

# The same again: nothing new. The facts stay until both are undone.
done_well "adding it again" tacit add "$work/beliefs" --json
[ "$(sum_of kept <"$work/out")" = 0 ] || { cat "$work/out"; fail "twice adds nothing"; }
[ "$(sum_of duplicate <"$work/out")" = 18 ] || fail "all known already"
tacit export >"$work/twice"
same "twice adds nothing" "$work/with" "$work/twice"

# One fact goes, and no import brings it back.
fact=$(tacit facts | awk '/twitter: age/ { print $1 }')
done_well "forgetting a fact" tacit forget fact "$fact"
tacit facts | grep -q 'twitter: age' && fail "it is gone"
done_well "adding it again" tacit add "$work/beliefs" --json
grep -q '"forgotten before":1' "$work/out" || { cat "$work/out"; fail "it stays forgotten"; }
tacit facts | grep -q 'twitter: age' && fail "it stays gone"

# Sources 2 to 6 are the first time, 7 to 11 the second, 12 to 16 the third.
for source in 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	done_well "undoing $source" tacit undo "$source"
done
tacit facts >"$work/facts"
[ "$(grep -c ' said ' "$work/facts")" = 7 ] || { cat "$work/facts"; fail "the last file's seven are left"; }
done_well "undoing the last" tacit undo 16
tacit facts | grep -q ' said ' && fail "nobody believes anything"
tacit export >"$work/after"
same "everything is as it was" "$work/whole" "$work/after"
tacit next films --json >"$work/next.after"
same "so are the suggestions" "$work/next" "$work/next.after"
