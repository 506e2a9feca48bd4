# like-this is about the thing: no history changes it, but what was told "never" stays out.
. "$(dirname "$0")/lib"
need_films
history 1 14 >"$work/one.tsv"
done_well "a vault" tacit init
done_well "like Alien" tacit like-this "Alien (1979)" -n 40 --json
cp "$work/out" "$work/before"
grep -q '"title":"Aliens"' "$work/before" || fail "Aliens is like Alien"
! grep -q '"title":"Alien"' "$work/before" || fail "a thing is not in its own list"
sum=$(sum_of contribution <"$work/before")
score=$(sum_of score <"$work/before")
[ "$sum" = "$score" ] || fail "scores are their one cause: $score, $sum"
done_well "adding" tacit add "$work/one.tsv"
done_well "like Alien" tacit like-this "Alien (1979)" -n 40 --json
same "a history changes nothing" "$work/before" "$work/out"
done_well "telling" tacit tell "no horror"
done_well "like Alien" tacit like-this "Alien (1979)" -n 40 --json
! grep -q '"title":"Aliens"' "$work/out" || fail "Aliens has horror in it and stays out"
says "it says what it is about" 'about the thing, not about you&Terminator' tacit like-this Alien -n 3
says "words stand in" 'not in the catalogue&about the thing' \
	tacit like-this "The Haunted Station (1987)" --domain films
refused "a title without a known word" 'no word of it' tacit like-this "Zzyzx Qwrt"
refused "a domain without a pack" 'no pack for music' tacit like-this Teardrop --domain music
tacit like-this 2>"$work/err" && fail "no title is no question"
grep -q 'which title' "$work/err" || fail "it says what is missing"
