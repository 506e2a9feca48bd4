# Variety: less of the same on a list, at a stated cost that is part of each score's sum.
. "$(dirname "$0")/lib"
need_films
history 1 20 >"$work/one.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/one.tsv"
tacit next films --json >"$work/plain" || fail "next"
tacit next films --variety 0 --json >"$work/zero" || fail "variety 0"
same "no variety changes nothing" "$work/plain" "$work/zero"
tacit next films --variety 80 --json >"$work/varied" || fail "variety 80"
cmp -s "$work/plain" "$work/varied" && fail "variety changes the list"
grep -q '"reason":"variety"' "$work/varied" || fail "what it costs is a cause"
grep -q '"reason":"variety"' "$work/plain" && fail "nothing is charged without it"
# Scores are the sums of their causes.
scores=$(sum_of score <"$work/varied")
causes=$(sum_of contribution <"$work/varied")
[ "$scores" = "$causes" ] || fail "scores sum to $scores, causes to $causes"
says "the list shows it" 'for variety: like' tacit next films --variety 80
refused_status() { tacit next films --variety 101 >/dev/null 2>"$work/err"; echo $?; }
[ "$(refused_status)" -eq 2 ] || fail "at most 100"
# Of a domain without a pack: two of one creator do not stand together where others are near.
{
	printf 'time\tverb\titem\tcreator\tdomain\n'
	for n in 1 2 3 4; do
		printf '2025-03-0%dT20:00:00Z\tlisten\tSong A\tFirst Band\tmusic\n' "$n"
		printf '2025-03-0%dT20:10:00Z\tlisten\tSong B\tFirst Band\tmusic\n' "$n"
		printf '2025-03-0%dT20:20:00Z\tlisten\tSong C\tSecond Band\tmusic\n' "$n"
	done
} >"$work/songs.tsv"
done_well "songs" tacit add "$work/songs.tsv"
tacit next music --variety 100 --json | grep -o '"creator":"[A-Za-z ]*"' >"$work/creators"
[ "$(sed -n 2p "$work/creators")" != "$(sed -n 1p "$work/creators")" ] || { cat "$work/creators"; fail "another band is second"; }
