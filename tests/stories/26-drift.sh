# When a taste moved; the list of a day is the list of a vault that has nothing later.
. "$(dirname "$0")/lib"
need_films

# A life: sixty westerns and films noirs, then sixty musicals, one every third day.
life() {	# life FROM TO
	awk -v from="$1" -v to="$2" -v OFS='\t' 'BEGIN {
		print "time", "verb", "item", "words"
		for (n = from; n <= to; n++) {
			day = n * 3
			kind = n > 60 ? (n % 4 == 0 ? "Drama" : "Musical") : (n % 3 == 0 ? "Drama" : "Western")
			printf "%d-%02d-%02dT20:15:00Z\twatch\tA Film of Number %d (2001)\t%s\n",
				2021 + int(day / 336), 1 + int(day / 28) % 12, 1 + day % 28, n, kind
		}
	}'
}

life 1 120 >"$work/life.tsv"
done_well "a vault" tacit init
refused "drift of nothing" 'tacit add' tacit drift films
done_well "adding" tacit add "$work/life.tsv"
says "a change" 'Musical +0 % -> +7[0-9] %&Western +6[0-9] % -> +0 %&forget span' tacit drift films
tacit drift films --json >"$work/one" || fail "drift --json"
[ "$(grep -o '"time"' "$work/one" | wc -l)" -eq 1 ] || { cat "$work/one"; fail "one change"; }
[ "$(number before <"$work/one")" -eq 60 ] || { cat "$work/one"; fail "after sixty"; }
tacit drift films --json >"$work/two"
same "drift is a pure function of the vault" "$work/one" "$work/two"
event=$(number event <"$work/one")
cp -r "$TACIT_HOME" "$work/copy"
in_home "$work/copy" forget event "$event" --json | grep -q '"events":1' || fail "the event is one of the vault"
says "two times compared" 'Musical&before' tacit drift films --from 2022-01-01 --until 2022-03-01
misused() {	# misused WHAT WORDS COMMAND...: its first line has the words, and the status is 2
	what=$1
	words=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err"
	[ $? -eq 2 ] || fail "$what: the exit status is 2"
	sed -n 1p "$work/err" | grep -q -- "$words" || { cat "$work/err"; fail "$what: it says $words"; }
}
misused "dates the wrong way round" 'later' tacit drift films --from 2022-01-01 --until 2021-01-01
misused "a date that is none" '2019-03-01' tacit drift films --from yesterday
misused "one end only" '--from' tacit drift films --until 2021-01-01
refused "before everything" "I don't know" tacit drift films --from 1999-01-01

# The list of a day.
history 1 30 >"$work/all.tsv"
history 1 14 >"$work/some.tsv"		# the fourteenth is on the 42nd day
list() {
	in_home "$1" drift films --at 2025-02-15 --json | sed 's/"event":"[0-9]*"/"event":0/g'
}
in_home "$work/a" init >/dev/null && in_home "$work/b" init >/dev/null || fail "two more vaults"
in_home "$work/a" add "$work/all.tsv" >/dev/null || fail "all of it"
in_home "$work/b" add "$work/some.tsv" >/dev/null || fail "some of it"
list "$work/a" >"$work/then"
list "$work/b" >"$work/is"
[ "$(grep -o '"rank\|"score"' "$work/then" | wc -l)" -eq 10 ] || { cat "$work/then"; fail "ten films"; }
same "the list of a day is that of a vault with nothing later" "$work/then" "$work/is"
in_home "$work/a" next films --json | sed 's/"event":"[0-9]*"/"event":0/g' >"$work/now"
cmp -s "$work/now" "$work/then" && fail "it is another list than now"
in_home "$work/b" next films --json | sed 's/"event":"[0-9]*"/"event":0/g' >"$work/now"
same "with nothing later it is the list of now" "$work/now" "$work/then"

# "That was not me" takes things out of it.
done_well "not me" tacit not-me "A Film of Number 61 (2001)"
[ "$(tacit drift films --json | number after)" -eq 59 ] || fail "what was not the person counts for nothing"
# An event too few for a change is no change, and said so.
in_home "$work/c" init >/dev/null || fail "a vault"
life 1 12 >"$work/few.tsv"
in_home "$work/c" add "$work/few.tsv" >/dev/null || fail "a few"
in_home "$work/c" drift films | grep -q 'did not move' || fail "a dozen things do not make a change"
